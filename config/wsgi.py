"""The WSGI application that granian serves."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from kernel.serving import check_at_start

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

#: Net allocations after which the youngest objects are looked through for cycles.
GC_THRESHOLD = 10_000

application = get_wsgi_application()

# What a process has loaded lives as long as it does. The collector would walk through these hundred
# megabytes again and again while it sells; frozen, it looks at what requests leave behind.
import_module(settings.ROOT_URLCONF)
if settings.PRODUCTION:
    check_at_start()
gc.collect()
gc.freeze()
gc.set_threshold(GC_THRESHOLD, 20, 20)

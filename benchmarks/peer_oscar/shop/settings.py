"""Settings for production, with whatever is cheaper for the shop where there is a choice."""

import os
import warnings

import oscar
from oscar.defaults import *  # noqa: F403 -- as the documentation says
from psycopg.conninfo import conninfo_to_dict

DEBUG = False
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = os.environ["ALLOWED_HOSTS"].split(",")
ROOT_URLCONF = "shop.urls"
SITE_ID = 1
USE_TZ = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    *oscar.INSTALLED_APPS,
    "rest_framework",
    "rest_framework.authtoken",
    "oscarapi",
    "shop",
]

# The frame of an API. What serves pages is left out, oscar's own basket middleware too: the API
# finds its baskets itself.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
# The API notes the basket in the session at each request: in a table that is three statements more.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["shop.authentication.BearerAuthentication"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
}

OSCAR_DEFAULT_CURRENCY = "CNY"
# Else each sale looks who waits for the product; `oscar_send_alerts` does that by the clock.
OSCAR_EAGER_ALERTS = False

_database = conninfo_to_dict(os.environ["DATABASE_URL"])
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _database["dbname"],
        "USER": _database["user"],
        "HOST": _database["host"],
        # Connections stay open; no query asks whether they still live.
        "OPTIONS": {"pool": {"min_size": 0, "max_size": int(os.environ["DATABASE_POOL_SIZE"])}},
    }
}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}
warnings.filterwarnings("ignore", "update is not implemented in this backend")  # nothing to search

# APP_DIRS without DEBUG: templates are compiled once.
TEMPLATES = [
    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True},
]
# What the pages of the admin would need; no page is served.
SILENCED_SYSTEM_CHECKS = ["admin.E402", "admin.E404", "admin.E409", "admin.W411"]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

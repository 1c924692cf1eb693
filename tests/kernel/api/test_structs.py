"""Structs of bodies are learnt before threads meet them: learnt by two at once, they crash."""

import os
import signal
import subprocess
import sys

import pytest

from config.environment import BASE_DIR

#: Sixteen threads are the first to use the body of a checkout, in a process of their own.
FIRST_AT_ONCE = """
import sys, threading
import django, msgspec
django.setup()
if sys.argv[1] == "unprepared":
    msgspec.json.Decoder = lambda _struct: None
import config.urls
from orders.api.bodies import CheckoutBody
sys.setswitchinterval(1e-6)
together = threading.Barrier(16)
line = {"sku_id": "sku_1", "quantity": 1, "touch": {"is_live": True}}
body = {"lines": [line], "address_id": "a"}
def use():
    together.wait()
    msgspec.convert(body, CheckoutBody)
threads = [threading.Thread(target=use) for _ in range(16)]
for one in threads:
    one.start()
for one in threads:
    one.join()
"""


def ends_of(how: str, times: int) -> list[int]:
    """Return how so many processes ended, one after the other."""
    command = [sys.executable, "-c", FIRST_AT_ONCE, how]
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"}
    return [
        subprocess.run(command, cwd=BASE_DIR, env=env, check=False, capture_output=True).returncode
        for _ in range(times)
    ]


@pytest.mark.slow
def test_threads_may_be_first_at_once():
    assert ends_of("prepared", 4) == [0] * 4


@pytest.mark.slow
def test_control_unprepared_they_crash():
    assert -signal.SIGSEGV in ends_of("unprepared", 4)

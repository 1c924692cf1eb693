"""tests config/settings: what production refuses, and how one REDIS_URL becomes two."""

import os
import subprocess
import sys

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from config.environment import BASE_DIR
from config.settings.environment import development_field_key, development_key
from config.settings.guard import check_field_keys, refuse_unsafe
from config.settings.redis import broker_url, cache_url

SAFE = {
    "debug": False,
    "secret_key": "kT9" + "x7Qp2LmZ8vRc4Yw1" * 4,
    "field_keys": [Fernet.generate_key().decode()],
    "sandbox": False,
    "shared_secrets": {"SANDBOX_GATEWAY_SECRET": "", "CARRIER_NOTICE_SECRET": "of-our-own"},
    "allowed_hosts": ["shop.example"],
    "second_factor_demanded": True,
}


def shared(name: str, purpose: str) -> dict:
    return {"shared_secrets": SAFE["shared_secrets"] | {name: development_key(purpose)}}


def test_safe_production_settings_are_accepted() -> None:
    refuse_unsafe(**SAFE)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"debug": True}, "DEBUG"),
        ({"secret_key": ""}, "SECRET_KEY"),
        ({"secret_key": "short"}, "SECRET_KEY"),
        ({"secret_key": "a" * 80}, "SECRET_KEY"),
        ({"secret_key": development_key("secret-key")}, "SECRET_KEY"),
        ({"field_keys": []}, "HAODIAN_FIELD_KEYS"),
        ({"field_keys": [development_field_key()]}, "HAODIAN_FIELD_KEYS"),
        ({"sandbox": True}, "HAODIAN_SANDBOX"),
        (shared("SANDBOX_GATEWAY_SECRET", "gateway"), "SANDBOX_GATEWAY_SECRET"),
        (shared("CARRIER_NOTICE_SECRET", "carrier"), "CARRIER_NOTICE_SECRET"),
        ({"allowed_hosts": []}, "ALLOWED_HOSTS"),
        ({"allowed_hosts": ["*"]}, "ALLOWED_HOSTS"),
        ({"second_factor_demanded": False}, "SECOND_FACTOR_DEMANDED"),
    ],
)
def test_production_names_the_unsafe_setting(change: dict, named: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=named):
        refuse_unsafe(**SAFE | change)


def test_a_key_that_is_not_fernet_is_named_by_its_place_only() -> None:
    with pytest.raises(ImproperlyConfigured, match="key 2") as refusal:
        check_field_keys([Fernet.generate_key().decode(), "hunter2-hunter2"])

    assert "hunter2" not in str(refusal.value)


def test_production_process_refuses_to_start_with_nothing_set() -> None:
    env = {"PATH": os.environ["PATH"], "HAODIAN_ENV": "production"}
    code = "from config.settings import base"

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "Refusing to start in production" in ended.stderr


@pytest.mark.parametrize(
    ("url", "broker", "cache"),
    [
        (
            "unix:///run/v.sock?db=0",
            "redis+socket:///run/v.sock?virtual_host=0",
            "unix:///run/v.sock?db=1",
        ),
        (
            "unix:///run/v.sock",
            "redis+socket:///run/v.sock?virtual_host=0",
            "unix:///run/v.sock?db=1",
        ),
        ("redis://:pw@host:6379/4", "redis://:pw@host:6379/4", "redis://:pw@host:6379/5"),
        ("rediss://host", "rediss://host", "rediss://host/1"),
    ],
)
def test_redis_url_gives_broker_and_cache(url: str, broker: str, cache: str) -> None:
    assert broker_url(url) == broker
    assert cache_url(url) == cache

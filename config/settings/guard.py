"""Production refuses to start with settings that are only fit for a desk."""

import base64
import binascii
from collections.abc import Mapping, Sequence

from django.core.exceptions import ImproperlyConfigured

from config.settings.environment import INSECURE_PREFIX, development_field_key

SHORTEST_KEY = 50


def refuse_unsafe(
    *,
    debug: bool,
    secret_key: str,
    field_keys: Sequence[str],
    sandbox: bool,
    shared_secrets: Mapping[str, str],
    allowed_hosts: Sequence[str],
    second_factor_demanded: bool,
) -> None:
    """Raise ImproperlyConfigured naming every unsafe setting at once; return None when all hold.

    `shared_secrets` are those that others sign with, by the name of their setting.
    """
    faults = []
    if debug:
        faults.append("DEBUG must be off")
    if _weak(secret_key):
        faults.append(f"SECRET_KEY must be set and at least {SHORTEST_KEY} characters long")
    if not field_keys or development_field_key() in field_keys:
        faults.append("HAODIAN_FIELD_KEYS must hold a key of your own")
    if sandbox:
        faults.append("HAODIAN_SANDBOX must be off")
    faults += [
        f"{name} must not be the development one"
        for name, secret in shared_secrets.items()
        if secret.startswith(INSECURE_PREFIX)
    ]
    if not allowed_hosts or "*" in allowed_hosts:
        faults.append("ALLOWED_HOSTS must name your hosts")
    if not second_factor_demanded:
        faults.append("SECOND_FACTOR_DEMANDED must be on")
    if faults:
        raise ImproperlyConfigured("Refusing to start in production: " + "; ".join(faults) + ".")


def check_field_keys(keys: Sequence[str]) -> None:
    """Raise ImproperlyConfigured unless every key is a Fernet key; the message holds no key."""
    for place, key in enumerate(keys, start=1):
        try:
            size = len(base64.urlsafe_b64decode(key.encode()))
        except (binascii.Error, ValueError):
            size = 0
        if size != 32:
            raise ImproperlyConfigured(f"HAODIAN_FIELD_KEYS: key {place} is not a Fernet key.")


def _weak(key: str) -> bool:
    return key.startswith(INSECURE_PREFIX) or len(key) < SHORTEST_KEY or len(set(key)) < 8

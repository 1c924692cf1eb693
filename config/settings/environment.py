"""Where settings come from: the process environment, then `.env`, then what `make run` made.

A production process reads its environment and `.env` only. Outside production the secrets that
`make run` generated and the addresses of its running servers are read as well, so `make shell` in a
second terminal talks to the same system.
"""

import base64
import hashlib
import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent
INSECURE_PREFIX = "insecure-"

env = environ.Env()

HAODIAN_ENV: str = os.environ.get("HAODIAN_ENV", "")
if HAODIAN_ENV != "test":  # a developer's .env must not decide what the tests see
    environ.Env.read_env(BASE_DIR / ".env")
    HAODIAN_ENV = os.environ.get("HAODIAN_ENV", "development")

DATA_DIR = Path(os.environ.get("HAODIAN_DATA_DIR") or BASE_DIR / "var").expanduser().resolve()

if HAODIAN_ENV == "development":
    for _name in ("secrets.env", "running.env"):
        if os.access(DATA_DIR / _name, os.R_OK):
            environ.Env.read_env(DATA_DIR / _name)


def development_key(purpose: str) -> str:
    """Return the same insecure key on every machine; production refuses to start with it."""
    return f"{INSECURE_PREFIX}{purpose}-" + hashlib.sha256(purpose.encode()).hexdigest()


def development_field_key() -> str:
    """Return a Fernet key that everybody knows; production refuses to start with it."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"insecure-field-key").digest()).decode()

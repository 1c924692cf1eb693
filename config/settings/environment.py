"""Where settings come from: the process environment, then `.env`, then what `make run` made."""

import base64
import hashlib

import environ

from config.environment import BASE_DIR as BASE_DIR
from config.environment import data_dir, deployment, read_dotenv, read_running_system

INSECURE_PREFIX = "insecure-"

read_dotenv()
read_running_system()

env = environ.Env()
HAODIAN_ENV = deployment()
DATA_DIR = data_dir()


def development_key(purpose: str) -> str:
    """Return the same insecure key on every machine; production refuses to start with it."""
    return f"{INSECURE_PREFIX}{purpose}-" + hashlib.sha256(purpose.encode()).hexdigest()


def development_field_key() -> str:
    """Return a Fernet key that everybody knows; production refuses to start with it."""
    return base64.urlsafe_b64encode(hashlib.sha256(b"insecure-field-key").digest()).decode()

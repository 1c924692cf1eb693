"""The process environment before any setting is read; imports neither Django nor the settings."""

import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
SECRETS_FILE = "secrets.env"
RUNNING_FILE = "running.env"
#: Requests that one web process takes at a time. Checkouts that wait together are placed together.
WEB_THREADS = 64
#: Heaps of the C library: with one or more a thread, what 64 threads free stays with each of them.
MALLOC_ARENA_MAX = "2"


def deployment() -> str:
    """Return production, development or test: HAODIAN_ENV, development when it is not set."""
    return os.environ.get("HAODIAN_ENV") or "development"


def data_dir() -> Path:
    """Return the folder of everything that is not code: HAODIAN_DATA_DIR, else `var`."""
    return Path(os.environ.get("HAODIAN_DATA_DIR") or BASE_DIR / "var").expanduser().resolve()


def wants_demo() -> bool:
    """Tell whether an empty database gets demo data: outside production, unless DEMO_DATA is 0."""
    return deployment() != "production" and os.environ.get("DEMO_DATA", "1") != "0"


def read_dotenv() -> None:
    """Add `.env` to the environment, under what is there. Tests never see a developer's file."""
    if deployment() != "test":
        _read(BASE_DIR / ".env")


def read_running_system() -> None:
    """Add the secrets and addresses of this folder's `make run`; for development only.

    `make shell` in a second terminal then talks to the system that is running.
    """
    if deployment() == "development":
        _read(data_dir() / SECRETS_FILE)
        _read(data_dir() / RUNNING_FILE)


def _read(path: Path) -> None:
    if os.access(path, os.R_OK):
        environ.Env.read_env(path)

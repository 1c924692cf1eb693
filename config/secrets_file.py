"""The secrets of a development system: made once, kept in var/secrets.env."""

import base64
import os
import secrets
from pathlib import Path


def ensure_secrets(path: Path) -> None:
    """Make `path` hold every secret that a development system needs; keep those it has.

    Readable by its owner only. Written whole and renamed, so no half file is ever read. Losing it
    means that encrypted receiver data of this folder cannot be read any more.
    """
    known = dict(
        line.split("=", 1)
        for line in (path.read_text() if path.exists() else "").splitlines()
        if line
    )
    wanted = known.keys() | _RECIPES.keys()
    if wanted == known.keys():
        return
    known |= {name: make() for name, make in _RECIPES.items() if name not in known}
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in known.items())
    draft.replace(path)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


_RECIPES = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(64),
    "HAODIAN_FIELD_KEYS": _fernet_key,
    "SANDBOX_GATEWAY_SECRET": lambda: secrets.token_urlsafe(48),
}

"""Text from outside: what is refused at the edge, and how personal data is masked."""

from __future__ import annotations

import re
import unicodedata

#: A character that trimming leaves, spelled out: engines disagree on what ``\\s`` holds.
VISIBLE = (
    r"[^\u0009-\u000d\u001c-\u0020\u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
)
#: A telephone number as people write it: digits, with blanks or hyphens between them.
PHONE = r"^\+?[0-9][0-9 -]{3,17}[0-9]\Z"

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """Tell whether PostgreSQL can hold `text`: no NUL, no lone surrogate."""
    return _UNSTORABLE.search(text) is None


def readable_name(filename: str) -> str:
    """Return the last part of a file's name as people may see it: no path, no invisible sign.

    At most 120 characters; nothing may be left.
    """
    last = filename.replace("\\", "/").rpartition("/")[2]
    shown = (char for char in last if unicodedata.category(char)[0] not in "CZ" or char == " ")
    return "".join(shown).strip()[:120]


def mask_name(name: str) -> str:
    """Keep the first character: 王小明 is 王**."""
    return name[:1] + "*" * max(len(name) - 1, 1) if name else ""


def mask_phone(phone: str) -> str:
    """Keep three and the last four digits: 138****1234."""
    if len(phone) < 8:
        return "*" * len(phone)
    return f"{phone[:3]}****{phone[-4:]}"


def mask_email(email: str) -> str:
    """Keep the first letter and the domain: a***@example.com."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}***@{domain}" if domain else "***"

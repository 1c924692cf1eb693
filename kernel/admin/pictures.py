"""Pictures of goods, shops and people in lists and on pages."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

_IMAGE = (
    '<img class="console-picture {}" src="{}" alt="" loading="lazy" referrerpolicy="no-referrer">'
)


def picture(url: str, *, size: str = "") -> SafeString:
    """Return the picture at `url`; nothing without one.

    Only pictures from the hosts of IMAGE_HOSTS and our own are loaded (the content security
    policy sees to it); another one leaves an empty frame.
    """
    is_address = url.startswith(("https://", "http://", "/")) and not url.startswith("//")
    return format_html(_IMAGE, f"is-{size}" if size else "", url) if is_address else SafeString("")


def pictured(url: str, text: Any, note: Any = "") -> SafeString:
    """Return a cell of a list: the picture, the text beside it, a small note under the text."""
    small = format_html('<span class="console-note">{}</span>', note) if note else SafeString("")
    return format_html(
        '<span class="console-pictured">{}<span>{}{}</span></span>', picture(url), text, small
    )

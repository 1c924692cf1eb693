"""``{% load console %}``: how the consoles' templates put people and pictures."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from kernel.admin import wording
from kernel.admin.pictures import picture as _picture

register = template.Library()


@register.filter
def person(label: str) -> str:
    """Return who acted, the role in the reader's language."""
    return wording.person(label)


@register.filter
def picture(url: str, size: str = "") -> SafeString:
    """Return the picture at `url`, or nothing; `size` is ``big`` or empty."""
    return _picture(url, size=size)

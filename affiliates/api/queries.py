"""Filters that several doors share."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from affiliates import selectors
from affiliates.models import Commission
from kernel.actors import Actor


def filtered_commissions(actor: Actor, query: dict[str, Any]) -> QuerySet[Commission]:
    """Return the commissions that the actor may see and asks for."""
    return selectors.commissions_page(Commission.objects.visible_to(actor).filter(**query))

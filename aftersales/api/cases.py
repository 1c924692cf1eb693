"""How every door of cases finds and shows one."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from aftersales.models import RefundCase
from aftersales.selectors import cases


def find(request: Any, number: str) -> RefundCase:
    """Return the case if the actor may know of it. Raises NotFound."""
    return RefundCase.objects.get_visible(request.actor, number=number)


def show(case_id: int) -> RefundCase:
    """Return the case as it stands now, with its neighbours, for an answer."""
    return cases.for_page(RefundCase.objects.filter(pk=case_id)).get()


def queue(request: Any, query: dict[str, Any]) -> tuple[QuerySet[RefundCase], tuple[str, ...]]:
    """Return the cases of a queue that the actor may know of, and their order."""
    rows = cases.in_queue(RefundCase.objects.visible_to(request.actor), query["queue"])
    if "kind" in query:
        rows = rows.filter(kind=query["kind"])
    return cases.for_page(rows), cases.QUEUES[query["queue"]]

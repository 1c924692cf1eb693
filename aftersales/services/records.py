"""The negotiation record (协商记录, AF-19): appended to, never changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from aftersales.enums import OPEN_CASES, RecordAction
from aftersales.errors import CaseEnded
from aftersales.models import NegotiationRecord, RefundCase
from kernel.actors import Actor


def write(
    *,
    case: RefundCase,
    action: RecordAction,
    actor: Actor,
    at: datetime,
    text: str = "",
    image_urls: Sequence[str] = (),
    facts: Sequence[tuple[str, str]] = (),
    is_internal: bool = False,
) -> NegotiationRecord:
    """Append one entry; belongs in the transaction of the act."""
    return NegotiationRecord.objects.create(
        case=case,
        shop_id=case.shop_id,
        buyer_id=case.buyer_id,
        at=at,
        actor_role=actor.role,
        actor_label=actor.label[:120],
        action=action,
        text=text,
        image_urls=list(image_urls),
        facts=[list(fact) for fact in facts],
        is_internal=is_internal,
    )


@transaction.atomic
def say(
    *, case_id: int, text: str, image_urls: Sequence[str] = (), at: datetime, actor: Actor
) -> NegotiationRecord:
    """Append what buyer, shop or support says to the others. Moves nothing.

    Raises CaseEnded.
    """
    case = RefundCase.objects.get(pk=case_id)
    if case.status not in OPEN_CASES:
        raise CaseEnded
    return write(
        case=case, action=RecordAction.MESSAGE, actor=actor, at=at, text=text, image_urls=image_urls
    )


@transaction.atomic
def note(*, case_id: int, text: str, at: datetime, actor: Actor) -> NegotiationRecord:
    """Append what only support reads; a case that ended takes notes too."""
    case = RefundCase.objects.get(pk=case_id)
    return write(
        case=case, action=RecordAction.NOTE, actor=actor, at=at, text=text, is_internal=True
    )

"""What must hold before a shop opens, as told by the rooms above this one (SH-03).

A room registers a condition from its `apps.ready()` and calls `open_if_ready` when one of its own
has come true: a deposit that was paid, say. Without any, the signature opens the shop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.functional import Promise

from kernel import states
from kernel.actors import Actor
from kernel.events import publish
from shops.enums import AdmissionStatus, ShopStatus
from shops.events import ShopOpened
from shops.models import Admission, Shop

#: Tells whether it holds for the shop. Asked inside the transaction that would open it, perhaps
#: behind the shop's wall: it reads rows of that shop alone.
Question = Callable[[Shop, datetime], bool]


@dataclass(frozen=True)
class Condition:
    """One thing that must hold before the shop opens."""

    code: str
    label: str | Promise
    is_met: bool


_questions: dict[str, tuple[str | Promise, Question]] = {}


def register(*, code: str, label: str | Promise, is_met: Question) -> None:
    """Let `is_met(shop, at)` stand between the signature and the opening.

    `code` is stable and public; `label` says what is to be done, "Pay the deposit". A second
    registration of a code replaces the first.
    """
    _questions[code] = (label, is_met)


def check(shop: Shop, *, at: datetime) -> list[Condition]:
    """Return every condition, met ones too, in order of registration."""
    return [
        Condition(code, label, is_met(shop, at)) for code, (label, is_met) in _questions.items()
    ]


@transaction.atomic
def open_if_ready(*, shop_id: int, at: datetime, actor: Actor) -> bool:
    """Open a shop that waits for nothing any more; return whether it opened now.

    A shop that has not signed, or is open already, is left as it is. Called again it does nothing.
    """
    rows = Admission.objects.select_for_update(no_key=True, of=("self",)).select_related("shop")
    admission = rows.filter(shop_id=shop_id, status=AdmissionStatus.DEPOSIT_DUE).first()
    if admission is None or not all(one.is_met for one in check(admission.shop, at=at)):
        return False
    states.move(admission, to=AdmissionStatus.OPEN, at=at, actor=actor)
    open_shop(admission, at=at, actor=actor)
    return True


def open_shop(admission: Admission, *, at: datetime, actor: Actor) -> None:
    """Open the shop of the application that has come to its end. Raises IllegalTransition."""
    states.move(admission.shop, to=ShopStatus.OPEN, at=at, actor=actor, opened_at=at)
    publish(ShopOpened(shop_id=admission.shop_id))

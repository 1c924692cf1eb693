"""Who pays what (AF-27): rows that rooms above this one know, asked through a registry.

``provider(case) -> Sequence[(label, amount)]``: what each party bears of the case's amount, in
minor units; the rows add up to it. Registered in an `apps.ready()`; without one the shop bears all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from aftersales.models import RefundCase
from aftersales.selectors import cases

Provider = Callable[[RefundCase], Sequence[tuple[str | Promise, int]]]

_providers: list[Provider] = []


@dataclass(frozen=True)
class Share:
    """What one party bears."""

    label: str | Promise
    amount: int
    currency: str


@dataclass(frozen=True)
class MoneyPreview:
    """What the buyer gets, and who bears how much of it."""

    currency: str
    amount: int
    bearers: tuple[Share, ...]


def register(provider: Provider) -> None:
    """Let `provider` say who bears what. Known providers are not added twice."""
    if provider not in _providers:
        _providers.append(provider)


def who_pays(case: RefundCase) -> MoneyPreview:
    """Return what granting `case` would move."""
    sums = cases.case_money(case)
    rows = [row for provider in _providers for row in provider(case)]
    return MoneyPreview(
        currency=sums.currency,
        amount=sums.amount,
        bearers=tuple(
            Share(label=label, amount=amount, currency=sums.currency)
            for label, amount in rows or [(_("The shop"), sums.amount)]
        ),
    )

"""The book in the operator console."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from kernel import money
from kernel.admin.base import ConsoleModelAdmin
from kernel.admin.sites import operator_site
from kernel.admin.wording import facts
from ledger.models import LedgerAccount, Leg, Transfer


@admin.register(LedgerAccount, site=operator_site)
class LedgerAccountConsole(ConsoleModelAdmin):
    """Accounts and their balances: a debit balance is positive."""

    permission = "ledger.operate"
    has_object_page = False
    list_display: ClassVar[Any] = ("code", "owner", "currency", "shown_balance")
    list_filter: ClassVar[Any] = ("code", "currency")
    search_fields: ClassVar[Any] = ("=owner",)
    search_help_text = _("Public id of a shop, creator or agency")
    ordering: Any = ("code", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[LedgerAccount]:
        sums = Leg.objects.filter(account=OuterRef("pk")).values("account")
        total = sums.annotate(total=Sum("amount")).values("total")
        return super().get_queryset(request).annotate(summed_amount=Subquery(total))

    @display(description=_("Balance, debit positive"))
    def shown_balance(self, account: Any) -> str:
        """Return the balance, kept or summed."""
        amount = account.balance_amount if account.keeps_balance else account.summed_amount
        return money.display(int(amount or 0), account.currency)


class KindFilter(admin.SimpleListFilter):
    """By what a transfer was, in words."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(settings.CONSOLE_TRANSFERS.items())

    def queryset(self, request: HttpRequest, queryset: QuerySet[Transfer]) -> QuerySet[Transfer]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Transfer, site=operator_site)
class TransferConsole(ConsoleModelAdmin):
    """Transfers, and one with its legs."""

    permission = "ledger.operate"
    public_field = "reference"
    list_display: ClassVar[Any] = ("reference", "shown_kind", "moved", "at")
    fields: ClassVar[Any] = (("reference", "shown_kind"), ("currency", "at"), "shown_note")
    list_filter: ClassVar[Any] = (KindFilter,)
    search_fields: ClassVar[Any] = ("reference__startswith",)
    search_help_text = _("Beginning of a reference, such as settle:")
    extra_template = "ledger/legs.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Transfer]:
        return super().get_queryset(request).prefetch_related("legs__account")

    @display(description=_("kind"), ordering="kind")
    def shown_kind(self, transfer: Transfer) -> str:
        """Return what it was."""
        return str(settings.CONSOLE_TRANSFERS.get(transfer.kind, transfer.kind))

    @display(description=_("Amount"))
    def moved(self, transfer: Transfer) -> str:
        """Return how much changed sides: the sum of the debits."""
        debits = sum(leg.amount for leg in transfer.legs.all() if leg.amount > 0)
        return money.display(debits, transfer.currency)

    @display(description=_("note"))
    def shown_note(self, transfer: Transfer) -> str:
        """Return what the poster wrote down, one thing a line."""
        return facts(transfer.note)

    def page_context(self, request: HttpRequest, target: Transfer) -> dict[str, Any]:
        return {"legs": [_leg(leg, target.currency) for leg in target.legs.all()]}


def _leg(leg: Leg, currency: str) -> dict[str, str]:
    shown = money.display(abs(leg.amount), currency)
    return {
        "account": leg.account.get_code_display(),
        "owner": leg.account.owner or "–",
        "debit": shown if leg.amount > 0 else "",
        "credit": shown if leg.amount < 0 else "",
    }

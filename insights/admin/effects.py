"""What bindings brought, in the merchant console (BI-17)."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from insights.models import BindingEffect
from insights.models.effect import WHOLE_BP, Span
from kernel import money
from kernel.admin.base import ConsoleModelAdmin

CURRENCY = "CNY"


def rate(basis_points: int | None, *, is_change: bool = False) -> str:
    """Return basis points as people read them: ``3.2 %``, a change as ``+20.0 %``, none a dash."""
    if basis_points is None:
        return "–"
    return f"{basis_points / 100:+.1f} %" if is_change else f"{basis_points / 100:.1f} %"


def _change(before: int, after: int) -> int | None:
    return (after - before) * WHOLE_BP // before if before else None


class BindingEffectPage(ConsoleModelAdmin):
    """The shop before and after each account became its face."""

    permission = "orders.view"
    list_display: ClassVar[Any] = ("account", "bound_at", "days", "gmv", "grown", "converted")
    fields: ClassVar[Any] = (("account", "bound_at"), ("days", "measured_at"))
    extra_template = "insights/effect.html"
    ordering: Any = ("-bound_at",)
    sortable_by: Any = ("bound_at",)
    empty_hint = _(
        "A day after an account was bound, what the shop sells is compared with the day before."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[BindingEffect]:
        return super().get_queryset(request).select_related("binding__account")

    @display(description=_("content account"))
    def account(self, effect: BindingEffect) -> str:
        """Who became the face."""
        return f"{effect.binding.account.name} · {effect.binding.get_relation_display()}"

    @display(description=_("GMV after"), ordering="after_gmv_amount")
    def gmv(self, effect: BindingEffect) -> str:
        """What was sold since."""
        return money.display(effect.after_gmv_amount, CURRENCY)

    @display(description=_("against before"))
    def grown(self, effect: BindingEffect) -> str:
        """How much more was sold than before."""
        return rate(effect.gmv_change_bp, is_change=True)

    @display(description=_("followers who bought"))
    def converted(self, effect: BindingEffect) -> str:
        """The share before, and since."""
        return f"{rate(effect.before.conversion_bp)} → {rate(effect.after.conversion_bp)}"

    def page_context(self, request: HttpRequest, target: BindingEffect) -> dict[str, Any]:
        return {"effect": target, "rows": _rows(target.before, target.after)}


def _rows(before: Span, after: Span) -> list[dict[str, Any]]:
    counts: list[tuple[Any, str, bool]] = [
        (_("GMV"), "gmv_amount", True),
        (_("Of it, bought again within 30 days"), "repurchase_amount", True),
        (_("Orders paid"), "orders", False),
        (_("Buyers"), "buyers", False),
        (_("Followers at the end"), "followers", False),
        (_("Followers who bought"), "follower_buyers", False),
    ]
    rows = []
    for title, name, is_money in counts:
        old, new = getattr(before, name), getattr(after, name)
        shown = [money.display(one, CURRENCY) if is_money else str(one) for one in (old, new)]
        rows.append(_row(title, shown[0], shown[1], rate(_change(old, new), is_change=True)))
    old_rate, new_rate = before.conversion_bp, after.conversion_bp
    return [*rows, _row(_("Followers become buyers"), rate(old_rate), rate(new_rate), "")]


def _row(title: Any, before: str, after: str, change: str) -> dict[str, Any]:
    return {"title": title, "before": before, "after": after, "change": change}

"""Named filters above the order list of the merchant console."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.admin.base import Act
from orders.enums import OrderFlag, OrderStatus
from orders.models import OrderView
from orders.services import views
from shops.models import Shop

#: Everybody's tabs, before their own.
_COMMON: tuple[tuple[Any, Mapping[str, Any]], ...] = (
    (_("All"), {}),
    (OrderStatus.UNPAID.label, {"status": OrderStatus.UNPAID.value}),
    (OrderStatus.TO_SHIP.label, {"status": OrderStatus.TO_SHIP.value}),
    (OrderStatus.SHIPPED.label, {"status": OrderStatus.SHIPPED.value}),
)


def query_of(filters: Mapping[str, Any]) -> dict[str, str]:
    """Return the query of the list's address that `filters` mean."""
    asked = {name: filters[name] for name in views.FILTERS if name in filters}
    return {
        f"{name}__exact": str(int(value) if isinstance(value, bool) else value)
        for name, value in asked.items()
    }


def tabs(actor: Actor, query: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the tabs: what they are called, where they lead, which of them is open."""
    own = OrderView.objects.visible_to(actor).order_by("pk")
    common = ((capfirst(label), filters) for label, filters in _COMMON)
    named = [*common, *((view.name, view.filters) for view in own)]
    now = {name: value for name, value in query.items() if name.endswith("__exact")}
    return [
        {"name": name, "query": urlencode(asked), "is_open": asked == now}
        for name, asked in ((name, query_of(filters)) for name, filters in named)
    ]


def _optional(choices: Any) -> list[tuple[Any, Any]]:
    return [("", _("All")), *((value, capfirst(label)) for value, label in choices)]


class ViewForm(forms.Form):
    """What the view is called, and what it asks for."""

    name = forms.CharField(label=_("Name"), max_length=30)
    status = forms.ChoiceField(
        label=_("Status"), choices=_optional(OrderStatus.choices), required=False
    )
    flag = forms.TypedChoiceField(
        label=_("Flag"),
        choices=_optional(OrderFlag.choices),
        coerce=int,
        required=False,
        empty_value="",
    )
    is_frozen = forms.BooleanField(label=_("Held by an after-sales case"), required=False)


class SaveView(Act):
    """A new tab."""

    name = "save-view"
    label = _("Save a view")
    intro = _("It stands above the list as a tab, for you alone. The same name replaces it.")
    permission = "orders.view"
    form_class = ViewForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        filters = {name: data[name] for name in views.FILTERS if data[name] not in ("", False)}
        view = views.save_view(
            shop=Shop.objects.visible_to(actor).get(),
            name=data["name"],
            filters=filters,
            actor=actor,
            at=at,
        )
        return gettext("%(name)s is saved.") % {"name": view.name}


class WhichForm(forms.Form):
    """One of one's own."""

    view = forms.ChoiceField(label=_("View"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = OrderView.objects.visible_to(actor).order_by("pk")
        self.fields["view"].choices = [  # type: ignore[attr-defined]
            (view.public_id, view.name) for view in own
        ]


class RemoveView(Act):
    """A tab less."""

    name = "remove-view"
    label = _("Remove a view")
    permission = "orders.view"
    on_object = False

    def applies(self, actor: Actor, target: Any) -> bool:
        return OrderView.objects.visible_to(actor).exists()

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return WhichForm(actor=actor, **kwargs)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        view = OrderView.objects.get_visible(actor, public_id=data["view"])
        views.remove_view(view_id=view.pk)
        return gettext("%(name)s is removed.") % {"name": view.name}

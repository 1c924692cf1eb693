"""What can be done to an order in the consoles."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kernel import money
from kernel.actors import Actor
from kernel.admin.base import Act
from kernel.admin.forms import YuanField
from orders.enums import Carrier, OrderFlag, OrderStatus
from orders.models import Order
from orders.selectors import companions_of, with_lines
from orders.services import desk, receipt, repricing, routes, shipping, together
from orders.services.relabelling import relabel
from shops.models import ReturnAddress


class ShipForm(forms.Form):
    """One parcel: who carries it, and how many pieces of each line are in it."""

    request_id = forms.CharField(widget=forms.HiddenInput, max_length=80)
    carrier = forms.ChoiceField(label=_("Carrier"), choices=Carrier.choices)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40)

    sent_from_id = forms.ChoiceField(label=_("Sent from"), required=False)
    goes_back_to_id = forms.ChoiceField(
        label=_("Goes back to"),
        required=False,
        help_text=_("Without a choice, returns go where the shop's return addresses say."),
    )

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_id"].initial = uuid.uuid4().hex
        addresses = ReturnAddress.objects.filter(shop_id=order.shop_id).order_by("pk")
        choices = [("", "–"), *((one.public_id, str(one)) for one in addresses)]
        for name in ("sent_from_id", "goes_back_to_id"):
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.positions: dict[str, int] = {}
        for line in order.lines.order_by("position"):
            if line.unshipped_quantity:
                name = f"line_{line.position}"
                self.positions[name] = line.position
                self.fields[name] = forms.IntegerField(
                    label=str(line),
                    initial=line.unshipped_quantity,
                    min_value=0,
                    max_value=line.unshipped_quantity,
                    help_text=_("Pieces in this parcel"),
                )
                self.fields[f"{name}_serials"] = forms.CharField(
                    label=_("Serial numbers"),
                    required=False,
                    help_text=_(
                        "Of telephones and the like: 15 to 17 digits, with spaces between."
                    ),
                )

    def clean(self) -> dict[str, Any]:
        """Demand at least one piece, and gather the pieces by line."""
        data = super().clean() or {}
        pieces = {place: data[name] for name, place in self.positions.items() if data.get(name)}
        if not self.errors and not pieces:
            raise ValidationError(_("Put at least one piece into the parcel."))
        written = {place: data.get(f"{name}_serials") for name, place in self.positions.items()}
        serials = {place: text.split() for place, text in written.items() if text}
        return data | {"pieces": pieces, "serials": serials}


class Ship(Act):
    """Ship a parcel."""

    name = "ship"
    label = _("Ship")
    intro = _("All pieces that are left go into this parcel, unless you lower their number.")
    permission = "orders.ship"

    def applies(self, actor: Actor, target: Order) -> bool:
        is_open = target.status in (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
        return is_open and not target.is_frozen

    def form(self, actor: Actor, target: Order, **kwargs: Any) -> forms.Form:
        return ShipForm(order=target, **kwargs)

    def preview(self, actor: Actor, target: Order) -> Sequence[tuple[Any, Any]]:
        receiver = target.receiver_masked
        place = "".join(receiver.get(key, "") for key in ("province", "city", "district"))
        return [
            (_("Receiver"), f"{receiver['name']} {receiver['phone']} · {place}"),
            (_("Message"), target.buyer_message or "–"),
        ]

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        package = shipping.ship_order(
            order_id=target.pk,
            request_id=data["request_id"],
            carrier_code=data["carrier"],
            tracking_number=data["tracking_number"],
            pieces=data["pieces"],
            serials=data["serials"],
            sent_from_id=data["sent_from_id"],
            goes_back_to_id=data["goes_back_to_id"],
            at=at,
            actor=actor,
        )
        number = package.tracking_number
        return gettext("Parcel %(number)s is on its way.") % {"number": number}


class LabelForm(forms.Form):
    """Which parcel, and what stands on it."""

    place = forms.TypedChoiceField(label=_("Parcel"), coerce=int)
    carrier = forms.ChoiceField(label=_("Carrier"), choices=Carrier.choices)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40)
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        packages = order.packages.filter(shop_id=order.shop_id).order_by("pk")
        places = [(place, str(one)) for place, one in enumerate(packages, start=1)]
        self.fields["place"].choices = places  # type: ignore[attr-defined]


class Relabel(Act):
    """Put a parcel's carrier or number right (OR-12)."""

    name = "relabel"
    label = _("Correct a label")
    intro = _("What stood on the parcel before is kept; its way begins anew.")
    permission = "orders.ship"

    def applies(self, actor: Actor, target: Order) -> bool:
        return target.status in (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED)

    def form(self, actor: Actor, target: Order, **kwargs: Any) -> forms.Form:
        return LabelForm(order=target, **kwargs)

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        package = relabel(
            order_id=target.pk,
            place=data["place"],
            carrier_code=data["carrier"],
            tracking_number=data["tracking_number"],
            reason=data["reason"],
            at=at,
            actor=actor,
        )
        return gettext("The parcel is %(label)s now.") % {"label": package}


class ExtendReceipt(Act):
    """Give the buyer longer before receipt confirms itself (OR-10)."""

    name = "extend-receipt"
    label = _("Extend receipt")
    intro = _("Receipt confirms itself three days later. This is possible once an order.")
    permission = "orders.ship"

    def applies(self, actor: Actor, target: Order) -> bool:
        return target.status == OrderStatus.SHIPPED and not target.is_extended

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        receipt.extend_receipt(order_id=target.pk, at=at, actor=actor)
        return _("The buyer has three days more.")


class MoveOn(Act):
    """Let the parcels reach their next station; a sandbox alone offers it (OR-14)."""

    name = "move-parcels-on"
    label = _("Move the parcels on")
    intro = _("The sandbox's carrier tells the next station of each parcel.")
    permission = "orders.operate"

    def applies(self, actor: Actor, target: Order) -> bool:
        is_open = target.status in (OrderStatus.PARTLY_SHIPPED, OrderStatus.SHIPPED)
        return desk.can_bring_forward() and is_open

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        keys = target.packages.values_list("pk", flat=True)
        routes.move_on(package_ids=list(keys), at=at, actor=actor)
        return _("The parcels moved on.")


class TogetherForm(forms.Form):
    """One parcel: which of the other orders lie in it, and who carries it."""

    request_id = forms.CharField(widget=forms.HiddenInput, max_length=80)
    orders = forms.MultipleChoiceField(
        label=_("Orders in this parcel"), widget=forms.CheckboxSelectMultiple
    )
    carrier = forms.ChoiceField(label=_("Carrier"), choices=Carrier.choices)
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=40)

    def __init__(self, *args: Any, order: Order, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["request_id"].initial = uuid.uuid4().hex
        others = with_lines(companions_of(order).order_by("pk"))[: together.MOST_TOGETHER - 1]
        choices = [(one.number, f"{one.number} · {_goods(one)}") for one in others]
        self.fields["orders"].choices = choices  # type: ignore[attr-defined]
        self.fields["orders"].initial = [number for number, _label in choices]


def _goods(order: Order) -> str:
    return "、".join(str(line) for line in order.lines.all())


class ShipTogether(Act):
    """Ship several orders of one receiver in one parcel."""

    name = "ship-together"
    label = _("Ship with others")
    intro = _("This buyer has other orders to the same address: they may lie in one parcel.")
    permission = "orders.ship"

    def applies(self, actor: Actor, target: Order) -> bool:
        is_open = target.status in (OrderStatus.TO_SHIP, OrderStatus.PARTLY_SHIPPED)
        return is_open and not target.is_frozen and companions_of(target).exists()

    def form(self, actor: Actor, target: Order, **kwargs: Any) -> forms.Form:
        return TogetherForm(order=target, **kwargs)

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        packages = together.ship_together(
            shop_id=target.shop_id,
            numbers=[target.number, *data["orders"]],
            request_id=data["request_id"],
            carrier_code=data["carrier"],
            tracking_number=data["tracking_number"],
            at=at,
            actor=actor,
        )
        return gettext("%(count)s orders are on their way in parcel %(number)s.") % {
            "count": len(packages),
            "number": data["tracking_number"],
        }


class PriceForm(forms.Form):
    """What comes off the goods, and what sending costs."""

    discount_amount = YuanField(label=_("Off the goods"))
    freight_amount = YuanField(label=_("Freight"))
    reason = forms.CharField(label=_("Reason"), max_length=200)


class ChangePrice(Act):
    """Change the price of an order that is not paid (OR-18)."""

    name = "price"
    label = _("Change the price")
    intro = _("Both are sums of the whole order; the buyer sees the new total when paying.")
    permission = "catalog.price"

    def applies(self, actor: Actor, target: Order) -> bool:
        return target.status == OrderStatus.UNPAID

    def form(self, actor: Actor, target: Order, **kwargs: Any) -> forms.Form:
        initial = {
            "discount_amount": repricing.discount_of(target),
            "freight_amount": target.freight_amount,
        }
        return PriceForm(initial=initial, **kwargs)

    def preview(self, actor: Actor, target: Order) -> Sequence[tuple[Any, Any]]:
        return [
            (_("Goods"), money.display(target.goods_amount, target.currency)),
            (_("To pay"), money.display(target.pay_amount, target.currency)),
        ]

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        order = repricing.change_price(order_id=target.pk, at=at, actor=actor, **data)
        total = money.display(order.pay_amount, order.currency)
        return gettext("The buyer pays %(amount)s now.") % {"amount": total}


class RemarkForm(forms.Form):
    """The shop's own note."""

    remark = forms.CharField(
        label=_("Remark"),
        max_length=60,
        required=False,
        help_text=_("The buyer does not see it."),
    )
    flag = forms.TypedChoiceField(
        label=_("Flag"), choices=OrderFlag.choices, coerce=int, required=False, empty_value=None
    )


class Remark(Act):
    """Write a note on the order."""

    name = "remark"
    label = _("Remark")
    permission = "orders.remark"
    form_class = RemarkForm

    def form(self, actor: Actor, target: Order, **kwargs: Any) -> forms.Form:
        return RemarkForm(initial={"remark": target.remark, "flag": target.flag}, **kwargs)

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        desk.remark_order(
            order_id=target.pk, remark=data["remark"], flag=data["flag"], at=at, actor=actor
        )
        return _("The remark is saved.")


class Reveal(Act):
    """Show the receiver in clear. The page answers the POST itself: nothing of it is kept."""

    name = "reveal"
    label = _("Show the receiver")
    intro = _("The audit trail will say that you looked.")
    permission = "orders.reveal"


class BringForward(Act):
    """Let the order's running deadline be now; a sandbox alone offers it."""

    name = "bring-forward"
    label = _("Let the deadline be now")
    intro = _("The next sweep acts on it within a minute. There is no way back.")
    permission = "orders.operate"
    is_dangerous = True

    def applies(self, actor: Actor, target: Order) -> bool:
        return desk.can_bring_forward() and desk.running_deadline(target) is not None

    def run(self, *, actor: Actor, target: Order, data: dict[str, Any], at: datetime) -> Any:
        deadline = desk.running_deadline(target) or ""
        desk.bring_forward(order_id=target.pk, deadline=deadline, at=at, actor=actor)
        return _("The deadline is now.")

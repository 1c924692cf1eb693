"""A shop's own price before payment (改价, OR-18): less for the goods, another freight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from kernel import audit, walls
from kernel.actors import Actor
from kernel.errors import FieldError, InvalidInput
from kernel.money import MAX_AMOUNT, allocate
from orders.enums import AdjustmentStep, Bearer, OrderStatus, PaymentStatus
from orders.errors import AmountTooLarge, PriceIsFinal
from orders.models import Order, OrderGroup, OrderLine, Payment, PriceAdjustment

_GOODS, _FREIGHT = AdjustmentStep.MODIFY_AMOUNT, AdjustmentStep.MODIFY_POST_AMOUNT


@dataclass(frozen=True)
class _Told:
    """What the steps so far did to a line. Minor units."""

    #: Freight as it was placed.
    freight: int
    #: What this shop took off the goods before, by hand.
    discount: int


@transaction.atomic
def change_price(
    *,
    order_id: int,
    discount_amount: int,
    freight_amount: int,
    reason: str,
    at: datetime,
    actor: Actor,
) -> Order:
    """Let the shop take `discount_amount` off the goods and ask `freight_amount` for sending.

    Both (minor units) are totals of the order, not steps: the last call holds. They are spread over
    the lines by largest remainder, discounts by what the goods still cost, freight by the goods
    (OR-06); what changed on a line is a PriceAdjustment with who bears it. Lines, order and group
    add up afterwards, and a payment that starts then asks for the new total.

    Raises PriceIsFinal when the order is not unpaid or a payment of its group is under way,
    InvalidInput for a missing reason, a discount beyond the goods or an order that would cost
    nothing, AmountTooLarge for a group beyond what one payment can be.
    """
    group_id = Order.objects.values_list("group_id", flat=True).get(pk=order_id)
    group, is_being_paid = _lock_group(group_id)
    order = Order.objects.select_for_update(no_key=True, of=("self",)).get(pk=order_id)
    if order.status != OrderStatus.UNPAID or is_being_paid:
        raise PriceIsFinal
    lines = list(order.lines.select_for_update(no_key=True).order_by("pk"))
    told = _told(lines)
    _check(lines, told, discount_amount, freight_amount, reason)
    before = {"pay": order.pay_amount, "freight": order.freight_amount}
    rows = _spread(lines, told, discount_amount, freight_amount)
    PriceAdjustment.objects.bulk_create(rows)
    OrderLine.objects.bulk_update(lines, _CHANGED)
    _add_up(order, group, lines)
    audit.record(
        actor=actor,
        action="orders.change_price",
        target=order,
        at=at,
        before=before,
        after={
            "pay": order.pay_amount,
            "freight": order.freight_amount,
            _GOODS.value: discount_amount,
        },
        reason=reason,
    )
    return order


def discount_of(order: Order) -> int:
    """Return what the shop took off the goods by hand so far (minor units)."""
    rows = PriceAdjustment.objects.filter(shop_id=order.shop_id, line__order=order, step=_GOODS)
    return -(rows.aggregate(amount=Sum("amount"))["amount"] or 0)


_CHANGED = (
    "promotion_amount",
    "promotion_shop_amount",
    "freight_amount",
    "freight_original_amount",
    "freight_promotion_amount",
    "pay_amount",
)


def _lock_group(group_id: int) -> tuple[OrderGroup, bool]:
    """Lock and return the group, as payments do: none starts until this is committed.

    And whether one is under way.
    """
    groups = OrderGroup.objects.select_for_update(no_key=True, of=("self",))
    with walls.outside("a checkout is paid once, whatever shops are in it"):
        group = groups.get(pk=group_id)
        return group, _is_being_paid(group)


def _is_being_paid(group: OrderGroup) -> bool:
    return Payment.objects.filter(group=group, status=PaymentStatus.PENDING).exists()


def _told(lines: Sequence[OrderLine]) -> dict[int, _Told]:
    sums = (
        PriceAdjustment.objects.filter(line__in=lines)
        .values_list("line_id", "step")
        .annotate(amount=Sum("amount"))
        .order_by()
    )
    amounts = {(line_id, step): amount for line_id, step, amount in sums}
    return {
        line.pk: _Told(
            freight=amounts.get((line.pk, AdjustmentStep.FREIGHT), 0),
            discount=-amounts.get((line.pk, _GOODS), 0),
        )
        for line in lines
    }


def _check(
    lines: Sequence[OrderLine],
    told: dict[int, _Told],
    discount_amount: int,
    freight_amount: int,
    reason: str,
) -> None:
    if not reason.strip():
        _refuse("/reason", _("Say why the price changes."))
    if not 0 <= freight_amount <= MAX_AMOUNT:
        _refuse("/freight_amount", _("This is no freight."))
    goods = sum(_still_costs(line, told) for line in lines)
    if not 0 <= discount_amount <= goods:
        _refuse("/discount_amount", _("This is more than the goods cost."))
    if goods - discount_amount + freight_amount < 1:
        _refuse("/discount_amount", _("Something has to be left to pay."))


def _refuse(pointer: str, detail: object) -> None:
    raise InvalidInput(errors=[FieldError(pointer, "invalid", str(detail))])


def _still_costs(line: OrderLine, told: dict[int, _Told]) -> int:
    """Return what the goods of a line cost without what the shop took off by hand."""
    return line.goods_amount - line.promotion_amount + told[line.pk].discount


def _spread(
    lines: Sequence[OrderLine], told: dict[int, _Told], discount_amount: int, freight_amount: int
) -> list[PriceAdjustment]:
    """Set the amounts of `lines`, and return the steps that say so."""
    discounts = allocate(discount_amount, [_still_costs(line, told) for line in lines])
    freights = allocate(freight_amount, [line.goods_amount for line in lines])
    rows: list[PriceAdjustment] = []
    for line, discount, freight in zip(lines, discounts, freights, strict=True):
        more = discount - told[line.pk].discount
        rows += _steps(line, _GOODS, {Bearer.SHOP: -more})
        rows += _steps(line, _FREIGHT, _borne(told[line.pk].freight, line.freight_amount, freight))
        line.promotion_amount += more
        line.promotion_shop_amount += more
        line.freight_amount = freight
        line.freight_original_amount = max(freight, told[line.pk].freight)
        line.freight_promotion_amount = line.freight_original_amount - freight
        line.pay_amount = line.goods_amount - line.promotion_amount + freight
    return rows


def _borne(placed: int, before: int, after: int) -> dict[Bearer, int]:
    """Return who bears a change of freight: below what was placed the shop, above it the buyer."""
    return {
        Bearer.SHOP: min(after, placed) - min(before, placed),
        Bearer.BUYER: max(after, placed) - max(before, placed),
    }


def _steps(
    line: OrderLine, step: AdjustmentStep, amounts: dict[Bearer, int]
) -> list[PriceAdjustment]:
    return [
        PriceAdjustment(
            line=line,
            shop_id=line.shop_id,
            buyer_id=line.buyer_id,
            step=step,
            amount=amount,
            bearer=bearer,
        )
        for bearer, amount in amounts.items()
        if amount
    ]


def _add_up(order: Order, group: OrderGroup, lines: Sequence[OrderLine]) -> None:
    """Let order and group be what their lines are. Raises AmountTooLarge."""
    was = order.pay_amount
    order.promotion_amount = sum(line.promotion_amount for line in lines)
    order.freight_amount = sum(line.freight_amount for line in lines)
    order.pay_amount = sum(line.pay_amount for line in lines)
    order.save(update_fields=["promotion_amount", "freight_amount", "pay_amount"])
    if group.pay_amount + order.pay_amount - was > MAX_AMOUNT:
        raise AmountTooLarge
    with walls.outside("a checkout is paid once, whatever shops are in it"):
        OrderGroup.objects.filter(pk=group.pk).update(
            pay_amount=F("pay_amount") + order.pay_amount - was
        )

"""After-sales cases of the last days, waiting, agreed, refused, disputed and refunded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from aftersales.enums import CaseKind, Inspection, ReasonCode, RejectCode
from aftersales.models import RefundCase
from aftersales.services import arbitration, deciding, opening, returns
from aftersales.services.deciding import Rejection
from aftersales.services.opening import CaseRequest
from demo.seeding import World
from kernel.actors import Actor, Role
from kernel.errors import DomainError
from orders.enums import Carrier, OrderStatus
from orders.models import OrderLine

CASES = 28
_WORDS = {
    ReasonCode.NO_LONGER_WANTED: "拍多了，想退一件。",
    ReasonCode.DAMAGED: "外盒压坏了，里面也有破损。",
    ReasonCode.QUALITY: "和想象的质量不一样，线头很多。",
    ReasonCode.NOT_AS_DESCRIBED: "颜色和直播间里看到的差很多。",
    ReasonCode.LATE: "一直没有发货，不想等了。",
}


def seed(world: World) -> None:
    """Open the cases and let each come as far as its turn says."""
    lines = _candidates(world)
    world.dice.shuffle(lines)
    opened = 0
    for line in lines:
        if opened == CASES:
            break
        case = _open(world, line)
        if case is not None:
            _ENDINGS[opened % len(_ENDINGS)](world, case)
            opened += 1
            world.report("After-sales cases", opened, CASES)


def _candidates(world: World) -> list[OrderLine]:
    states = [OrderStatus.TO_SHIP, OrderStatus.SHIPPED, OrderStatus.COMPLETED]
    recent = world.now - timedelta(days=25)
    return list(
        OrderLine.objects.filter(order__status__in=states, order__placed_at__gt=recent)
        .select_related("order")
        .order_by("pk")
    )


def _open(world: World, line: OrderLine) -> RefundCase | None:
    reasons: tuple[ReasonCode, ...]
    if line.order.status == OrderStatus.TO_SHIP:
        kind, reasons = CaseKind.REFUND_UNSHIPPED, (ReasonCode.NO_LONGER_WANTED, ReasonCode.LATE)
    elif world.dice.random() < 0.4:
        kind, reasons = CaseKind.REFUND_SHIPPED, (ReasonCode.DAMAGED, ReasonCode.QUALITY)
    else:
        kind = CaseKind.RETURN_AND_REFUND
        reasons = (ReasonCode.NO_LONGER_WANTED, ReasonCode.NOT_AS_DESCRIBED, ReasonCode.QUALITY)
    reason = world.dice.choice(reasons)
    request = CaseRequest(
        kind=kind,
        quantity=1,
        reason=reason,
        is_received=kind != CaseKind.REFUND_UNSHIPPED,
        description=_WORDS[reason],
    )
    at = world.now - timedelta(hours=world.dice.randrange(1, 20))
    buyer = Actor(role=Role.BUYER, user_id=line.buyer_id, label=line.buyer.name)
    try:
        return opening.open_case(line_id=line.pk, request=request, at=at, actor=buyer)
    except DomainError:
        return None  # the window is over, or another case is open: the next line will do


def _owner(world: World, case: RefundCase) -> Actor:
    code = next(code for code, shop in world.shops.items() if shop.pk == case.shop_id)
    return world.owners[code]


def _buyer(case: RefundCase) -> Actor:
    return Actor(role=Role.BUYER, user_id=case.buyer_id, label=case.buyer.name)


def _wait(world: World, case: RefundCase) -> None:
    """The shop has not answered yet."""


def _approve(world: World, case: RefundCase) -> None:
    deciding.approve(case_id=case.pk, version=case.version, at=world.now, actor=_owner(world, case))
    case.refresh_from_db()


def _send_back(world: World, case: RefundCase) -> None:
    _approve(world, case)
    if case.kind == CaseKind.RETURN_AND_REFUND:
        returns.ship_back(
            case_id=case.pk,
            carrier_code=Carrier.SF,
            tracking_number=f"SF{world.dice.randrange(10**12):012d}",
            at=world.now,
            actor=_buyer(case),
        )
        case.refresh_from_db()


def _accept_return(world: World, case: RefundCase) -> None:
    _send_back(world, case)
    if case.kind == CaseKind.RETURN_AND_REFUND:
        returns.accept_return(
            case_id=case.pk,
            version=case.version,
            inspection=Inspection.SELLABLE,
            at=world.now,
            actor=_owner(world, case),
        )


def _reject(world: World, case: RefundCase) -> None:
    deciding.reject(
        case_id=case.pk,
        version=case.version,
        rejection=Rejection(RejectCode.AGREED_OTHERWISE, "已与您电话沟通，补发配件。"),
        at=world.now,
        actor=_owner(world, case),
    )
    case.refresh_from_db()


def _dispute(world: World, case: RefundCase) -> None:
    _reject(world, case)
    arbitration.escalate(
        case_id=case.pk, text="商家没有补发，请平台介入。", at=world.now, actor=_buyer(case)
    )
    case.refresh_from_db()


def _judge(world: World, case: RefundCase) -> None:
    _dispute(world, case)
    arbitration.decide(
        case_id=case.pk,
        version=case.version,
        is_for_buyer=True,
        reason="商家未在约定时间内补发，支持退款。",
        at=world.now,
        actor=world.support,
    )


_ENDINGS: tuple[Callable[[World, RefundCase], None], ...] = (
    _wait,
    _approve,
    _send_back,
    _dispute,
    _accept_return,
    _reject,
    _wait,
    _judge,
)

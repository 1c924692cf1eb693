"""Goods that come back: sent, signed for, inspected, into stock when they can be sold (AF-20)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from aftersales.enums import REFUND_BOOKED, CaseStatus, Inspection, RecordAction
from aftersales.errors import AlreadyInspected
from aftersales.models import RefundCase, ReturnParcel
from aftersales.services import holding, records, refunding, timers
from catalog.enums import MovementKind
from catalog.services import stock
from kernel import audit, money
from kernel.actors import Actor
from kernel.errors import NotFound


@transaction.atomic
def ship_back(
    *, case_id: int, carrier_code: str, tracking_number: str, at: datetime, actor: Actor
) -> RefundCase:
    """Note the parcel that the buyer sent; the shop's clock runs (10 days without a signature).

    Raises IllegalTransition unless a return was agreed to, InArbitration.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.AWAIT_RETURN)
    ReturnParcel.objects.update_or_create(
        case=case,
        defaults={
            "shop_id": case.shop_id,
            "buyer_id": case.buyer_id,
            "quantity": case.quantity,
            "carrier_code": carrier_code,
            "tracking_number": tracking_number,
            "sent_at": at,
            # A second parcel after a second rejection is a parcel of its own.
            "signed_at": None,
            "inspection": "",
            "inspected_at": None,
        },
    )
    holding.advance(
        case,
        to=CaseStatus.RETURNED,
        clock=timers.for_shop_to_inspect(sent_at=at, signed_at=None),
        at=at,
        actor=actor,
    )
    records.write(
        case=case,
        action=RecordAction.SHIPPED_BACK,
        actor=actor,
        at=at,
        facts=[("carrier", carrier_code), ("tracking", tracking_number)],
    )
    return case


@transaction.atomic
def mark_received(*, case_id: int, at: datetime, actor: Actor) -> RefundCase:
    """Note that the parcel arrived: from now on the shop has 48 hours to look at it.

    A repetition changes nothing. Raises IllegalTransition unless a parcel is on its way.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.RETURNED)
    parcel = ReturnParcel.objects.get(case=case)
    if parcel.signed_at is not None:
        return case
    parcel.signed_at = at
    parcel.save(update_fields=["signed_at"])
    clock = timers.for_shop_to_inspect(sent_at=parcel.sent_at, signed_at=at)
    holding.touch(case, **clock.columns)
    records.write(case=case, action=RecordAction.RECEIVED, actor=actor, at=at)
    return case


@transaction.atomic
def accept_return(
    *,
    case_id: int,
    version: int,
    inspection: str,
    at: datetime,
    actor: Actor,
    remark: str = "",
) -> RefundCase:
    """Accept what came back: sellable goods stand in the stock again, the money is booked back.

    Raises StaleVersion, InArbitration, IllegalTransition, RefundExceedsPayment.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.RETURNED, version=version)
    before = str(case.status)
    _inspect(case, inspection, at=at, actor=actor)
    refunding.begin(case, at=at, actor=actor)
    holding.tell_decision(
        case,
        action=RecordAction.RETURN_ACCEPTED,
        actor=actor,
        at=at,
        before=before,
        text=remark,
        facts=(
            ("inspection", inspection),
            ("amount", money.display(case.amount, case.currency)),
        ),
    )
    return case


@transaction.atomic
def record_inspection(*, case_id: int, inspection: str, at: datetime, actor: Actor) -> RefundCase:
    """Say what was in a parcel whose money went back without the shop: by the clock or by support.

    Raises IllegalTransition unless money was booked back, NotFound when nothing was sent,
    AlreadyInspected.
    """
    case = holding.take(case_id)
    holding.check(case, *REFUND_BOOKED)
    _inspect(case, inspection, at=at, actor=actor)
    facts = [("inspection", inspection)]
    records.write(case=case, action=RecordAction.INSPECTED, actor=actor, at=at, facts=facts)
    audit.record(
        actor=actor,
        action="aftersales.case.inspected",
        target=case,
        at=at,
        after={"inspection": inspection},
    )
    return case


def _inspect(case: RefundCase, inspection: str, *, at: datetime, actor: Actor) -> None:
    """Write what was found, once; sellable pieces go back to stock under the case's own key.

    The pieces are the parcel's: the case may have been edited since it was sent.
    """
    parcel = ReturnParcel.objects.filter(case=case).first()
    if parcel is None:
        raise NotFound
    inspected = ReturnParcel.objects.filter(pk=parcel.pk, inspection="").update(
        inspection=inspection, inspected_at=at
    )
    if not inspected:
        raise AlreadyInspected
    ReturnParcel.objects.filter(pk=parcel.pk, signed_at__isnull=True).update(signed_at=at)
    if inspection == Inspection.SELLABLE:
        stock.apply(
            [
                stock.Move(
                    sku_id=case.line.sku_id,
                    shop_id=case.shop_id,
                    kind=MovementKind.RETURNED,
                    quantity=parcel.quantity,
                    reference=refunding.reference_of(case),
                    actor_label=actor.label,
                )
            ],
            at,
        )

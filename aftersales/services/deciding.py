"""What the shop answers: yes, no, and both many at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from aftersales.enums import (
    FIRST_REJECTIONS,
    NEED_EVIDENCE,
    SECOND_REJECTIONS,
    CaseKind,
    CaseStatus,
    RecordAction,
    RejectCode,
)
from aftersales.errors import (
    EvidenceRequired,
    GuaranteeInForce,
    NoReturnAddress,
    RejectCodeNotFitting,
    RemarkRequired,
)
from aftersales.models import RefundCase
from aftersales.selectors import cases as case_selectors
from aftersales.services import holding, refunding, timers
from catalog.services import stock
from kernel import money
from kernel.actors import Actor
from kernel.errors import DomainError, FieldError, NotFound
from orders.selectors.routes import chosen_return_address
from shops.selectors import return_address

MAX_BATCH = 20


@dataclass(frozen=True)
class Rejection:
    """A "no" as the buyer will read it."""

    code: str
    remark: str
    image_urls: tuple[str, ...] = ()


@dataclass(frozen=True)
class Decision:
    """One item of a batch: approve when `rejection` is None."""

    number: str
    version: int
    rejection: Rejection | None = None


@dataclass(frozen=True)
class DecisionResult:
    """What became of one item: the case as it stands now, or the refusal."""

    number: str
    case: RefundCase | None = None
    error: DomainError | None = None


@transaction.atomic
def approve(
    *, case_id: int, version: int, at: datetime, actor: Actor, remark: str = ""
) -> RefundCase:
    """Grant a request: the money is booked back, or the buyer may send the goods.

    Raises StaleVersion when it was decided or changed meanwhile (AF-16), InArbitration,
    IllegalTransition, NoReturnAddress (AF-21), RefundExceedsPayment; nothing is changed then.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.REQUESTED, version=version)
    return grant(case, at=at, actor=actor, remark=remark)


def grant(case: RefundCase, *, at: datetime, actor: Actor, remark: str = "") -> RefundCase:
    """Do what approval means for a held case, whoever approves: the shop or its overdue clock."""
    before = str(case.status)
    facts = [("amount", money.display(case.amount, case.currency))]
    if case.kind == CaseKind.RETURN_AND_REFUND:
        holding.advance(
            case,
            to=CaseStatus.AWAIT_RETURN,
            clock=timers.for_buyer_to_send(at),
            at=at,
            actor=actor,
            return_address=_return_address(case),
            decided_at=at,
        )
    else:
        refunding.begin(case, at=at, actor=actor)
    holding.tell_decision(
        case,
        action=RecordAction.APPROVED,
        actor=actor,
        at=at,
        before=before,
        text=remark,
        facts=tuple(facts),
    )
    return case


@transaction.atomic
def reject(
    *, case_id: int, version: int, rejection: Rejection, at: datetime, actor: Actor
) -> RefundCase:
    """Refuse a request; the buyer may edit it or call the platform (AF-15).

    A refusal of an unshipped refund lets the order be shipped (OR-13). Raises what `approve` does,
    and RejectCodeNotFitting, RemarkRequired, EvidenceRequired, GuaranteeInForce (SH-10).
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.REQUESTED, version=version)
    check_rejection(rejection, FIRST_REJECTIONS[CaseKind(case.kind)])
    guarantee = case_selectors.guarantee_of(case)
    if guarantee and rejection.code == RejectCode.NOT_IN_POLICY:
        raise GuaranteeInForce(extra={"guarantee": guarantee})
    return refuse(case, to=CaseStatus.REJECTED_FIRST, rejection=rejection, at=at, actor=actor)


@transaction.atomic
def reject_return(
    *, case_id: int, version: int, rejection: Rejection, at: datetime, actor: Actor
) -> RefundCase:
    """Refuse to pay for what came back; the buyer may edit or call the platform (AF-15).

    Raises what `reject` does, save GuaranteeInForce.
    """
    case = holding.take(case_id)
    holding.check(case, CaseStatus.RETURNED, version=version)
    check_rejection(rejection, SECOND_REJECTIONS)
    return refuse(case, to=CaseStatus.REJECTED_SECOND, rejection=rejection, at=at, actor=actor)


def decide_many(
    *, shop_id: int, decisions: Sequence[Decision], at: datetime, actor: Actor
) -> list[DecisionResult]:
    """Decide up to `MAX_BATCH` cases of one shop, each alone; results in the order asked (AF-17).

    A refused item changes nothing and does not stop the others.
    """
    numbers = [decision.number for decision in decisions]
    found = RefundCase.objects.filter(shop_id=shop_id, number__in=numbers).select_related("line")
    known = {case.number: case for case in found}
    with transaction.atomic():
        # All orders, then all pieces: one item after the other would hold pieces and want orders.
        holding.take_orders(case.order_id for case in known.values())
        stock.lock(case.line.sku_id for case in _back_on_the_shelf(decisions, known))
        return [_decide_one(one, known.get(one.number), at, actor) for one in decisions]


def _back_on_the_shelf(
    decisions: Sequence[Decision], known: Mapping[str, RefundCase]
) -> list[RefundCase]:
    """Return the cases whose approval would put pieces back to stock."""
    approved = {one.number for one in decisions if one.rejection is None}
    unshipped = CaseKind.REFUND_UNSHIPPED
    return [known[name] for name in approved & known.keys() if known[name].kind == unshipped]


def _decide_one(
    decision: Decision, known: RefundCase | None, at: datetime, actor: Actor
) -> DecisionResult:
    try:
        if known is None:
            raise NotFound
        common: dict[str, Any] = {"case_id": known.pk, "version": decision.version, "at": at}
        if decision.rejection is None:
            case = approve(**common, actor=actor)
        else:
            case = reject(**common, rejection=decision.rejection, actor=actor)
    except DomainError as error:
        return DecisionResult(number=decision.number, error=error)
    return DecisionResult(number=decision.number, case=case)


def refuse(
    case: RefundCase, *, to: CaseStatus, rejection: Rejection, at: datetime, actor: Actor
) -> RefundCase:
    """Write a checked rejection of a held case."""
    before = str(case.status)
    holding.advance(
        case,
        to=to,
        clock=timers.for_buyer_to_object(at),
        at=at,
        actor=actor,
        reason=rejection.code,
        decided_at=at,
    )
    holding.tell_decision(
        case,
        action=RecordAction.REJECTED,
        actor=actor,
        at=at,
        before=before,
        text=rejection.remark,
        image_urls=rejection.image_urls,
        facts=(("code", rejection.code),),
    )
    holding.follow_hold(case.order_id, at=at)
    return case


def check_rejection(rejection: Rejection, fitting: Sequence[RejectCode]) -> None:
    """Refuse a rejection that AF-15 would not let stand."""
    if rejection.code not in fitting:
        raise RejectCodeNotFitting(
            errors=[_fault("/code", RejectCodeNotFitting)],
            extra={"codes": [str(code) for code in fitting]},
        )
    if not rejection.remark.strip():
        raise RemarkRequired(errors=[_fault("/remark", RemarkRequired)])
    if rejection.code in NEED_EVIDENCE and not rejection.image_urls:
        raise EvidenceRequired(errors=[_fault("/image_urls", EvidenceRequired)])


def _fault(pointer: str, error: type[DomainError]) -> FieldError:
    return FieldError(pointer, error.code, error.message)


def _return_address(case: RefundCase) -> dict[str, str]:
    """Return where the goods go: as chosen when they left, else as the shop's strategy says now."""
    line = case.line
    chosen = chosen_return_address(line.pk)
    if chosen:  # when the parcel left (OR-12)
        return dict(chosen)
    address = return_address(
        case.shop_id, product_id=line.product.public_id, buyer=line.order.receiver_masked
    )
    if address is None:
        raise NoReturnAddress
    fields = ("receiver", "phone", "province", "city", "district", "street")
    return {name: getattr(address, name) for name in fields}

"""Conversations with gateways. Nothing here runs inside a transaction: each is an intent that is
committed, a call with a stable key, and a record of the answer.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.db import transaction
from django.db.models.functions import Now

from kernel.actors import Actor
from kernel.errors import DomainError, NotFound
from orders.enums import CloseReason, OrderStatus, PaymentStatus
from orders.errors import GatewayUnavailable, NotPayable
from orders.models import Order, Payment
from orders.services import closing, gateways, sending
from orders.services.capturing import apply_payment
from orders.services.gateways.port import (
    Gateway,
    GatewayRefused,
    GatewayTimeout,
    PayData,
    PaymentFact,
    PaymentOrder,
)
from orders.services.payments import POLL_AFTER, start_payment
from orders.services.placement import Placed

logger = logging.getLogger(__name__)

#: After the plan of asking is over, or while the gateway is silent.
POLL_EVERY = timedelta(minutes=30)


@dataclass(frozen=True)
class Started:
    """A payment that the buyer can make now."""

    payment: Payment
    pay: PayData


def start(*, group_number: str, gateway: str, at: datetime, actor: Actor) -> Started:
    """Open the gateway's cashier for what is unpaid in the group; again gives the same payment.

    Raises NotFound, NotPayable, UnknownGateway, GatewayUnavailable.
    """
    port = gateways.get(gateway)
    _outside()
    take = partial(start_payment, group_number=group_number, gateway=gateway, at=at, actor=actor)
    payment = take()
    try:
        try:
            pay = _create(port, payment)
        except GatewayRefused:  # closed there, and whoever closed it died before it was closed here
            closing.bury_payment(payment_id=payment.pk, at=at)
            payment = take()
            pay = _create(port, payment)
    except (GatewayTimeout, GatewayRefused):
        raise GatewayUnavailable from None
    return Started(payment, pay)


def start_with(placed: Placed, *, gateway: str, at: datetime, actor: Actor) -> Started | None:
    """Open the gateway's cashier for a checkout that was just placed, or placed before.

    None when nothing of it waits for money, or the gateway does not answer: whatever it says, the
    checkout is placed, and its payment can be started again. Raises UnknownGateway.
    """
    intended = placed.recorded.payment if placed.recorded else None
    try:
        if intended is not None:
            return Started(intended, _create(gateways.get(gateway), intended))
        return start(group_number=placed.group.number, gateway=gateway, at=at, actor=actor)
    except (GatewayTimeout, GatewayRefused, GatewayUnavailable, NotPayable):
        return None


def _create(port: Gateway, payment: Payment) -> PayData:
    return port.create(PaymentOrder(payment.number, payment.amount, payment.currency))


def cancel(*, order_number: str, at: datetime, actor: Actor) -> Order:
    """Cancel the buyer's unpaid order: no payment can arrive for it any more. Its stock is free.

    Raises NotFound, NotPayable when it is not unpaid (or was paid just now), GatewayUnavailable.
    """
    order: Order = Order.objects.get_visible(actor, number=order_number)
    _outside()
    if order.status == OrderStatus.UNPAID:
        try:
            _close(order, CloseReason.BUYER, at=at, actor=actor)
        except GatewayTimeout:
            raise GatewayUnavailable from None
    order.refresh_from_db()
    if order.status != OrderStatus.CLOSED or order.close_reason != CloseReason.BUYER:
        raise NotPayable
    return order


def close_due_orders(*, at: datetime, limit: int = 500) -> int:
    """Close unpaid orders whose time is over by the database's clock; return how many.

    The gateway closes their payments first: money that came in the last moment is applied instead.
    Any number of sweeps may run side by side. A gateway that does not answer postpones its orders;
    they are taken at random, so that those which cannot be closed never keep the others waiting.
    """
    _outside()
    due = Order.objects.filter(status=OrderStatus.UNPAID, pay_by_at__lte=Now())
    closed = 0
    for order in due.order_by("?")[:limit]:
        try:
            closed += _close(order, CloseReason.UNPAID, at=at, only_when_due=True)
        except GatewayTimeout:
            logger.warning("order %s: the gateway does not answer; not closed yet", order.number)
        except DomainError as error:  # one order that needs a person must not stop the others
            logger.error("order %s: %s", order.number, error.code)
        except Exception:  # nor may one that fails in a way nobody planned
            logger.exception("order %s failed; it is tried again", order.number)
    return closed


def poll_due_payments(*, at: datetime, limit: int = 200) -> int:
    """Ask about payments that were told nothing of, when their time has come; return how many.

    A payment of a group that needs it no more is closed at the gateway.
    """
    asked = 0
    while asked < limit and (payment := _claim_payment()) is not None:
        asked += 1
        try:
            _ask(payment, at)
        except GatewayTimeout:
            logger.warning("payment %s: the gateway does not answer", payment.number)
        except DomainError as error:
            logger.error("payment %s: %s", payment.number, error.code)
        except Exception:
            logger.exception("payment %s failed; it is asked about again", payment.number)
    return asked


def send_due_refunds(*, at: datetime, limit: int = 200) -> int:
    """Send what is owed to buyers; return how many refunds were tried.

    Each is claimed and committed before the call. No answer makes it unknown, and it is asked about
    again with the same number: never paid twice, never forgotten.
    """
    sent = 0
    while sent < limit and (claim := sending.claim_due(at=at)) is not None:
        sent += 1
        try:
            _send_claimed(claim, at)
        except Exception:  # in progress and committed: whoever finds its lease over asks about it
            logger.exception("refund %s failed; it is asked about again", claim.order.number)
    return sent


def _send_claimed(claim: sending.Claim, at: datetime) -> None:
    try:
        gateway_refund_id = _send(claim)
    except GatewayTimeout as error:
        sending.record_unknown(refund_id=claim.refund_id, error=str(error), at=at)
    except (GatewayRefused, DomainError) as error:
        sending.record_failure(refund_id=claim.refund_id, error=str(error), at=at)
    else:
        sending.record_success(
            refund_id=claim.refund_id, gateway_refund_id=gateway_refund_id, at=at
        )


def _send(claim: sending.Claim) -> str:
    port = gateways.get(claim.gateway)
    known = port.query_refund(claim.order.number) if claim.was_sent else None
    return known or port.refund(claim.order)


def _close(
    order: Order,
    reason: CloseReason,
    *,
    at: datetime,
    actor: Actor | None = None,
    only_when_due: bool = False,
) -> bool:
    """Close the group's payments there, then the order here; apply money that was faster."""
    pending = Payment.objects.filter(group_id=order.group_id, status=PaymentStatus.PENDING)
    dead = []
    for payment in pending.order_by("pk"):
        fact = gateways.get(payment.gateway).close(payment.number)
        if fact is not None:
            _apply(fact, at)
            return False
        dead.append(payment.pk)
    extra = {"actor": actor} if actor else {}
    return closing.close_order(
        order_id=order.pk,
        reason=reason,
        at=at,
        dead_payments=dead,
        only_when_due=only_when_due,
        **extra,
    )


def _ask(payment: Payment, at: datetime) -> None:
    port = gateways.get(payment.gateway)
    is_wanted = Order.objects.filter(group_id=payment.group_id, status=OrderStatus.UNPAID).exists()
    fact = port.query(payment.number) if is_wanted else port.close(payment.number)
    if fact is not None:
        _apply(fact, at)
    elif not is_wanted:
        closing.bury_payment(payment_id=payment.pk, at=at)


def _apply(fact: PaymentFact, at: datetime) -> None:
    try:
        apply_payment(fact, at=at)
    except NotFound:  # cannot be: we asked with our own number
        logger.error("the gateway told of an unknown payment %s", fact.payment_number)


@transaction.atomic(durable=True)
def _claim_payment() -> Payment | None:
    """Take the payment that waits longest and plan the next question before this one is asked."""
    payment = (
        Payment.objects.select_for_update(no_key=True, of=("self",), skip_locked=True)
        .filter(poll_at__lte=Now(), status=PaymentStatus.PENDING)
        .order_by("poll_at", "pk")
        .first()
    )
    if payment is None:
        return None
    following = POLL_AFTER[payment.poll_count + 1 : payment.poll_count + 2]
    wait = following[0] - POLL_AFTER[payment.poll_count] if following else POLL_EVERY
    Payment.objects.filter(pk=payment.pk).update(
        poll_at=Now() + wait, poll_count=min(payment.poll_count + 1, 1_000)
    )
    return payment


@transaction.atomic(durable=True)
def _outside() -> None:
    """Raise RuntimeError inside a transaction: a gateway's silence would hold its locks."""

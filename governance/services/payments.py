"""Paying into a deposit by a gateway: the row is the intent, a task asks, the fact is applied once.

Nobody is asked inside a transaction. A gateway's notice of such a number is no news: the task asks
every few seconds until the money is there or the time is over.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from governance.enums import EntryKind, PaymentStatus
from governance.events import PaymentStarted
from governance.models import DepositPayment
from governance.services import entries, moving
from governance.services.entries import FREE, Movement
from kernel import audit
from kernel.actors import SYSTEM, Actor
from kernel.errors import NotFound
from kernel.events import publish
from kernel.states import move
from ledger.models import AccountCode
from orders.services import gateways, numbering
from orders.services.gateways.port import (
    Gateway,
    GatewayRefused,
    GatewayTimeout,
    PaymentFact,
    PaymentOrder,
)
from orders.services.gateways.sandbox import SandboxGateway, bank

logger = logging.getLogger(__name__)

#: "T" for top-up; entries have a "D".
PREFIX = "T"


@transaction.atomic
def start(*, shop_id: int, amount: int, gateway: str, at: datetime, actor: Actor) -> DepositPayment:
    """Ask for `amount` to be paid into the shop's deposit by a gateway; the deposit waits for it.

    Raises UnknownGateway, InvalidInput for no amount, DepositPaidBack.
    """
    gateways.get(gateway)
    moving.refuse_amount(amount)
    deposit = entries.locked(shop_id, at)
    (number,) = numbering.take(1, at, prefix=PREFIX)
    payment = DepositPayment.objects.create(
        number=number,
        deposit=deposit,
        shop_id=shop_id,
        gateway=gateway,
        amount=amount,
        by_label=actor.label[:120],
        created_at=at,
        closes_at=at + settings.DEPOSIT_PAYMENT_CLOSES_AFTER,
    )
    audit.record(
        actor=actor,
        action="governance.start_deposit_payment",
        target=payment,
        at=at,
        after={"amount": amount, "gateway": gateway},
    )
    publish(PaymentStarted(payment_id=payment.pk, shop_id=shop_id))
    return payment


@transaction.atomic
def pay_in_sandbox(*, payment: DepositPayment, at: datetime, actor: Actor) -> DepositPayment:
    """Press the sandbox cashier's button; the money comes as a real one's would, in a moment.

    Raises NotFound outside a sandbox, or for a payment that waits for no money.
    """
    if not settings.HAODIAN_SANDBOX or payment.gateway != SandboxGateway.name:
        raise NotFound
    waiting = DepositPayment.objects.filter(
        pk=payment.pk, shop_id=payment.shop_id, status=PaymentStatus.PENDING
    )
    if not waiting.update(is_paid_in_sandbox=True):
        raise NotFound
    payment.is_paid_in_sandbox = True
    publish(PaymentStarted(payment_id=payment.pk, shop_id=payment.shop_id))
    return payment


def collect_pending(*, at: datetime, limit: int = 100) -> int:
    """Ask the gateways about each payment that waits; return how many ended.

    What a gateway does not answer is asked again by the next sweep.
    """
    rows = DepositPayment.objects.filter(status=PaymentStatus.PENDING).order_by("pk")
    done = 0
    for payment in rows[:limit]:
        try:
            done += _collect(payment, at)
        except (GatewayTimeout, GatewayRefused) as error:
            logger.warning("deposit payment %s: %s", payment.number, error)
    return done


def _collect(payment: DepositPayment, at: datetime) -> bool:
    gateway = gateways.get(payment.gateway)
    if at >= payment.closes_at:
        fact = gateway.close(payment.number)
        return apply(payment, fact, at=at) if fact else _close(payment, at)
    if not payment.pay_url:
        _open(payment, gateway)
    if payment.is_paid_in_sandbox:
        bank.pay(number=payment.number, at=at)
    fact = gateway.query(payment.number)
    return apply(payment, fact, at=at) if fact else False


def _open(payment: DepositPayment, gateway: Gateway) -> None:
    order = PaymentOrder(payment.number, payment.amount, payment.currency)
    opened = gateway.create(order)
    DepositPayment.objects.filter(pk=payment.pk).update(pay_url=opened.pay_url[:300])


@transaction.atomic
def apply(payment: DepositPayment, fact: PaymentFact, *, at: datetime) -> bool:
    """Put the money into the deposit, once, whoever brings the news; tell whether it was new.

    A fact of another amount is left for people: nothing is booked of it.
    """
    if (fact.amount, fact.currency) != (payment.amount, payment.currency):
        logger.error("deposit payment %s: the gateway has another amount", payment.number)
        return False
    deposit = entries.locked(payment.shop_id, at)
    known = DepositPayment.objects.get(pk=payment.pk)
    if known.status == PaymentStatus.PAID:
        return False
    move(
        payment,
        to=PaymentStatus.PAID,
        at=at,
        gateway_txn=fact.gateway_txn,
        finished_at=at,
    )
    number, owner = entries.next_number(at), deposit.shop.public_id
    legs = (
        (AccountCode.GATEWAY_CLEARING, fact.gateway, fact.amount),
        (FREE, owner, -fact.amount),
    )
    entries.book(deposit, number, legs, at)
    paid_in = Movement(EntryKind.TOP_UP, fact.amount, reference=payment.number)
    entries.write(deposit, paid_in, number=number, at=at, actor=SYSTEM)
    return True


@transaction.atomic
def _close(payment: DepositPayment, at: datetime) -> bool:
    entries.locked(payment.shop_id, at)
    known = DepositPayment.objects.get(pk=payment.pk)
    if known.status != PaymentStatus.PENDING:
        return False
    move(payment, to=PaymentStatus.CLOSED, at=at, finished_at=at)
    return True

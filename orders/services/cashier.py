"""The sandbox's cashier: a buyer pays, and the gateway tells us as a real one would."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings

from kernel.actors import Actor
from kernel.errors import DomainError, NotFound
from orders.enums import SandboxProfile
from orders.errors import NotPayable
from orders.models import Payment
from orders.services.gateways.port import GatewayRefused
from orders.services.gateways.sandbox import bank
from orders.services.notices import receive_notice

logger = logging.getLogger(__name__)


def pay_at_cashier(
    *, payment_number: str, at: datetime, actor: Actor, profile: str = SandboxProfile.OK
) -> Payment:
    """Pay in the gateway's journal, then hear its notices by the function of the notice door.

    What the gateway sends depends on `profile`: with a lost answer the payment stays pending here
    until the poller asks. Paying again changes nothing.

    Raises NotFound outside a sandbox or for somebody else's payment, NotPayable when the gateway
    has closed it.
    """
    if not settings.HAODIAN_SANDBOX:
        raise NotFound
    payment: Payment = Payment.objects.get_visible(actor, number=payment_number)
    try:
        row = bank.pay(number=payment.number, at=at, profile=profile)
    except GatewayRefused:
        raise NotPayable from None
    for notice in bank.notices_of(row, at=at):
        try:
            receive_notice(gateway=payment.gateway, headers=notice.headers, body=notice.body, at=at)
        except DomainError as error:  # the sender of a bad notice learns its code and goes on
            logger.info("sandbox notice for %s: %s", payment.number, error.code)
    payment.refresh_from_db()
    return payment

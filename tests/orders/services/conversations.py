"""Conversations with the gateway, begun and broken."""

from kernel.clock import database_now
from orders.models import Payment
from orders.services import outgoing
from tests.factories.sales import buyer_actor


def start(group, at):
    actor = buyer_actor(group.buyer)
    return outgoing.start(group_number=group.number, gateway="sandbox", at=at, actor=actor)


def fail_for(monkeypatch, method, number):
    """Let the gateway's adapter fail in a way nobody planned, for one payment."""
    original = getattr(outgoing.gateways.SandboxGateway, method)

    def fail(self, asked):
        if number in (asked, getattr(asked, "number", "")):
            raise ValueError("not what we were promised")
        return original(self, asked)

    monkeypatch.setattr(outgoing.gateways.SandboxGateway, method, fail)


def due_payment(group, now):
    payment = start(group, now).payment
    Payment.objects.filter(pk=payment.pk).update(poll_at=database_now())
    return payment

"""The demo's past, seeded once a run of the suite: every page has something to see."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from affiliates.models import Commission
from aftersales.models import RefundCase
from catalog.models import Product
from demo.accounts import DEMO_ACCOUNTS
from kernel.actors import Role, resolve
from orders.enums import OrderStatus
from orders.models import Order
from settlements.services import audit
from shops.models import Binding, Shop

CONSOLES = {"/merchant/": Role.MERCHANT, "/support/": Role.SUPPORT, "/operator/": Role.OPERATOR}

pytestmark = [pytest.mark.slow, pytest.mark.django_db]


def test_the_demo_is_whole_right_seeded_once_and_lets_its_people_in() -> None:
    call_command("seed_demo")

    assert Shop.objects.count() == 8
    assert Binding.objects.in_force().count() == 3
    assert Product.objects.filter(display_state="on_sale").count() == 36
    assert Order.objects.count() >= 300
    assert {"unpaid", "to_ship", "shipped", "completed", "closed"} <= _statuses()
    assert RefundCase.objects.count() == 28
    assert Commission.objects.values("creator").distinct().count() == 8
    assert audit.audit() == {room: [] for room in audit.ROOMS}

    before = Order.objects.count()
    call_command("seed_demo")
    assert Order.objects.count() == before
    for account in DEMO_ACCOUNTS:
        user = User.objects.get(email=account.email)
        assert user.check_password(account.password)
        if account.console:
            assert resolve(CONSOLES[account.console], user.pk, {}) is not None


def test_production_refuses_demo_data(settings: pytest.FixtureRequest) -> None:
    settings.HAODIAN_SANDBOX = False

    with pytest.raises(CommandError):
        call_command("seed_demo")

    assert Shop.objects.count() == 0


def _statuses() -> set[str]:
    return set(Order.objects.values_list("status", flat=True)) & set(OrderStatus.values)

"""`manage.py audit_books`: exit 0 when all books are right, else 1 and every breach by room."""

import json

import pytest
from django.core.management import call_command

from catalog.models import Stock
from ledger.models import LedgerAccount
from orders.enums import OrderStatus
from settlements.services import settling
from tests.factories.affiliates import PickFactory
from tests.factories.aftersales import requested_case
from tests.factories.orders import PLACED_AT, make_order

pytestmark = pytest.mark.django_db


@pytest.fixture
def trade():
    pick = PickFactory()
    items = [(pick.product.skus.get(), 1)]
    order = make_order(OrderStatus.COMPLETED, items=items, pick_code=pick.pick_code)
    make_order(OrderStatus.UNPAID)
    make_order(OrderStatus.TO_SHIP)
    requested_case()
    settling.settle_due(at=PLACED_AT)
    return order


def test_books_that_are_right(trade, capsys):
    call_command("audit_books")

    report = json.loads(capsys.readouterr().out)
    assert report == {
        "violations": 0,
        "rooms": {
            "ledger": [],
            "catalog": [],
            "orders": [],
            "aftersales": [],
            "affiliates": [],
            "settlements": [],
            "governance": [],
        },
    }


def test_books_that_are_wrong(trade, capsys):
    LedgerAccount.objects.filter(code="shop_payable").update(balance_amount=-1)
    Stock.objects.filter(sku=trade.lines.get().sku).update(on_hand=1)

    with pytest.raises(SystemExit) as ended:
        call_command("audit_books")

    report = json.loads(capsys.readouterr().out)
    assert ended.value.code == 1
    assert report["violations"] == sum(len(found) for found in report["rooms"].values())
    wrong = {room for room, found in report["rooms"].items() if found}
    assert wrong == {"ledger", "catalog", "settlements"}

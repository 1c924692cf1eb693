"""Who pays what of a refund, told before it is granted, comes true."""

from datetime import timedelta

import pytest

from affiliates.services import commissions
from aftersales.enums import CaseKind
from aftersales.services import previews as registry
from ledger import selectors as book
from ledger.models import AccountCode
from orders.enums import OrderStatus
from orders.services.refunds import refund_line
from settlements.services import settling
from settlements.services.previews import who_pays
from tests.factories.affiliates import ContractFactory, PickFactory
from tests.factories.aftersales import open_case
from tests.factories.orders import PLACED_AT, make_order

pytestmark = pytest.mark.django_db

AT = PLACED_AT + timedelta(days=12)


def case_of_a_sale():
    """Return a case on a line of 9,900: 10 % commission, a fifth of it the agency's."""
    pick = PickFactory()
    ContractFactory(creator=pick.creator)
    order = make_order(
        OrderStatus.COMPLETED, items=[(pick.product.skus.get(), 1)], pick_code=pick.pick_code
    )
    commissions.sync(order_ids=[order.pk], at=AT)
    return open_case(order, CaseKind.RETURN_AND_REFUND, at=AT - timedelta(days=5))


def told(case) -> dict[str, int]:
    return {str(label): amount for label, amount in who_pays(case)}


EXPECTED = {"Shop": 8_415, "Creator": 792, "Agency": 198, "Platform fee": 495}


@pytest.mark.parametrize("is_settled", [False, True])
def test_the_shares_sum_to_the_refund_and_come_true(is_settled: bool) -> None:
    case = case_of_a_sale()
    payable = (AccountCode.SHOP_PAYABLE, case.shop.public_id)
    if is_settled:  # a case may be opened on the last day and settled by hand: both must agree
        case.status = "closed"
        case.save(update_fields=["status"])
        case.order.is_frozen = False
        case.order.save(update_fields=["is_frozen"])
        settling.settle_due(at=AT)
        assert book.balance(*payable) == -8_415

    assert told(case) == EXPECTED

    refund_line(line_id=case.line_id, amount=case.amount, reference="case:1", at=AT)
    case.status = "success"
    assert told(case) == EXPECTED
    assert book.balance(*payable) == 0


def test_what_cannot_be_granted_any_more_tells_nothing() -> None:
    case = case_of_a_sale()
    refund_line(line_id=case.line_id, amount=1, reference="other:1", at=AT)

    assert told(case) == {}


def test_support_sees_it() -> None:
    case = case_of_a_sale()

    shown = {str(one.label): one.amount for one in registry.who_pays(case).bearers}

    assert shown == EXPECTED

"""What is deducted at payment is anybody's until somebody pays (CA-11)."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.enums import DeductMode
from catalog.models import Product, Stock
from catalog.services.invariants import violations as catalog_violations
from ledger.services.invariants import violations as ledger_violations
from orders.models import Order, Payment, Refund
from orders.services import capturing, claiming
from orders.services.capturing import apply_payment, apply_payments
from orders.services.closing import close_order
from orders.services.invariants import violations
from shops.enums import StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.orders import PLACED_AT, make_sku
from tests.factories.sales import fact_of, placed_group, placed_order, started_payment
from tests.factories.shops import StaffFactory, owner_of
from tests.orders.api.checkouts import BASE, body, check_out

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(minutes=5)


def _door(sku) -> str:
    shop, product = sku.shop.public_id, sku.product.public_id
    return f"/api/v1/catalog/shops/{shop}/products/{product}/deduct-mode"


def _by_payment(*skus):
    Product.objects.filter(skus__in=skus).update(deduct_mode=DeductMode.PAYMENT)


def _counters(sku) -> tuple[int, int]:
    row = Stock.objects.get(pk=sku.pk)
    return row.on_hand, row.held


def _state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.status, order.close_reason


def _nothing_is_wrong() -> bool:
    return not (violations() or catalog_violations() or ledger_violations())


def _pay(client, placed):
    number = placed.json()["payment"]["number"]
    paid = client.post(f"{BASE}/sandbox/cashier/{number}/pay", {})
    assert paid.status_code < 300, paid.content
    return client.get(f"{BASE}/orders/{placed.json()['orders'][0]['number']}").json()


def test_ca_11_what_is_deducted_at_payment_goes_to_who_pays_first(client, client_for):
    """The other has the money back at once, and reads why; by order, the first order holds it.

    Page: /merchant/catalog/product/
    API: PUT /api/v1/catalog/shops/{shop_id}/products/{product_id}/deduct-mode
    """
    sku = make_sku(stock=1, price=5_000)
    other = client_for(UserFactory())
    owner = client_for(owner_of(sku.shop))
    said = owner.put(_door(sku), {"mode": "payment"})
    assert (said.status_code, said.json()["deduct_mode"]) == (200, "payment")

    slow = check_out(client, body((sku, 1), gateway="sandbox"))
    quick = check_out(other, body((sku, 1), gateway="sandbox"))
    assert (slow.status_code, quick.status_code, _counters(sku)) == (201, 201, (1, 0))

    assert _pay(other, quick)["status"] == "to_ship"
    assert _counters(sku) == (0, 0)
    late = _pay(client, slow)
    assert (late["status"], late["close_reason"]) == ("closed", "out_of_stock")
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == ("shortage", 5_800)  # freight included
    assert refund.payment.number == slow.json()["payment"]["number"]
    assert _counters(sku) == (0, 0)
    assert _nothing_is_wrong()

    # Nothing is there: nobody is let in to pay for it.
    assert check_out(client, body((sku, 1)), key="third").status_code == 409
    # By order again: the first order holds the piece, the second is refused.
    assert owner.put(_door(sku), {"mode": "order"}).status_code == 200
    held = make_sku(stock=1)
    assert check_out(client, body((held, 1)), key="first").status_code == 201
    assert _counters(held) == (1, 1)
    assert check_out(other, body((held, 1)), key="second").status_code == 409


def test_the_merchant_says_so_on_the_products_page():
    sku = make_sku()
    desk = Client()
    desk.force_login(owner_of(sku.shop), backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/catalog/product/{sku.product.public_id}/"

    desk.post(f"{page}do/set-deduct-mode/", {"mode": "payment"})

    assert Product.objects.get().deduct_mode == "payment"
    assert "when it is paid" in desk.get(page, follow=True).content.decode()


@pytest.mark.parametrize("mode", ["", "later", 1, None, ["payment"]])
def test_a_mode_that_does_not_exist_changes_nothing(client_for, mode):
    sku = make_sku()

    answer = client_for(owner_of(sku.shop)).put(_door(sku), {"mode": mode}, format="json")

    assert answer.status_code == 400
    assert Product.objects.get().deduct_mode == "order"


def test_who_may_not_edit_products_does_not_set_it(client_for):
    sku = make_sku()
    clerk = client_for(StaffFactory(shop=sku.shop, role=StaffRole.ORDER_CLERK).user)

    assert clerk.put(_door(sku), {"mode": "payment"}).status_code == 403
    assert (
        client_for(owner_of(make_sku().shop)).put(_door(sku), {"mode": "payment"}).status_code
        == 404
    )
    assert Product.objects.get(pk=sku.product_id).deduct_mode == "order"


def test_a_set_of_payments_gives_the_last_piece_once_whatever_is_told_twice():
    sku = make_sku(stock=1)
    _by_payment(sku)
    first, second = placed_order((sku, 1)), placed_order((sku, 1))
    facts = [fact_of(started_payment(one.group)) for one in (first, second)]

    apply_payments(facts, at=AT)
    again = apply_payments(facts, at=AT)

    assert [_state(first), _state(second)] == [("to_ship", ""), ("closed", "out_of_stock")]
    assert [one.is_repeat for one in again] == [True, True]
    assert Refund.objects.count() == 1
    assert _nothing_is_wrong()


def test_an_order_is_whole_what_it_held_of_others_is_free_again():
    late, held = make_sku(stock=1), None
    held = make_sku(late.shop, stock=3)
    _by_payment(late)
    order = placed_order((held, 2), (late, 1))
    assert (_counters(held), _counters(late)) == ((3, 2), (1, 0))
    rival = placed_order((late, 1))
    apply_payment(fact_of(started_payment(rival.group)), at=AT)

    apply_payment(fact_of(started_payment(order.group)), at=AT)

    assert _state(order) == ("closed", "out_of_stock")
    assert (_counters(held), _counters(late)) == ((3, 0), (0, 0))
    assert _nothing_is_wrong()


def test_of_two_shops_the_one_that_has_it_keeps_its_money():
    late, usual = make_sku(stock=1, price=1_000), make_sku(stock=5, price=3_000)
    _by_payment(late)
    group = placed_group((late, 1), (usual, 1))
    rival = placed_order((late, 1))
    apply_payment(fact_of(started_payment(rival.group)), at=AT)

    apply_payment(fact_of(started_payment(group)), at=AT)

    states = {one.shop_id: (one.status, one.close_reason) for one in group.orders.all()}
    assert states == {late.shop_id: ("closed", "out_of_stock"), usual.shop_id: ("to_ship", "")}
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount) == ("shortage", 1_800)  # freight included
    assert Payment.objects.get(group=group).is_effective
    assert _nothing_is_wrong()


def test_what_was_never_held_is_not_released():
    sku = make_sku(stock=5)
    _by_payment(sku)
    order = placed_order((sku, 2))

    assert close_order(order_id=order.pk, reason="unpaid", at=AT)

    assert _counters(sku) == (5, 0)
    assert _nothing_is_wrong()


def test_orders_that_wait_keep_what_they_were_placed_with():
    sku = make_sku(stock=1)
    order = placed_order((sku, 1))
    _by_payment(sku)
    assert _counters(sku) == (1, 1)

    apply_payment(fact_of(started_payment(order.group)), at=AT)

    assert _state(order) == ("to_ship", "")
    assert _counters(sku) == (0, 0)


def test_an_order_that_holds_its_pieces_costs_no_look_more(monkeypatch):
    looked = []
    monkeypatch.setattr(claiming, "claim", lambda *_args: looked.append(1))
    opened = []
    original = capturing.open_till
    monkeypatch.setattr(capturing, "open_till", lambda facts: opened.append(1) or original(facts))
    order = placed_order()

    apply_payment(fact_of(started_payment(order.group)), at=AT)

    assert (looked, len(opened), _state(order)[0]) == ([], 1, "to_ship")

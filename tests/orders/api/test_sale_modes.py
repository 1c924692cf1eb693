"""What was said of when it is sent is what the order keeps to (CA-15)."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import PriceVersion, SaleMode, Sku, Stock
from catalog.services import sale_modes
from catalog.services.sale_modes import Mode
from kernel import delivery
from kernel.actors import SYSTEM
from kernel.audit import AuditEntry
from orders.models import Order, OrderLine
from orders.services import ship_by
from orders.services.capturing import apply_payment
from orders.services.invariants import violations
from shops.enums import StaffRole
from tests.factories.accounts import UserFactory
from tests.factories.orders import make_sku
from tests.factories.sales import fact_of, placed_group, started_payment
from tests.factories.shops import StaffFactory, owner_of
from tests.orders.api.checkouts import BASE, body, check_out

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
AS_PROMISED = {"speed": "", "days": None, "after": None}


def door(sku) -> str:
    shop, product = sku.shop.public_id, sku.product.public_id
    return f"/api/v1/catalog/shops/{shop}/products/{product}/sale-mode"


@pytest.fixture
def sku():
    return make_sku(stock=5)


@pytest.fixture
def owner(client_for, sku):
    return client_for(owner_of(sku.shop))


@pytest.fixture
def now():
    return timezone.now()


def presale(now, **more):
    return {
        "kind": "presale",
        "days": 3,
        "ships_from": "presale_end",
        "presale_ends_at": (now + 7 * DAY).isoformat(),
        **more,
    }


def steps(pieces, days=10, **more):
    return {"kind": "stepped", "later_pieces": pieces, "days": days, **more}


def say(owner, sku, content):
    said = owner.put(door(sku), content, format="json")
    assert said.status_code == 200, said.content
    return said.json()


def pay(client, checkout):
    number = checkout.json()["payment"]["number"]
    paid = client.post(f"{BASE}/sandbox/cashier/{number}/pay", {})
    assert paid.status_code < 300, paid.content
    delivery.deliver_all()
    return client.get(f"{BASE}/orders/{checkout.json()['orders'][0]['number']}").json()


def buy(client, *lines, key="key-1"):
    checkout = check_out(client, body(*lines, gateway="sandbox"), key=key)
    assert checkout.status_code == 201, checkout.content
    return pay(client, checkout)


def moment(text) -> datetime:
    return datetime.fromisoformat(text)


def promised(order) -> timedelta:
    """Return how long after its payment an order is to be sent."""
    return moment(order["ship_by_at"]) - moment(order["paid_at"])


def page_of(client, sku):
    page = client.get(f"/api/v1/catalog/products/{sku.product.public_id}").json()
    return next(one for one in page["skus"] if one["id"] == sku.public_id)


def test_ca_15_a_presale_is_sent_when_it_was_said_and_ends(client, owner, sku, now):
    """Page, quote and order tell the same; the deadline keeps to it; nobody orders after the end.

    Page: /merchant/catalog/product/
    API: PUT /api/v1/catalog/shops/{shop_id}/products/{product_id}/sale-mode
    """
    (mode,) = say(owner, sku, presale(now))["sale_modes"]
    assert (mode["kind"], mode["sku_id"], mode["days"]) == ("presale", None, 3)

    ends = now + 7 * DAY
    shown = page_of(client, sku)
    assert (shown["sale_kind"], moment(shown["presale_ends_at"])) == ("presale", ends)
    asked = {"lines": body((sku, 1))["lines"]}
    quoted = client.post(f"{BASE}/quotes", asked, format="json").json()
    told = quoted["orders"][0]["lines"][0]["ships"]
    order = buy(client, (sku, 1))
    assert told["days"] == shown["ships"]["days"] == order["lines"][0]["ships"]["days"] == 3
    assert moment(told["after"]) == moment(order["lines"][0]["ships"]["after"]) == ends
    assert moment(order["ship_by_at"]) == ends + 3 * DAY

    # What is said afterwards is for others: the order keeps what it was told.
    say(owner, sku, {"kind": "spot", "shipping_time": "same_day"})
    assert ship_by.reckon_shops([sku.shop_id]) == 0
    other = buy(client, (sku, 1), key="key-2")
    assert other["lines"][0]["ships"] == {"speed": "same_day", "days": None, "after": None}
    assert promised(other) <= 2 * DAY
    assert not violations()

    say(owner, sku, presale(now))
    SaleMode.objects.filter(ended_at=None).update(presale_ends_at=now)
    assert page_of(client, sku)["availability"] == "out_of_stock"
    late = check_out(client, body((sku, 1)), key="key-3")
    assert (late.status_code, late.json()["code"]) == (409, "not_buyable")


def test_a_presale_that_ends_is_over_for_who_remembers_it(client, owner, sku, now, monkeypatch):
    """The offer is remembered for a minute; its end needs nobody to tell it."""
    say(owner, sku, presale(now, presale_ends_at=(now + timedelta(seconds=30)).isoformat()))
    assert check_out(client, body((sku, 1)), key="first").status_code == 201

    monkeypatch.setattr("kernel.clock.now", lambda: now + timedelta(seconds=31))
    assert check_out(client, body((sku, 1)), key="second").status_code == 409


def test_the_days_of_a_presale_count_from_the_payment_when_it_says_so(client, owner, sku, now):
    say(owner, sku, presale(now, ships_from="payment"))

    assert promised(buy(client, (sku, 1))) == 3 * DAY


def test_of_what_is_sold_in_steps_the_last_pieces_come_later(client, client_for, owner, sku):
    """Who gets a piece that is not there yet is told so, and waits; the others do not."""
    say(owner, sku, steps(2, shipping_time="next_day"))
    asked = {"lines": body((sku, 4))["lines"]}
    quoted = client.post(f"{BASE}/quotes", asked, format="json").json()
    assert quoted["orders"][0]["lines"][0]["ships"]["days"] == 10  # one of four is not there

    soon = buy(client, (sku, 3))
    assert soon["lines"][0]["ships"]["speed"] == "next_day"
    late = buy(client_for(UserFactory()), (sku, 1), key="key-2")
    assert late["lines"][0]["ships"] == {"speed": "", "days": 10, "after": None}
    assert promised(late) == 10 * DAY

    # They came: what is left is sold from stock.
    say(owner, sku, {"kind": "spot"})
    assert buy(client, (sku, 1), key="key-3")["lines"][0]["ships"] == AS_PROMISED
    assert not violations()


def test_a_sku_has_a_word_of_its_own_and_an_order_waits_for_the_slowest(client, owner, sku):
    quick = make_sku(sku.shop)
    say(owner, sku, {"kind": "spot", "shipping_time": "15d"})
    say(owner, sku, {"kind": "spot", "shipping_time": "5d", "sku_id": sku.public_id})
    modes = say(owner, sku, {"kind": "spot", "shipping_time": "15d"})["sale_modes"]
    assert [(one["sku_id"], one["shipping_time"]) for one in modes] == [
        (None, "15d"),
        (sku.public_id, "5d"),
    ]

    order = buy(client, (quick, 1), (sku, 1))
    assert [line["ships"]["days"] for line in order["lines"]] == [None, 5]
    assert promised(order) == 5 * DAY

    # Without a word of its own it is sold as its product.
    say(owner, sku, {"kind": "spot", "sku_id": sku.public_id})
    assert buy(client, (sku, 1), key="key-2")["lines"][0]["ships"]["days"] == 15


def test_a_products_own_shipping_time_counts_before_the_shops(client, sku):
    sku.product.shipping_time = "5d"
    sku.product.save(update_fields=["shipping_time", "version"])
    sku.product.refresh_from_db()

    assert page_of(client, sku)["ships"] == {"speed": "", "days": 5, "after": None}
    assert promised(buy(client, (sku, 1))) == 5 * DAY


def test_a_presale_has_a_least_price_at_every_door(client, owner, sku, now):
    cheap = make_sku(sku.shop, price=99)
    refused = owner.put(door(cheap), presale(now), format="json")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "price_too_low")
    assert not SaleMode.objects.exists()

    say(owner, sku, presale(now))
    shop = sku.shop.public_id
    price = f"/api/v1/catalog/shops/{shop}/skus/{sku.public_id}/prices"
    keyed = {"Idempotency-Key": "price"}
    answer = owner.post(price, {"price": 99}, format="json", headers=keyed)
    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["code"] == "too_low_for_presale"
    rows = [{"merchant_code": sku.merchant_code, "price": 99}]
    bulk = owner.post(
        f"/api/v1/catalog/shops/{shop}/bulk-edits",
        {"rows": rows},
        format="json",
        headers={"Idempotency-Key": "bulk"},
    )
    assert bulk.status_code == 201, bulk.content
    assert bulk.json()["bad_count"] == 1
    assert PriceVersion.objects.filter(sku=sku).count() == 1

    # Of what is sold from stock any price is one.
    say(owner, sku, {"kind": "spot"})
    keyed = {"Idempotency-Key": "price-2"}
    assert owner.post(price, {"price": 99}, format="json", headers=keyed).status_code == 201


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ({"kind": "auction"}, "/kind"),
        ({"kind": "spot", "days": 5}, "/days"),
        ({"kind": "spot", "ships_from": "payment"}, "/ships_from"),
        ({"kind": "spot", "later_pieces": 5}, "/later_pieces"),
        ({"kind": "stepped", "days": 5}, "/later_pieces"),
        ({"kind": "stepped", "later_pieces": 5}, "/days"),
        ({"kind": "stepped", "later_pieces": 0, "days": 5}, "/later_pieces"),
        ({"kind": "stepped", "later_pieces": 5, "days": 16}, "/days"),
        ({"kind": "presale", "days": 5, "ships_from": "payment"}, "/presale_ends_at"),
        ({"kind": "presale", "days": 1, "ships_from": "payment"}, "/days"),
        ({"kind": "spot", "shipping_time": "yesterday"}, "/shipping_time"),
    ],
)
def test_a_mode_that_says_too_little_or_too_much_changes_nothing(owner, sku, content, field):
    answer = owner.put(door(sku), content, format="json")

    assert answer.status_code == 400
    assert field in {one["pointer"] for one in answer.json()["errors"]}
    assert not SaleMode.objects.exists()


@pytest.mark.parametrize("days", [-1, 31])
def test_a_presale_ends_within_thirty_days(owner, sku, now, days):
    ends = (now + timedelta(days=days, minutes=1)).isoformat()

    answer = owner.put(door(sku), presale(now, presale_ends_at=ends), format="json")

    assert (answer.status_code, SaleMode.objects.count()) == (400, 0)


def test_a_shipping_time_is_one_of_the_categorys(owner, sku, monkeypatch):
    from catalog.policies import LeafRules

    only = LeafRules(shipping_times=("48h",))
    monkeypatch.setattr("catalog.services.sale_modes.category_rules", lambda _category: only)

    assert owner.put(door(sku), {"kind": "spot", "shipping_time": "5d"}).status_code == 400
    assert owner.put(door(sku), {"kind": "spot", "shipping_time": "48h"}).status_code == 200


def test_saying_the_same_again_leaves_one_row_and_one_entry(owner, sku):
    for _time in range(2):
        say(owner, sku, steps(2))

    assert SaleMode.objects.count() == 1
    assert AuditEntry.objects.filter(action="catalog.set_sale_mode").count() == 1


def test_who_may_not_edit_products_does_not_say_how_they_are_sold(client_for, sku):
    clerk = client_for(StaffFactory(shop=sku.shop, role=StaffRole.ORDER_CLERK).user)
    stranger = client_for(owner_of(make_sku().shop))

    assert clerk.put(door(sku), steps(2), format="json").status_code == 403
    assert stranger.put(door(sku), steps(2), format="json").status_code == 404
    assert not SaleMode.objects.exists()


def test_another_products_sku_is_not_found(owner, sku):
    other = make_sku(sku.shop)

    answer = owner.put(door(sku), steps(2, sku_id=other.public_id), format="json")

    assert (answer.status_code, SaleMode.objects.count()) == (404, 0)


def test_exactly_the_last_pieces_come_later(sku, now):
    """Decided in the order of arrival, under the lock: three of five are there."""
    mode = Mode(kind="stepped", days=4, later_pieces=2)
    sale_modes.set_sale_mode(product=sku.product, mode=mode, actor=SYSTEM, at=now)

    for _buyer in range(5):
        placed_group((sku, 1))

    days = OrderLine.objects.order_by("pk").values_list("ship_days", flat=True)
    assert list(days) == [None, None, None, 4, 4]
    assert Stock.objects.get(pk=sku.pk).available == 0


def test_what_is_deducted_at_payment_is_told_by_what_is_there_when_it_is_ordered(sku, now):
    sku.product.deduct_mode = "payment"
    sku.product.save(update_fields=["deduct_mode"])
    mode = Mode(kind="stepped", days=4, later_pieces=4)
    sale_modes.set_sale_mode(product=sku.product, mode=mode, actor=SYSTEM, at=now)

    first, second = placed_group((sku, 1)), placed_group((sku, 2))
    for group in (first, second):
        apply_payment(fact_of(started_payment(group)), at=now)

    days = OrderLine.objects.order_by("pk").values_list("ship_days", flat=True)
    assert list(days) == [None, 4]
    assert Order.objects.filter(status="to_ship").count() == 2


def test_a_merchant_says_it_on_the_products_page(sku, now):
    desk = Client()
    desk.force_login(owner_of(sku.shop), backend="django.contrib.auth.backends.ModelBackend")
    page = f"/merchant/catalog/product/{sku.product.public_id}/"
    form = desk.get(f"{page}do/set-sale-mode/").content.decode()
    assert "presale_ends_at" in form

    until = timezone.localtime(now + 3 * DAY).strftime("%Y-%m-%dT%H:%M")
    said = {"kind": "presale", "days": "5", "ships_from": "payment", "presale_ends_at": until}
    desk.post(f"{page}do/set-sale-mode/", said)
    shown = desk.get(page, follow=True).content.decode()
    assert "sent within 5 days of the payment" in shown

    named = {"kind": "spot", "shipping_time": "5d", "sku": sku.public_id}
    desk.post(f"{page}do/set-sale-mode/", named)
    assert SaleMode.objects.filter(ended_at=None).count() == 2
    wrong = desk.post(f"{page}do/set-sale-mode/", {"kind": "stepped"})
    assert "how many pieces come later" in wrong.content.decode()
    assert Sku.objects.get(pk=sku.pk).is_active

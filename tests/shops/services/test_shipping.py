"""When a shop sends: promise, special dates, holidays."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import NotFound
from kernel.models import AuditEntry
from kernel.numbers import TRADE_ZONE
from shops.enums import ShippingSpeed
from shops.errors import PeriodInvalid
from shops.models import Holiday, ShippingPromise, SpecialDate
from shops.selectors import Closure, ShippingTerms, closures, shipping_terms
from shops.selectors.shipping import Delay
from shops.services import shipping
from tests.factories.shops import ShopFactory, actor_of

#: 12:00 on a Monday in China.
AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def china(day, hour=0, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=TRADE_ZONE)


def sends(speed):
    return ShippingTerms(speeds=((AT - DAY, speed),))


@pytest.mark.parametrize(
    ("speed", "paid", "due"),
    [
        (ShippingSpeed.HOURS_48, china(2, 12), china(4, 12)),
        (ShippingSpeed.NEXT_DAY, china(2, 0), china(4)),
        (ShippingSpeed.NEXT_DAY, china(2, 23, 59), china(4)),
        (ShippingSpeed.SAME_DAY, china(2, 15, 59), china(3)),
        (ShippingSpeed.SAME_DAY, china(2, 16), china(4)),
    ],
)
def test_the_promise_says_by_when(speed, paid, due):
    assert sends(speed).ship_by(paid) == due


def test_what_was_paid_before_a_promise_keeps_the_earlier_one():
    terms = ShippingTerms(speeds=((AT, ShippingSpeed.SAME_DAY), (AT - DAY, ShippingSpeed.NEXT_DAY)))

    assert terms.ship_by(AT) == china(3)
    assert terms.ship_by(AT - HOUR) == china(4)
    assert terms.ship_by(AT - 2 * DAY) == AT


def test_a_special_date_only_makes_it_later():
    window = {"paid_from": china(2), "paid_to": china(3)}
    by_day = ShippingTerms(delays=(Delay(**window, ship_on=date(2026, 3, 10)),))
    too_early = ShippingTerms(delays=(Delay(**window, ship_on=date(2026, 3, 1)),))
    days = ShippingTerms(delays=(Delay(**window, plus_days=3),))

    assert by_day.ship_by(AT) == china(11)
    assert too_early.ship_by(AT) == AT + 2 * DAY
    assert days.ship_by(AT) == AT + 5 * DAY
    assert days.ship_by(china(3)) == china(5)


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        ((AT + DAY, AT + 4 * DAY), AT + 5 * DAY),  # paid before, due inside
        ((AT - DAY, AT + 3 * DAY), AT + 5 * DAY),  # paid inside
        ((AT + 3 * DAY, AT + 4 * DAY), AT + 2 * DAY),  # due before it begins
        ((AT - 2 * DAY, AT - DAY), AT + 2 * DAY),  # over
        ((AT - DAY, AT), AT + 2 * DAY),  # ends when it is paid
    ],
)
def test_while_the_shop_is_closed_the_clock_stands_still(closed, due):
    assert ShippingTerms(closures=(Closure(*closed),)).ship_by(AT) == due


def test_two_holidays_in_a_row_add_up():
    terms = ShippingTerms(
        closures=(Closure(AT, AT + DAY), Closure(AT + 2 * DAY, AT + 4 * DAY)),
    )

    assert terms.ship_by(AT) == AT + 5 * DAY


@pytest.fixture
def shop(db):
    return ShopFactory()


def holiday(shop, begins=AT + DAY, ends=AT + 3 * DAY, at=AT, note="Spring Festival"):
    return shipping.set_holiday(
        shop_id=shop.pk, closed_from=begins, closed_to=ends, note=note, at=at, actor=actor_of(shop)
    )


def test_a_holiday_is_announced_and_takes_the_place_of_another(shop):
    holiday(shop)
    holiday(shop, AT + 5 * DAY, AT + 6 * DAY, note="Later")

    known = closures([shop.pk], at=AT)
    assert known == {shop.pk: Closure(AT + 5 * DAY, AT + 6 * DAY, "Later")}
    assert shipping_terms([shop.pk])[shop.pk].closures == (known[shop.pk],)
    assert Holiday.objects.filter(shop=shop).count() == 2
    assert closures([shop.pk], at=AT + 6 * DAY) == {}


def test_one_that_has_begun_ends_early_and_counts_as_long_as_it_was(shop):
    holiday(shop, AT, AT + 10 * DAY)

    shipping.end_holiday(shop_id=shop.pk, at=AT + DAY, actor=actor_of(shop))

    assert closures([shop.pk], at=AT + DAY) == {}
    terms = shipping_terms([shop.pk])[shop.pk]
    assert [(one.begins, one.ends) for one in terms.closures] == [(AT, AT + DAY)]
    assert terms.ship_by(AT - HOUR) == AT - HOUR + 3 * DAY
    with pytest.raises(NotFound):
        shipping.end_holiday(shop_id=shop.pk, at=AT + DAY, actor=actor_of(shop))


def test_a_holiday_never_begins_in_the_past(shop):
    assert holiday(shop, AT - DAY, AT + DAY).closed_from == AT


@pytest.mark.parametrize(
    ("begins", "ends"),
    [(AT + DAY, AT + DAY), (AT - 2 * DAY, AT - DAY), (AT, AT + 30 * DAY + HOUR)],
)
def test_a_period_that_is_none_is_refused(shop, begins, ends):
    with pytest.raises(PeriodInvalid):
        holiday(shop, begins, ends)

    assert not Holiday.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_database_holds_one_holiday_a_shop(shop):
    holiday(shop)

    with pytest.raises(IntegrityError, match="holiday_one_open"), transaction.atomic():
        Holiday.objects.create(shop=shop, closed_from=AT, closed_to=AT + DAY)


def test_a_promise_ends_when_another_begins(shop):
    for at, speed in ((AT, "same_day"), (AT + DAY, "next_day"), (AT + 2 * DAY, "next_day")):
        shipping.set_promise(shop_id=shop.pk, speed=speed, at=at, actor=actor_of(shop))

    rows = ShippingPromise.objects.filter(shop=shop).order_by("pk")
    assert list(rows.values_list("speed", "starts_at", "ends_at")) == [
        ("same_day", AT, AT + DAY),
        ("next_day", AT + DAY, None),
    ]


def special(shop, **more):
    window = {"paid_from": AT + DAY, "paid_to": AT + 2 * DAY, "ship_on": None, "plus_days": None}
    return shipping.add_special_date(
        shop_id=shop.pk, at=AT, actor=actor_of(shop), **(window | more)
    )


@pytest.mark.parametrize(
    "fault",
    [
        {},
        {"plus_days": 1, "ship_on": date(2026, 3, 9)},
        {"plus_days": 31},
        {"plus_days": 1, "paid_from": AT - HOUR},
        {"plus_days": 1, "paid_to": AT + DAY},
    ],
)
def test_a_special_date_is_announced_before_and_says_one_thing(shop, fault):
    with pytest.raises(PeriodInvalid):
        special(shop, **fault)

    assert not SpecialDate.objects.exists()


def test_a_special_date_is_called_off_before_it_begins_only(shop):
    row, actor = special(shop, plus_days=2), actor_of(shop)

    with pytest.raises(NotFound):
        shipping.call_off_special_date(shop_id=shop.pk, pk=row.pk, at=AT + DAY, actor=actor)
    shipping.call_off_special_date(shop_id=shop.pk, pk=row.pk, at=AT, actor=actor)

    assert shipping_terms([shop.pk])[shop.pk].delays == ()

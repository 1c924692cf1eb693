"""Notices: only what the gateway signed, for us, as we know it, now."""

import json
from datetime import timedelta

import pytest

from orders.enums import NoticeOutcome, OrderStatus, SandboxProfile
from orders.errors import NoticeRefused, NoticeUnverified, UnknownGateway
from orders.models import GatewayNotice, Order, Payment, SandboxTransaction
from orders.services.gateways.sandbox import bank
from orders.services.gateways.sandbox.signing import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from orders.services.notices import receive_notice
from tests.factories.orders import PLACED_AT
from tests.factories.sales import placed_group, started_payment

pytestmark = pytest.mark.django_db
AT = PLACED_AT + timedelta(minutes=5)


@pytest.fixture
def row():
    payment = started_payment(placed_group())
    bank.open_payment(number=payment.number, amount=payment.amount, currency="CNY")
    return bank.pay(number=payment.number, at=AT)


def receive(notice, at=AT, gateway="sandbox"):
    return receive_notice(gateway=gateway, headers=notice.headers, body=notice.body, at=at)


def signed(row, *, at=AT, drop=None, **changes):
    body = json.loads(bank.notice(row, at=at).body) | changes
    if drop:
        del body[drop]
    return raw(json.dumps(body).encode(), at=at)


def raw(body, *, at=AT, timestamp=None, key=None):
    timestamp = str(int(at.timestamp())) if timestamp is None else timestamp
    headers = {TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: sign(timestamp, body, key)}
    return bank.SignedNotice(headers, body)


def untouched():
    return Order.objects.get().status == OrderStatus.UNPAID and (
        Payment.objects.get().gateway_txn == ""
    )


def test_a_signed_notice_pays_the_order(row):
    assert receive(bank.notice(row, at=AT)) == NoticeOutcome.APPLIED

    kept = GatewayNotice.objects.get()
    assert (kept.notice_id, kept.outcome, kept.refusal) == (f"ntc_{row.txn}", "applied", "")
    assert json.loads(kept.body)["number"] == row.number
    assert Order.objects.get().status == OrderStatus.TO_SHIP


def test_a_repeated_notice_changes_nothing(row):
    receive(bank.notice(row, at=AT))

    assert receive(bank.notice(row, at=AT + timedelta(minutes=1))) == NoticeOutcome.REPEATED

    assert GatewayNotice.objects.get().outcome == NoticeOutcome.APPLIED


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {TIMESTAMP_HEADER: "1748750700"},
        {SIGNATURE_HEADER: "00"},
        {SIGNATURE_HEADER: "é", TIMESTAMP_HEADER: "ü"},
        {SIGNATURE_HEADER: "\ud800", TIMESTAMP_HEADER: "1748750700"},
    ],
)
def test_what_nobody_signed_leaves_no_trace(row, headers):
    good = bank.notice(row, at=AT)

    with pytest.raises(NoticeUnverified):
        receive(bank.SignedNotice(headers, good.body))

    assert GatewayNotice.objects.count() == 0
    assert untouched()


def test_a_notice_of_another_key_or_with_one_changed_byte_leaves_no_trace(row):
    good = bank.notice(row, at=AT)

    with pytest.raises(NoticeUnverified):
        receive(bank.notice(row, at=AT, key="another"))
    for place in range(len(good.body)):
        body = bytearray(good.body)
        body[place] ^= 1
        with pytest.raises(NoticeUnverified):
            receive(bank.SignedNotice(good.headers, bytes(body)))

    assert GatewayNotice.objects.count() == 0
    assert untouched()


def test_without_a_key_nothing_is_signed(row, settings):
    settings.SANDBOX_GATEWAY_SECRET = ""

    with pytest.raises(NoticeUnverified):
        receive(bank.notice(row, at=AT))

    assert untouched()


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"merchant": "another"}, "merchant"),
        ({"app": "another"}, "app"),
        ({"environment": "production"}, "environment"),
        ({"event": "payment.closed"}, "event"),
        ({"amount": 1}, "amount"),
        ({"currency": "USD"}, "currency"),
        ({"number": "P0000"}, "number"),
    ],
)
def test_what_does_not_match_our_records_is_kept_as_refused(row, changes, reason):
    with pytest.raises(NoticeRefused) as refused:
        receive(signed(row, **changes))

    assert refused.value.reason == reason
    kept = GatewayNotice.objects.get()
    assert (kept.outcome, kept.refusal) == ("refused", reason)
    assert untouched()


@pytest.mark.parametrize("minutes", [-6, 6, 60 * 24 * 365])
def test_a_notice_of_another_time_is_refused(row, minutes):
    with pytest.raises(NoticeRefused) as refused:
        receive(bank.notice(row, at=AT + timedelta(minutes=minutes)))

    assert refused.value.reason == "time"
    assert untouched()


def test_a_notice_that_was_refused_once_may_be_right_later(row):
    with pytest.raises(NoticeRefused):
        receive(bank.notice(row, at=AT - timedelta(hours=1)))

    assert receive(bank.notice(row, at=AT)) == NoticeOutcome.APPLIED

    assert GatewayNotice.objects.get().outcome == NoticeOutcome.APPLIED


MALFORMED = [
    b"",
    b"null",
    b"[]",
    b"{",
    b"\xff\xfe",
    b'{"id": 1}',
    "{}".encode("utf-16"),
    b"[" * 100_000,
    b'{"amount": NaN}',
    b"1" * 5_000,
]


@pytest.mark.parametrize("body", MALFORMED)
def test_signed_nonsense_is_refused(row, body):
    with pytest.raises(NoticeRefused):
        receive(raw(body))

    assert untouched()


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "5800"},
        {"amount": 5800.0},
        {"amount": True},
        {"amount": -5800},
        {"amount": 10**30},
        {"txn": "x" * 65},
        {"txn": "a\x00b"},
        {"txn": "\ud800"},
        {"number": ["P"]},
        {"currency": None},
        {"paid_at": "yesterday"},
        {"paid_at": "2025-06-01T04:05:00"},
        {"paid_at": "0001-01-01T00:00:00+14:00"},
        {"id": ""},
    ],
)
def test_members_of_the_wrong_kind_are_refused(row, changes):
    with pytest.raises(NoticeRefused):
        receive(signed(row, **changes))

    assert untouched()


@pytest.mark.parametrize("member", ["id", "amount", "number", "txn", "merchant", "paid_at"])
def test_missing_members_are_refused(row, member):
    with pytest.raises(NoticeRefused):
        receive(signed(row, drop=member))

    assert untouched()


@pytest.mark.parametrize("timestamp", ["", "now", "-1", "1e9", "٣", "9" * 12, "1748750700.5"])
def test_a_timestamp_that_is_none_is_refused(row, timestamp):
    body = bank.notice(row, at=AT).body

    with pytest.raises(NoticeRefused):
        receive(raw(body, timestamp=timestamp))

    assert untouched()


def test_an_unknown_gateway_is_refused(row):
    with pytest.raises(UnknownGateway):
        receive(bank.notice(row, at=AT), gateway="nobody")

    assert untouched()


def test_bad_days_of_the_gateway_end_in_one_payment(row):
    for profile, said in {
        SandboxProfile.FORGED: ["unverified", "applied"],
        SandboxProfile.DUPLICATE: ["repeated"] * 3,
        SandboxProfile.SHUFFLE: ["repeated", "refused"],
        SandboxProfile.LOST_ANSWER: [],
    }.items():
        SandboxTransaction.objects.update(profile=profile)
        row.refresh_from_db()
        heard = []
        for notice in bank.notices_of(row, at=AT):
            try:
                heard.append(str(receive(notice)))
            except NoticeUnverified:
                heard.append("unverified")
            except NoticeRefused:
                heard.append("refused")
        assert heard == said

    assert Order.objects.get().status == OrderStatus.TO_SHIP

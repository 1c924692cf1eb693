"""ledger.services.transfers: what is booked, once, and what is refused."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from ledger import selectors
from ledger.errors import InvalidPosting, ReferenceReused
from ledger.models import AccountCode, LedgerAccount, Leg, Transfer
from ledger.services import transfers
from ledger.services.invariants import violations
from ledger.services.transfers import Posting

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 1, 4, tzinfo=UTC)
CAPTURE = Posting(
    reference="capture:txn-1",
    kind="capture",
    currency="CNY",
    legs=(
        (AccountCode.GATEWAY_CLEARING, "sandbox", 3000),
        (AccountCode.ESCROW, "shp_a", -1000),
        (AccountCode.ESCROW, "shp_b", -2000),
    ),
    at=AT,
    note={"order": "1"},
)
SETTLE = Posting(
    reference="settle:1-1",
    kind="settle",
    currency="CNY",
    legs=(
        (AccountCode.ESCROW, "shp_a", 1000),
        (AccountCode.SHOP_PAYABLE, "shp_a", -850),
        (AccountCode.CREATOR_PAYABLE, "crt_a", -100),
        (AccountCode.PLATFORM_FEE, "", -50),
    ),
    at=AT,
)


def _rows() -> tuple[int, int, int]:
    return Transfer.objects.count(), Leg.objects.count(), LedgerAccount.objects.count()


def test_post_books_each_posting_with_its_legs() -> None:
    transfers.post([SETTLE, CAPTURE])

    assert set(Transfer.objects.values_list("reference", "kind", "currency", "at")) == {
        ("settle:1-1", "settle", "CNY", AT),
        ("capture:txn-1", "capture", "CNY", AT),
    }
    assert Transfer.objects.get(reference="capture:txn-1").note == {"order": "1"}
    assert selectors.balance(AccountCode.GATEWAY_CLEARING, "sandbox") == 3000
    assert selectors.balances(AccountCode.ESCROW, ["shp_a", "shp_b", "shp_c"]) == {
        "shp_a": 0,
        "shp_b": -2000,
        "shp_c": 0,
    }
    assert selectors.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -850
    assert violations() == []


def test_only_accounts_of_one_payee_keep_their_balance() -> None:
    transfers.post([CAPTURE, SETTLE])

    kept = LedgerAccount.objects.filter(keeps_balance=True).values_list("code", "balance_amount")
    assert set(kept) == {("shop_payable", -850), ("creator_payable", -100)}
    assert selectors.totals() == {
        "creator_payable": -100,
        "escrow": -2000,
        "gateway_clearing": 3000,
        "platform_fee": -50,
        "shop_payable": -850,
    }


def test_post_of_a_known_reference_writes_nothing() -> None:
    transfers.post([SETTLE])
    before = _rows()

    transfers.post([SETTLE, replace(SETTLE, legs=SETTLE.legs[::-1])])

    assert _rows() == before
    assert selectors.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -850


@pytest.mark.parametrize("is_one_call", [True, False])
def test_post_refuses_a_known_reference_with_other_legs(is_one_call: bool) -> None:
    other = replace(
        SETTLE, legs=((AccountCode.ESCROW, "shp_a", 9), (AccountCode.PLATFORM_FEE, "", -9))
    )
    if not is_one_call:
        transfers.post([SETTLE])
    before = _rows()

    with pytest.raises(ReferenceReused):
        transfers.post([CAPTURE, *([SETTLE] if is_one_call else []), other])

    assert _rows() == before


def test_post_that_is_refused_leaves_its_transaction_as_it_was() -> None:
    transfers.post([replace(CAPTURE, reference="capture:txn-0"), SETTLE])  # opens the accounts
    other = replace(SETTLE, legs=(SETTLE.legs[0], (AccountCode.PLATFORM_FEE, "", -1000)))
    before = _rows()

    with pytest.raises(ReferenceReused):
        transfers.post([CAPTURE, other])

    assert _rows() == before
    transfers.post([CAPTURE])
    assert violations() == []


def test_post_of_the_same_legs_in_another_currency_is_another_fact() -> None:
    transfers.post([SETTLE])

    with pytest.raises(ReferenceReused):
        transfers.post([replace(SETTLE, currency="USD")])


@pytest.mark.parametrize(
    "amounts",
    [
        (5, -4),
        (0, 0),
        (5, -5, 0),
        (5,),
        (),
        (5.0, -5.0),
        (True, -1),
        (2**63, -(2**63)),
    ],
)
def test_post_refuses_legs_that_no_book_may_hold(amounts: tuple[int, ...]) -> None:
    codes = list(AccountCode)
    legs = tuple((codes[place], "x", amount) for place, amount in enumerate(amounts))

    with pytest.raises(InvalidPosting):
        transfers.post([CAPTURE, replace(SETTLE, legs=legs)])

    assert _rows() == (0, 0, 0)


def test_post_refuses_an_account_named_twice_and_an_empty_reference() -> None:
    twice = ((AccountCode.ESCROW, "a", 5), (AccountCode.ESCROW, "a", -5))

    with pytest.raises(InvalidPosting):
        transfers.post([replace(SETTLE, legs=twice)])
    with pytest.raises(InvalidPosting):
        transfers.post([replace(SETTLE, reference="")])

    assert _rows() == (0, 0, 0)


def test_post_books_what_is_new_beside_what_is_known() -> None:
    transfers.post([SETTLE])

    transfers.post([CAPTURE, SETTLE])

    assert _rows() == (2, 7, 6)
    assert selectors.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -850
    assert violations() == []


def test_post_of_nothing_is_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        transfers.post([])


def test_post_takes_a_set_in_one_statement(django_assert_num_queries) -> None:
    transfers.post([SETTLE])
    many = [replace(SETTLE, reference=f"settle:2-{place}") for place in range(50)]

    with django_assert_num_queries(1):
        transfers.post(many)

    assert selectors.balance(AccountCode.SHOP_PAYABLE, "shp_a") == -850 * 51
    assert violations() == []


def test_lock_balance_opens_an_account_that_was_never_used() -> None:
    assert transfers.lock_balance(code=AccountCode.SHOP_PAYABLE, owner="shp_new") == 0

    transfers.post([SETTLE])
    assert transfers.lock_balance(code=AccountCode.SHOP_PAYABLE, owner="shp_a") == -850


def test_lock_balance_refuses_accounts_that_every_sale_touches() -> None:
    with pytest.raises(InvalidPosting):
        transfers.lock_balance(code=AccountCode.ESCROW, owner="shp_a")


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_leg"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_the_book(table: str, statement: str) -> None:
    transfers.post([SETTLE])

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))

    assert _rows() == (1, 4, 4)


def _check_deferred() -> None:
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")


def _insert_unchecked(accounts: Iterable[LedgerAccount], amounts: Iterable[int]) -> None:
    with transaction.atomic():
        bad = Transfer.objects.create(reference="bad", kind="bad", currency="CNY", at=AT)
        for account, amount in zip(accounts, amounts, strict=False):
            Leg.objects.create(transfer=bad, account=account, amount=amount)
        _check_deferred()


@pytest.mark.parametrize("amounts", [(5, -4), (5,), ()])
def test_the_database_refuses_a_transfer_that_does_not_balance(amounts: tuple[int, ...]) -> None:
    transfers.post([SETTLE])
    accounts = list(LedgerAccount.objects.order_by("pk"))

    with pytest.raises(IntegrityError, match="not balanced"):
        _insert_unchecked(accounts, amounts)

    assert _rows() == (1, 4, 4)


def test_the_database_refuses_a_leg_added_to_a_booked_transfer() -> None:
    transfers.post([SETTLE])
    booked = Transfer.objects.get()
    _check_deferred()
    extra = LedgerAccount.objects.create(
        code=AccountCode.ESCROW, owner="shp_z", currency="CNY", keeps_balance=False
    )

    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        Leg.objects.create(transfer=booked, account=extra, amount=1)


def test_the_database_refuses_a_leg_on_an_account_of_another_currency() -> None:
    accounts = [
        LedgerAccount.objects.create(code=code, owner="x", currency="USD", keeps_balance=False)
        for code in (AccountCode.ESCROW, AccountCode.PLATFORM_FEE)
    ]

    with pytest.raises(IntegrityError, match="another currency"):
        _insert_unchecked(accounts, (7, -7))


def test_violations_name_a_balance_that_is_not_the_sum_of_its_legs() -> None:
    transfers.post([SETTLE])

    LedgerAccount.objects.filter(owner="crt_a").update(balance_amount=-99)

    assert violations() == ["account creator_payable[crt_a]: keeps -99, its legs sum to -100"]

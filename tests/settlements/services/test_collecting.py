"""What an account earns while it is a shop's face is the shop's (BI-06)."""

from datetime import timedelta

import pytest

from ledger import selectors as book
from ledger.models import AccountCode
from ledger.services.invariants import violations as ledger_violations
from settlements.models import SettlementEntry, Statement, StatementLine
from settlements.policies import month_of
from settlements.services import collecting, statements
from settlements.services.invariants import violations
from shops.models import Binding
from tests.factories.orders import PLACED_AT
from tests.factories.shops import BindingFactory, ShopFactory, owner_of
from tests.settlements.services.lines import AT, refund, sale, settle

pytestmark = pytest.mark.django_db


def bound(line, *, since=PLACED_AT - timedelta(days=30), until=None, **fields) -> Binding:
    """Let the account of the line's creator be the face of another shop for that time."""
    creator = SettlementOf(line).creator
    binding = BindingFactory(account=creator.account, shop=ShopFactory(), **fields)
    Binding.objects.filter(pk=binding.pk).update(
        bound_at=since,
        ended_at=until,
        **({"status": "ended", "end_reason": "shop"} if until else {}),
    )
    binding.refresh_from_db()
    return binding


class SettlementOf:
    """Who earns of a line."""

    def __init__(self, line) -> None:
        from affiliates.models import Pick

        self.creator = Pick.objects.get(pick_code=line.pick_code).creator


def owed(code, owner) -> int:
    return -book.balance(code, owner, "CNY")


def test_bi_06_what_the_face_of_a_shop_earns_is_the_shops(client_for):
    """The commission goes on to the shop, comes back from it after a refund, and both are told.

    API: GET /api/v1/settlements/creator/balance
    API: GET /api/v1/settlements/shops/{shop_id}/statement-lines
    """
    line = sale(share_bp=0)
    creator = SettlementOf(line).creator
    shop = bound(line).shop

    settle()
    earned = SettlementEntry.objects.get(line=line).creator_amount
    assert earned > 0
    assert owed(AccountCode.SHOP_PAYABLE, shop.public_id) == earned
    assert owed(AccountCode.CREATOR_PAYABLE, creator.public_id) == 0
    assert violations() + ledger_violations() == []

    refund(line, 5_000, "case:1")
    left = sum(SettlementEntry.objects.filter(line=line).values_list("creator_amount", flat=True))
    assert 0 < left < earned
    assert owed(AccountCode.SHOP_PAYABLE, shop.public_id) == left
    refund(line, line.pay_amount - 5_000, "case:2")
    assert owed(AccountCode.SHOP_PAYABLE, shop.public_id) == 0
    assert owed(AccountCode.CREATOR_PAYABLE, creator.public_id) == 0
    assert violations() + ledger_violations() == []

    told = client_for(creator.user).get("/api/v1/settlements/creator/balance").json()
    assert told["collected_by"] == {"id": shop.public_id, "name": shop.name}
    assert told["balance"]["amount"] == 0
    owner = client_for(owner_of(shop))
    door = f"/api/v1/settlements/shops/{shop.public_id}/statement-lines"
    rows = owner.get(door).json()["results"]
    assert {one["kind"] for one in rows} == {"collect"}
    assert sum(one["amount"]["amount"] for one in rows) == 0
    # What another shop sold to whom stays its own.
    assert line.order.number not in owner.get(door).content.decode()

    statements.refresh(month=month_of(AT), at=AT)
    assert Statement.objects.get(shop=shop).closing_amount == 0
    assert Statement.objects.get(creator=creator).closing_amount == 0


def test_a_month_says_what_was_collected():
    line = sale(share_bp=0)
    shop = bound(line).shop
    settle()
    earned = SettlementEntry.objects.get(line=line).creator_amount
    statements.refresh(month=month_of(AT), at=AT)
    of_shop, of_creator = Statement.objects.get(shop=shop), Statement.objects.get(party="creator")
    assert (of_shop.collected_amount, of_shop.closing_amount) == (earned, earned)
    assert (of_creator.settled_amount, of_creator.collected_amount) == (earned, -earned)
    assert of_creator.closing_amount == 0


@pytest.mark.parametrize(
    ("since", "until", "is_collected"),
    [
        (-30, None, True),
        (-30, 3, True),  # ended between the sale and its settlement
        (-30, -1, False),
        (1, None, False),  # bound after the sale
    ],
)
def test_it_is_the_shop_of_the_moment_of_the_sale(since, until, is_collected):
    line = sale(share_bp=0)
    binding = bound(
        line,
        since=PLACED_AT + timedelta(days=since),
        until=None if until is None else PLACED_AT + timedelta(days=until),
    )
    settle()
    entry = SettlementEntry.objects.get(line=line)
    assert entry.collected_by_id == (binding.shop_id if is_collected else None)
    assert StatementLine.objects.filter(shop=binding.shop).exists() is is_collected
    assert violations() == []


def test_an_account_that_only_broadcasts_keeps_what_it_earns():
    line = sale(share_bp=0)
    bound(line, relation="SELF")
    settle()
    assert SettlementEntry.objects.get(line=line).collected_by is None


def test_of_several_shops_it_is_the_main_one():
    line = sale(share_bp=0)
    bound(line, since=PLACED_AT - timedelta(days=60), is_main=False)
    main = bound(line, is_main=True)
    settle()
    assert SettlementEntry.objects.get(line=line).collected_by == main.shop


def test_the_books_are_checked_for_what_was_not_passed_on(monkeypatch):
    line = sale(share_bp=0)
    bound(line)
    monkeypatch.setattr(collecting, "of", lambda entries, earned: [])
    settle()
    assert [said for said in violations() if "to be collected" in said]

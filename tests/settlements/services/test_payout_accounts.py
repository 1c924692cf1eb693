"""settlements.services.payout_accounts: whose account, and who decides about it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from kernel.errors import InvalidInput, NotFound
from kernel.models import AuditEntry
from settlements.enums import PartyKind
from settlements.errors import (
    NoLegalEntity,
    NoPayoutAccount,
    PayoutAccountUnchanged,
    PayoutAccountWaiting,
)
from settlements.models import Payout, PayoutAccount
from settlements.selectors import PartyRef
from settlements.services import payout_accounts, payouts
from shops.enums import StaffRole
from shops.models import Approval
from shops.services import approvals
from tests.factories.shops import PreparingShopFactory, ShopFactory, StaffFactory, actor_of
from tests.settlements.services.test_payouts import earned

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
NUMBER = "6222 0212-3456 789"


def set_account(shop, *, number=NUMBER, bank="ICBC", actor=None):
    return payout_accounts.set_account(
        shop_id=shop.pk, bank=bank, number=number, at=AT, actor=actor or actor_of(shop)
    )


def states(shop):
    rows = PayoutAccount.objects.filter(shop=shop).order_by("pk")
    return list(rows.values_list("last_four", "status"))


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def bare():
    """A shop with no account in use."""
    shop = ShopFactory()
    PayoutAccount.objects.filter(shop=shop).update(status="replaced", ended_at=AT)
    return shop


def test_the_first_account_is_in_use_at_once_and_is_the_legal_entitys(bare):
    account = set_account(bare)

    assert (account.holder, account.bank) == (bare.merchant.legal_name, "ICBC")
    assert (account.status, account.active_from) == ("active", AT)
    assert payout_accounts.number_of(account) == "622202123456789"
    assert "622202123456789" not in str(list(PayoutAccount.objects.values()))
    assert "622202123456789" not in str(list(AuditEntry.objects.values()))
    assert not Approval.objects.exists()


def test_another_account_waits_until_a_second_person_approves(shop):
    finance = actor_of(shop, StaffRole.FINANCE)

    account = set_account(shop)
    approval = Approval.objects.get()

    assert states(shop) == [("0123", "active"), ("6789", "waiting")]
    assert (approval.target, approval.takes_effect_at) == (account.public_id, None)
    approvals.approve(approval=approval, at=AT, actor=finance)
    assert states(shop) == [("0123", "replaced"), ("6789", "active")]
    trail = AuditEntry.objects.get(action="settlements.set_payout_account")
    assert (trail.before, trail.after) == (
        {"account": "Bank of Hangzhou ••• 0123"},
        {"account": "ICBC ••• 6789"},
    )


def test_an_owner_alone_waits_72_hours(shop, monkeypatch):
    set_account(shop)
    assert Approval.objects.get().takes_effect_at == AT + timedelta(hours=72)

    monkeypatch.setattr(approvals, "Now", lambda: AT + timedelta(hours=71))
    approvals.finish_due(at=AT)
    assert states(shop) == [("0123", "active"), ("6789", "waiting")]
    monkeypatch.setattr(approvals, "Now", lambda: AT + timedelta(hours=72))
    approvals.finish_due(at=AT)
    assert states(shop) == [("0123", "replaced"), ("6789", "active")]


def test_a_rejected_account_is_never_used_and_another_may_be_set(shop):
    finance = actor_of(shop, StaffRole.FINANCE)
    set_account(shop)

    approvals.reject(approval=Approval.objects.get(), reason="no", at=AT, actor=finance)

    assert states(shop) == [("0123", "active"), ("6789", "refused")]
    assert set_account(shop, number="6222021111111111").status == "waiting"


def test_one_change_at_a_time(shop):
    set_account(shop)

    with pytest.raises(PayoutAccountWaiting):
        set_account(shop, number="6222021111111111")

    assert states(shop) == [("0123", "active"), ("6789", "waiting")]


def test_the_account_in_use_is_no_change(shop):
    with pytest.raises(PayoutAccountUnchanged):
        set_account(shop, bank="Bank of Hangzhou", number="6222 0200 0000 0123")

    assert states(shop) == [("0123", "active")]


@pytest.mark.parametrize("number", ["1234567", "1" * 31, "12345678x", "１２３４５６７８", ""])
def test_a_number_that_is_none_is_refused(bare, number):
    with pytest.raises(InvalidInput) as refusal:
        set_account(bare, number=number)

    assert [one.pointer for one in refusal.value.errors] == ["/number"]
    assert states(bare) == [("0123", "replaced")]


def test_a_shop_without_a_legal_entity_has_no_account():
    shop = PreparingShopFactory()
    StaffFactory(shop=shop)

    with pytest.raises(NoLegalEntity):
        set_account(shop)

    assert states(shop) == []


def test_an_account_is_never_edited_or_deleted(shop):
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PayoutAccount.objects.filter(shop=shop).update(last_four="9999")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        PayoutAccount.objects.filter(shop=shop).delete()


def test_a_payout_goes_to_the_account_in_use(shop):
    party = earned()
    owner = actor_of(Payout._meta.get_field("shop").related_model.objects.get(pk=party.pk))

    payout = payouts.request(party=party, amount=100, at=AT, actor=owner)

    assert payout.account is not None
    assert (payout.account.last_four, payout.account.shop_id) == ("0123", party.pk)
    number = payout_accounts.reveal(payout=payout, at=AT, actor=owner)
    assert number == "6222020000000123"
    assert AuditEntry.objects.get(action="settlements.reveal_payout_account").after == {
        "payout": payout.number
    }
    payouts.pay(payout=payout, at=AT, actor=owner)
    with pytest.raises(NotFound):
        payout_accounts.reveal(payout=payout, at=AT, actor=owner)


def test_without_an_account_no_money_leaves(bare, monkeypatch):
    party = PartyRef(PartyKind.SHOP, bare.pk, bare.public_id)
    monkeypatch.setattr(payouts.transfers, "lock_balance", lambda **_keys: -1_000)

    with pytest.raises(NoPayoutAccount):
        payouts.request(party=party, amount=100, at=AT, actor=actor_of(bare))

    assert not Payout.objects.exists()

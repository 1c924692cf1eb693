"""How an account and a shop become one."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.enums import AccountKind
from accounts.errors import OwnCase
from accounts.services.actors import operator_actor
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry, OutboxMessage, StatusChange
from shops import errors
from shops.enums import BindingStatus, EndReason, Relation, ShopStatus
from shops.models import Binding, NameChange
from shops.selectors import collection_shop, storefronts
from shops.services import bindings, endings
from tests.factories.accounts import (
    AccountFactory,
    OperatorFactory,
    VerifiedAccountFactory,
)
from tests.factories.shops import BindingFactory, ShopFactory, actor_of
from tests.shops.helpers import accept, bind, start

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LETTER = "https://files.example.com/letter.pdf"


@pytest.fixture
def shop():
    return ShopFactory(name="Lin Tea", logo_url="https://img.example.com/lin.png")


@pytest.fixture
def account(shop):
    return VerifiedAccountFactory(
        name="lin at home",
        avatar_url="https://img.example.com/home.png",
        credit_code=shop.merchant.credit_code,
    )


@pytest.fixture
def operator():
    return operator_actor(OperatorFactory().pk, {})


def test_a_request_waits_for_the_account_and_changes_nothing_yet(shop, account):
    binding = start(shop, account, at=AT)

    assert binding.status == BindingStatus.AWAITING_ACCOUNT
    assert binding.consent_due_at == AT + 7 * DAY
    assert binding.is_same_entity is True
    assert storefronts([shop.pk], at=AT)[shop.pk]["account"] is None
    moves = StatusChange.objects.filter(object_id=binding.pk, model="shops.binding")
    assert list(moves.values_list("from_status", "to_status")) == [("draft", "awaiting_account")]


def test_consent_of_the_same_entity_binds_at_once(shop, account):
    binding = start(shop, account, at=AT)

    accept(binding, at=AT + DAY)

    binding.refresh_from_db()
    account.refresh_from_db()
    assert (binding.status, binding.bound_at, binding.consented_at) == (
        BindingStatus.ACTIVE,
        AT + DAY,
        AT + DAY,
    )
    assert binding.is_main is True
    assert (account.name, account.avatar_url) == (shop.name, shop.logo_url)
    assert account.official_since == AT + DAY
    assert (binding.former_name, binding.former_avatar_url) == (
        "lin at home",
        "https://img.example.com/home.png",
    )
    change = NameChange.objects.get()
    assert (change.old_name, change.new_name, change.cause) == ("lin at home", "Lin Tea", "bound")
    assert collection_shop(account) == shop


def test_a_binding_is_told_and_audited(shop, account):
    binding = bind(shop, account, at=AT)

    facts = OutboxMessage.objects.order_by("pk").values_list("topic", "payload")
    assert list(facts) == [
        ("shops.storefront.changed.v1", {"shop_id": shop.pk}),
        (
            "shops.binding.started.v1",
            {
                "binding_id": binding.pk,
                "shop_id": shop.pk,
                "account_id": account.pk,
                "relation": "OFFICIAL",
            },
        ),
    ]
    entries = AuditEntry.objects.order_by("pk").values_list("action", "shop_id")
    assert list(entries) == [
        ("shops.start_binding", shop.pk),
        ("shops.accept_binding", shop.pk),
    ]
    shop.refresh_from_db()
    assert shop.version == 2


def test_an_own_broadcast_account_keeps_its_name(shop, account):
    binding = bind(shop, account, relation=Relation.SELF, at=AT)

    account.refresh_from_db()
    assert (account.name, account.official_since, binding.is_main) == ("lin at home", None, False)
    assert not NameChange.objects.exists()


def test_an_account_that_has_become_the_face_of_another_shop_shows_its_main_shop(shop, account):
    bind(shop, account, at=AT)
    second = ShopFactory(name="Lin Cups", merchant=shop.merchant)

    later = bind(second, account, at=AT + DAY)

    account.refresh_from_db()
    assert (account.name, later.is_main) == ("Lin Tea", False)
    assert collection_shop(account) == shop


def test_the_owner_of_the_account_chooses_the_main_shop(shop, account):
    first = bind(shop, account, at=AT)
    second = bind(ShopFactory(name="Lin Cups", merchant=shop.merchant), account, at=AT + DAY)

    bindings.choose_main_shop(binding=second, at=AT + 2 * DAY, actor=actor_of(shop))

    account.refresh_from_db()
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.is_main, second.is_main, account.name) == (False, True, "Lin Cups")
    assert second.former_name == "lin at home"
    assert collection_shop(account) == second.shop


def test_only_an_official_binding_makes_a_main_shop(shop, account):
    binding = bind(shop, account, relation=Relation.SELF, at=AT)

    with pytest.raises(errors.NotOfficial):
        bindings.choose_main_shop(binding=binding, at=AT, actor=actor_of(shop))

    binding.refresh_from_db()
    assert binding.is_main is False


@pytest.mark.parametrize("kind", [AccountKind.ENTERPRISE, AccountKind.BRAND])
def test_another_entity_needs_a_letter_and_a_review(shop, kind, operator):
    account = VerifiedAccountFactory(kind=kind)
    with pytest.raises(errors.AuthorisationMissing):
        start(shop, account, at=AT)

    binding = start(shop, account, authorisation_url=LETTER, at=AT)
    accept(binding, at=AT + DAY)
    binding.refresh_from_db()
    in_review = binding.status
    bindings.approve_binding(binding=binding, at=AT + 2 * DAY, actor=operator)

    binding.refresh_from_db()
    assert (in_review, binding.status) == (BindingStatus.AWAITING_REVIEW, BindingStatus.ACTIVE)
    assert (binding.consented_at, binding.bound_at) == (AT + DAY, AT + 2 * DAY)


@pytest.mark.parametrize(
    ("kind", "relation", "status"),
    [
        (AccountKind.PERSONAL, Relation.OFFICIAL, BindingStatus.ACTIVE),
        (AccountKind.PERSONAL, Relation.SELF, BindingStatus.ACTIVE),
        (AccountKind.BRAND, Relation.SELF, BindingStatus.ACTIVE),
        (AccountKind.EMPLOYEE, Relation.SELF, BindingStatus.AWAITING_REVIEW),
        (AccountKind.COOPERATION, Relation.OFFICIAL, BindingStatus.AWAITING_REVIEW),
    ],
)
def test_who_is_reviewed_depends_on_kind_and_relation(shop, kind, relation, status):
    account = VerifiedAccountFactory(kind=kind)

    binding = bind(shop, account, relation=relation, authorisation_url=LETTER, at=AT)

    assert binding.status == status


def test_a_rejected_letter_ends_the_request(shop, operator):
    binding = bind(shop, VerifiedAccountFactory(), authorisation_url=LETTER, at=AT)

    bindings.reject_binding(binding=binding, reason="No seal", at=AT, actor=operator)

    binding.refresh_from_db()
    assert (binding.status, binding.end_reason) == (BindingStatus.ENDED, EndReason.REJECTED)
    assert AuditEntry.objects.order_by("pk").last().reason == "No seal"


def test_an_operator_does_not_review_what_is_theirs(shop, operator):
    account = VerifiedAccountFactory(owner_id=operator.user_id, owner=None)
    binding = bind(shop, account, authorisation_url=LETTER, at=AT)

    for decide in (
        lambda: bindings.approve_binding(binding=binding, at=AT, actor=operator),
        lambda: bindings.reject_binding(binding=binding, reason="", at=AT, actor=operator),
    ):
        with pytest.raises(OwnCase):
            decide()

    binding.refresh_from_db()
    assert binding.status == BindingStatus.AWAITING_REVIEW


def test_an_account_declines_and_a_shop_withdraws(shop, account):
    declined = start(shop, account, at=AT)
    bindings.decline_binding(binding=declined, at=AT, actor=actor_of(shop))
    withdrawn = start(shop, account, at=AT)
    bindings.withdraw_binding(binding=withdrawn, at=AT, actor=actor_of(shop))

    assert list(Binding.objects.order_by("pk").values_list("status", "end_reason")) == [
        ("ended", "declined"),
        ("ended", "withdrawn"),
    ]
    with pytest.raises(IllegalTransition):
        accept(withdrawn, at=AT)


def test_what_is_bound_is_neither_declined_nor_withdrawn(shop, account):
    binding = bind(shop, account, at=AT)

    with pytest.raises(IllegalTransition):
        bindings.decline_binding(binding=binding, at=AT, actor=actor_of(shop))
    with pytest.raises(IllegalTransition):
        bindings.withdraw_binding(binding=binding, at=AT, actor=actor_of(shop))

    binding.refresh_from_db()
    assert binding.status == BindingStatus.ACTIVE


def test_consent_comes_too_late_even_before_the_sweep(shop, account):
    binding = start(shop, account, at=AT)

    with pytest.raises(errors.ConsentExpired):
        accept(binding, at=AT + 7 * DAY)

    binding.refresh_from_db()
    assert binding.status == BindingStatus.AWAITING_ACCOUNT


def test_the_sweep_ends_what_nobody_answered(shop, account):
    due = start(shop, account, at=AT)
    fresh = start(ShopFactory(), VerifiedAccountFactory(kind="personal"), at=AT + DAY)

    swept = endings.expire_consents(at=AT + 7 * DAY)
    again = endings.expire_consents(at=AT + 7 * DAY)

    due.refresh_from_db()
    fresh.refresh_from_db()
    assert (swept, again) == (1, 0)
    assert (due.status, due.end_reason) == (BindingStatus.ENDED, EndReason.EXPIRED)
    assert fresh.status == BindingStatus.AWAITING_ACCOUNT


def _suspended(shop, account):
    shop.status = ShopStatus.SUSPENDED
    shop.save()


def _unverified(shop, account):
    account.verified_until = AT
    account.save()


def _collecting(shop, account):
    account.collection_opened_at = AT
    account.save()


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (_suspended, errors.ShopNotOpen),
        (_unverified, errors.AccountNotVerified),
        (_collecting, errors.AccountHasCollection),
    ],
)
def test_the_rules_are_asked_at_the_start_and_again_at_the_consent(shop, account, spoil, error):
    waiting = start(shop, account, at=AT)
    spoil(shop, account)

    with pytest.raises(error):
        accept(waiting, at=AT)
    bindings.withdraw_binding(binding=waiting, at=AT, actor=actor_of(shop))
    with pytest.raises(error):
        start(shop, account, at=AT)

    assert list(Binding.objects.values_list("status", flat=True)) == ["ended"]


def test_an_account_with_its_own_collection_may_broadcast_for_the_shop(shop, account):
    _collecting(shop, account)

    binding = bind(shop, account, relation=Relation.SELF, at=AT)

    assert binding.status == BindingStatus.ACTIVE


def test_a_pair_has_one_running_binding(shop, account):
    start(shop, account, at=AT)

    with pytest.raises(errors.BindingRunning):
        start(shop, account, relation=Relation.SELF, at=AT)

    assert Binding.objects.count() == 1


def test_a_second_official_account_comes_only_as_a_replacement(shop, account):
    BindingFactory(shop=shop)

    with pytest.raises(errors.OfficialAccountExists):
        start(shop, account, at=AT)

    assert Binding.objects.count() == 1


def test_of_two_requests_the_first_consent_wins(shop, account):
    other = VerifiedAccountFactory(credit_code=shop.merchant.credit_code)
    first, second = start(shop, account, at=AT), start(shop, other, at=AT)

    accept(first, at=AT)
    with pytest.raises(errors.OfficialAccountExists):
        accept(second, at=AT)

    assert list(Binding.objects.order_by("pk").values_list("status", flat=True)) == [
        "active",
        "awaiting_account",
    ]


def test_a_request_that_came_to_nothing_leaves_no_waiting_time(shop, account):
    waiting = start(shop, account, at=AT)
    bindings.decline_binding(binding=waiting, at=AT, actor=actor_of(shop))

    again = start(shop, account, at=AT)

    assert again.status == BindingStatus.AWAITING_ACCOUNT


def test_an_account_of_nobody_in_particular_is_refused(shop):
    with pytest.raises(errors.AccountNotVerified):
        start(shop, AccountFactory(), at=AT)

    assert not Binding.objects.exists()

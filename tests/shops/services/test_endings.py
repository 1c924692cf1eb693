"""How an account and a shop part."""

from datetime import UTC, datetime, timedelta

import pytest

from kernel.errors import IllegalTransition
from kernel.models import AuditEntry, OutboxMessage
from shops.enums import BindingStatus, EndReason
from shops.models import NameChange
from shops.selectors import storefronts
from shops.services import bindings, endings, preconditions
from tests.factories.accounts import VerifiedAccountFactory
from tests.factories.shops import ShopFactory, actor_of
from tests.shops.helpers import bind

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def counts(monkeypatch):
    """Two preconditions whose counts a test sets."""
    monkeypatch.setattr(preconditions, "_counters", {})
    numbers = {"open_cases": 0, "unsettled_orders": 0}
    for code in numbers:
        preconditions.register(
            code=code,
            label=code.replace("_", " "),
            count=lambda binding, code=code: numbers[code],
        )
    return numbers


@pytest.fixture
def binding():
    shop = ShopFactory(name="Lin Tea")
    account = VerifiedAccountFactory(
        name="lin at home", avatar_url="/own.png", credit_code=shop.merchant.credit_code
    )
    return bind(shop, account, at=AT)


def _unbind(binding, at=AT):
    return endings.unbind(binding=binding, at=at, actor=actor_of(binding.shop))


def test_with_nothing_in_the_way_it_is_over_at_once(binding, counts):
    result = _unbind(binding, AT + DAY)

    binding.refresh_from_db()
    assert (binding.status, binding.end_reason, binding.ended_at) == (
        BindingStatus.ENDED,
        EndReason.UNBOUND,
        AT + DAY,
    )
    assert [(one.code, one.count, one.is_met) for one in result.preconditions] == [
        ("open_cases", 0, True),
        ("unsettled_orders", 0, True),
    ]


def test_the_account_gets_its_own_name_and_picture_back(binding, counts):
    _unbind(binding, AT + DAY)

    account = binding.account
    account.refresh_from_db()
    assert (account.name, account.avatar_url, account.official_since) == (
        "lin at home",
        "/own.png",
        None,
    )
    change = NameChange.objects.order_by("pk").last()
    assert (change.old_name, change.new_name, change.cause) == ("Lin Tea", "lin at home", "unbound")
    assert storefronts([binding.shop_id], at=AT)[binding.shop_id]["account"] is None


def test_the_end_is_told_and_audited(binding, counts):
    _unbind(binding, AT + DAY)

    fact = OutboxMessage.objects.get(topic="shops.binding.ended.v1")
    assert fact.payload == {
        "binding_id": binding.pk,
        "shop_id": binding.shop_id,
        "account_id": binding.account_id,
        "relation": "OFFICIAL",
        "reason": "unbound",
    }
    entry = AuditEntry.objects.get(action="shops.unbind")
    assert entry.after == {"status": "ended", "open_cases": 0, "unsettled_orders": 0}


def test_what_stands_in_the_way_is_counted_and_waited_for(binding, counts):
    counts.update(open_cases=2, unsettled_orders=5)

    result = _unbind(binding)

    binding.refresh_from_db()
    assert (binding.status, binding.unbind_requested_at) == (BindingStatus.UNBIND_PENDING, AT)
    assert [(one.code, one.count) for one in result.preconditions] == [
        ("open_cases", 2),
        ("unsettled_orders", 5),
    ]
    binding.account.refresh_from_db()
    assert binding.account.name == "Lin Tea"
    assert not OutboxMessage.objects.filter(topic="shops.binding.ended.v1").exists()


def test_the_sweep_completes_when_all_is_clear(binding, counts):
    counts.update(open_cases=1)
    _unbind(binding)

    early = endings.complete_unbindings(at=AT + DAY)
    counts.update(open_cases=0)
    completed = endings.complete_unbindings(at=AT + 2 * DAY)
    again = endings.complete_unbindings(at=AT + 2 * DAY)

    binding.refresh_from_db()
    assert (early, completed, again) == (0, 1, 0)
    assert (binding.status, binding.ended_at) == (BindingStatus.ENDED, AT + 2 * DAY)


def test_the_wish_lapses_after_thirty_days(binding, counts):
    counts.update(open_cases=1)
    _unbind(binding)

    early = endings.complete_unbindings(at=AT + 30 * DAY - timedelta(seconds=1))
    lapsed = endings.complete_unbindings(at=AT + 30 * DAY)

    binding.refresh_from_db()
    assert (early, lapsed) == (0, 1)
    assert (binding.status, binding.unbind_requested_at) == (BindingStatus.ACTIVE, None)


def test_a_shop_may_change_its_mind(binding, counts):
    counts.update(open_cases=1)
    _unbind(binding)

    endings.keep_binding(binding=binding, at=AT, actor=actor_of(binding.shop))

    binding.refresh_from_db()
    assert (binding.status, binding.unbind_requested_at) == (BindingStatus.ACTIVE, None)
    with pytest.raises(IllegalTransition):
        endings.keep_binding(binding=binding, at=AT, actor=actor_of(binding.shop))


def test_only_an_active_binding_is_unbound(binding, counts):
    counts.update(open_cases=1)
    _unbind(binding)

    with pytest.raises(IllegalTransition):
        _unbind(binding)
    counts.update(open_cases=0)
    endings.complete_unbindings(at=AT)
    with pytest.raises(IllegalTransition):
        _unbind(binding)

    assert OutboxMessage.objects.filter(topic="shops.binding.ended.v1").count() == 1


def test_when_the_main_shop_goes_the_next_one_is_worn(binding, counts):
    account, shop = binding.account, binding.shop
    second = bind(ShopFactory(name="Lin Cups", merchant=shop.merchant), account, at=AT + DAY)

    _unbind(binding, AT + 2 * DAY)

    account.refresh_from_db()
    second.refresh_from_db()
    assert (account.name, second.is_main, account.official_since) == ("Lin Cups", True, AT)
    endings.unbind(binding=second, at=AT + 3 * DAY, actor=actor_of(second.shop))
    account.refresh_from_db()
    assert (account.name, account.avatar_url) == ("lin at home", "/own.png")


def test_when_a_side_shop_goes_the_name_stays(binding, counts):
    account, shop = binding.account, binding.shop
    second = bind(ShopFactory(name="Lin Cups", merchant=shop.merchant), account, at=AT + DAY)

    endings.unbind(binding=second, at=AT + 2 * DAY, actor=actor_of(second.shop))

    account.refresh_from_db()
    binding.refresh_from_db()
    assert (account.name, binding.is_main) == ("Lin Tea", True)


def test_one_binding_that_cannot_be_moved_does_not_stop_the_sweep(binding, counts, monkeypatch):
    other = bind(ShopFactory(), VerifiedAccountFactory(kind="personal"), at=AT)
    counts.update(open_cases=1)
    _unbind(binding)
    _unbind(other)
    counts.update(open_cases=0)
    complete = endings._complete
    refused = []

    def refuse_first(one, at):
        if not refused:
            refused.append(one)
            raise IllegalTransition
        return complete(one, at)

    monkeypatch.setattr(endings, "_complete", refuse_first)

    completed = endings.complete_unbindings(at=AT)

    other.refresh_from_db()
    assert (completed, refused, other.status) == (1, [binding], BindingStatus.ENDED)


def test_the_register_lists_every_precondition_in_order(binding, counts):
    preconditions.register(code="open_cases", label="cases", count=lambda one: one.pk)

    found = preconditions.check(binding)

    assert [(one.code, one.label, one.count) for one in found] == [
        ("open_cases", "cases", binding.pk),
        ("unsettled_orders", "unsettled orders", 0),
    ]


def test_a_finished_binding_cannot_be_called_off(binding, counts):
    _unbind(binding)

    with pytest.raises(IllegalTransition):
        bindings.withdraw_binding(binding=binding, at=AT, actor=actor_of(binding.shop))

    binding.refresh_from_db()
    assert binding.end_reason == EndReason.UNBOUND

"""Following and refusing."""

from datetime import UTC, datetime

import pytest

from accounts.errors import Blocked, OwnAccount
from accounts.models import Block, Follow
from accounts.services import follows
from kernel.delivery import deliver_all
from kernel.models import OutboxMessage
from tests.factories.accounts import AccountFactory, UserFactory

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)


def test_following_twice_is_one_row_and_one_fact():
    user, account = UserFactory(), AccountFactory()

    first = follows.follow(user_id=user.pk, account=account, at=AT)
    second = follows.follow(user_id=user.pk, account=account, at=AT)

    assert (first, second) == (True, False)
    assert Follow.objects.count() == 1
    assert OutboxMessage.objects.filter(topic="accounts.follow.changed.v1").count() == 1


def test_the_counter_follows_the_rows_after_delivery():
    account, other = AccountFactory(), AccountFactory(follower_count=7)
    fans = [UserFactory() for _ in range(3)]
    for fan in fans:
        follows.follow(user_id=fan.pk, account=account, at=AT)
    follows.unfollow(user_id=fans[0].pk, account=account, at=AT)
    account.refresh_from_db()
    before = account.follower_count

    deliver_all()

    account.refresh_from_db()
    other.refresh_from_db()
    assert (before, account.follower_count, other.follower_count) == (0, 2, 7)


def test_recounting_an_account_that_nobody_follows_gives_zero():
    account = AccountFactory(follower_count=9)

    follows.recount(account_ids={account.pk})

    account.refresh_from_db()
    assert account.follower_count == 0


def test_leaving_what_one_never_followed_tells_nothing():
    left = follows.unfollow(user_id=UserFactory().pk, account=AccountFactory(), at=AT)

    assert left is False
    assert not OutboxMessage.objects.exists()


def test_a_blocked_user_is_gone_and_cannot_come_back():
    user, account = UserFactory(), AccountFactory()
    follows.follow(user_id=user.pk, account=account, at=AT)

    follows.block(account=account, user=user, at=AT)
    follows.block(account=account, user=user, at=AT)

    with pytest.raises(Blocked):
        follows.follow(user_id=user.pk, account=account, at=AT)
    assert (Follow.objects.count(), Block.objects.count()) == (0, 1)


def test_an_unblocked_user_may_follow_again():
    user, account = UserFactory(), AccountFactory()
    follows.block(account=account, user=user, at=AT)

    follows.unblock(account=account, user=user)

    assert follows.follow(user_id=user.pk, account=account, at=AT) is True


def test_nobody_follows_or_blocks_themselves():
    account = AccountFactory()

    with pytest.raises(OwnAccount):
        follows.follow(user_id=account.owner_id, account=account, at=AT)
    with pytest.raises(OwnAccount):
        follows.block(account=account, user=account.owner, at=AT)

    assert (Follow.objects.count(), Block.objects.count()) == (0, 0)

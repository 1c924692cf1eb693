"""Who follows whom, and who is refused (AC-05)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from accounts.errors import Blocked, OwnAccount
from accounts.events import FollowChanged
from accounts.models import Account, Block, Follow, PastFollow, User
from kernel.events import publish


@transaction.atomic
def follow(*, user_id: int, account: Account, at: datetime) -> bool:
    """Let the user follow the account; return whether that is new.

    Raises Blocked when the account refuses the user, OwnAccount for one's own.
    """
    if account.owner_id == user_id:
        raise OwnAccount
    _lock(user_id)
    if Block.objects.filter(account=account, user_id=user_id).exists():
        raise Blocked
    _row, is_new = Follow.objects.get_or_create(
        user_id=user_id, account=account, defaults={"created_at": at}
    )
    if is_new:
        publish(FollowChanged(account_id=account.pk))
    return is_new


@transaction.atomic
def unfollow(*, user_id: int, account: Account, at: datetime) -> bool:
    """Let the user leave; return whether they followed. That they did stays known (BI-17)."""
    rows = Follow.objects.select_for_update(of=("self",))
    followed = rows.filter(user_id=user_id, account=account).first()
    if followed is None:
        return False
    PastFollow.objects.create(
        user_id=user_id,
        account=account,
        since=followed.created_at,
        until=max(at, followed.created_at),
    )
    followed.delete()
    publish(FollowChanged(account_id=account.pk))
    return True


@transaction.atomic
def block(*, account: Account, user: User, at: datetime) -> Block:
    """Refuse `user`, who follows no longer; twice is fine. Raises OwnAccount for oneself."""
    if account.owner_id == user.pk:
        raise OwnAccount
    _lock(user.pk)
    refusal, _is_new = Block.objects.get_or_create(
        account=account, user=user, defaults={"created_at": at}
    )
    unfollow(user_id=user.pk, account=account, at=at)
    return refusal


@transaction.atomic
def unblock(*, account: Account, user: User) -> None:
    """Let `user` follow again; they have to do it themselves."""
    Block.objects.filter(account=account, user=user).delete()


@transaction.atomic
def recount(*, account_ids: Collection[int]) -> None:
    """Set the counters of followers to the number of rows: right whatever was heard before."""
    counted = (
        Follow.objects.filter(account_id=OuterRef("pk"))
        .order_by()
        .values("account_id")
        .annotate(n=Count("pk"))
        .values("n")
    )
    locked = Account.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=account_ids)
    Account.objects.filter(pk__in=[account.pk for account in locked.order_by("pk")]).update(
        follower_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0)
    )


def _lock(user_id: int) -> None:
    # A block and a follow of the same person meet here: whoever comes second sees the first.
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=user_id)

"""Locks and effects that every change of a shop's face shares.

Order of locks: accounts, shops, bindings, each by key. Whoever changes what an account or a shop is
to the other holds both, so the limits below can be counted without a race.
"""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import Account
from accounts.services import faces
from kernel.errors import Busy
from kernel.events import publish
from shops.enums import BOUND, BindingStatus, Relation
from shops.events import StorefrontChanged
from shops.models import Binding, NameChange, Shop

#: A shop that gets a new face again and again while one waits is somebody's script.
ATTEMPTS = 3


@dataclass(frozen=True)
class Scene:
    """What is locked: the accounts, every shop they are a face of, and the running bindings."""

    accounts: dict[int, Account]
    shops: dict[int, Shop]
    bindings: dict[int, Binding]

    def official_of(self, shop_id: int) -> Binding | None:
        """Return the shop's official binding in force."""
        return next((one for one in self._official() if one.shop_id == shop_id), None)

    def officials_of(self, account_id: int) -> list[Binding]:
        """Return the account's official bindings in force, the longest bound first."""
        mine = [one for one in self._official() if one.account_id == account_id]
        return sorted(mine, key=lambda one: (one.bound_at, one.pk))

    def main_of(self, account_id: int) -> Binding | None:
        """Return the binding whose shop the account's profile shows (BI-02)."""
        return next((one for one in self.officials_of(account_id) if one.is_main), None)

    def _official(self) -> list[Binding]:
        return [
            one
            for one in self.bindings.values()
            if one.relation == Relation.OFFICIAL and one.status in BOUND
        ]


def lock(*, shop_id: int, account_ids: Collection[int] = (), skip_locked: bool = False) -> Scene:
    """Lock the shop, the accounts and whatever they are bound to; return what was locked.

    Raises Busy, with `skip_locked`, when somebody else holds one of the accounts.
    """
    for _attempt in range(ATTEMPTS):
        # Going back to the savepoint gives the locks back, so a second try starts in order again.
        with suppress(_NewFace), transaction.atomic():
            return _lock({*account_ids, *_faces_of(shop_id)}, shop_id, skip_locked)
    raise Busy


class _NewFace(Exception):
    """The shop got another account while this one waited for the locks."""


def _lock(account_ids: set[int], shop_id: int, skip_locked: bool) -> Scene:
    accounts = faces.lock(account_ids, skip_locked=skip_locked)
    if len(accounts) < len(account_ids):
        raise Busy
    bound = Binding.objects.in_force().filter(account_id__in=account_ids)
    shop_ids = {shop_id, *bound.values_list("shop_id", flat=True)}
    shops = {
        shop.pk: shop
        for shop in Shop.objects.select_for_update(no_key=True, of=("self",))
        .select_related("merchant")
        .filter(pk__in=shop_ids)
        .order_by("pk")
    }
    if not _faces_of(shop_id) <= account_ids:
        raise _NewFace
    running = Binding.objects.select_for_update(no_key=True, of=("self",)).exclude(
        status=BindingStatus.ENDED
    )
    bindings = {
        binding.pk: binding for binding in running.filter(shop_id__in=shop_ids).order_by("pk")
    }
    return Scene(accounts=accounts, shops=shops, bindings=bindings)


def dress(
    scene: Scene, *, binding: Binding, cause: str, at: datetime, former: tuple[str, str]
) -> None:
    """Make `binding` the one whose shop the account shows: name and picture follow it (BI-07).

    `former` is the account's own name and picture, kept on the binding for the end.
    """
    account, shop = scene.accounts[binding.account_id], scene.shops[binding.shop_id]
    Binding.objects.filter(account_id=account.pk, is_main=True, status__in=BOUND).exclude(
        pk=binding.pk
    ).update(is_main=False)
    for other in scene.officials_of(account.pk):
        other.is_main = other.pk == binding.pk
    binding.is_main = True
    binding.former_name, binding.former_avatar_url = former
    binding.save(update_fields=["is_main", "former_name", "former_avatar_url"])
    note(shop=shop, account=account, old=account.name, new=shop.name, cause=cause, at=at)
    faces.wear(account=account, name=shop.name, avatar_url=shop.logo_url or former[1], at=at)


def note(
    *, shop: Shop, account: Account | None, old: str, new: str, cause: str, at: datetime
) -> NameChange:
    """Write the row that says which name became which, and why (BI-07)."""
    return NameChange.objects.create(
        shop=shop, account=account, old_name=old, new_name=new, cause=cause, at=at
    )


def tell(scene: Scene) -> None:
    """Say that the storefronts of all locked shops may look different now."""
    Shop.objects.filter(pk__in=scene.shops).update(version=F("version") + 1)
    publish(*(StorefrontChanged(shop_id=shop_id) for shop_id in scene.shops))


def _faces_of(shop_id: int) -> set[int]:
    bound = Binding.objects.in_force().filter(shop_id=shop_id)
    return set(bound.values_list("account_id", flat=True))

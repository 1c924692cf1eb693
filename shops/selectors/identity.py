"""号店一体 as others see it: one block, made in this one place (BI-10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import UTC, datetime

from django.db.models import Q

from accounts.models import Account
from accounts.selectors import account_card
from shops.enums import Relation
from shops.models import Binding, Guarantee, Shop
from shops.selectors.shapes import Presenter, Storefront, StorefrontShop


def storefronts(shop_ids: Collection[int], *, at: datetime) -> dict[int, Storefront]:
    """Return the identity block of each shop (by primary key) as it stands at `at`.

    Three queries for any number of shops. The values are plain JSON: equal blocks are equal text.
    """
    guarantees: dict[int, list[str]] = defaultdict(list)
    promised = Guarantee.objects.filter(shop_id__in=shop_ids, starts_at__lte=at)
    for one in promised.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at)).order_by("kind"):
        guarantees[one.shop_id].append(str(one.kind))
    bindings = {
        binding.shop_id: binding
        for binding in Binding.objects.in_force()
        .filter(shop_id__in=shop_ids, relation=Relation.OFFICIAL)
        .select_related("account")
    }
    return {
        shop.pk: _storefront(shop, guarantees[shop.pk], bindings.get(shop.pk))
        for shop in Shop.objects.filter(pk__in=shop_ids)
    }


def presenters(
    pairs: Iterable[tuple[int, int]], *, at: datetime
) -> dict[tuple[int, int], Presenter]:
    """Return for each (account pk, shop pk) who presents and how they stand to the shop (BI-03).

    Without a binding in force the account is a partner creator. Two queries for any number of
    pairs; a pair whose account does not exist is absent.
    """
    wanted = set(pairs)
    account_ids = {account_id for account_id, _shop_id in wanted}
    accounts = Account.objects.in_bulk(account_ids)
    bound = Binding.objects.in_force().filter(
        account_id__in=account_ids, shop_id__in={shop_id for _account_id, shop_id in wanted}
    )
    relations = {(one.account_id, one.shop_id): str(one.relation) for one in bound}
    return {
        pair: Presenter(
            account=account_card(accounts[pair[0]]),
            relation=relations.get(pair, Relation.AWEME_COOPERATOR.value),
        )
        for pair in wanted
        if pair[0] in accounts
    }


def collection_shop(account: Account) -> Shop | None:
    """Return the shop whose collection account takes the account's own selling income (BI-06).

    That is the main shop of an official account (BI-02); None for an account that is nobody's
    official one, whose income is its own.
    """
    binding = (
        Binding.objects.in_force()
        .filter(account=account, relation=Relation.OFFICIAL)
        .select_related("shop")
        .order_by("-is_main", "bound_at", "pk")
        .first()
    )
    return binding.shop if binding else None


def collecting_shops(
    sales: Collection[tuple[int, datetime]],
) -> dict[tuple[int, datetime], Shop]:
    """Return the shop whose collection account takes the income of each (account pk, moment).

    That is the main shop of those whose face the account was then (BI-06), whatever was bound or
    ended since; absent for an account that was nobody's. One query.
    """
    rows = Binding.objects.filter(
        account__in={account_id for account_id, _at in sales},
        relation=Relation.OFFICIAL,
        bound_at__isnull=False,
    )
    bound = list(rows.select_related("shop").order_by("-is_main", "bound_at", "pk"))
    found: dict[tuple[int, datetime], Shop] = {}
    for account_id, at in sales:
        for one in bound:
            held = one.bound_at is not None and one.bound_at <= at
            if one.account_id == account_id and held and (not one.ended_at or at < one.ended_at):
                found[account_id, at] = one.shop
                break
    return found


def official_account(shop_id: int) -> Account | None:
    """Return the account that is the shop's face, or None."""
    binding = (
        Binding.objects.in_force()
        .filter(shop_id=shop_id, relation=Relation.OFFICIAL)
        .select_related("account")
        .first()
    )
    return binding.account if binding else None


def shop_of_account(account_id: int) -> int | None:
    """Return the primary key of the shop that the account's profile shows (BI-08), or None.

    The main shop first, then any it is official for, then those it broadcasts for; of equal ones
    the longest bound.
    """
    bound = Binding.objects.in_force().filter(account_id=account_id)
    order = ("-is_main", "relation", "bound_at", "pk")  # OFFICIAL sorts before SELF
    return bound.order_by(*order).values_list("shop_id", flat=True).first()


def _storefront(shop: Shop, guarantees: list[str], binding: Binding | None) -> Storefront:
    return Storefront(
        shop=StorefrontShop(
            id=shop.public_id,
            name=shop.name,
            type=str(shop.type),
            score=None if shop.score_tenths is None else _tenths(shop.score_tenths),
            guarantees=guarantees,
            deposit_badge=None,
        ),
        account=account_card(binding.account) if binding else None,
        relation=str(binding.relation) if binding else None,
        bound_since=_iso(binding.bound_at) if binding and binding.bound_at else None,
    )


def _tenths(tenths: int) -> str:
    return f"{tenths // 10}.{tenths % 10}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")

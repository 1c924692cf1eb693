"""Through whom products are sold (CA-19)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from accounts.enums import CreatorStatus
from accounts.models import Account, Creator
from catalog.enums import SellChannel
from catalog.models import ChannelSeller, Product, ProductChannel
from catalog.policies import SoldBy


@dataclass(frozen=True)
class ChannelView:
    """How a product is sold, for its merchant; `main_product` is set for a channel product."""

    kind: SellChannel
    main_product: Product | None
    accounts: Sequence[Account]


def channel_of(product: Product) -> ChannelView:
    """Return how `product` is sold. One query, two for one that is not sold everywhere."""
    rows = ProductChannel.objects.select_related("main_product").filter(product=product)
    channel = rows.first()
    if channel is None:
        return ChannelView(SellChannel.ALL, None, [])
    sellers = Account.objects.filter(
        pk__in=ChannelSeller.objects.filter(channel=channel).values("account_id")
    )
    kind = SellChannel(channel.kind)
    return ChannelView(kind, channel.main_product, list(sellers.order_by("handle")))


def sold_by(channels: Collection[ProductChannel]) -> dict[int, SoldBy]:
    """Return product pk → through whom alone it is sold. One query, none for no channel."""
    accounts: dict[int, set[str]] = defaultdict(set)
    if channels:
        sellers = ChannelSeller.objects.filter(channel__in=[one.pk for one in channels])
        for product_id, account_id in sellers.values_list("channel_id", "account__public_id"):
            accounts[product_id].add(account_id)
    return {one.pk: SoldBy(SellChannel(one.kind), frozenset(accounts[one.pk])) for one in channels}


def sold_through(account_id: str = "") -> Q:
    """Return the condition on products that they are sold everywhere, or through `account_id`.

    `account_id` is the public id of an account; without one nobody in particular sells.
    """
    everywhere = Q(channel__isnull=True)
    if not account_id:
        return everywhere
    sellers = ChannelSeller.objects.filter(channel=OuterRef("pk"), account__public_id=account_id)
    creators = Creator.objects.filter(account__public_id=account_id, status=CreatorStatus.ACTIVE)
    for_all = Q(channel__kind=SellChannel.ALL_CREATORS) & Q(Exists(creators))
    return everywhere | Q(Exists(sellers)) | for_all

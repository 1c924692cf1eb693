"""Through whom a product is sold (CA-19): the merchant's word, no review."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.enums import CreatorStatus
from accounts.models import Account, Creator
from catalog.enums import SellChannel, ShelfStatus
from catalog.errors import AlreadyForAllCreators, BadChannel
from catalog.models import ChannelSeller, Product, ProductChannel
from catalog.policies import MAX_CHANNEL_SELLERS
from catalog.selectors.channels import channel_of
from catalog.services import axes, products
from catalog.services.content import Content
from catalog.services.variants import SkuSpec
from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition

#: Who can be named for a kind: at least, at most.
SELLERS = {
    SellChannel.ALL: (0, 0),
    SellChannel.NAMED: (1, MAX_CHANNEL_SELLERS),
    SellChannel.EXCLUSIVE: (1, 1),
    SellChannel.ALL_CREATORS: (0, 0),
}
#: A main product is sold everywhere or by named accounts; the others are what creators sell.
MAIN_KINDS = (SellChannel.ALL, SellChannel.NAMED)


def accounts_called(names: Collection[str]) -> list[Account]:
    """Return the accounts with these public ids or handles, each once. One query, two at most.

    Raises BadChannel naming those that nobody has.
    """
    wanted = {name.strip().removeprefix("@") for name in names} - {""}
    found = list(Account.objects.filter(public_id__in=wanted))
    rest = {name.lower() for name in wanted - {one.public_id for one in found}}
    if rest:
        called = Account.objects.annotate(lower=Lower("handle")).filter(lower__in=rest)
        found += [one for one in called if one not in found]
        rest -= {one.handle.lower() for one in found}
    if rest:
        detail = _("Nobody is called: %(names)s.") % {"names": ", ".join(sorted(rest)[:5])}
        raise BadChannel.about("account_ids", "unknown_account", detail)
    return found


@transaction.atomic
def set_channel(
    *, product: Product, kind: SellChannel, accounts: Sequence[Account], actor: Actor, at: datetime
) -> Product:
    """Let `product` be sold by `kind` and through `accounts` alone from now on; return it.

    It holds for each checkout from now on; orders that exist stay as they are. Raises BadChannel
    for a number of accounts that the kind does not take, for a channel product that shall be sold
    everywhere, for others than creators of one, and for a main product that creators alone shall
    sell; AlreadyForAllCreators; IllegalTransition for a product in the bin.
    """
    product = axes.locked(product)
    if product.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    channel = ProductChannel.objects.filter(product=product).first()
    main = channel.main_product if channel else None
    if (kind not in MAIN_KINDS) if main is None else (kind == SellChannel.ALL):
        detail = _("Main products are sold everywhere or by named accounts, others by creators.")
        raise BadChannel.about("kind", "other_kind", detail)
    before = _told(product)
    _write(product, kind, accounts, main)
    audit.record(
        actor=actor,
        action="catalog.set_channel",
        target=product,
        at=at,
        before=before,
        after=_told(product),
    )
    return product


@transaction.atomic
def make_channel_product(
    *,
    main: Product,
    kind: SellChannel,
    accounts: Sequence[Account],
    skus: Sequence[SkuSpec],
    actor: Actor,
    at: datetime,
    submit_now: bool = False,
) -> Product:
    """Make a channel product (渠道品) of `main`: its content of now, `skus` of its own; a draft.

    It is reviewed as any product. Raises BadChannel as `set_channel`, and for a main product that
    is a channel product itself; AlreadyForAllCreators; what `products.create` raises;
    IllegalTransition for a product in the bin.
    """
    main = axes.locked(main)
    if main.shelf_status == ShelfStatus.DELETED:
        raise IllegalTransition
    if kind == SellChannel.ALL:
        detail = _("A channel product is sold by creators.")
        raise BadChannel.about("kind", "other_kind", detail)
    if ProductChannel.objects.filter(product=main, main_product__isnull=False).exists():
        detail = _("This is a channel product itself.")
        raise BadChannel.about("kind", "not_a_main_product", detail)
    product = products.create(
        shop=main.shop,
        content=replace(Content.of(main), merchant_code=""),
        skus=skus,
        actor=actor,
        at=at,
        submit_now=submit_now,
    )
    _write(product, kind, accounts, main)
    audit.record(
        actor=actor,
        action="catalog.make_channel_product",
        target=product,
        at=at,
        after={"main_product": main.public_id, **_told(product)},
    )
    return product


def _write(
    product: Product, kind: SellChannel, accounts: Sequence[Account], main: Product | None
) -> None:
    named = {one.pk: one for one in accounts}
    _check(kind, named, is_of_creators=main is not None)
    if kind == SellChannel.ALL:
        ProductChannel.objects.filter(product=product).delete()
        return
    try:
        with transaction.atomic():
            channel, _new = ProductChannel.objects.update_or_create(
                product=product,
                defaults={"kind": kind},
                create_defaults={"kind": kind, "shop_id": product.shop_id, "main_product": main},
            )
    except IntegrityError:
        raise AlreadyForAllCreators from None
    rows = ChannelSeller.objects.filter(channel=channel)
    standing = set(rows.values_list("account_id", flat=True))
    rows.filter(account_id__in=standing - named.keys()).delete()
    ChannelSeller.objects.bulk_create(
        ChannelSeller(channel=channel, shop_id=product.shop_id, account_id=pk)
        for pk in sorted(named.keys() - standing)
    )


def _check(kind: SellChannel, accounts: Collection[int], *, is_of_creators: bool) -> None:
    least, most = SELLERS[kind]
    if not least <= len(accounts) <= most:
        told = _("This takes %(least)s to %(most)s accounts.") % {"least": least, "most": most}
        raise BadChannel.about("account_ids", "bad_count", told)
    if is_of_creators and accounts:
        creators = Creator.objects.filter(account_id__in=accounts, status=CreatorStatus.ACTIVE)
        if creators.count() < len(accounts):
            detail = _("A channel product is sold by creators alone.")
            raise BadChannel.about("account_ids", "not_a_creator", detail)


def _told(product: Product) -> dict[str, object]:
    view = channel_of(product)
    return {"kind": view.kind, "accounts": [one.public_id for one in view.accounts]}

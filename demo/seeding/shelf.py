"""The shelf today: a gift box put together from other goods, and pieces for tonight's session."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from catalog.enums import BucketKind
from catalog.services import buckets, bundles, products, reviews, shelf
from catalog.services.bundles import Part
from catalog.services.content import Content
from catalog.services.variants import SkuSpec
from demo.seeding import World

SHOP = "tea"
#: Fen: less than the tea and the cup by themselves.
PRICE = 25_900
READY, FOR_THE_SESSION = 12, 80


def seed(world: World) -> None:
    """Sell a box of the first tea and the cup; set the first tea aside for its own account."""
    tea = world.skus[SHOP][0]
    cup = next(one for one in world.skus[SHOP] if one.merchant_code.startswith("tea-gb"))
    _sell_box(world, [Part(tea, 1), Part(cup, 1)])
    buckets.set_aside(
        sku=tea,
        kind=BucketKind.LIVE,
        account=world.official[SHOP],
        quantity=FOR_THE_SESSION,
        ends_at=world.now + timedelta(days=30),
        note="今晚直播",
        actor=world.owners[SHOP],
        at=world.now,
    )


def _sell_box(world: World, parts: list[Part]) -> None:
    actor, at, first = world.owners[SHOP], world.now, parts[0].sku.product
    content = replace(
        Content.of(first),
        title="茶礼组合 铁观音配白瓷盖碗",
        brief="一茶一器，组合更省",
        option_names=[],
        merchant_code="tea-box",
    )
    spec = SkuSpec("tea-box-1", PRICE, image_url=first.image_urls[0])
    box = products.create(shop=world.shops[SHOP], content=content, skus=[spec], actor=actor, at=at)
    sku = box.skus.get()
    bundles.set_parts(sku=sku, parts=parts, keep=READY, actor=actor, at=at)
    bundles.put_together(sku=sku, count=READY, actor=actor, at=at)
    review = shelf.submit(product=box, list_when_approved=True, actor=actor, at=at)
    reviews.approve(review=review, actor=world.operator, at=at)

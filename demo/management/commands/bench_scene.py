"""`manage.py bench_scene`: what a benchmark plays on, in an empty database of its own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from allauth.headless.tokens.strategies.jwt import internal
from allauth.mfa.totp.internal.auth import TOTP
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.backends import ModelBackend
from django.contrib.sessions.backends.db import SessionStore
from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from catalog.enums import DraftStatus, MovementKind, ReviewStatus, ShelfStatus
from catalog.models import PriceVersion, Product, Sku, Stock
from catalog.services import stock
from demo.seeding import World, market, people
from kernel import clock
from kernel.second_factor import new_secret
from shops.models import Shop
from shops.selectors import storefronts

TOKEN_SECONDS = 86_400
#: Of each SKU that only fills the shelves, in fen.
PRICE = 2_900
#: Who works in a console: the hot SKU's merchant, support, an operator.
STAFF = ("merchant", "support", "operator")


class Command(BaseCommand):
    """Make the demo's shops and goods, plenty of stock, and buyers with tokens; print them."""

    help = "Prepare a benchmark's database, which must be empty of shops; print JSON."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take how many buyers there are, how many SKUs, and how many pieces of each."""
        parser.add_argument("--buyers", type=int, default=10_000)
        parser.add_argument("--skus", type=int, default=1_000)
        parser.add_argument("--stock", type=int, default=1_000_000)
        parser.add_argument("--hot-stock", type=int, help="pieces of the hot SKU, if not as many")

    def handle(self, *args: Any, **options: Any) -> None:
        """Make the scene and print its keys.

        ``skus`` and the ``hot`` one by public id; a token for each buyer; the hot one's ``shop``
        with its identity block; ``people``: role → token, and the session of a console.
        """
        if Shop.objects.exists():
            raise CommandError("This database holds shops; a benchmark brings one of its own.")
        world = World.new(clock.now())
        people.seed(world)
        market.seed(world)
        for user in world.people.values():  # production lets nobody else work in a console
            TOTP.activate(user, new_secret())
        skus = [sku for several in world.skus.values() for sku in several]
        hot = world.skus["tea"][0]
        skus += _copies(world, options["skus"] - len(skus))
        wanted = {one.pk: options["stock"] for one in skus}
        if options["hot_stock"] is not None:
            wanted[hot.pk] = options["hot_stock"]
        there = dict(Stock.objects.values_list("pk", "on_hand"))
        stock.apply([_count(one, wanted[one.pk] - there[one.pk]) for one in skus], world.now)
        buyers = User.objects.bulk_create(
            User(email=f"buyer{n}@bench.example", name=f"买家{n}") for n in range(options["buyers"])
        )
        scene = {
            "skus": [one.public_id for one in skus],
            "hot": hot.public_id,
            "tokens": [_token(one) for one in buyers],
            "touches": _touches(world),
            "shop": {"id": hot.shop.public_id, "pk": hot.shop_id},
            "storefront": storefronts([hot.shop_id], at=world.now)[hot.shop_id],
            "people": {
                role: {"token": _token(user), "session": _session(user)}
                for role, user in world.people.items()
                if role in STAFF
            },
        }
        self.stdout.write(json.dumps(scene))


def _copies(world: World, count: int) -> list[Sku]:
    """Put `count` more products with one SKU each on sale, like those of the market."""
    patterns = [product for several in world.products.values() for product in several]
    copied = [patterns[n % len(patterns)] for n in range(max(count, 0))]
    products = Product.objects.bulk_create(
        Product(
            shop_id=one.shop_id,
            category_id=one.category_id,
            title=f"{one.title} {n}",
            image_urls=one.image_urls,
            shelf_status=ShelfStatus.ON,
            review_status=ReviewStatus.APPROVED,
            draft_status=DraftStatus.NONE,
            min_price=PRICE,
            max_price=PRICE,
        )
        for n, one in enumerate(copied)
    )
    skus = Sku.objects.bulk_create(
        Sku(shop_id=one.shop_id, product=one, merchant_code=f"BENCH-{n}", options=[])
        for n, one in enumerate(products)
    )
    PriceVersion.objects.bulk_create(
        PriceVersion(shop_id=one.shop_id, sku=one, price=PRICE, effective_from=world.now)
        for one in skus
    )
    stock.open_counters(skus)
    return skus


def _count(sku: Sku, missing: int) -> stock.Move:
    """Return the move after which there are `missing` more pieces of `sku`, or fewer."""
    kind = MovementKind.INBOUND if missing > 0 else MovementKind.OUTBOUND
    return stock.Move(sku.pk, sku.shop_id, kind, abs(missing), "bench")


def _touches(world: World) -> dict[str, dict[str, Any]]:
    """Return public SKU id → the touch of a live session that earns its creator a commission."""
    found = {}
    for skus in world.skus.values():
        for sku in skus:
            for pick in world.picks.get(sku.product_id, [])[:1]:
                found[sku.public_id] = {
                    "pick_code": pick.pick_code,
                    "account_id": pick.creator.account.public_id,
                    "media_type": "live",
                    "media_id": "session-1",
                    "is_live": True,
                }
    return found


def _token(user: User) -> str:
    claims = {"sub": str(user.pk), "sid": "bench", "expires_in": TOKEN_SECONDS}
    return internal.create_token("access", **claims)[0]


def _session(user: User) -> str:
    """Return the session cookie of a console that `user` has signed in to."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = f"{ModelBackend.__module__}.{ModelBackend.__name__}"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)

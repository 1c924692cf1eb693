"""Categories, products, SKUs, prices and stock for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import factory
from factory.django import DjangoModelFactory

from catalog.enums import DraftStatus, MovementKind, PaperStatus, ReviewStatus, ShelfStatus
from catalog.models import (
    Brand,
    BrandGrant,
    Category,
    PriceVersion,
    Product,
    QualificationRule,
    ScreeningRule,
    ShopQualification,
    Sku,
    Stock,
    StockMovement,
)
from catalog.policies import LeafRules
from catalog.selectors import category_rules
from catalog.services.rules import set_rules
from catalog.services.screening import rules as screening_rules
from catalog.services.screening.rules import RuleSpec
from catalog.services.search import words
from kernel.actors import Actor, Role
from shops.enums import GrantKind
from tests.factories.shops import ShopDocumentFactory, ShopFactory

#: Prices of tests are in force from here on.
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)


class CategoryFactory(DjangoModelFactory):
    """A leaf; at the root unless `parent` is given."""

    class Meta:
        model = Category
        skip_postgeneration_save = True

    name = factory.Sequence(lambda n: f"Category {n}")
    parent = None
    level = factory.LazyAttribute(lambda o: o.parent.level + 1 if o.parent else 1)
    path = ""

    @factory.post_generation
    def place(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        """Write the path, and take the leaf from the parent."""
        self.path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        self.save(update_fields=["path"])
        if self.parent and self.parent.is_leaf:
            self.parent.is_leaf = False
            self.parent.save(update_fields=["is_leaf"])


def give_rules(category: Category, **changes: Any) -> LeafRules:
    """Give `category` its next version of rules: what holds now with `changes` (of `LeafRules`)."""
    operator = Actor(role=Role.OPERATOR, label="rules")
    rules = replace(category_rules(category), **changes)
    return set_rules(category=category, rules=rules, actor=operator, at=LONG_AGO)


def give_screening(spec: RuleSpec, *, at: datetime = LONG_AGO) -> ScreeningRule:
    """Publish the interception rule `spec`, tried on what sells, from `at` on."""
    operator = Actor(role=Role.OPERATOR, label="rules")
    rule = screening_rules.draft(spec=spec, actor=operator, at=at)
    rule = screening_rules.try_out(rule=rule, actor=operator, at=at)
    return screening_rules.publish(rule=rule, actor=operator, at=at)


class BrandFactory(DjangoModelFactory):
    """A brand."""

    class Meta:
        model = Brand

    name = factory.Sequence(lambda n: f"Brand {n}")


class ProductFactory(DjangoModelFactory):
    """A product on sale in an open shop, without SKUs; see `product_on_sale`."""

    class Meta:
        model = Product

    shop = factory.SubFactory(ShopFactory)
    category = factory.SubFactory(CategoryFactory)
    title = factory.Sequence(lambda n: f"Cotton towel {n}")
    shelf_status = ShelfStatus.ON
    review_status = ReviewStatus.APPROVED
    draft_status = DraftStatus.NONE
    listed_at = LONG_AGO
    deleted_at = factory.LazyAttribute(
        lambda o: LONG_AGO if o.shelf_status == ShelfStatus.DELETED else None
    )
    search_words = factory.LazyAttribute(lambda o: " ".join(words(o.title)))


class DraftProductFactory(ProductFactory):
    """A product that was never submitted."""

    shelf_status = ShelfStatus.OFF
    review_status = ReviewStatus.NOT_SUBMITTED
    draft_status = DraftStatus.UNSUBMITTED
    listed_at = None


class SkuFactory(DjangoModelFactory):
    """A SKU with `price` (minor units) in force and `stock` pieces, explained by their movement."""

    class Meta:
        model = Sku
        skip_postgeneration_save = True

    product = factory.SubFactory(ProductFactory)
    shop = factory.SelfAttribute("product.shop")
    merchant_code = factory.Sequence(lambda n: f"CODE-{n:06d}")

    @factory.post_generation
    def price(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """Put a price in force: 99.00 unless told; widen the product's band."""
        amount = 9_900 if extracted is None else extracted
        PriceVersion.objects.create(
            shop=self.shop, sku=self, price=amount, effective_from=LONG_AGO, **kwargs
        )
        product = self.product
        product.min_price = min(amount, product.min_price or amount)
        product.max_price = max(amount, product.max_price or amount)
        product.save(update_fields=["min_price", "max_price"])

    @factory.post_generation
    def stock(self, create: bool, extracted: int | None, **kwargs: Any) -> None:
        """Count the pieces: 100 unless told."""
        pieces = 100 if extracted is None else extracted
        # Not through the relation: Django would keep the counters as they are now on the instance.
        Stock.objects.create(sku_id=self.pk, shop_id=self.shop_id, on_hand=pieces)
        if pieces:
            StockMovement.objects.create(
                sku_id=self.pk,
                shop_id=self.shop_id,
                kind=MovementKind.INITIAL,
                on_hand_delta=pieces,
                reference=f"initial:{self.pk}",
            )


def product_on_sale(
    *,
    skus: int = 1,
    price: int | Sequence[int] = 9_900,
    stock: int | Sequence[int] = 100,
    **fields: Any,
) -> Product:
    """Return a product on sale with `skus` SKUs; `price` and `stock` are for all, or one each.

    `fields` are the product's (`shop=`, `category=`, `title=`, …). With one SKU there are no
    options, with several each is a size.
    """
    if skus > 1:
        fields.setdefault("option_names", ["size"])
    product = ProductFactory(**fields)
    for place in range(skus):
        SkuFactory(
            product=product,
            options=[f"size {place + 1}"] if skus > 1 else [],
            price=price if isinstance(price, int) else price[place],
            stock=stock if isinstance(stock, int) else stock[place],
        )
    return product


def skus_of(product: Product) -> list[Sku]:
    """Return the SKUs of `product`, oldest first."""
    return list(product.skus.order_by("pk"))


class BrandGrantFactory(DjangoModelFactory):
    """An accepted right of a shop to a brand, without an end."""

    class Meta:
        model = BrandGrant

    shop = factory.SubFactory(ShopFactory)
    brand = factory.SubFactory(BrandFactory)
    kind = GrantKind.AUTHORISED
    document = factory.SubFactory(ShopDocumentFactory, shop=factory.SelfAttribute("..shop"))
    starts_at = LONG_AGO
    status = PaperStatus.APPROVED


class QualificationRuleFactory(DjangoModelFactory):
    """A licence that a category asks of everything."""

    class Meta:
        model = QualificationRule

    category = factory.SubFactory(CategoryFactory)
    code = factory.Sequence(lambda n: f"licence_{n}")
    name = "Permit to sell food"
    starts_at = LONG_AGO


class ShopQualificationFactory(DjangoModelFactory):
    """An accepted licence of a shop, without an end."""

    class Meta:
        model = ShopQualification

    shop = factory.SubFactory(ShopFactory)
    code = "permit"
    number = "SC10001"
    document = factory.SubFactory(ShopDocumentFactory, shop=factory.SelfAttribute("..shop"))
    starts_at = LONG_AGO
    status = PaperStatus.APPROVED

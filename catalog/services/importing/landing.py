"""Lines into the catalog, as a set: what is new is made, what is known follows the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from catalog.enums import MovementKind
from catalog.errors import BadPrice
from catalog.models import PriceVersion, Product, Sku, Stock
from catalog.policies import DEFAULT_RULES, LeafRules
from catalog.selectors import rules_of
from catalog.services import checking, prices, products, publishing, search, spus, stock, variants
from catalog.services.content import Content
from catalog.services.importing.lines import CONTENT, Line, Plan
from catalog.services.importing.words import Words
from catalog.services.pictures import keeping
from catalog.services.variants import SkuSpec
from kernel.actors import Actor
from kernel.errors import DomainError
from shops.models import Shop

#: Places that our rules point at → the field of a line that the owner can mend.
_FIELD_OF = {"merchant_code": "product_code", "option_names": "options", "skus": "options"}


@dataclass
class Landing:
    """What the lines of one file share while they land."""

    shop: Shop
    plan: Plan
    words: Words
    is_published: bool
    #: Names the file in stock movements: a line counts its pieces once.
    reference: str
    actor: Actor
    at: datetime


@dataclass
class _Group:
    """The good lines of one product, and what is known of it."""

    lines: list[Line]
    product: Product | None = None
    #: Set when the product is new, or its content differs from the file.
    content: Content | None = None
    #: Those of its category.
    rules: LeafRules = DEFAULT_RULES
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if line.is_good]


@dataclass
class _Known:
    """What the database holds of a chunk: read once, products and counters locked."""

    products: dict[str, Product]
    skus: dict[str, Sku]
    prices: dict[int, PriceVersion]
    counters: dict[int, tuple[int, int]]
    rules: dict[int, LeafRules]


def land(landing: Landing, lines: Sequence[Line]) -> None:
    """Write the good ones of `lines`; one that cannot be written gets its faults.

    The lines are written as one set. When the set fails, it is halved until the product that does
    not fit stands alone and is named. Needs a transaction; a part that fails is undone by itself.
    """
    groups: dict[str, list[Line]] = {}
    for line in lines:
        if line.is_good:
            groups.setdefault(line.key, []).append(line)
    _land_or_halve(landing, list(groups.values()))


def _land_or_halve(landing: Landing, groups: list[list[Line]]) -> None:
    if not groups:
        return
    faults_before = [(line, len(line.faults), len(line.notes)) for one in groups for line in one]
    try:
        with transaction.atomic():
            _land(landing, groups)
        return
    except (DomainError, IntegrityError) as error:
        refusal = error
    for line, faults, notes in faults_before:
        del line.faults[faults:], line.notes[notes:]
    if len(groups) > 1:
        half = len(groups) // 2
        _land_or_halve(landing, groups[:half])
        _land_or_halve(landing, groups[half:])
        return
    for line in groups[0]:
        line.faults.append(landing.plan.fault(line, *_place_of(refusal)))


def _place_of(refusal: Exception) -> tuple[str, str]:
    if not isinstance(refusal, DomainError):
        return "sku_code", "conflict"
    if not refusal.errors:
        return "sku_code", refusal.code
    name = refusal.errors[0].pointer.rpartition("/")[2]
    return _FIELD_OF.get(name, name), refusal.errors[0].code


def _land(landing: Landing, groups: list[list[Line]]) -> None:
    known = _read(landing, [line for one in groups for line in one])
    understood = [_understand(landing, known, lines) for lines in groups]
    fresh = [one for one in understood if one.product is None and one.good]
    _make_products(landing, fresh)
    pairs = [
        (group.product, line)
        for group in understood
        if group.product is not None
        for line in group.good
        if line.sku_code not in known.skus
    ]
    variants.add_skus(
        [(product, _spec(line)) for product, line in pairs], actor=landing.actor, at=landing.at
    )
    for group in understood:
        if group.changes and group.product is not None and group.good:
            products.edit(
                product=group.product,
                changes=group.changes,
                actor=landing.actor,
                at=landing.at,
            )
    standing = [line for one in understood for line in one.good if line.sku_code in known.skus]
    _change_prices(landing, known, standing)
    _change_stock(landing, known, standing)
    if landing.is_published:
        publishing.publish_all(
            [
                (one.product.pk, one.good[0].is_listed)
                for one in understood
                if one.product and one.good
            ],
            actor=landing.actor,
            at=landing.at,
        )


def _read(landing: Landing, lines: Sequence[Line]) -> _Known:
    codes = [line.sku_code for line in lines]
    skus = {
        sku.merchant_code: sku
        for sku in Sku.objects.filter(shop=landing.shop, merchant_code__in=codes)
    }
    by_code = Product.objects.filter(
        shop=landing.shop, merchant_code__in={line.product_code for line in lines} - {""}
    ).values_list("pk", flat=True)
    locked = (
        Product.objects.select_for_update(no_key=True, of=("self",))
        .select_related("category", "brand", "spu")
        .filter(pk__in={*by_code, *(sku.product_id for sku in skus.values())})
        .order_by("pk")
    )
    found = {product.pk: product for product in locked}
    sku_ids = [sku.pk for sku in skus.values()]
    stock.lock(sku_ids)
    for sku in skus.values():
        sku.product = found[sku.product_id]
    return _Known(
        products={one.merchant_code: one for one in found.values() if one.merchant_code},
        skus=skus,
        prices={one.sku_id: one for one in PriceVersion.objects.filter(sku__in=sku_ids).in_force()},
        counters={
            one.sku_id: (one.on_hand, one.held) for one in Stock.objects.filter(sku__in=sku_ids)
        },
        rules=rules_of(landing.words.leaves()),
    )


def _understand(landing: Landing, known: _Known, lines: list[Line]) -> _Group:
    """Decide what the lines of one product mean; lines that mean nothing get their faults."""
    product = known.products.get(lines[0].product_code) if lines[0].product_code else None
    if product is None and lines[0].sku_code in known.skus and not lines[0].product_code:
        product = known.skus[lines[0].sku_code].product
    group = _Group(lines, product)
    _refuse_foreign_codes(landing, known, group)
    values = _content_of(landing, group)
    if not group.good:
        return group
    if product is None:
        _understand_new(landing, known, group, values)
    else:
        group.rules = known.rules.get(product.category_id, DEFAULT_RULES)
        live = Content.of(product)
        group.changes = {
            name: value for name, value in values.items() if value != getattr(live, name)
        }
    _check_variants(landing, known, group)
    return group


def _refuse_foreign_codes(landing: Landing, known: _Known, group: _Group) -> None:
    for line in group.lines:
        sku = known.skus.get(line.sku_code)
        is_foreign = sku is not None and (
            group.product is None or sku.product_id != group.product.pk
        )
        if is_foreign:
            line.faults.append(landing.plan.fault(line, "sku_code", "code_of_another_product"))


def _content_of(landing: Landing, group: _Group) -> dict[str, Any]:
    """Return the content that the lines say; a word that the platform lacks is a fault."""
    values: dict[str, Any] = {}
    for name in CONTENT:
        said = next((line for line in group.lines if line.content.get(name)), None)
        if said is None:
            continue
        value = said.content[name]
        if name == "category":
            value, code = landing.words.category(value)
        elif name == "brand":
            value, code = landing.words.brand(value)
            if code and landing.plan.is_lenient:
                fault = landing.plan.fault(said, name, "brand_unknown")
                said.notes.append(replace(fault, is_note=True))
                continue
        else:
            code = ""
        if code:
            _blame(landing, group, name, code)
        else:
            values[name] = value
    return values


def _understand_new(landing: Landing, known: _Known, group: _Group, values: dict[str, Any]) -> None:
    if "category" not in values and landing.words.default is not None:
        values["category"] = landing.words.default
    lacking = [name for name in ("title", "category") if name not in values]
    for name in lacking:
        _blame(landing, group, name, "missing")
    if lacking or not group.good:
        return
    first = group.good[0]
    names = first.option_names
    code = first.product_code or first.sku_code
    content = Content(**values, option_names=names, merchant_code=code)
    group.rules = known.rules.get(content.category.pk, DEFAULT_RULES)
    if group.rules.needs_spu:
        content = replace(content, spu=spus.only_match(content))
    faults = checking.faults_of(
        content,
        group.rules,
        variants=[_spec(line) for line in group.good],
        has_list_price=any(line.list_price is not None for line in group.good),
    )
    faults += keeping.faults(landing.shop.pk, content, [line.image_url for line in group.good])
    for fault in faults:
        name = fault.pointer.strip("/")
        _blame(landing, group, _FIELD_OF.get(name, name), fault.code)
    if not faults:
        group.content = content


def _blame(landing: Landing, group: _Group, name: str, code: str) -> None:
    for line in group.lines:
        line.faults.append(landing.plan.fault(line, name, code))


def _check_variants(landing: Landing, known: _Known, group: _Group) -> None:
    names = group.product.option_names if group.product else []
    if group.content is not None:
        names = list(group.content.option_names)
    standing: list[checking.Variant] = (
        list(group.product.skus.all())
        if group.product and any(line.sku_code not in known.skus for line in group.good)
        else []
    )
    asked = {line.row: _price_of(known, line) for line in group.good}
    lowest = min((price for price in asked.values() if price is not None), default=None)
    if group.product is not None and group.product.min_price is not None:
        lowest = min(group.product.min_price, lowest or group.product.min_price)
    for line in group.good:
        price = asked[line.row]
        if price is None:
            line.faults.append(landing.plan.fault(line, "price", "missing"))
            continue
        _judge_list_price(landing, group, line, price, lowest)
        sku = known.skus.get(line.sku_code)
        if sku is not None:
            _judge_stock(landing, known, line, sku)
        elif line.is_good:
            _judge_options(landing, group, line, names, standing)


def _price_of(known: _Known, line: Line) -> int | None:
    """Return what the SKU costs after the line: its word, else the price in force."""
    sku = known.skus.get(line.sku_code)
    if line.price is None and sku is not None and sku.pk in known.prices:
        return known.prices[sku.pk].price
    return line.price


def _judge_list_price(
    landing: Landing, group: _Group, line: Line, price: int, lowest: int | None
) -> None:
    factor = group.rules.max_list_price_factor
    try:
        prices.check(price, line.list_price, lowest=lowest, factor=factor)
    except BadPrice:
        if not landing.plan.is_lenient:
            line.faults.append(landing.plan.fault(line, "list_price", "out_of_range"))
            return
        fault = landing.plan.fault(line, "list_price", "list_price_left_out")
        line.notes.append(replace(fault, is_note=True))
        line.list_price = None


def _judge_stock(landing: Landing, known: _Known, line: Line, sku: Sku) -> None:
    _on_hand, held = known.counters.get(sku.pk, (0, 0))
    if line.stock is not None and line.stock < held:
        line.faults.append(landing.plan.fault(line, "stock", "stock_below_held"))


def _judge_options(
    landing: Landing,
    group: _Group,
    line: Line,
    names: Sequence[str],
    standing: list[checking.Variant],
) -> None:
    if line.option_names != list(names):
        line.faults.append(landing.plan.fault(line, "options", "bad_options"))
        return
    spec = _spec(line)
    faults = checking.spec_faults(names, [spec], group.rules, standing=standing)
    if faults:
        name = faults[0].pointer.rpartition("/")[2]
        line.faults.append(landing.plan.fault(line, _FIELD_OF.get(name, name), faults[0].code))
        return
    standing.append(spec)


def _spec(line: Line) -> SkuSpec:
    return SkuSpec(
        merchant_code=line.sku_code,
        price=line.price or 0,
        list_price=line.list_price,
        stock=line.stock or 0,
        options=line.options,
        image_url=line.image_url,
    )


def _make_products(landing: Landing, fresh: Sequence[_Group]) -> None:
    for group in fresh:
        if group.content is None:
            continue
        group.product = Product(shop=landing.shop)
        group.content.write_to(group.product)
    made = [group.product for group in fresh if group.product is not None]
    search.reindex(made)
    Product.objects.bulk_create(made)


def _change_prices(landing: Landing, known: _Known, lines: Sequence[Line]) -> None:
    changed = []
    for line in lines:
        sku = known.skus[line.sku_code]
        live = known.prices.get(sku.pk)
        if line.price is None and line.list_price is None:
            continue
        price = line.price or (live.price if live else 0)
        if live is None or (price, line.list_price) != (live.price, live.list_price):
            changed.append(prices.NewPrice(sku, price, line.list_price))
    if changed:
        prices.append(changed, actor_label=landing.actor.label)


def _change_stock(landing: Landing, known: _Known, lines: Sequence[Line]) -> None:
    """Bring what is on hand to the file's count; pieces held for orders are part of it."""
    moves = []
    for line in lines:
        sku = known.skus[line.sku_code]
        on_hand, _held = known.counters.get(sku.pk, (0, 0))
        if line.stock is None or line.stock == on_hand:
            continue
        change = line.stock - on_hand
        kind = MovementKind.INBOUND if change > 0 else MovementKind.OUTBOUND
        reference = f"import:{landing.reference}:{line.row}"
        moves.append(
            stock.Move(sku.pk, sku.shop_id, kind, abs(change), reference, landing.actor.label)
        )
    stock.apply(moves, landing.at)

"""The one place that holds a product against the rules of its leaf (CA-01, CA-02, CA-09, CA-18).

The form, the API, the review and imports all come here: `check` for one product, `faults_of` for a
set whose rules were read at once. Each fault names a place (JSON pointer), a stable code and says
what holds.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import AttributeKind, PriceEvidence
from catalog.errors import BadPrice, InvalidProduct
from catalog.models import PriceVersion, Product
from catalog.policies import (
    AttributeRule,
    LeafRules,
    has_emoji,
    is_plain_text,
    is_web_address,
    values_of,
    width,
)
from catalog.selectors import category_rules
from catalog.services import prices
from catalog.services.content import Content
from catalog.services.pictures import keeping
from catalog.services.variants import SkuSpec
from kernel.errors import FieldError

MAX_ATTRIBUTES = 100
_NUMBER = re.compile(r"-?[0-9]{1,20}(\.[0-9]{1,10})?")
_PICTURE = _("A picture is an http address.")


class Variant(Protocol):
    """A SKU that stands, or one to be, as far as the rules of a product look at it."""

    @property
    def options(self) -> Sequence[str]: ...
    @property
    def image_url(self) -> str: ...


def check(
    content: Content,
    specs: Sequence[SkuSpec] | None = None,
    *,
    standing: Sequence[Variant] = (),
    has_list_price: bool = False,
    shop_id: int,
) -> LeafRules:
    """Raise InvalidProduct, naming every faulty field, unless the rules of its leaf are obeyed.

    `specs` are SKUs to be added beside those that are `standing`; None adds none and asks nothing
    about options. `has_list_price` tells that a standing SKU shows a list price; `shop_id` whose
    uploaded pictures may be named. Returns the rules.
    """
    rules = category_rules(content.category)
    new = specs or ()
    faults = faults_of(
        content,
        rules,
        variants=[*standing, *new],
        has_list_price=has_list_price or any(one.list_price is not None for one in new),
    )
    if specs is not None:
        faults += spec_faults(content.option_names, specs, rules, standing=standing)
    faults += keeping.faults(shop_id, content, [one.image_url for one in new])
    if faults:
        raise InvalidProduct(str(faults[0].detail), errors=faults)
    return rules


def check_product(product: Product, content: Content) -> LeafRules:
    """Raise InvalidProduct unless the standing `product` may say `content`. Returns the rules.

    Three queries, four where it names uploaded pictures. Its SKUs are not asked whether there are
    too many of them: they stand.
    """
    standing = list(product.skus.all())
    in_force = PriceVersion.objects.filter(sku__in=standing).in_force()
    list_prices = in_force.values_list("list_price", flat=True)
    return check(
        content,
        standing=standing,
        has_list_price=any(list_prices),
        shop_id=product.shop_id,
    )


def check_added(
    content: Content,
    specs: Sequence[SkuSpec],
    *,
    standing: Sequence[Variant],
    lowest: int | None,
    shop_id: int,
) -> None:
    """Raise InvalidProduct unless `specs` may stand beside the `standing` SKUs of a product.

    `lowest` is the lowest price of those. What the product says of itself is not asked again: it
    was, when it was written.
    """
    rules = category_rules(content.category)
    faults = spec_faults(content.option_names, specs, rules, standing=standing, lowest=lowest)
    faults += _picture_count_faults(content, rules, [*standing, *specs])
    faults += _evidence_faults(content, rules, any(one.list_price is not None for one in specs))
    faults += keeping.faults(shop_id, content, [one.image_url for one in specs])
    if faults:
        raise InvalidProduct(str(faults[0].detail), errors=faults)


def faults_of(
    content: Content,
    rules: LeafRules,
    *,
    variants: Sequence[Variant] = (),
    has_list_price: bool = False,
) -> list[FieldError]:
    """Return what is wrong with `content` under `rules`; `variants` are all its SKUs."""
    return [
        *_title_faults(content.title, rules),
        *_text_faults(content),
        *_choice_faults(content, rules),
        *_spu_faults(content, rules),
        *_picture_faults(content, rules),
        *_picture_count_faults(content, rules, variants),
        *_attribute_faults(content, rules),
        *_evidence_faults(content, rules, has_list_price),
    ]


def spec_faults(
    option_names: Sequence[str],
    specs: Sequence[SkuSpec],
    rules: LeafRules,
    *,
    standing: Sequence[Variant] = (),
    lowest: int | None = None,
) -> list[FieldError]:
    """Return what is wrong with SKUs to be, under ``/option_names`` and ``/skus``.

    `lowest` is the lowest price of the standing ones, in minor units.
    """
    faults = _option_name_faults(option_names, rules)
    if not specs or len(specs) + len(standing) > rules.max_skus:
        detail = _("A product has 1 to %(most)s SKUs.") % {"most": rules.max_skus}
        return [*faults, _fault("/skus", "bad_count", detail)]
    taken = {tuple(one.options) for one in standing}
    floor = min([spec.price for spec in specs] + ([lowest] if lowest is not None else []))
    for place, spec in enumerate(specs):
        pointer = f"/skus/{place}"
        faults += _price_faults(pointer, spec, floor, rules)
        faults += _spec_faults(pointer, spec, option_names, taken)
        taken.add(tuple(spec.options))
    for place, name in enumerate(option_names):
        values = {options[place] for options in taken if len(options) > place}
        if len(values) > rules.max_option_values:
            too_many = _("%(name)s has at most %(most)s values.")
            said = {"name": name, "most": rules.max_option_values}
            faults.append(_fault("/skus", "too_many_values", too_many % said))
    return faults


def _price_faults(pointer: str, spec: SkuSpec, floor: int, rules: LeafRules) -> list[FieldError]:
    try:
        prices.check(spec.price, spec.list_price, lowest=floor, factor=rules.max_list_price_factor)
    except BadPrice as refusal:
        return [_fault(f"{pointer}{one.pointer}", one.code, one.detail) for one in refusal.errors]
    return []


def _spec_faults(
    pointer: str, spec: SkuSpec, option_names: Sequence[str], taken: set[tuple[str, ...]]
) -> list[FieldError]:
    faults = []
    options = tuple(spec.options)
    is_bad = len(options) != len(option_names) or options in taken
    if is_bad or not all(is_plain_text(value, 1, 60) for value in options):
        detail = _("Each SKU has its own values, one for each option of the product.")
        faults.append(_fault(f"{pointer}/options", "bad_options", detail))
    if not is_plain_text(spec.merchant_code, 1, 64):
        detail = _("A merchant code has 1 to 64 characters.")
        faults.append(_fault(f"{pointer}/merchant_code", "bad_text", detail))
    if spec.image_url and not is_web_address(spec.image_url):
        faults.append(_fault(f"{pointer}/image_url", "bad_address", _PICTURE))
    return faults


def _option_name_faults(names: Sequence[str], rules: LeafRules) -> list[FieldError]:
    faults = []
    if len(names) > rules.max_option_names:
        detail = _("A product has at most %(most)s options.") % {"most": rules.max_option_names}
        faults.append(_fault("/option_names", "too_many", detail))
    if len(set(names)) != len(names) or not all(is_plain_text(one, 1, 30) for one in names):
        faults.append(_fault("/option_names", "bad_options", _("Options have different names.")))
    return faults


def _title_faults(title: str, rules: LeafRules) -> list[FieldError]:
    least, most = rules.min_title_width, rules.max_title_width
    if not least <= width(title) <= most or len(title) > 120:
        detail = _("A title is %(least)s to %(most)s wide; a Chinese character counts 2.")
        code = "too_short" if width(title) < least else "too_long"
        return [_fault("/title", code, detail % {"least": least, "most": most})]
    if has_emoji(title):
        return [_fault("/title", "emoji", _("A title has no emoji."))]
    if not is_plain_text(title, 1, 120):
        return [_text_fault("/title", title, 1, 120)]
    return []


def _text_faults(content: Content) -> list[FieldError]:
    faults = []
    for name, longest, is_multiline in (
        ("brief", 200, False),
        ("description", 20_000, True),
        ("unit", 10, False),
        ("merchant_code", 64, False),
    ):
        text = getattr(content, name)
        if not is_plain_text(text, 0, longest, is_multiline=is_multiline):
            faults.append(_text_fault(f"/{name}", text, 0, longest))
    return faults


def _text_fault(pointer: str, text: str, shortest: int, longest: int) -> FieldError:
    if shortest <= len(text) <= longest:
        detail = _("Use letters, no control characters or emoji only.")
        return _fault(pointer, "bad_text", detail)
    code = "too_short" if len(text) < shortest else "too_long"
    told = _("This text has %(shortest)s to %(longest)s characters.")
    return _fault(pointer, code, told % {"shortest": shortest, "longest": longest})


def _choice_faults(content: Content, rules: LeafRules) -> list[FieldError]:
    faults = []
    if not content.category.is_leaf:
        faults.append(_fault("/category", "not_a_leaf", _("Choose a category without branches.")))
    if content.shipping_time and content.shipping_time not in rules.shipping_times:
        detail = _("This category is not sent in such a time.")
        faults.append(_fault("/shipping_time", "not_offered", detail))
    return faults


def _spu_faults(content: Content, rules: LeafRules) -> list[FieldError]:
    """CA-08: what is sold against a standard product is what that product is."""
    spu = content.spu
    if spu is None:
        if not rules.needs_spu:
            return []
        detail = _("Products of this category are listed against a standard product.")
        return [_fault("/spu", "spu_required", detail)]
    faults = []
    if spu.is_retired:
        detail = _("This standard product is retired. Choose another one.")
        faults.append(_fault("/spu", "spu_retired", detail))
    if spu.category_id != content.category.pk:
        detail = _("The standard product is of another category.")
        faults.append(_fault("/category", "not_of_spu", detail))
    if spu.brand_id is not None and (content.brand is None or content.brand.pk != spu.brand_id):
        detail = _("The standard product is of another brand.")
        faults.append(_fault("/brand", "not_of_spu", detail))
    said = {one.get("name"): one.get("value") for one in content.attributes}
    for one in spu.attributes:
        if said.get(one["name"]) != one["value"]:
            told = _("The standard product says: %(name)s = %(value)s.")
            faults.append(_fault("/attributes", "not_of_spu", told % one))
    return faults


def _picture_faults(content: Content, rules: LeafRules) -> list[FieldError]:
    faults = [
        _fault(f"/{name}", "bad_address", _PICTURE)
        for name in ("image_urls", "detail_image_urls")
        if not all(is_web_address(url) for url in getattr(content, name))
    ]
    least, most = rules.min_main_images, rules.max_main_images
    if not least <= len(content.image_urls) <= most:
        detail = _("There are %(least)s to %(most)s main pictures.")
        code = "too_few_images" if len(content.image_urls) < least else "too_many_images"
        faults.append(_fault("/image_urls", code, detail % {"least": least, "most": most}))
    return faults


def _picture_count_faults(
    content: Content, rules: LeafRules, variants: Sequence[Variant]
) -> list[FieldError]:
    of_skus = {one.image_url for one in variants if one.image_url}
    count = len(content.image_urls) + len(content.detail_image_urls) + len(of_skus)
    if count <= rules.max_images:
        return []
    detail = _("There are at most %(most)s pictures, those of details and SKUs included.")
    return [_fault("/detail_image_urls", "too_many_images", detail % {"most": rules.max_images})]


def _attribute_faults(content: Content, rules: LeafRules) -> list[FieldError]:
    given = [(one.get("name", ""), one.get("value", "")) for one in content.attributes]
    names = [name for name, _value in given]
    is_bad = (
        len(given) > MAX_ATTRIBUTES
        or len(set(names)) != len(names)
        or not all(is_plain_text(name, 1, 60) for name in names)
        or not all(is_plain_text(value, 1, 500, is_multiline=True) for _name, value in given)
    )
    if is_bad:
        detail = _("Each attribute has one name and value.")
        return [_fault("/attributes", "bad_attributes", detail)]
    values = dict(given)
    return [fault for rule in rules.attributes for fault in _value_faults(rule, values)]


def _value_faults(rule: AttributeRule, values: dict[str, str]) -> list[FieldError]:
    if rule.name not in values:
        if not rule.is_required:
            return []
        detail = _("The category asks for: %(name)s.") % {"name": rule.name}
        return [_fault("/attributes", "attribute_required", detail)]
    said = values_of(values[rule.name]) if rule.is_multiple else [values[rule.name]]
    if not all(_is_of_kind(rule, value) for value in said):
        kind = AttributeKind(rule.kind).label
        told = _("%(name)s is a %(kind)s.") % {"name": rule.name, "kind": kind}
        return [_fault("/attributes", "attribute_of_another_kind", told)]
    if rule.choices and not rule.allows_custom and not set(said) <= set(rule.choices):
        detail = _("This is none of the choices of: %(name)s.") % {"name": rule.name}
        return [_fault("/attributes", "attribute_not_a_choice", detail)]
    return []


def _is_of_kind(rule: AttributeRule, value: str) -> bool:
    if rule.kind == AttributeKind.NUMBER:
        number = value.strip()
        if rule.unit:
            number = number.removesuffix(rule.unit).strip()
        return _NUMBER.fullmatch(number) is not None
    if rule.kind == AttributeKind.DATE:
        try:
            return bool(date.fromisoformat(value.strip()))
        except ValueError:
            return False
    return True


def _evidence_faults(content: Content, rules: LeafRules, has_list_price: bool) -> list[FieldError]:
    kind, url = content.price_evidence, content.price_evidence_url
    if bool(kind) != bool(url) or (kind and kind not in PriceEvidence.values):
        detail = _("The evidence of a list price has a kind and a picture.")
        pointer = "/price_evidence_url" if kind in PriceEvidence.values else "/price_evidence"
        return [_fault(pointer, "evidence_incomplete", detail)]
    if url and not is_web_address(url):
        return [_fault("/price_evidence_url", "bad_address", _PICTURE)]
    if rules.needs_list_price_evidence and has_list_price and not kind:
        detail = _("In this category a list price needs evidence.")
        return [_fault("/price_evidence", "evidence_required", detail)]
    return []


def _fault(pointer: str, code: str, detail: str | Promise) -> FieldError:
    return FieldError(pointer, code, detail)

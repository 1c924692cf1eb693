"""What a product says of itself: the shape of it, its rules (CA-02, CA-09), its plain form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.errors import InvalidProduct
from catalog.models import Attribute, Brand, Category, Product
from catalog.policies import MAX_IMAGES, MAX_OPTION_NAMES, is_plain_text, is_web_address
from kernel.errors import FieldError

MAX_ATTRIBUTES = 100
#: What an edit may change; options are fixed once the product has SKUs.
EDITABLE = (
    "category",
    "brand",
    "title",
    "brief",
    "description",
    "unit",
    "attributes",
    "image_urls",
)


@dataclass(frozen=True)
class Content:
    """The content of a product, before anything about money or pieces."""

    category: Category
    title: str
    brand: Brand | None = None
    brief: str = ""
    description: str = ""
    unit: str = ""
    attributes: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    image_urls: Sequence[str] = field(default_factory=tuple)
    option_names: Sequence[str] = field(default_factory=tuple)
    merchant_code: str = ""

    @classmethod
    def of(cls, product: Product) -> Content:
        """Return the live content of `product`; its category and brand are loaded."""
        return cls(**{one.name: getattr(product, one.name) for one in fields(cls)})

    def changed(self, changes: Mapping[str, Any]) -> Content:
        """Return this content with `changes` made to it. Raises InvalidProduct for other fields."""
        unknown = sorted(set(changes) - set(EDITABLE))
        if unknown:
            detail = _("This field cannot be changed.")
            raise InvalidProduct(
                errors=[FieldError(f"/{name}", "not_editable", detail) for name in unknown]
            )
        return replace(self, **changes)

    def write_to(self, product: Product) -> None:
        """Set the content on `product` (not saved)."""
        for one in fields(self):
            value = getattr(self, one.name)
            is_list = not isinstance(value, str) and isinstance(value, Sequence)
            setattr(product, one.name, list(value) if is_list else value)


def check(content: Content, attributes: Sequence[Attribute] | None = None) -> None:
    """Raise InvalidProduct, naming every faulty field, unless `content` obeys the rules.

    `attributes` are those of the content's category; they are looked up when they are not given.
    """
    if attributes is None:
        attributes = list(content.category.attributes.all())
    faults = [
        *_text_faults(content),
        *_list_faults(content),
        *_attribute_faults(content, attributes),
    ]
    if faults:
        raise InvalidProduct(str(faults[0].detail), errors=faults)


def plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `changes` as JSON values: a category and a brand become their public ids."""
    return {
        name: value.public_id if isinstance(value, Category | Brand) else value
        for name, value in changes.items()
    }


def loaded(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that `plain` made, with the category and the brand of today."""
    values = dict(changes)
    if values.get("category") is not None:
        values["category"] = Category.objects.get(public_id=values["category"])
    if values.get("brand") is not None:
        values["brand"] = Brand.objects.get(public_id=values["brand"])
    return values


def snapshot(content: Content) -> dict[str, Any]:
    """Return the whole content as JSON values, for a review that is kept for ever."""
    return plain({one.name: _listed(getattr(content, one.name)) for one in fields(content)})


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value


def _text_faults(content: Content) -> list[FieldError]:
    faults = []
    for name, shortest, longest, is_multiline in (
        ("title", 2, 120, False),
        ("brief", 0, 200, False),
        ("description", 0, 20_000, True),
        ("unit", 0, 10, False),
        ("merchant_code", 0, 64, False),
    ):
        text = getattr(content, name)
        if not is_plain_text(text, shortest, longest, is_multiline=is_multiline):
            faults.append(_text_fault(f"/{name}", text, shortest, longest))
    return faults


def _text_fault(pointer: str, text: str, shortest: int, longest: int) -> FieldError:
    if shortest <= len(text) <= longest:
        return FieldError(
            pointer, "bad_text", _("Use letters, no control characters or emoji only.")
        )
    code = "too_short" if len(text) < shortest else "too_long"
    detail = _("This text has %(shortest)s to %(longest)s characters.")
    return FieldError(pointer, code, detail % {"shortest": shortest, "longest": longest})


def _list_faults(content: Content) -> list[FieldError]:
    faults = []
    if not content.category.is_leaf:
        faults.append(_fault("/category", "not_a_leaf", _("Choose a category without branches.")))
    images = content.image_urls
    if len(images) > MAX_IMAGES or not all(is_web_address(url) for url in images):
        faults.append(_fault("/image_urls", "bad_address", _("A picture is an http address.")))
    names = list(content.option_names)
    if len(names) > MAX_OPTION_NAMES:
        faults.append(
            _fault("/option_names", "too_many", _("A product has at most three options."))
        )
    if len(set(names)) != len(names) or not all(is_plain_text(one, 1, 30) for one in names):
        faults.append(_fault("/option_names", "bad_options", _("Options have different names.")))
    return faults


def _attribute_faults(content: Content, rules: Sequence[Attribute]) -> list[FieldError]:
    given = [(one.get("name", ""), one.get("value", "")) for one in content.attributes]
    names = [name for name, _value in given]
    is_bad = (
        len(given) > MAX_ATTRIBUTES
        or len(set(names)) != len(names)
        or not all(is_plain_text(name, 1, 60) for name in names)
        or not all(is_plain_text(value, 1, 500, is_multiline=True) for _name, value in given)
    )
    if is_bad:
        return [
            _fault("/attributes", "bad_attributes", _("Each attribute has one name and value."))
        ]
    values = dict(given)
    faults = []
    for rule in rules:
        detail: str | Promise
        if rule.is_required and rule.name not in values:
            detail = _("The category asks for: %(name)s.") % {"name": rule.name}
            faults.append(_fault("/attributes", "attribute_required", detail))
        elif rule.choices and values.get(rule.name, rule.choices[0]) not in rule.choices:
            detail = _("This is none of the choices of: %(name)s.") % {"name": rule.name}
            faults.append(_fault("/attributes", "attribute_not_a_choice", detail))
    return faults


def _fault(pointer: str, code: str, detail: str | Promise) -> FieldError:
    return FieldError(pointer, code, detail)

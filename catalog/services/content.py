"""What a product says of itself: the shape of it, and its plain form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.errors import InvalidProduct
from catalog.models import Brand, Category, Product, Spu
from kernel.errors import FieldError

#: What an edit may change; options are fixed once the product has SKUs.
EDITABLE = (
    "category",
    "brand",
    "spu",
    "title",
    "brief",
    "description",
    "unit",
    "attributes",
    "image_urls",
    "detail_image_urls",
    "shipping_time",
    "price_evidence",
    "price_evidence_url",
)


@dataclass(frozen=True)
class Content:
    """The content of a product, before anything about money or pieces."""

    category: Category
    title: str
    brand: Brand | None = None
    spu: Spu | None = None
    brief: str = ""
    description: str = ""
    unit: str = ""
    attributes: Sequence[Mapping[str, str]] = field(default_factory=tuple)
    image_urls: Sequence[str] = field(default_factory=tuple)
    detail_image_urls: Sequence[str] = field(default_factory=tuple)
    #: A value of `ShippingTime`; empty is what the shop promises.
    shipping_time: str = ""
    #: A value of `PriceEvidence` with the address of its picture, or neither.
    price_evidence: str = ""
    price_evidence_url: str = ""
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


def plain(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return `changes` as JSON values: a category, a brand and a standard product become ids."""
    return {
        name: value.public_id if isinstance(value, Category | Brand | Spu) else value
        for name, value in changes.items()
    }


def loaded(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the changes that `plain` made, with the rows of today."""
    values = dict(changes)
    if values.get("category") is not None:
        values["category"] = Category.objects.get(public_id=values["category"])
    if values.get("brand") is not None:
        values["brand"] = Brand.objects.get(public_id=values["brand"])
    if values.get("spu") is not None:
        values["spu"] = Spu.objects.get(public_id=values["spu"])
    return values


def snapshot(content: Content) -> dict[str, Any]:
    """Return the whole content as JSON values, for a review that is kept for ever."""
    return plain({one.name: _listed(getattr(content, one.name)) for one in fields(content)})


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, Sequence) and not isinstance(value, str) else value

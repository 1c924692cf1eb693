"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class ProductSubmitted(Event):
    """A product or a change of one waits for review."""

    topic: ClassVar[str] = "catalog.product.submitted.v1"
    product_id: int
    shop_id: int
    review_id: int


@dataclass(frozen=True)
class ProductReviewed(Event):
    """A review ended; `verdict` is approved, rejected, changes or withdrawn."""

    topic: ClassVar[str] = "catalog.product.reviewed.v1"
    product_id: int
    shop_id: int
    review_id: int
    verdict: str


@dataclass(frozen=True)
class ProductListed(Event):
    """A product went on sale."""

    topic: ClassVar[str] = "catalog.product.listed.v1"
    product_id: int
    shop_id: int


@dataclass(frozen=True)
class ProductDelisted(Event):
    """A product left the shelf."""

    topic: ClassVar[str] = "catalog.product.delisted.v1"
    product_id: int
    shop_id: int


@dataclass(frozen=True)
class PriceChanged(Event):
    """A SKU has a new price version."""

    topic: ClassVar[str] = "catalog.price.changed.v1"
    sku_id: int
    product_id: int
    shop_id: int
    price_version_id: int


@dataclass(frozen=True)
class BulkEditQueued(Event):
    """A change of many SKUs waits to be applied or undone."""

    topic: ClassVar[str] = "catalog.bulk_edit.queued.v1"
    job_id: int
    shop_id: int


@dataclass(frozen=True)
class ImportQueued(Event):
    """A file waits to be imported."""

    topic: ClassVar[str] = "catalog.import.queued.v1"
    job_id: int
    shop_id: int

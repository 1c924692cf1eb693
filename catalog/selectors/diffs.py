"""What a submission changes, field by field: what reviewers and merchants compare (CA-04)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.models import ProductReview, Sku

#: Fields whose value is a list of addresses.
PICTURES = ("image_urls", "detail_image_urls")


@dataclass(frozen=True)
class Part:
    """A part of a field that has several: an attribute, a picture, an option.

    `before` is None for what is new, `after` for what goes.
    """

    name: str
    before: str | None
    after: str | None

    @property
    def state(self) -> str:
        """``added``, ``removed``, ``changed`` or ``kept``."""
        if self.before is None:
            return "added"
        if self.after is None:
            return "removed"
        return "kept" if self.before == self.after else "changed"


@dataclass(frozen=True)
class FieldChange:
    """One field as it was and as it is meant to be; `parts` where it has several."""

    field: str
    before: Any
    after: Any
    parts: tuple[Part, ...] = ()

    @property
    def is_new(self) -> bool:
        """Tell whether there was nothing before."""
        return self.before in (None, "", [])


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldChange]:
    """Return the fields of `after` that differ from `before`, in the order of `after`.

    Both hold JSON values, as `services.content.plain` makes them; a field that `before` lacks was
    empty.
    """
    return [
        FieldChange(name, before.get(name), value, _parts(name, before.get(name), value))
        for name, value in after.items()
        if value != before.get(name) and (name in before or value not in (None, "", []))
    ]


def changes_of(review: ProductReview) -> list[FieldChange]:
    """Return what `review` changes: against what was on sale when it was submitted, for a product
    never approved against its submission before. No query."""
    return changes_between(review.before, review.content)


def variants_since_last_approval(review: ProductReview) -> list[Sku]:
    """Return the SKUs that came after the last approval before `review`, oldest first.

    They sell already, by the rule that variants need no review (CA-04); a reviewer sees them. Two
    queries; none of them, for a product that was never approved, is old.
    """
    approved = ProductReview.objects.filter(
        product_id=review.product_id, verdict="approved", submitted_at__lt=review.submitted_at
    )
    since = approved.order_by("-pk").values_list("submitted_at", flat=True).first()
    skus = Sku.objects.filter(product_id=review.product_id)
    return list((skus.filter(created_at__gt=since) if since else skus).order_by("pk"))


def _parts(name: str, before: Any, after: Any) -> tuple[Part, ...]:
    if name == "attributes":
        return _merged(_named(before), _named(after))
    if name in PICTURES or name == "option_names":
        return _merged({one: one for one in before or ()}, {one: one for one in after or ()})
    return ()


def _named(attributes: Sequence[Mapping[str, str]] | None) -> dict[str, str]:
    return {one["name"]: one["value"] for one in attributes or ()}


def _merged(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Part, ...]:
    names = [*after, *(name for name in before if name not in after)]
    return tuple(Part(name, before.get(name), after.get(name)) for name in names)

"""What the application of a shop asks this room (SH-04)."""

from __future__ import annotations

from django.utils.translation import get_language

from catalog.models import Category, Product


def prepared_products(shop_id: int) -> int:
    """Return how many products the shop has written, whatever their state."""
    return Product.objects.filter(shop_id=shop_id).count()


def top_categories() -> list[tuple[str, str]]:
    """Return public id and name, in the reader's language, of every category without a parent."""
    is_chinese = (get_language() or "").startswith("zh")
    rows = Category.objects.filter(parent__isnull=True).order_by("pk")
    return [(one.public_id, one.name if is_chinese else one.name_en or one.name) for one in rows]

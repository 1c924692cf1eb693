"""The platform's own words: categories and brands (CA-01)."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalog.errors import InvalidCategory
from catalog.models import Brand, Category
from catalog.policies import is_plain_text
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError

MAX_LEVEL = 4


@transaction.atomic
def create_category(
    *, name: str, parent: Category | None, actor: Actor, at: datetime, name_en: str = ""
) -> Category:
    """Add a leaf called `name` under `parent` (None for the root) and return it.

    Raises InvalidCategory for a bad or taken name, below the fourth level, and under a leaf that
    has products: they would hang on a branch.
    """
    if not is_plain_text(name, 1, 60):
        raise _invalid("/name", "bad_text", _("A name has 1 to 60 characters."))
    if parent is not None:
        parent = Category.objects.select_for_update(no_key=True).get(pk=parent.pk)
        if parent.level >= MAX_LEVEL:
            raise _invalid("/parent_id", "too_deep", _("The tree has at most four levels."))
        if parent.products.exists():
            raise _invalid("/parent_id", "has_products", _("This category holds products."))
    try:
        with transaction.atomic():
            category = Category.objects.create(
                parent=parent, name=name, name_en=name_en, level=parent.level + 1 if parent else 1
            )
    except IntegrityError:
        raise _invalid("/name", "taken", _("This name is taken here.")) from None
    category.path = f"{parent.path if parent else '/'}{category.pk}/"
    category.save(update_fields=["path"])
    if parent is not None and parent.is_leaf:
        parent.is_leaf = False
        parent.save(update_fields=["is_leaf"])
    audit.record(
        actor=actor,
        action="catalog.create_category",
        target=category,
        at=at,
        after={"name": name, "parent": parent.public_id if parent else None},
    )
    return category


@transaction.atomic
def create_brand(*, name: str, actor: Actor, at: datetime, description: str = "") -> Brand:
    """Add the brand `name` and return it. Raises InvalidCategory for a bad or taken name."""
    if not is_plain_text(name, 1, 80):
        raise _invalid("/name", "bad_text", _("A name has 1 to 80 characters."))
    brand, is_new = Brand.objects.get_or_create(name=name, defaults={"description": description})
    if not is_new:
        raise _invalid("/name", "taken", _("This name is taken here."))
    audit.record(
        actor=actor, action="catalog.create_brand", target=brand, at=at, after={"name": name}
    )
    return brand


def _invalid(pointer: str, code: str, detail: object) -> InvalidCategory:
    text = str(detail)
    return InvalidCategory(text, errors=[FieldError(pointer, code, text)])

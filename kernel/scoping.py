"""Whose rows: `visible_to(actor)` comes first, permissions second, and the default is nothing."""

from __future__ import annotations

from typing import Any, Self, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import models

from kernel.actors import Actor
from kernel.errors import NotFound
from kernel.text import is_storable

M = TypeVar("M", bound=models.Model)


class ScopedQuerySet(models.QuerySet[M]):
    """The base of every queryset. A model that forgets to say who sees it is seen by nobody."""

    def visible_to(self, actor: Actor) -> Self:
        """Return the rows that `actor` may know of. Subclasses say so; the default is none."""
        return self.none()

    def get_visible(self, actor: Actor, **lookup: Any) -> M:
        """Return the one visible row, or raise NotFound: foreign and missing look the same."""
        if any(isinstance(value, str) and not is_storable(value) for value in lookup.values()):
            raise NotFound
        try:
            return self.visible_to(actor).get(**lookup)
        except ObjectDoesNotExist:
            raise NotFound from None


class ShopOwnedQuerySet(ScopedQuerySet[M]):
    """Rows of one shop: its merchants see them, the platform sees all, nobody else."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.shop_id is not None:
            return self.filter(shop_id=actor.shop_id)
        return self.none()


class PlatformQuerySet(ScopedQuerySet[M]):
    """Rows that only the platform's own people see."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_platform else self.none()

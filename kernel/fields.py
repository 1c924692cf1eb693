"""Model fields that every room uses."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.db import models

from kernel import numbers


class PublicIdField(models.CharField):
    """An opaque id for the outside, made when the row is: ``PublicIdField(prefix="shp")``."""

    def __init__(self, *args: Any, prefix: str = "", **kwargs: Any) -> None:
        self.prefix = prefix
        kwargs |= {"max_length": 32, "unique": True, "editable": False}
        kwargs["default"] = partial(numbers.public_id, prefix)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for implied in ("max_length", "unique", "editable", "default"):
            kwargs.pop(implied, None)
        return name, path, args, kwargs | {"prefix": self.prefix}


class SealedField(models.BinaryField):
    """What `kernel.crypto.encrypt` made; `rotate_keys` finds the columns of this kind by itself."""

    #: Rows that are in memory at once when they are sealed anew.
    batch = 500

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.BinaryField", args, kwargs  # the same column in the database


class SealedFileField(SealedField):
    """A file, or a part of one, as `kernel.crypto.seal` made it."""

    batch = 10


class AmountField(models.BigIntegerField):
    """A sum in minor units; the name of the column ends in ``_amount`` or ``_price``."""


class RateField(models.IntegerField):
    """A rate in basis points (1 % = 100); the name of the column ends in ``_bp``."""


class CurrencyField(models.CharField):
    """An ISO 4217 code, CNY unless told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        settings: dict[str, Any] = {"max_length": 3, "default": "CNY"} | kwargs
        super().__init__(*args, **settings)


def one_of(field: str, choices: type[models.TextChoices], name: str) -> models.CheckConstraint:
    """A CHECK that `field` holds one of `choices`, called `name` in the database."""
    return models.CheckConstraint(condition=models.Q(**{f"{field}__in": choices.values}), name=name)

"""Bases of the API's shapes: what comes in is exact, what goes out is listed field by field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

import msgspec
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from kernel.money import MAX_AMOUNT
from kernel.text import is_storable

#: What a 32-bit column holds; an amount has its own bound.
MAX_WHOLE = 2**31 - 1
MAX_PIECES = 9_999


class In(serializers.Serializer):
    """A request body or query. A field that is not listed is an error: silence would hide typos."""

    #: The shape as a struct, for a body that comes often: the view gets it and no dictionary. What
    #: fits it is taken; the fields judge the rest, and say what is wrong.
    struct: ClassVar[type[msgspec.Struct] | None] = None

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = [key for key in data if key not in self.fields]
            if unknown:
                error = serializers.ErrorDetail(str(_("This field is not known.")), "unknown_field")
                raise serializers.ValidationError({key: [error] for key in unknown})
        return super().to_internal_value(data)


class Out(serializers.Serializer):
    """An answer. Fields read attributes or keys of what the view returned."""

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return what DRF would, asking each field how it reads once instead of for each row."""
        shown = {}
        for name, read, show in self._plan:
            try:
                value = read(instance)
            except serializers.SkipField:
                continue
            shown[name] = None if value is None else show(value)
        return shown

    @cached_property
    def _plan(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        return [
            (str(field.field_name), _reader(field), field.to_representation)
            for field in self._readable_fields
        ]


#: What a field may read as it is; whatever else (methods, managers, rows) DRF looks at.
_PLAIN = frozenset({str, int, bool, float, dict, list, datetime, date, Decimal, type(None)})


def _reader(field: serializers.Field[Any, Any, Any, Any]) -> Callable[[Any], Any]:
    """Return a function that does for plain values what the field's `get_attribute` does."""
    slowly = field.get_attribute
    parts = tuple(field.source_attrs)
    if type(field).get_attribute is not serializers.Field.get_attribute or not parts:
        return slowly
    is_relation = len(parts) > 1 and parts[-1] == "all"  # ``lines.all``

    def read(instance: Any) -> Any:
        value = instance
        try:
            for part in parts:
                value = value[part] if isinstance(value, dict) else getattr(value, part)
            if is_relation:
                return value()
        except (AttributeError, KeyError):
            return slowly(instance)  # a default, an optional field, or a mistake to report
        return value if type(value) in _PLAIN else slowly(instance)

    return read


class Text(serializers.CharField):
    """A trimmed line of text, at most 200 characters unless told, that a database can hold."""

    default_error_messages = {"unstorable": _("The text holds characters that cannot be stored.")}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 200} | kwargs))

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if not is_storable(data):
            self.fail("unstorable")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON integer that a 32-bit column holds; text, booleans and fractions are refused.

    ``1.0`` is the integer 1, as JSON Schema says.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": -MAX_WHOLE, "max_value": MAX_WHOLE} | kwargs))

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return super().to_internal_value(data)


class Quantity(Whole):
    """Pieces: 1 to 9,999."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": MAX_PIECES} | kwargs))


class Amount(Whole):
    """Minor units that somebody asks for, ≥ 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 1, "max_value": MAX_AMOUNT} | kwargs))


class RateBp(Whole):
    """A rate in basis points."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"min_value": 0, "max_value": 10_000} | kwargs))


class Flag(serializers.BooleanField):
    """A JSON boolean; text and numbers that look like one are refused."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Link(serializers.URLField):
    """An address of the web, at most 300 characters."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"max_length": 300} | kwargs))


@extend_schema_field(
    {
        "type": "object",
        "properties": {"amount": {"type": "integer"}, "currency": {"type": "string"}},
        "required": ["amount", "currency"],
        "description": "Minor units (分) and an ISO 4217 code.",
    }
)
class Money(serializers.Field):
    """``{"amount": 1999, "currency": "CNY"}`` from an integer attribute.

    The currency is the object's ``currency`` (attribute or key), else CNY.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"read_only": True} | kwargs))

    def get_attribute(self, instance: Any) -> Any:
        is_mapping = isinstance(instance, dict | Mapping)
        amount = None if is_mapping else getattr(instance, self.source or "", None)
        if type(amount) is not int:
            amount = super().get_attribute(instance)
        if amount is None:
            return None
        if is_mapping:
            currency = instance.get("currency", "CNY")
        else:
            currency = getattr(instance, "currency", "CNY")
        return {"amount": amount, "currency": currency}

    def to_representation(self, value: Any) -> Any:
        return value if isinstance(value, dict) else {"amount": value, "currency": "CNY"}

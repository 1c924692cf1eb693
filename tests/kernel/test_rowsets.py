"""Rows that are written in sets: what a struct of columns becomes is what an instance becomes."""

import json
from datetime import UTC, datetime

import msgspec
import pytest

from kernel.rowsets import bytea, row_of, rowset
from orders.models import Order, OrderGroup, OrderLine, PriceAdjustment

AT = datetime(2026, 11, 11, 20, 0, 0, 123456, UTC)


def values_of(model):
    """Return a value for each column that has no default."""
    samples = {"CharField": "x", "DateTimeField": AT, "JSONField": {"a": [1]}, "TextField": "y"}
    return {
        one.attname: samples.get(one.get_internal_type(), 7)
        for one in model._meta.concrete_fields
        if not one.has_default() and one.get_internal_type() != "BinaryField"
    }


@pytest.mark.parametrize("model", [Order, OrderLine, PriceAdjustment, OrderGroup])
def test_a_row_is_what_an_instance_is(model):
    values = values_of(model)
    sealed = {
        one.attname: b"\x00\xff"
        for one in model._meta.concrete_fields
        if one.get_internal_type() == "BinaryField"
    }
    row = row_of(model)(**values, **{name: bytea(value) for name, value in sealed.items()})

    assert json.loads(rowset([row])) == json.loads(rowset([model(**values, **sealed)]))


def test_what_has_no_plain_default_must_be_named():
    with pytest.raises(TypeError, match="placed_at"):
        row_of(OrderGroup)(
            number="G1",
            buyer_id=1,
            idempotency_key="k",
            fingerprint="f",
            pay_amount=1,
            currency="CNY",
        )


def test_a_default_that_can_be_changed_is_not_shared():
    row = row_of(OrderLine)
    fields = {one.name: one for one in msgspec.structs.fields(row)}

    assert fields["options"].default_factory is list

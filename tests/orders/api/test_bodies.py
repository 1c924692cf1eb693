"""The struct of a checkout takes nothing that its serializer would not take as it is."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.exceptions import ValidationError

from orders.api.bodies import CheckoutBody
from orders.api.inputs import CheckoutIn
from orders.enums import MediaType

RECEIVER = {
    "name": "陈静",
    "phone": "13912345678",
    "province": "浙江省",
    "city": "杭州市",
    "street": "龙井路 1 号",
}
LINE = {"sku_id": "sku_1", "quantity": 1}
BODY = {"lines": [LINE], "receiver": RECEIVER}

words = st.one_of(
    st.sampled_from(
        ["a", "", " ", " a", "a\n", "a b", "a\nb", "\u3000x", "x" * 33, "x" * 201, "\x1f"]
    ),
    st.text(max_size=6),
    st.none(),
    st.integers(-1, 1),
    st.booleans(),
)
phones = st.sampled_from(
    ["13912345678", "+86 139-1234", "139", "1391234567８", "13912345678\n", ""]
)
numbers = st.one_of(
    st.sampled_from([0, 1, 9_999, 10_000, -1, 1.0, 1.5, True, "1", None, 10**10, 10**10 + 1]),
    st.integers(),
)
touches = st.one_of(
    st.none(),
    st.fixed_dictionaries(
        {},
        optional={
            "pick_code": words,
            "media_type": st.sampled_from([*MediaType.values, "tv", 1]),
            "media_id": words,
            "account_id": words,
            "is_live": st.sampled_from([True, False, 1, "true", None]),
            "creative_id": words,
            "other": words,
        },
    ),
)
lines = st.lists(
    st.fixed_dictionaries(
        {"sku_id": words, "quantity": numbers}, optional={"touch": touches, "x": words}
    ),
    max_size=3,
)
receivers = st.one_of(
    st.none(),
    st.just(RECEIVER),
    st.fixed_dictionaries(
        dict.fromkeys(("name", "province", "city", "street"), words) | {"phone": phones},
        optional={"district": words, "x": words},
    ),
)
messages = st.lists(st.fixed_dictionaries({"shop_id": words, "message": words}), max_size=2)
bodies = st.fixed_dictionaries(
    {},
    optional={
        "lines": st.one_of(st.just([LINE]), lines, st.none()),
        "receiver": receivers,
        "address_id": words,
        "messages": st.one_of(st.none(), messages),
        "expected_pay_amount": numbers,
        "gateway": words,
        "x": words,
    },
)


def by_struct(body):
    try:
        return msgspec.convert(body, CheckoutBody)
    except msgspec.ValidationError:
        return None


def by_fields(body):
    shape = CheckoutIn()
    try:
        return msgspec.convert(dict(shape.run_validation(body)), CheckoutBody)
    except ValidationError:
        return None


@given(bodies)
def test_what_fits_the_struct_is_what_the_fields_make_of_it(body):
    fits = by_struct(body)

    assert fits is None or fits == by_fields(body)


@given(bodies)
def test_what_the_fields_take_the_struct_can_hold(body):
    by_fields(body)  # a value that does not fit would be a ValidationError of msgspec's: a 500


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        {"lines": [LINE], "address_id": "adr_1"},
        BODY | {"messages": [], "expected_pay_amount": 1},
        BODY | {"messages": [{"shop_id": "shp_1", "message": "quick, please"}]},
        BODY
        | {
            "lines": [
                LINE
                | {
                    "touch": {
                        "pick_code": "c",
                        "media_type": "live",
                        "media_id": "m",
                        "account_id": "a",
                        "is_live": True,
                        "creative_id": "k",
                    }
                }
            ]
        },
    ],
)
def test_an_ordinary_body_needs_no_serializer(body):
    assert by_struct(body) is not None
    assert by_struct(body) == by_fields(body)


@pytest.mark.parametrize(
    "change",
    [
        {"lines": []},
        {"lines": [LINE] * 1_000},
        {"lines": [LINE | {"quantity": 0}]},
        {"lines": [LINE | {"quantity": True}]},
        {"lines": [LINE | {"sku_id": " sku_1"}]},
        {"receiver": None},
        {"receiver": RECEIVER | {"phone": "call me"}},
        {"address_id": "adr_1"},
        {"expected_pay_amount": 0},
        {"prices": [1]},
    ],
)
def test_what_is_wrong_or_needs_trimming_is_left_to_the_fields(change):
    assert by_struct(BODY | change) is None

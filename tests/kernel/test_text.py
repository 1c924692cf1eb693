"""Text at the edge, and masks."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel import text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_ordinary_text_is_storable(value: str) -> None:
    assert text.is_storable(value) is True


@pytest.mark.parametrize("value", ["a\x00b", "\x00", "\ud800", "ok\udfff"])
def test_nul_and_lone_surrogates_are_not(value: str) -> None:
    assert text.is_storable(value) is False


@pytest.mark.parametrize(
    ("name", "masked"), [("王小明", "王**"), ("王", "王*"), ("", ""), ("Lin", "L**")]
)
def test_names_keep_their_first_character(name: str, masked: str) -> None:
    assert text.mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"), [("13800001234", "138****1234"), ("1234567", "*******"), ("", "")]
)
def test_phones_keep_three_and_four_digits(phone: str, masked: str) -> None:
    assert text.mask_phone(phone) == masked


@pytest.mark.parametrize(
    ("address", "masked"),
    [("anna@example.com", "a***@example.com"), ("nobody", "***"), ("", "***")],
)
def test_addresses_keep_a_letter_and_the_domain(address: str, masked: str) -> None:
    assert text.mask_email(address) == masked


def test_visible_is_what_trimming_leaves():
    characters = [chr(code) for code in range(0x110000) if not 0xD800 <= code < 0xE000]

    assert [one for one in characters if bool(re.search(text.VISIBLE, one)) == one.isspace()] == []

"""OR-14: the table of carriers."""

import pytest

from orders.enums import Carrier
from orders.services.carriers import CARRIERS, carrier_of, is_likely, wrong_carrier


def test_the_table_has_every_carrier_once():
    assert sorted(CARRIERS) == sorted(Carrier.values)
    assert len({facts.name for facts in CARRIERS.values()}) == len(CARRIERS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("shunfeng", "shunfeng"),
        ("顺丰", "shunfeng"),
        (" 顺丰 速运 ", "shunfeng"),
        ("ＳＦ", "shunfeng"),
        ("SF Express", "shunfeng"),
        ("德邦快递", "debangkuaidi"),
        ("德邦", "debangwuliu"),
        ("pigeon", None),
        ("", None),
    ],
)
def test_a_carrier_is_known_by_its_code_and_by_what_people_call_it(text, code):
    assert carrier_of(text) == code


def test_every_name_leads_to_its_carrier():
    for code, facts in CARRIERS.items():
        assert {carrier_of(name) for name in (facts.name, *facts.aliases)} == {code}


@pytest.mark.parametrize(
    ("code", "number", "likely", "other"),
    [
        ("shunfeng", "sf1234567890123", True, None),
        ("shunfeng", "SF12345", False, None),
        ("shunfeng", "JT1234567890123", False, "jtexpress"),
        ("zhongtong", "YT1234567890123", False, "yuantong"),
        ("zhongtong", "771234567890", True, None),
        ("ems", "EA123456789CN", True, None),
        ("jd", "JDVB01234567890-1-1-", True, None),
        ("shunfengkuaiyun", "SF1234567890123", True, None),
    ],
)
def test_a_number_is_likely_or_wears_the_prefix_of_another(code, number, likely, other):
    assert (is_likely(code, number), wrong_carrier(code, number)) == (likely, other)

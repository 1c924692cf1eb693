"""Administrative divisions: the file, and the names that addresses use."""

import pytest

from shops.selectors import find_region, regions
from shops.selectors.regions import lineage


def test_the_file_holds_the_divisions_each_inside_another():
    known = regions()

    levels = [sum(one.level == level for one in known.values()) for level in (1, 2, 3)]
    assert (len(known), levels) == (3_231, [34, 344, 2_853])
    assert all(len(code) == 6 and code.isdigit() for code in known)
    assert all(f"{code[:2]}0000" in known for code in known)
    assert known["330108"].full_name == "浙江省杭州市滨江区"


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (("浙江省", "杭州市", "滨江区"), "330108"),
        (("浙江", "杭州", "滨江"), "330108"),
        ((" 浙江省 ", "杭州市", ""), "330100"),
        (("浙江省", "杭州市", "没有区"), "330100"),
        (("浙江省", "没有市", "没有区"), "330000"),
        (("北京市", "北京市", "海淀区"), "110108"),
        (("北京", "市辖区", "海淀区"), "110108"),
        (("新疆", "喀什", ""), "653100"),
        (("内蒙古", "呼和浩特市", ""), "150100"),
        (("湖北省", "仙桃市", ""), "429004"),
        (("广东省", "东莞市", "南城街道"), "441900"),
        (("香港特别行政区", "香港", "中西区"), "810000"),
        (("Zhejiang", "Hangzhou", ""), ""),
        (("", "杭州市", "滨江区"), ""),
    ],
)
def test_an_address_is_matched_by_its_names(address, code):
    assert find_region(*address) == code


def test_two_of_one_name_are_told_apart_by_the_city_or_not_at_all():
    assert find_region("江苏省", "南京市", "鼓楼区") == "320106"
    assert find_region("江苏省", "徐州市", "鼓楼区") == "320302"
    assert find_region("江苏省", "", "鼓楼区") == "320000"


def test_a_lineage_leads_from_the_province_down():
    assert lineage("330108") == ("330000", "330100", "330108")
    assert lineage("429004") == ("420000", "429000", "429004")
    assert lineage("330000") == ("330000",)

"""People, acts, objects and values of the consoles, in the reader's words."""

import pytest
from django.utils.translation import override

from accounts.models import User
from kernel.admin import wording
from kernel.admin.pictures import picture, pictured
from kernel.admin.sites import merchant_site, operator_site
from kernel.models import AuditEntry


@pytest.mark.parametrize(
    ("language", "label", "shown"),
    [
        ("en", "Lin (owner)", "Lin (owner)"),
        ("zh-hans", "Lin (owner)", "Lin（所有者）"),
        ("zh-hans", "a (b) (order clerk)", "a (b)（订单员）"),
        ("zh-hans", "Lin (unheard of)", "Lin (unheard of)"),
        ("zh-hans", "system", "系统"),
        ("zh-hans", "Lin", "Lin"),
        ("zh-hans", "", ""),
    ],
)
def test_a_role_behind_a_name_is_in_the_readers_language(
    language: str, label: str, shown: str
) -> None:
    with override(language):
        assert wording.person(label) == shown


def test_an_act_and_a_kind_are_words_and_an_unknown_one_is_itself() -> None:
    assert wording.act("orders.ship_order") == "Parcel shipped"
    assert wording.act("orders.nonsense") == "orders.nonsense"
    assert wording.kind("accounts.user") == "User"
    assert (wording.kind("no.model"), wording.kind("")) == ("no.model", "")


def test_a_reference_names_what_can_be_looked_at() -> None:
    assert wording.reference("order:2611:1") == "Order 2611"
    assert wording.reference("refund:R1") == "Refund R1"
    assert (wording.reference("edit:8f3:1"), wording.reference("")) == ("–", "–")


def test_an_audited_row_is_linked_where_the_console_has_its_page() -> None:
    name = User._meta.label_lower

    assert '/operator/accounts/user/usr_1/change/"' in wording.target(operator_site, name, "usr_1")
    assert wording.target(merchant_site, name, "usr_1") == "usr_1"


def test_a_primary_key_is_never_shown_as_the_name_of_a_row() -> None:
    name = AuditEntry._meta.label_lower

    assert wording.target(operator_site, name, "17") == "–"
    assert wording.target(operator_site, "gone.model", "17") == "17"


def test_values_go_by_the_words_of_their_fields() -> None:
    before = {"status": "to_ship", "codes": ["a", "b"], "to": {"from": 1}, "left": None}

    assert wording.facts(before, "orders.order").splitlines() == [
        "Status: to ship",
        "Codes: a, b",
        "To: from 1",
        "Left: –",
    ]
    assert wording.facts({"status": "to_ship"}) == "Status: to_ship"
    assert wording.facts({}) == "–"


@pytest.mark.parametrize("url", ["/static/tea.svg", "https://img.example/tea.png"])
def test_a_picture_is_loaded_late_and_tells_nobody_who_looks(url: str) -> None:
    drawn = picture(url, size="big")

    assert f'src="{url}"' in drawn
    assert all(one in drawn for one in ("is-big", 'loading="lazy"', '"no-referrer"'))


@pytest.mark.parametrize("url", ["", "javascript:alert(1)", "//img.example/a.png", "tea.png"])
def test_what_is_no_address_is_no_picture(url: str) -> None:
    assert picture(url) == ""


def test_a_cell_escapes_what_people_wrote() -> None:
    drawn = pictured('/a.svg" onerror="x', "<b>tea</b>", "<i>")

    assert '"/a.svg&quot; onerror=&quot;x"' in drawn
    assert "&lt;b&gt;tea&lt;/b&gt;" in drawn
    assert "&lt;i&gt;" in drawn

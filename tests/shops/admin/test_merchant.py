"""The shop's own pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kernel.models import IdempotencyRecord
from shops.enums import BindingStatus, StaffRole, StaffStatus
from shops.models import Admission, Binding, FreightTemplate, Guarantee, ReturnAddress, Staff
from shops.services import preconditions, staff
from tests.factories.accounts import LONG_AGO, UserFactory, VerifiedAccountFactory
from tests.factories.shops import (
    AdmissionFactory,
    BindingFactory,
    PreparingShopFactory,
    ReturnAddressFactory,
    ShopFactory,
    StaffFactory,
    owner_of,
)

pytestmark = pytest.mark.django_db

ROOT = "/merchant/shops"
LEGAL = {
    "legal_name": "Lin Tea Ltd",
    "credit_code": "91330100MA2ABC0001",
    "contact_name": "Lin",
    "contact_phone": "13812341234",
    "licence_url": "https://files.example.com/licence.jpg",
    "accepts_terms": "on",
}
DESK = {
    "receiver": "Returns desk",
    "phone": "057188880000",
    "province": "浙江省",
    "city": "杭州市",
    "street": "新街 1 号",
}


def _shop(shop):
    return f"{ROOT}/shop/{shop.public_id}"


def test_the_shop_page_shows_what_buyers_see(desk):
    binding = BindingFactory(shop__name="Lin Tea", shop__score_tenths=973)

    page = desk(binding.shop).get(f"{_shop(binding.shop)}/change/").content.decode()

    for text in ("Lin Tea", f"@{binding.account.handle}", "97.3", "7-day return", "¥8.00"):
        assert text in page, text


def test_an_owner_renames_the_shop_and_sets_freight(desk):
    shop = ShopFactory(name="Lin Tea")
    client = desk(shop)

    renamed = client.post(f"{_shop(shop)}/do/rename/", {"name": "Lin Tea House"})
    freight = client.post(
        f"{_shop(shop)}/do/set-freight/",
        {"flat_amount": "5.50", "free_from_amount": "", "version": "1"},
    )

    shop.refresh_from_db()
    template = FreightTemplate.objects.get(shop=shop)
    assert (renamed.status_code, freight.status_code) == (302, 302)
    assert shop.name == "Lin Tea House"
    assert (template.flat_amount, template.free_from_amount) == (550, None)


def test_freight_seen_before_somebody_elses_change_is_not_set(desk):
    shop = ShopFactory()

    answer = desk(shop).post(
        f"{_shop(shop)}/do/set-freight/",
        {"flat_amount": "0", "free_from_amount": "", "version": "0"},
    )

    assert answer.status_code == 422
    assert FreightTemplate.objects.get(shop=shop).flat_amount == 800


def test_guarantees_end_and_begin(desk):
    shop = ShopFactory()
    client = desk(shop)
    page = f"{_shop(shop)}/do"

    client.post(f"{page}/end-guarantee/", {"kind": "ship_48h"})
    ended = Guarantee.objects.filter(shop=shop, ends_at__isnull=True).count()
    client.post(f"{page}/start-guarantee/", {"kind": "ship_48h"})
    refused = client.post(f"{page}/start-guarantee/", {"kind": "ship_48h"})

    assert ended == 2
    assert refused.status_code == 422
    assert Guarantee.objects.filter(shop=shop, ends_at__isnull=True).count() == 3


def test_an_application_is_edited_and_submitted(desk):
    shop = PreparingShopFactory()
    StaffFactory(shop=shop, role=StaffRole.OWNER)
    admission = AdmissionFactory(shop=shop)
    client = desk(shop)
    page = f"{ROOT}/admission/{admission.public_id}/do"

    edited = client.post(f"{page}/edit/", LEGAL | {"version": "1"})
    shown = client.get(f"{page}/submit/").content.decode()
    early = client.post(f"{page}/submit/")

    admission.refresh_from_db()
    assert (edited.status_code, early.status_code) == (302, 422)
    assert (admission.legal_name, admission.status) == ("Lin Tea Ltd", "draft")
    assert (shown.count("missing"), shown.count("complete")) == (3, 3)
    assert Admission.objects.count() == 1


def test_an_invitation_shows_its_token_once_and_keeps_it_nowhere(desk):
    shop = ShopFactory()
    client = desk(shop)
    body = {"email": "wei@example.com", "role": "order_clerk", "_once": "a" * 32}

    page = client.post(f"{ROOT}/staff/do/invite/", body, follow=True).content.decode()

    token = page.split("shown only now: ")[1].split()[0].split("<")[0]
    again = client.get(f"{ROOT}/staff/").content.decode()
    user = UserFactory(email="wei@example.com")
    assert token not in again
    assert token not in str(list(IdempotencyRecord.objects.values()))
    place = staff.accept_invitation(token=token, user=user, at=LONG_AGO)
    assert place.status == StaffStatus.ACTIVE


def test_a_manager_is_offered_only_roles_a_manager_may_give(desk):
    shop = ShopFactory()
    client = desk(shop, StaffRole.MANAGER)

    page = client.get(f"{ROOT}/staff/do/invite/").content.decode()
    refused = client.post(f"{ROOT}/staff/do/invite/", {"email": "wei@example.com", "role": "owner"})

    assert ('value="manager"' in page, 'value="owner"' in page) == (True, False)
    assert refused.status_code == 422
    assert not Staff.objects.filter(email="wei@example.com").exists()


def test_a_role_is_changed_and_a_place_taken_away(desk):
    shop = ShopFactory()
    clerk = StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK)
    client = desk(shop)
    page = f"{ROOT}/staff/{clerk.public_id}/do"

    client.post(f"{page}/change-role/", {"role": "finance"})
    clerk.refresh_from_db()
    role = clerk.role
    client.post(f"{page}/remove/")

    clerk.refresh_from_db()
    assert (role, clerk.status) == ("finance", StaffStatus.REMOVED)


def test_the_last_owner_reads_why_not(desk):
    shop = ShopFactory()
    owner = shop.staff.get()

    answer = desk(shop).post(f"{ROOT}/staff/{owner.public_id}/do/remove/")

    assert answer.status_code == 422
    assert "A shop keeps at least one owner." in answer.content.decode()


def test_a_binding_is_started_by_handle_and_withdrawn(desk):
    shop = ShopFactory()
    account = VerifiedAccountFactory(credit_code=shop.merchant.credit_code)
    client = desk(shop)

    unknown = client.post(f"{ROOT}/binding/do/start/", {"handle": "nobody", "relation": "OFFICIAL"})
    started = client.post(
        f"{ROOT}/binding/do/start/",
        {"handle": f"@{account.handle.upper()}", "relation": "OFFICIAL"},
    )
    binding = Binding.objects.get()
    waiting = binding.status
    client.post(f"{ROOT}/binding/{binding.public_id}/do/withdraw/")

    binding.refresh_from_db()
    assert (unknown.status_code, started.status_code) == (422, 302)
    assert (waiting, binding.end_reason) == (BindingStatus.AWAITING_ACCOUNT, "withdrawn")


def test_a_replacement_is_started_on_the_old_binding(desk):
    old = BindingFactory()
    account = VerifiedAccountFactory(credit_code=old.shop.merchant.credit_code)

    desk(old.shop).post(f"{ROOT}/binding/{old.public_id}/do/replace/", {"handle": account.handle})

    old.refresh_from_db()
    assert old.status == BindingStatus.REPLACE_PENDING
    assert Binding.objects.get(replaces=old).account == account


def test_bi_12_unbinding_shows_what_stands_against_it(desk, monkeypatch):
    """With its count, before anything is asked.

    Page: /merchant/shops/binding/
    """
    monkeypatch.setattr(preconditions, "_counters", {})
    preconditions.register(code="cases", label="Open cases", count=lambda binding: 37)
    binding = BindingFactory()
    client = desk(binding.shop)
    page = f"{ROOT}/binding/{binding.public_id}/do"

    shown = client.get(f"{page}/unbind/").content.decode()
    client.post(f"{page}/unbind/")
    binding.refresh_from_db()
    pending = binding.status
    client.post(f"{page}/keep/")

    binding.refresh_from_db()
    assert ("Open cases" in shown, ">37<" in shown) == (True, True)
    assert (pending, binding.status) == (BindingStatus.UNBIND_PENDING, BindingStatus.ACTIVE)


def test_return_addresses_are_added_changed_and_removed(desk):
    shop = ShopFactory()
    client = desk(shop)

    client.post(f"{ROOT}/returnaddress/do/add/", DESK)
    added = ReturnAddress.objects.get(shop=shop, street=DESK["street"])
    page = f"{ROOT}/returnaddress/{added.public_id}/do"
    client.post(f"{page}/edit/", DESK | {"street": "旧街 2 号"})
    added.refresh_from_db()
    street = added.street
    client.post(f"{page}/remove/")

    assert street == "旧街 2 号"
    assert ReturnAddress.objects.filter(shop=shop).count() == 1


@pytest.mark.parametrize("page", ["shop", "admission", "staff", "binding", "returnaddress"])
def test_no_page_shows_another_shop(desk, page):
    ours, theirs = ShopFactory(name="Ours Alone"), BindingFactory(shop__name="Not Ours")
    AdmissionFactory(shop=theirs.shop)
    AdmissionFactory(shop=ours)
    rows = {
        "shop": theirs.shop,
        "admission": theirs.shop.admission,
        "staff": theirs.shop.staff.get(),
        "binding": theirs,
        "returnaddress": theirs.shop.return_addresses.get(),
    }
    client = desk(ours)

    listed = client.get(f"{ROOT}/{page}/")
    opened = client.get(f"{ROOT}/{page}/{rows[page].public_id}/change/")
    hidden = ("Not Ours", theirs.account.handle, owner_of(theirs.shop).email)

    assert (listed.status_code, opened.status_code) == (200, 404)
    assert [text for text in hidden if text in listed.content.decode()] == []


@pytest.mark.parametrize(
    ("page", "act"),
    [
        ("staff", "remove"),
        ("binding", "unbind"),
        ("returnaddress", "remove"),
        ("shop", "rename"),
    ],
)
def test_no_act_reaches_another_shop(desk, page, act):
    theirs = BindingFactory()
    extra = ReturnAddressFactory(shop=theirs.shop, is_default=False)
    member = StaffFactory(shop=theirs.shop, role=StaffRole.READ_ONLY)
    row = {"staff": member, "binding": theirs, "returnaddress": extra, "shop": theirs.shop}[page]

    answer = desk(ShopFactory()).post(f"{ROOT}/{page}/{row.public_id}/do/{act}/", {"name": "Taken"})

    theirs.refresh_from_db()
    member.refresh_from_db()
    theirs.shop.refresh_from_db()
    assert answer.status_code == 404
    assert (theirs.status, member.status) == ("active", "active")
    assert ReturnAddress.objects.filter(pk=extra.pk).exists()
    assert theirs.shop.name != "Taken"


def test_a_reader_is_offered_no_act_and_refused_each(desk):
    binding = BindingFactory()
    client = desk(binding.shop, StaffRole.READ_ONLY)

    page = client.get(f"{ROOT}/binding/{binding.public_id}/change/").content.decode()
    refused = client.post(f"{ROOT}/binding/{binding.public_id}/do/unbind/")

    binding.refresh_from_db()
    assert "/do/" not in page
    assert (refused.status_code, binding.status) == (403, BindingStatus.ACTIVE)
    assert client.get(f"{ROOT}/staff/").status_code == 403


def test_somebody_with_two_shops_switches(desk):
    first = ShopFactory(name="First Shop")
    second = ShopFactory(name="Second Shop", owner=owner_of(first))
    client = desk(first)

    before = client.get(f"{ROOT}/shop/").content.decode()
    client.post("/merchant/switch", {"tenant": second.public_id})
    after = client.get(f"{_shop(second)}/change/")
    foreign = client.post("/merchant/switch", {"tenant": ShopFactory().public_id})

    assert "First Shop" in before
    assert (after.status_code, foreign.status_code) == (200, 404)


def _cost(client, pages):
    costs = []
    for page in pages:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"{ROOT}/{page}/").status_code == 200, page
        costs.append(len(queries))
    return costs


def test_lists_cost_the_same_for_one_and_three_rows(desk):
    shop = ShopFactory()
    BindingFactory(shop=shop, relation="SELF")
    client = desk(shop)
    pages = ("shop", "staff", "binding", "returnaddress")
    before = _cost(client, pages)
    for _ in range(2):
        StaffFactory(shop=shop, role=StaffRole.READ_ONLY)
        ReturnAddressFactory(shop=shop, is_default=False)
        BindingFactory(shop=shop, relation="SELF")

    after = _cost(client, pages)

    assert after == before

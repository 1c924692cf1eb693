"""Grants and licences in the consoles: handed in on one side, decided on the other."""

from __future__ import annotations

import pytest

from catalog.enums import PaperStatus
from catalog.models import BrandGrant, QualificationRule, ShopQualification
from shops.enums import StaffRole
from tests.catalog.admin.conftest import signed_in
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import BrandFactory, CategoryFactory, QualificationRuleFactory
from tests.factories.shops import ShopDocumentFactory, ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db

TIME = {"starts_at": "2025-01-01T00:00", "ends_at": "2036-01-01T00:00"}


def test_sh_02_a_right_is_claimed_at_one_desk_and_decided_at_the_other() -> None:
    """With the shop's own document; the shop reads what the platform said.

    Page: /merchant/catalog/brandgrant/
    Page: /operator/catalog/brandgrant/
    """
    shop, brand = ShopFactory(), BrandFactory()
    paper, foreign = ShopDocumentFactory(shop=shop), ShopDocumentFactory(shop=ShopFactory())
    client, operator = signed_in(owner_of(shop)), signed_in(OperatorFactory())
    page = "/merchant/catalog/brandgrant/do/hand-in/"
    said = {"brand": brand.public_id, "kind": "owner", "document": paper.public_id, **TIME}

    drawn = client.get(page).content.decode()
    wrong = client.post(page, said | {"document": foreign.public_id}).status_code
    sent = client.post(page, said).status_code
    grant = BrandGrant.objects.get()
    desk = f"/operator/catalog/brandgrant/{grant.public_id}"
    seen = operator.get(f"{desk}/change/").content.decode()
    operator.post(f"{desk}/do/reject/", {"reason": "It cannot be read."})
    own = f"/merchant/catalog/brandgrant/{grant.public_id}/change/"
    told = client.get(own).content.decode()

    assert (paper.filename in drawn, foreign.public_id in drawn) == (True, False)
    assert (wrong, sent) == (422, 302)
    assert f"/operator/shops/shopdocument/{paper.public_id}/file/" in seen
    assert "It cannot be read." in told
    grant.refresh_from_db()
    assert grant.status == PaperStatus.REJECTED


def test_sh_05_a_licence_is_asked_for_and_handed_in_and_accepted() -> None:
    """An operator says what a category asks for; a clerk of the shop hands nothing in.

    Page: /operator/catalog/qualificationrule/
    Page: /merchant/catalog/shopqualification/
    """
    shop, category = ShopFactory(), CategoryFactory()
    client, operator = signed_in(owner_of(shop)), signed_in(OperatorFactory())
    clerk = signed_in(StaffFactory(shop=shop, role=StaffRole.ORDER_CLERK).user)
    rule = {"category": category.public_id, "code": "permit", "name": "Permit to sell food"}
    page = "/merchant/catalog/shopqualification/do/hand-in/"
    document = ShopDocumentFactory(shop=shop).public_id
    said = {"code": "permit", "number": "JY1", "document": document, **TIME}

    operator.post("/operator/catalog/qualificationrule/do/set/", rule)
    denied = clerk.post(page, said).status_code
    sent = client.post(page, said).status_code
    paper = ShopQualification.objects.get()
    desk = f"/operator/catalog/shopqualification/{paper.public_id}/do"
    home = operator.get("/operator/").content.decode()
    operator.post(f"{desk}/approve/")
    listed = client.get("/merchant/catalog/shopqualification/").content.decode()

    paper.refresh_from_db()
    assert (denied, sent, paper.status) == (403, 302, PaperStatus.APPROVED)
    assert "Licences in review" in home
    assert "JY1" in listed
    assert QualificationRule.objects.get().category == category


def test_a_rule_ends_from_its_page() -> None:
    rule = QualificationRuleFactory()
    operator = signed_in(OperatorFactory())

    operator.post(f"/operator/catalog/qualificationrule/{rule.public_id}/do/end/")
    again = operator.get(f"/operator/catalog/qualificationrule/{rule.public_id}/change/")

    rule.refresh_from_db()
    assert rule.ends_at is not None
    assert "Ask no longer" not in again.content.decode()

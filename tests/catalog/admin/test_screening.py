"""Interception rules, and passes in the consoles (CA-06, CA-07)."""

import pytest

from catalog.models import ProductReview, ReviewPass, ScreeningRule
from catalog.services import shelf
from catalog.services.screening.rules import RuleSpec
from tests.factories.catalog import DraftProductFactory, SkuFactory, give_screening

pytestmark = pytest.mark.django_db

RULE_PAGES = "/operator/catalog/screeningrule/"


def test_ca_07_hits_stand_at_the_fields_of_the_form_and_on_the_review(
    operator_desk, shop_desk, shop, leaf
) -> None:
    """The merchant reads them before and after submitting, the reviewer on the review.

    Page: /operator/catalog/screeningrule/
    """
    form = {"code": "strict", "kind": "banned_words", "effect": "block", "words": "miracle"}
    said = operator_desk.post(f"{RULE_PAGES}do/draft/", form | {"words": ""})
    assert said.status_code == 422
    assert operator_desk.post(f"{RULE_PAGES}do/draft/", form).status_code == 302
    rule = ScreeningRule.objects.get()
    page = f"{RULE_PAGES}{rule.public_id}"
    assert operator_desk.post(f"{page}/do/try/", {}).status_code == 302
    assert "would hit 0 of 0" in operator_desk.get(f"{page}/change/").text
    assert operator_desk.post(f"{page}/do/publish/", {}).status_code == 302
    assert "strict" in operator_desk.get(RULE_PAGES).text

    product = DraftProductFactory(shop=shop, category=leaf, title="A miracle towel")
    SkuFactory(product=product)
    desk = shop_desk(shop)
    own = f"/merchant/catalog/product/{product.public_id}"
    words = "This may not be said of a product."
    assert words in desk.get(f"{own}/do/submit/").text
    assert desk.post(f"{own}/do/submit/", {"list_when_approved": "on"}).status_code == 302
    assert words in desk.get(f"{own}/change/").text
    assert words in desk.get(f"{own}/do/edit/").text

    review = ProductReview.objects.get()
    text = operator_desk.get(f"/operator/catalog/productreview/{review.public_id}/change/").text
    assert ("strict v1" in text, words in text) == (True, True)
    assert "A miracle towel" in operator_desk.get(f"{page}/change/").text

    began = operator_desk.get(f"{page}/do/new-version/").text
    assert "miracle" in began
    assert (
        operator_desk.post(f"{page}/do/new-version/", form | {"effect": "off"}).status_code == 302
    )
    assert ScreeningRule.objects.filter(version=None).count() == 1


def test_a_pass_is_given_in_the_console(operator_desk, shop, leaf) -> None:
    passes = "/operator/catalog/reviewpass/"
    form = {"shop": shop.name, "category": leaf.public_id, "note": "Sold well"}
    assert operator_desk.post(f"{passes}do/grant/", form | {"shop": "nobody"}).status_code == 422
    assert operator_desk.post(f"{passes}do/grant/", form).status_code == 302
    given = ReviewPass.objects.get()
    assert given.category == leaf
    page = f"{passes}{given.public_id}"
    assert operator_desk.get(f"{page}/change/").status_code == 200
    assert operator_desk.post(f"{page}/do/revoke/", {"reason": "Over"}).status_code == 302
    assert operator_desk.post(f"{page}/do/revoke/", {"reason": "Over"}).status_code == 422
    assert operator_desk.get(passes).status_code == 200


def test_the_queue_begins_with_the_riskiest(operator_desk, shop, merchant, at) -> None:
    give_screening(RuleSpec("contact", "contact", "human"))
    for title, brief in (("Plain towel", ""), ("Odd towel", "www.own.example")):
        product = DraftProductFactory(shop=shop, title=title, brief=brief)
        SkuFactory(product=product)
        shelf.submit(product=product, actor=merchant, at=at)

    queue = operator_desk.get("/operator/catalog/productreview/?verdict__exact=pending").text

    assert 0 < queue.index("Odd towel") < queue.index("Plain towel")

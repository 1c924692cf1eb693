"""Interception rules: what hits, what comes of it, and how a rule gets to hold (CA-06, CA-07)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from catalog.enums import DisplayState, PaperStatus, Verdict
from catalog.errors import (
    AlreadyGranted,
    InvalidScreeningRule,
    RuleBeginsTooEarly,
    RuleNotTried,
    RulePublished,
)
from catalog.models import Product, ProductReview, ScreeningHit, ScreeningRule, ShopPicture
from catalog.services import products, publishing, reviews, shelf
from catalog.services.screening import judging, passes, rules
from catalog.services.screening.rules import RuleSpec
from kernel.errors import IllegalTransition
from kernel.models import AuditEntry
from kernel.walls import behind
from tests.factories.catalog import (
    BrandFactory,
    BrandGrantFactory,
    CategoryFactory,
    DraftProductFactory,
    ShopQualificationFactory,
    SkuFactory,
    give_screening,
    product_on_sale,
)
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

WORDS = RuleSpec("banned", "banned_words", "block", words=["根治", "No. 1"])


@pytest.fixture
def product(shop, leaf) -> Product:
    product = DraftProductFactory(shop=shop, category=leaf, title="纯棉毛巾")
    SkuFactory(product=product, price=1_000)
    return product


@pytest.fixture
def submit(merchant, at):
    """`submit(product)`: as the shop does it, behind its wall."""

    def act(product: Product, **more) -> ProductReview:
        with behind(product.shop_id):
            return shelf.submit(product=product, actor=merchant, at=at, **more)

    return act


def hits() -> list[tuple[str, int, str, str]]:
    rows = ScreeningHit.objects.order_by("pk").select_related("rule")
    return [(one.rule.code, one.rule.version, one.field, one.found) for one in rows]


def test_a_rule_that_blocks_rejects_at_once_and_says_why_at_the_field(product, submit) -> None:
    give_screening(WORDS)
    Product.objects.filter(pk=product.pk).update(title="根 治湿疹的毛巾", brief="plain")

    review = submit(product)

    assert review.verdict == Verdict.REJECTED
    assert review.reasons == [
        {
            "field": "title",
            "code": "banned_words",
            "message": "This may not be said of a product. Take it out. (根治)",
        }
    ]
    assert hits() == [("banned", 1, "title", "根治")]
    assert Product.objects.get().display_state == DisplayState.REJECTED
    actions = AuditEntry.objects.order_by("pk").values_list("action", "actor_role")
    assert list(actions)[-2:] == [
        ("catalog.submit_product", "merchant"),
        ("catalog.reject_product", "system"),
    ]


def test_without_a_rule_everything_waits_for_a_person(product, submit) -> None:
    assert (submit(product).verdict, hits()) == (Verdict.PENDING, [])


@pytest.mark.parametrize(
    ("text", "is_hit"),
    [
        ("电话 138-0000-1234", True),
        ("加微信: haodian88", True),
        ("see https://elsewhere.example", True),
        ("write to a@b.example", True),
        ("1200 根针织 13800", False),
        ("QQ 糖 500 克", False),
        ("wxyz", False),
    ],
)
def test_contact_data_is_found_in_texts(product, submit, text, is_hit) -> None:
    give_screening(RuleSpec("contact", "contact", "warn"))
    Product.objects.filter(pk=product.pk).update(description=text)

    submit(product)

    assert bool(hits()) is is_hit


def test_a_price_far_below_the_median_is_an_anomaly(shop, leaf, product, submit) -> None:
    give_screening(RuleSpec("cheap", "price", "human", floor_bp=3_000))
    for price in (4_000, 5_000, 5_000, 6_000):
        product_on_sale(category=leaf, price=price)
    assert judging.look_at(product, at=product.created_at) == []  # four prices say nothing

    product_on_sale(category=leaf, price=9_000)
    review = submit(product)

    assert hits() == [("cheap", 1, "price", "")]  # what others ask stays theirs
    assert (review.verdict, review.risk) == (Verdict.PENDING, 60)


def test_documents_that_were_accepted_let_a_shop_pass(shop, product, at) -> None:
    top = CategoryFactory(name="食品")
    food = CategoryFactory(name="保健食品", parent=top)
    brand = BrandFactory()
    give_screening(RuleSpec("food", "licence", "block", category=top, licence="food"))
    give_screening(RuleSpec("brands", "brand_grant", "block"))
    Product.objects.filter(pk=product.pk).update(category=food, brand=brand)
    product.refresh_from_db()

    def codes() -> list[str]:
        return [one.rule.code for one in judging.look_at(product, at=at)]

    BrandGrantFactory(shop=shop, brand=brand, category=CategoryFactory())
    ShopQualificationFactory(shop=shop, code="food", status=PaperStatus.PENDING)
    ShopQualificationFactory(shop=shop, code="food", ends_at=at)
    assert codes() == ["brands", "food"]

    BrandGrantFactory(shop=shop, brand=brand, category=top)
    assert codes() == ["food"]
    ShopQualificationFactory(shop=shop, code="food", ends_at=at + timedelta(days=1))
    assert codes() == []


def test_the_same_title_of_the_shop_is_a_duplicate_and_of_another_shop_is_none(
    shop, product, at
) -> None:
    give_screening(RuleSpec("twice", "same_title", "warn"))
    product_on_sale(title=product.title)
    assert judging.look_at(product, at=at) == []

    twin = product_on_sale(shop=shop, title=product.title)
    assert [one.field for one in judging.look_at(product, at=at)] == ["title"]

    shelf.delete(product=twin, actor=judging.SYSTEM, at=at)
    assert judging.look_at(product, at=at) == []


def test_the_same_picture_is_found_in_the_shop_and_by_its_digest_in_others(
    shop, product, submit, at
) -> None:
    give_screening(RuleSpec("picture", "same_picture", "human"))
    other = ShopFactory()
    for owner, path in ((shop, "pictures/a/1.jpg"), (other, "pictures/b/1.jpg")):
        ShopPicture.objects.create(
            shop=owner, digest="d" * 64, path=path, width=800, height=800, size=1
        )
    Product.objects.filter(pk=product.pk).update(image_urls=["/media/pictures/a/1.jpg"])
    product.refresh_from_db()
    stolen = product_on_sale(shop=other)
    with behind(shop.pk):
        assert judging.look_at(product, at=at) == []  # it is there, and no product shows it

    Product.objects.filter(pk=stolen.pk).update(image_urls=["/media/pictures/b/1.jpg"])
    submit(product)
    assert hits() == [("picture", 1, "image_urls", "")]

    Product.objects.filter(pk=stolen.pk).update(image_urls=[])
    assert judging.look_at(product, at=at) == []
    product_on_sale(shop=shop, image_urls=["/media/pictures/a/1.jpg"])
    assert [one.field for one in judging.look_at(product, at=at)] == ["image_urls"]


def test_a_change_of_a_live_product_is_held_against_the_rules_and_keeps_selling(
    shop, submit, merchant, at
) -> None:
    give_screening(WORDS)
    product = product_on_sale(shop=shop, title="Plain towel")
    products.edit(product=product, changes={"title": "no.1 towel"}, actor=merchant, at=at)
    assert judging.look_at(Product.objects.get(), at=at) == []
    products.edit(product=product, changes={"title": "The No. 1 towel"}, actor=merchant, at=at)

    assert submit(product).verdict == Verdict.REJECTED
    product.refresh_from_db()
    assert (product.title, product.display_state) == ("Plain towel", "on_sale_editing")


def test_a_shop_with_a_pass_needs_no_person_unless_a_rule_asks_for_one(
    shop, leaf, product, submit, operator, merchant, at
) -> None:
    given = passes.grant_pass(shop=shop, category=leaf, note="trusted", actor=operator, at=at)
    with pytest.raises(AlreadyGranted):
        passes.grant_pass(shop=shop, category=leaf, note="again", actor=operator, at=at)
    give_screening(RuleSpec("contact", "contact", "warn"))
    give_screening(RuleSpec("strict", "banned_words", "human", words=["best"]))
    Product.objects.filter(pk=product.pk).update(brief="www.elsewhere.example")

    review = submit(product)
    assert (review.verdict, review.decided_by_label) == (Verdict.APPROVED, "system")
    assert Product.objects.get(pk=product.pk).display_state == DisplayState.ON_SALE
    assert hits() == [("contact", 1, "brief", "www.elsewhere.example")]

    products.edit(product=product, changes={"brief": "the best"}, actor=merchant, at=at)
    assert submit(product).verdict == Verdict.PENDING

    elsewhere = DraftProductFactory(shop=shop)
    SkuFactory(product=elsewhere)
    assert submit(elsewhere).verdict == Verdict.PENDING
    passes.revoke_pass(given=given, reason="sold badly", actor=operator, at=at)
    with pytest.raises(IllegalTransition):
        passes.revoke_pass(given=given, reason="again", actor=operator, at=at)
    another = DraftProductFactory(shop=shop, category=leaf)
    SkuFactory(product=another)
    assert submit(another).verdict == Verdict.PENDING


def test_an_import_of_the_platform_obeys_the_rules(shop, operator, at) -> None:
    give_screening(WORDS)
    give_screening(RuleSpec("contact", "contact", "human"))
    give_screening(RuleSpec("loud", "banned_words", "warn", words=["loud"]))
    made = [
        DraftProductFactory(shop=shop, title=title)
        for title in ("根治毛巾", "Call 13800001234", "A loud towel", "A towel")
    ]
    for one in made:
        SkuFactory(product=one)

    listed = publishing.publish_all([(one.pk, True) for one in made], actor=operator, at=at)

    states = [Product.objects.get(pk=one.pk).display_state for one in made]
    assert states == ["rejected", "in_review", "on_sale", "on_sale"]
    assert listed == [made[2].pk, made[3].pk]
    assert [code for code, *_rest in hits()] == ["banned", "contact", "loud"]


def test_a_rule_is_tried_on_what_sells_before_it_holds(shop, product, operator, at) -> None:
    bad = product_on_sale(title="根治 No. 1")
    product_on_sale(title="A towel")
    rule = rules.draft(spec=WORDS, actor=operator, at=at)
    with pytest.raises(RuleNotTried):
        rules.publish(rule=rule, actor=operator, at=at)
    assert rules.in_force(at) == []

    rule = rules.try_out(rule=rule, actor=operator, at=at)
    assert (rule.trial_count, rule.trial_hits) == (2, 1)
    assert rule.trial_samples == [{"product": bad.public_id, "title": bad.title, "found": "根治"}]
    bad.refresh_from_db()
    assert (bad.display_state, hits()) == ("on_sale", [])

    later = at + timedelta(days=1)
    rules.publish(rule=rule, effective_from=later, actor=operator, at=at)
    assert rules.in_force(at) == []
    assert [(one.code, one.version) for one in rules.in_force(later)] == [("banned", 1)]


def test_versions_follow_each_other_and_off_ends_a_rule(operator, at) -> None:
    first = give_screening(WORDS, at=at)
    second = rules.draft(spec=replace(WORDS, effect="warn"), actor=operator, at=at)
    second = rules.try_out(rule=second, actor=operator, at=at)
    day = timedelta(days=1)
    for moment in (at - day, first.effective_from - day):
        with pytest.raises(RuleBeginsTooEarly):
            rules.publish(rule=second, effective_from=moment, actor=operator, at=at)
    rules.publish(rule=second, effective_from=at + day, actor=operator, at=at)
    assert [one.version for one in rules.in_force(at)] == [1]
    assert [(one.version, one.effect) for one in rules.in_force(at + day)] == [(2, "warn")]

    third = rules.draft(spec=replace(WORDS, effect="off"), actor=operator, at=at)
    third = rules.try_out(rule=third, actor=operator, at=at)
    with pytest.raises(RuleBeginsTooEarly):  # the second is announced already
        rules.publish(rule=third, actor=operator, at=at)
    rules.publish(rule=third, effective_from=at + 2 * day, actor=operator, at=at)
    assert rules.in_force(at + 2 * day) == []


def test_a_published_version_stays_as_it_is(operator, at) -> None:
    rule = give_screening(WORDS)
    for act in (rules.try_out, rules.publish):
        with pytest.raises(RulePublished):
            act(rule=rule, actor=operator, at=at)
    with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
        ScreeningRule.objects.filter(pk=rule.pk).update(effect="warn")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"words": []}, "/words"),
        ({"kind": "contact"}, "/words"),
        ({"kind": "price", "words": []}, "/floor_bp"),
        ({"kind": "price", "words": [], "floor_bp": 10_001}, "/floor_bp"),
        ({"kind": "licence", "words": []}, "/licence"),
        ({"kind": "guess", "words": []}, "/kind"),
        ({"effect": "hang"}, "/effect"),
        ({"code": "no spaces"}, "/code"),
        ({"words": ["x" * 61]}, "/words"),
        ({"message": "x" * 201}, "/message"),
    ],
)
def test_a_rule_says_what_its_kind_asks_for(operator, at, changes, pointer) -> None:
    with pytest.raises(InvalidScreeningRule) as refusal:
        rules.draft(spec=replace(WORDS, **changes), actor=operator, at=at)

    assert pointer in [one.pointer for one in refusal.value.errors]
    assert not ScreeningRule.objects.exists()


def test_a_submission_costs_one_statement_more_where_there_is_no_rule(
    product, at, django_assert_num_queries
) -> None:
    with django_assert_num_queries(1):
        judging.look([(product, judging.axes.Content.of(product))], at=at)


def test_a_reviewer_may_still_approve_what_a_rule_was_unsure_of(
    product, submit, operator, at
) -> None:
    give_screening(RuleSpec("contact", "contact", "human"))
    Product.objects.filter(pk=product.pk).update(brief="www.own.example")
    review = submit(product)

    reviews.approve(review=review, actor=operator, at=at)

    assert Product.objects.get().display_state == DisplayState.ON_SALE

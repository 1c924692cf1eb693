"""Rules of a leaf: one version after the other, and what they refuse."""

from dataclasses import replace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from catalog.errors import InvalidCategory, InvalidProduct
from catalog.models import CategoryRuleSet, Product, ProductReview
from catalog.policies import DEFAULT_RULES, AttributeRule, has_emoji, values_of, width
from catalog.selectors import category_rules, rules_of
from catalog.services import checking, products, rules, shelf
from catalog.services.content import Content
from catalog.services.variants import SkuSpec
from kernel.errors import StaleVersion
from kernel.models import AuditEntry
from tests.factories.catalog import CategoryFactory, DraftProductFactory, SkuFactory, give_rules

pytestmark = pytest.mark.django_db

PICTURE = "https://a.example/1.jpg"


def faults(content: Content, leaf_rules, **more) -> list[tuple[str, str]]:
    found = checking.faults_of(content, leaf_rules, **more)
    assert all(str(one.detail) for one in found)
    return [(one.pointer, one.code) for one in found]


def test_a_leaf_without_rules_has_the_defaults(leaf) -> None:
    assert category_rules(leaf) == DEFAULT_RULES


def test_each_version_stands_and_the_latest_holds(leaf, operator, at) -> None:
    first = rules.set_rules(
        category=leaf, rules=replace(DEFAULT_RULES, max_skus=5), actor=operator, at=at
    )
    second = rules.set_rules(
        category=leaf, rules=replace(first, max_skus=7), actor=operator, at=at, reason="More."
    )

    assert (first.version, second.version) == (1, 2)
    assert category_rules(leaf) == second
    rows = CategoryRuleSet.objects.order_by("version").values_list("version", "max_skus", "reason")
    assert list(rows) == [(1, 5, ""), (2, 7, "More.")]
    entry = AuditEntry.objects.filter(action="catalog.set_rules").latest("id")
    assert (entry.before["max_skus"], entry.after["max_skus"], entry.reason) == (5, 7, "More.")


def test_a_version_is_never_changed(leaf) -> None:
    give_rules(leaf, max_skus=5)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        CategoryRuleSet.objects.update(max_skus=6)

    assert category_rules(leaf).max_skus == 5


def test_rules_made_on_an_older_version_are_refused(leaf, operator, at) -> None:
    give_rules(leaf, max_skus=5)

    with pytest.raises(StaleVersion):
        rules.set_rules(category=leaf, rules=DEFAULT_RULES, actor=operator, at=at)

    assert category_rules(leaf).max_skus == 5


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"max_skus": 0}, ("/max_skus", "out_of_range")),
        ({"max_option_names": 4}, ("/max_option_names", "out_of_range")),
        ({"min_title_width": 61, "max_title_width": 60}, ("/min_title_width", "cannot_be_met")),
        ({"min_main_images": 4, "max_main_images": 3}, ("/min_main_images", "cannot_be_met")),
        ({"max_main_images": 5, "max_images": 4}, ("/max_main_images", "cannot_be_met")),
        ({"shipping_times": ("soon",)}, ("/shipping_times", "not_known")),
        ({"attributes": (AttributeRule(""),)}, ("/attributes/0/name", "bad_text")),
        ({"attributes": (AttributeRule("a"),) * 2}, ("/attributes", "bad_attributes")),
        ({"attributes": (AttributeRule("a", kind="x"),)}, ("/attributes/0/kind", "not_known")),
        (
            {"attributes": (AttributeRule("a", choices=("",)),)},
            ("/attributes/0/choices", "bad_choices"),
        ),
    ],
)
def test_rules_that_nobody_could_obey_are_refused(leaf, operator, at, changes, fault) -> None:
    with pytest.raises(InvalidCategory) as refusal:
        rules.set_rules(
            category=leaf, rules=replace(DEFAULT_RULES, **changes), actor=operator, at=at
        )

    assert [(one.pointer, one.code) for one in refusal.value.errors] == [fault]
    assert not CategoryRuleSet.objects.exists()


def test_the_database_keeps_the_bounds_too(leaf) -> None:
    give_rules(leaf)
    row = CategoryRuleSet.objects.get()
    row.pk, row.version, row.min_title_width = None, 2, 241

    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_a_branch_has_no_rules(operator, at) -> None:
    branch = CategoryFactory()
    CategoryFactory(parent=branch)

    with pytest.raises(InvalidCategory) as refusal:
        rules.set_rules(category=branch, rules=DEFAULT_RULES, actor=operator, at=at)

    assert refusal.value.errors[0].code == "not_a_leaf"


def test_an_attribute_is_replaced_by_its_name(leaf, operator, at) -> None:
    for choices in (("a",), ("b", "c", "b")):
        rule = AttributeRule("材质", is_required=True, choices=choices)
        rules.set_attribute(category=leaf, attribute=rule, actor=operator, at=at)

    found = category_rules(leaf)
    assert found.version == 2
    assert found.attributes == (AttributeRule("材质", is_required=True, choices=("b", "c")),)


def test_rules_of_many_leaves_are_one_query(leaf) -> None:
    give_rules(leaf, max_skus=5)
    give_rules(leaf, max_skus=6)
    other = CategoryFactory()

    with CaptureQueriesContext(connection) as queries:
        found = rules_of([leaf.pk, other.pk])

    assert (found[leaf.pk].max_skus, found[other.pk]) == (6, DEFAULT_RULES)
    assert len(queries) == 1


@pytest.mark.parametrize(
    ("title", "found"),
    [
        ("轻奢纯棉四件套", [("/title", "too_short")]),  # 14 units
        ("轻奢纯棉四件套床", []),  # 16
        ("x" * 60, []),
        ("x" * 61, [("/title", "too_long")]),
        ("棉" * 31, [("/title", "too_long")]),
        ("轻奢纯棉四件套床 🎉", [("/title", "emoji")]),
        ("轻奢纯棉四件套床 ★", []),
        ("轻奢纯棉四件套床\u202e", [("/title", "bad_text")]),
    ],
)
def test_ca_02_a_title_is_measured_in_half_width_units_and_has_no_emoji(leaf, title, found) -> None:
    """8 to 30 Chinese characters, 16 to 60 half-width units, where the leaf asks for it.

    API: POST /api/v1/catalog/shops/{shop_id}/products
    """
    asked = replace(DEFAULT_RULES, min_title_width=16, max_title_width=60)

    assert faults(Content(category=leaf, title=title), asked) == found


@pytest.mark.parametrize(
    ("main", "details", "of_skus", "found"),
    [
        (0, 0, 0, [("/image_urls", "too_few_images")]),
        (1, 0, 0, []),
        (5, 45, 0, []),
        (6, 0, 0, [("/image_urls", "too_many_images")]),
        (5, 44, 1, []),
        (5, 45, 1, [("/detail_image_urls", "too_many_images")]),
    ],
)
def test_pictures_are_counted_together(leaf, main, details, of_skus, found) -> None:
    asked = replace(DEFAULT_RULES, min_main_images=1)
    content = Content(
        category=leaf,
        title="纯棉毛巾",
        image_urls=[PICTURE] * main,
        detail_image_urls=[PICTURE] * details,
    )
    variants = [SkuSpec("A", 1, image_url=PICTURE)] * of_skus

    assert faults(content, asked, variants=variants) == found


@pytest.mark.parametrize(
    ("rule", "value", "code"),
    [
        (AttributeRule("a", kind="number", unit="cm"), "12.5cm", None),
        (AttributeRule("a", kind="number", unit="cm"), "12.5", None),
        (AttributeRule("a", kind="number"), "12.5cm", "attribute_of_another_kind"),
        (AttributeRule("a", kind="number"), "NaN", "attribute_of_another_kind"),
        (AttributeRule("a", kind="date"), "2026-05-01", None),
        (AttributeRule("a", kind="date"), "1 May", "attribute_of_another_kind"),
        (AttributeRule("a", choices=("x", "y")), "z", "attribute_not_a_choice"),
        (AttributeRule("a", choices=("x", "y"), allows_custom=True), "z", None),
        (AttributeRule("a", choices=("x", "y")), "x、y", "attribute_not_a_choice"),
        (AttributeRule("a", choices=("x", "y"), is_multiple=True), "x、y", None),
        (
            AttributeRule("a", choices=("x", "y"), is_multiple=True),
            "x；z",
            "attribute_not_a_choice",
        ),
    ],
)
def test_a_value_is_of_the_kind_that_the_rule_says(leaf, rule, value, code) -> None:
    content = Content(category=leaf, title="纯棉毛巾", attributes=[{"name": "a", "value": value}])

    found = faults(content, replace(DEFAULT_RULES, attributes=(rule,)))

    assert found == ([("/attributes", code)] if code else [])


def test_options_and_skus_are_counted(leaf) -> None:
    asked = replace(DEFAULT_RULES, max_option_names=1, max_option_values=2, max_skus=3)
    specs = [SkuSpec(str(place), 100, options=(str(place),)) for place in range(3)]

    def codes(names, given, standing=()) -> list[str]:
        return [one.code for one in checking.spec_faults(names, given, asked, standing=standing)]

    assert codes(["size"], specs[:2]) == []
    assert codes(["size"], specs) == ["too_many_values"]
    assert codes(["size"], specs[:2], standing=specs[1:]) == ["bad_count"]
    assert codes(["size"], specs[:1], standing=specs[1:]) == ["too_many_values"]
    assert codes(["a", "b"], [SkuSpec("A", 100, options=("x", "y"))]) == ["too_many"]


@pytest.mark.parametrize(
    ("list_price", "code"),
    [(100, "out_of_range"), (101, None), (300, None), (301, "out_of_range")],
)
def test_a_list_price_is_measured_by_the_lowest_price(leaf, list_price, code) -> None:
    asked = replace(DEFAULT_RULES, max_list_price_factor=3)
    spec = SkuSpec("A", 100, list_price)

    found = checking.spec_faults([], [spec], asked)
    cheaper = checking.spec_faults(
        ["x"], [SkuSpec("A", 100, list_price, options=("1",))], asked,
        standing=[SkuSpec("B", 50, options=("2",))], lowest=50,
    )  # fmt: skip

    assert [one.code for one in found] == ([code] if code else [])
    is_high = list_price > 150
    assert [one.code for one in cheaper] == (["out_of_range"] if is_high or code else [])


def test_rules_are_asked_again_when_a_product_is_submitted(
    shop, merchant, operator, leaf, at
) -> None:
    product = DraftProductFactory(shop=shop, category=leaf, title="纯棉毛巾")
    SkuFactory(product=product)
    give_rules(leaf, min_title_width=16)

    with pytest.raises(InvalidProduct) as refusal:
        shelf.submit(product=product, actor=merchant, at=at)

    assert refusal.value.errors[0].pointer == "/title"
    assert not ProductReview.objects.exists()
    products.edit(product=product, changes={"title": "纯棉毛巾三条一组"}, actor=merchant, at=at)
    review = shelf.submit(product=product, actor=merchant, at=at)
    assert review.rules_version == 1
    assert Product.objects.get(pk=product.pk).display_state == "in_review"


def test_widths_emoji_and_values() -> None:
    assert [width("ab"), width("棉a"), width("ＡＢ"), width("")] == [2, 3, 4, 0]
    assert [has_emoji(one) for one in ("a", "🎉", "☀", "★", "a\ufe0f")] == [
        False, True, True, False, True,
    ]  # fmt: skip
    assert values_of("棉、麻; 丝,，") == ["棉", "麻", "丝"]

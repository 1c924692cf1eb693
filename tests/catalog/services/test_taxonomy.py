"""Categories, attributes, brands."""

import pytest

from catalog.errors import InvalidCategory
from catalog.models import Brand, Category
from catalog.services import taxonomy
from tests.factories.catalog import CategoryFactory, ProductFactory

pytestmark = pytest.mark.django_db


def test_a_new_category_is_a_leaf_and_makes_its_parent_a_branch(operator, at) -> None:
    root = taxonomy.create_category(name="居家", parent=None, actor=operator, at=at)

    child = taxonomy.create_category(
        name="床品", parent=root, actor=operator, at=at, name_en="Beds"
    )

    root.refresh_from_db()
    assert (root.is_leaf, root.level, root.path) == (False, 1, f"/{root.pk}/")
    assert (child.is_leaf, child.level, child.path) == (True, 2, f"/{root.pk}/{child.pk}/")


def test_the_tree_has_four_levels(operator, at) -> None:
    node = None
    for _level in range(4):
        node = CategoryFactory(parent=node)

    with pytest.raises(InvalidCategory) as refusal:
        taxonomy.create_category(name="fifth", parent=node, actor=operator, at=at)

    assert refusal.value.errors[0].code == "too_deep"
    assert Category.objects.count() == 4


def test_a_leaf_with_products_stays_a_leaf(operator, at) -> None:
    leaf = ProductFactory().category

    with pytest.raises(InvalidCategory) as refusal:
        taxonomy.create_category(name="below", parent=leaf, actor=operator, at=at)

    assert refusal.value.errors[0].code == "has_products"
    assert Category.objects.count() == 1


@pytest.mark.parametrize("name", ["", "x" * 61, "a\x00b", "🎉"])
def test_a_name_is_readable(operator, at, name: str) -> None:
    with pytest.raises(InvalidCategory):
        taxonomy.create_category(name=name, parent=None, actor=operator, at=at)

    assert Category.objects.count() == 0


def test_a_name_stands_once_under_a_parent(operator, at) -> None:
    taxonomy.create_category(name="居家", parent=None, actor=operator, at=at)

    with pytest.raises(InvalidCategory) as refusal:
        taxonomy.create_category(name="居家", parent=None, actor=operator, at=at)

    assert refusal.value.errors[0].code == "taken"
    assert Category.objects.count() == 1


def test_a_brand_stands_once(operator, at) -> None:
    taxonomy.create_brand(name="MUJI", actor=operator, at=at)

    with pytest.raises(InvalidCategory):
        taxonomy.create_brand(name="MUJI", actor=operator, at=at)

    assert Brand.objects.count() == 1

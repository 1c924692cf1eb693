"""Counting sales."""

import pytest

from catalog.services import sales
from tests.factories.catalog import ProductFactory

pytestmark = pytest.mark.django_db


def test_pieces_are_added_and_never_fall_below_zero(django_assert_num_queries) -> None:
    first, second, third = (ProductFactory(sales_count=count) for count in (3, 1, 7))

    with django_assert_num_queries(3):  # one statement inside a savepoint
        sales.count({first.pk: 2, second.pk: -5, third.pk: 0})

    for product in (first, second, third):
        product.refresh_from_db()
    assert [first.sales_count, second.sales_count, third.sales_count] == [5, 0, 7]


def test_nothing_to_count_asks_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        sales.count({})

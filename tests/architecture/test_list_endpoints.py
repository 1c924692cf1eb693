"""A list of three rows asks the database as often as a list of one; every list is tested."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from tests.architecture import (  # noqa: F401 -- they register their recipes
    list_endpoints_governance,
    list_endpoints_insights,
    list_endpoints_trade,
)
from tests.architecture.list_endpoints import RECIPES, V1, Recipe
from tests.architecture.test_doors import api_views

PAGED = {
    route
    for route, view in api_views().items()
    if getattr(getattr(view, "get", None), "is_paged", False)
}


def test_every_list_has_a_recipe_and_every_recipe_a_list() -> None:
    assert (sorted(PAGED - set(RECIPES)), sorted(set(RECIPES) - PAGED)) == ([], [])


@pytest.mark.django_db
@pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())
def test_the_number_of_queries_does_not_grow_with_the_rows(
    recipe: Recipe, client_for: Callable[..., APIClient]
) -> None:
    scene = recipe()
    client = client_for(scene.user) if scene.user else APIClient()

    def ask() -> tuple[int, list[str]]:
        with CaptureQueriesContext(connection) as captured:
            response: Any = client.get(f"/{V1}/{scene.url}")
        assert response.status_code == 200, response.content
        return len(response.json()["results"]), [one["sql"] for one in captured.captured_queries]

    scene.add()
    ask()  # what is cached for the process is cached now
    rows_of_one, queries_of_one = ask()
    scene.add()
    scene.add()
    rows_of_three, queries_of_three = ask()

    assert rows_of_three == rows_of_one + 2
    assert rows_of_one >= 1
    assert len(queries_of_three) == len(queries_of_one), "\n".join(queries_of_three)

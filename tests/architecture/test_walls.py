"""The second wall in the schema: what the role of a shop may see is declared, and nothing else."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection

from kernel.walls import PLATFORM_ROLE, SHOP_ROLE, Wall
from tests.architecture.test_models import MODELS

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).parents[2]

THE_SHOP = "NULLIF(current_setting('haodian.shop_id'::text, true), ''::text)"

#: Tables with a shop in them that the role of a shop may not touch at all: nothing to hold.
CLOSED: frozenset[str] = frozenset()

#: Django's own tables that a page asks something of.
OTHERS = {("django_content_type", "SELECT")}

#: Where code that serves a merchant leaves the wall, by file and what it is in.
OUTSIDE = {
    "accounts/services/faces.py:_save",
    "accounts/services/faces.py:lock",
    "accounts/services/roles.py:grant",
    "catalog/services/search.py:at_desk",
    "catalog/services/screening/facts.py:_medians",
    "catalog/services/screening/facts.py:_shown_elsewhere",
    "kernel/events.py:publish",
    "ledger/selectors.py:balances",
    "ledger/services/transfers.py:lock_balance",
    "ledger/services/transfers.py:post",
    "orders/services/refunds.py:_take_from_split",
    "orders/services/repricing.py:_add_up",
    "orders/services/repricing.py:_lock_group",
    "shops/services/bindings.py:_free_at",
}


def wall_of(model):
    """Return the wall that a model declares, or None."""
    return next((one for one in model._meta.constraints if isinstance(one, Wall)), None)


def ask(sql, *values):
    """Return the rows of a question about the schema."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def test_every_table_with_a_shop_in_it_has_a_wall_by_the_shop():
    columns = "SELECT attrelid::regclass::text FROM pg_attribute WHERE attname = 'shop_id'"
    tables = ask(f"{columns} AND attrelid::regclass::text IN (SELECT tablename FROM pg_tables)")
    walled = {
        model._meta.db_table: model._meta.get_field(wall.by).column
        for model in MODELS
        if (wall := wall_of(model)) and wall.by
    }

    assert {table for (table,) in tables} - CLOSED == set(walled) - {"shops_shop"}
    assert {table: by for table, by in walled.items() if by != "shop_id"} == {"shops_shop": "id"}


def test_what_is_declared_is_what_the_database_does():
    for model in MODELS:
        wall, table = wall_of(model), model._meta.db_table
        is_walled = bool(wall and wall.by)
        kept = ask(
            "SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE oid = %s::regclass",
            table,
        )
        policies = ask(
            "SELECT roles::text, cmd, qual, with_check FROM pg_policies WHERE tablename = %s"
            " ORDER BY 1",
            table,
        )
        assert kept == [(is_walled, is_walled)], table
        if is_walled:
            column = model._meta.get_field(wall.by).column
            own = f"({column} = ({THE_SHOP})::bigint)"
            assert policies == [
                (f"{{{PLATFORM_ROLE}}}", "ALL", "true", None),
                (f"{{{SHOP_ROLE}}}", "ALL", own, None),
            ], table
        else:
            assert policies == [], table


def test_the_role_of_a_shop_holds_what_is_declared_and_no_more():
    declared = {
        (model._meta.db_table, word.strip().partition(" ")[0])
        for model in MODELS
        if (wall := wall_of(model))
        for word in wall.may.replace(", ", ",").split("),")[0].split(",")
        if word.strip().split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")
    }
    held = ask(
        "SELECT DISTINCT table_name::text, privilege_type::text"
        " FROM information_schema.column_privileges WHERE grantee = %s"
        " UNION SELECT table_name::text, privilege_type::text"
        " FROM information_schema.table_privileges WHERE grantee = %s",
        SHOP_ROLE,
        SHOP_ROLE,
    )
    assert set(held) == declared | OTHERS


def test_the_roles_are_nobody_own_nothing_and_bypass_nothing():
    rows = ask(
        "SELECT rolname::text, rolsuper, rolbypassrls, rolcanlogin, rolcreaterole, rolcreatedb"
        " FROM pg_roles WHERE rolname IN (%s, %s) ORDER BY 1",
        SHOP_ROLE,
        PLATFORM_ROLE,
    )
    owned = ask(
        "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) IN (%s, %s)",
        SHOP_ROLE,
        PLATFORM_ROLE,
    )
    members = ask("SELECT pg_has_role(%s, %s, 'USAGE')", SHOP_ROLE, PLATFORM_ROLE)

    assert rows == [(name, *[False] * 5) for name in (PLATFORM_ROLE, SHOP_ROLE)]
    assert (owned, members) == ([(0,)], [(False,)])


def test_no_view_shows_what_a_table_hides():
    assert (
        ask(
            "SELECT viewname FROM pg_views WHERE schemaname = 'public'"
            " AND viewname NOT LIKE 'pg_stat_statements%%'"
        )
        == []
    )
    assert ask("SELECT matviewname FROM pg_matviews") == []


def test_the_role_runs_no_function_as_somebody_else():
    assert (
        ask(
            "SELECT proname::text FROM pg_proc JOIN pg_namespace n ON n.oid = pronamespace"
            " WHERE nspname = 'public' AND prosecdef"
        )
        == []
    )


def test_who_leaves_the_wall_is_on_the_list():
    found = set()
    for app in apps.get_app_configs():
        folder = Path(app.path)
        if folder.parent == ROOT:
            found |= {use for path in folder.rglob("*.py") for use in _uses(path)}
    assert found == OUTSIDE


def _uses(path):
    for function in ast.walk(ast.parse(path.read_text())):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and ast.unparse(node) == "walls.outside":
                    yield f"{path.relative_to(ROOT)}:{function.name}"

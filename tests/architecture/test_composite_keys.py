"""Walls between tenants in the schema: a row is of its parent's shop, buyer, creator (ADR 0015)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import IntegrityError, connection, models, transaction

from kernel.composite_keys import CompositeKey
from tests.architecture.tenants import OTHERS, build_world
from tests.architecture.test_models import MODELS

pytestmark = pytest.mark.django_db

#: Columns that say whose a row is.
TENANTS = ("shop_id", "buyer_id", "creator_id", "agency_id")

#: (child, its column, tenant) that no key holds together, and why.
EXCEPT = {
    ("affiliates_commissionentry", "commission_id", "agency_id"): (
        "null for most commissions, and a key with a null column holds nothing: the plain key stays"
    ),
    ("settlements_statementline", "entry_id", "creator_id"): (
        "set on the creator's line alone, where the shop is null; the plain keys stay, and a key "
        "for each party would be two more unique indexes on every entry"
    ),
    ("settlements_statementline", "entry_id", "agency_id"): "as the creator",
}

#: Columns that may be null only together, by a CHECK: so a key over both skips no value of either.
TOGETHER = {
    frozenset({"order_id", "shop_id"}): "refund_order_names_shop",
    frozenset({"contract_id", "agency_id"}): "commission_contract_names_agency",
}


@dataclass(frozen=True)
class Key:
    """A foreign key as PostgreSQL has it."""

    name: str
    child: str
    parent: str
    columns: tuple[str, ...]
    to_columns: tuple[str, ...]
    is_deferrable: bool

    @property
    def pairs(self) -> dict[str, str]:
        return dict(zip(self.columns, self.to_columns, strict=True))


def foreign_keys() -> list[Key]:
    """Every foreign key of the database that is in force."""
    names = """
        array(SELECT attname FROM unnest({key}) WITH ORDINALITY AS k (number, place)
              JOIN pg_attribute ON attrelid = {table} AND attnum = k.number ORDER BY place)::text[]
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, conrelid::regclass::text, confrelid::regclass::text,"
            f" {names.format(key='conkey', table='conrelid')},"
            f" {names.format(key='confkey', table='confrelid')}, condeferrable"
            " FROM pg_constraint WHERE contype = 'f' AND convalidated AND conenforced"
        )
        return [
            Key(name, child, parent, tuple(columns), tuple(to), is_deferrable)
            for name, child, parent, columns, to, is_deferrable in cursor.fetchall()
        ]


def relations() -> Iterator[tuple[type[models.Model], models.ForeignKey]]:
    for model in MODELS:
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                yield model, field


def declared() -> list[tuple[type[models.Model], CompositeKey]]:
    return [
        (model, one)
        for model in MODELS
        for one in model._meta.constraints
        if isinstance(one, CompositeKey)
    ]


def shared_tenants() -> set[tuple[str, str, str]]:
    """(child, its column, tenant) wherever a row and its parent both say whose they are."""
    found = set()
    for model, field in relations():
        parent = field.related_model
        mine, theirs = (
            {one.column for one in each._meta.concrete_fields} for each in (model, parent)
        )
        found |= {
            (model._meta.db_table, field.column, tenant)
            for tenant in TENANTS
            if tenant in mine & theirs
        }
    return found


def held_tenants() -> set[tuple[str, str, str]]:
    """(child, its column, tenant) that a foreign key of the database holds together."""
    return {
        (key.child, column, tenant)
        for key in foreign_keys()
        for column in key.columns
        for tenant in key.columns
        if tenant in TENANTS and key.pairs[tenant] == tenant and column != tenant
    }


def test_there_are_tenants_to_hold_together() -> None:
    assert len(shared_tenants()) > 60
    assert ("orders_orderline", "order_id", "shop_id") in shared_tenants()


def test_each_table_of_a_tenant_has_a_key_along_the_tenant_to_each_parent() -> None:
    assert shared_tenants() - held_tenants() == set(EXCEPT)


def test_the_keys_in_the_database_are_those_of_the_models() -> None:
    in_models = {
        (one.name, model._meta.db_table, tuple(one.columns(model))) for model, one in declared()
    }
    in_database = {
        (key.name, key.child, tuple(key.pairs.items()))
        for key in foreign_keys()
        if len(key.columns) > 1
    }

    assert in_database == in_models
    assert not any(key.is_deferrable for key in foreign_keys() if len(key.columns) > 1)


def nullable(table: str) -> set[str]:
    (model,) = (one for one in MODELS if one._meta.db_table == table)
    return {field.column for field in model._meta.concrete_fields if field.null}


def checked_whenever_set(key: Key, column: str) -> bool:
    """Tell whether PostgreSQL checks `key` for each value of `column` that is not null."""
    return all(
        other == column or frozenset({other, column}) in TOGETHER
        for other in nullable(key.child) & set(key.columns)
    )


def is_held(keys: list[Key], table: str, column: str, target: str) -> bool:
    """Tell whether a value of `column` is a row of `target`: by a key, or by the parent's keys."""
    ways = [
        key
        for key in keys
        if key.child == table and column in key.columns and checked_whenever_set(key, column)
    ]
    return any(
        (key.parent == target and key.pairs[column] == primary(target))
        or (
            key.pairs[column] not in nullable(key.parent) | {primary(key.parent)}
            and is_held(keys, key.parent, key.pairs[column], target)
        )
        for key in ways
    )


def primary(table: str) -> str:
    (model,) = (one for one in MODELS if one._meta.db_table == table)
    return model._meta.pk.column


def test_every_relation_is_held_by_a_key_of_its_own_or_by_those_of_its_parents() -> None:
    keys = foreign_keys()
    loose = [
        f"{model._meta.db_table}.{field.column}"
        for model, field in relations()
        if not is_held(keys, model._meta.db_table, field.column, field.related_model._meta.db_table)
    ]

    assert loose == []


def test_a_relation_without_its_key_would_be_seen() -> None:
    keys = [key for key in foreign_keys() if key.name != "order_storefront"]

    assert not is_held(keys, "orders_order", "shop_id", "shops_shop")
    assert not is_held(keys, "orders_paymentsplit", "shop_id", "shops_shop")


def test_what_is_null_together_is_so_by_a_check() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conname = ANY(%s)",
            [list(TOGETHER.values())],
        )
        assert {name for (name,) in cursor.fetchall()} == set(TOGETHER.values())


def run(sql: str, *args: object) -> None:
    """Execute in a savepoint of its own; raises what the database says."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, args or None)


def outcome(sql: str, *args: object) -> str:
    """Return the name of the key that refused it, or ``passes``."""
    try:
        run(sql, *args)
    except IntegrityError as error:
        return str(error.__cause__.diag.constraint_name)
    return "passes"


def alone(key: CompositeKey, tables: set[str]) -> None:
    """Leave `key` as the only one between the tenants' tables; rules of append-only tables rest."""
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in tables:
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    for other in foreign_keys():
        is_near = {other.child, other.parent} & tables
        if len(other.columns) > 1 and other.name != key.name and is_near:
            run(f"ALTER TABLE {other.child} DROP CONSTRAINT {other.name}")


def tries(model: type[models.Model], key: CompositeKey, others: dict[str, int]) -> Iterator[str]:
    """Move a row, then its parent, to another tenant with `key` alone, then without it.

    Yields what came of it, where it is not what it should be.
    """
    table, parent = model._meta.db_table, key.parent(model)._meta.db_table
    (relation, pk), *shared = key.columns(model)
    for column, to in shared:
        row = model._base_manager.exclude(**{relation: None}).exclude(**{column: None}).first()
        assert row is not None, f"no row for {key.name}"
        moves = [
            (f"UPDATE {table} SET {column} = %s WHERE {primary(table)} = %s", row.pk),
            (f"UPDATE {parent} SET {to} = %s WHERE {pk} = %s", getattr(row, relation)),
        ]
        for sql, which in moves:
            with transaction.atomic():
                alone(key, {table, parent})
                asked = outcome(sql, others[column], which)
                run(f"ALTER TABLE {table} DROP CONSTRAINT {key.name}")
                without = outcome(sql, others[column], which)
                transaction.set_rollback(True)
            if (asked, without) != (key.name, "passes"):
                yield f"{sql}: {asked}, without the key {without}"


def test_the_database_refuses_what_is_of_two_tenants_and_each_key_alone_does() -> None:
    build_world()
    others = {column: make().pk for column, make in OTHERS.items()}

    wrong = [each for model, key in declared() for each in tries(model, key, others)]

    assert wrong == []

"""A new key for what is sealed at rest: every sealed column, found by itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from kernel import crypto, sealing, second_factor
from kernel.fields import SealedField


def rotate() -> Iterator[tuple[str, int]]:
    """Seal everything with the newest key; yield (column, how many rows it changed).

    It may run while people work, and again after it was stopped: a row that somebody changed
    meanwhile is left as that person's. Afterwards no other of HAODIAN_FIELD_KEYS is needed.
    Raises InvalidToken for a row that none of the keys opens. Needs the owner of the tables where
    a trigger keeps a sealed column from being changed.
    """
    for model, name in sealed_columns():
        yield f"{model._meta.label_lower}.{name}", _rotate_column(model, name)
    yield "mfa.authenticator.data", second_factor.reseal_secrets()
    yield "kernel.auditseal.mark", sealing.mark_anew()


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Return the sealed columns of all models, in the order of their names."""
    found = (
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    )
    return sorted(found, key=lambda one: (one[0]._meta.label_lower, one[1]))


def _rotate_column(model: type[models.Model], name: str) -> int:
    field: Any = model._meta.get_field(name)
    count, last = 0, None
    while True:
        rows: Any = model._base_manager.filter(**{f"{name}__isnull": False}).order_by("pk")
        if last is not None:
            rows = rows.filter(pk__gt=last)
        batch = list(rows.values_list("pk", name)[: field.batch])
        if not batch:
            return count
        last = batch[-1][0]
        fresh = [(pk, was, now) for pk, was in batch if (now := crypto.reseal(was)) is not None]
        if fresh:
            count += _write(model, name, fresh)


def _write(model: type[models.Model], name: str, fresh: list[tuple[Any, Any, bytes]]) -> int:
    rows = model._base_manager
    with transaction.atomic():
        guards = _guards(model, name)
        for guard in guards:
            _set(model, guard, "DISABLE")
        done = sum(
            rows.filter(pk=pk, **{name: was}).update(**{name: now}) for pk, was, now in fresh
        )
        for guard in guards:
            _set(model, guard, "ENABLE")
    return done


def _guards(model: type[models.Model], name: str) -> list[str]:
    """Return the triggers (kernel.triggers) that keep the column from being changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one.tgname FROM pg_trigger AS one LEFT JOIN pg_attribute AS watched"
            " ON watched.attrelid = one.tgrelid AND watched.attnum = ANY (one.tgattr)"
            " WHERE one.tgrelid = %s::regclass AND (one.tgname = 'append_only'"
            " OR (one.tgname = 'frozen' AND watched.attname = %s))",
            [model._meta.db_table, name],
        )
        return [found for (found,) in cursor.fetchall()]


def _set(model: type[models.Model], trigger: str, what: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {model._meta.db_table} {what} TRIGGER {trigger}")

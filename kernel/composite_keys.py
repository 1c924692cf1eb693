"""Keys that say more than "there is such a row": the row is of the same shop, of the same buyer.

Declared on a model beside its other constraints::

    constraints = (CompositeKey(relation="order", shared=["shop", "buyer"], name="line_of_order"),)

Why there is one such key instead of a plain one a column: docs/adr/0015.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.core import checks
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.ddl_references import Columns, Statement, Table


class CompositeKey(models.BaseConstraint):
    """A foreign key over `relation` and the columns that both sides have: `shared`, by name.

    Holds at the end of each statement: a row that names a parent (no column of the key is null) has
    the parent's values in the `shared` columns; a parent with such rows keeps its own values and is
    not deleted. So the plain keys of these columns may go (``db_constraint=False``) where a key of
    the parent says the same; ``tests/architecture/test_composite_keys.py`` holds that.

    The parent needs a unique constraint over its primary key and the `shared` columns. The key is
    not deferrable: parents are written first, or in the same statement.
    """

    def __init__(
        self,
        *,
        relation: str,
        shared: Sequence[str],
        name: str,
        violation_error_code: str | None = None,
        violation_error_message: str | None = None,
    ) -> None:
        self.relation, self.shared = relation, tuple(shared)
        super().__init__(
            name=name,
            violation_error_code=violation_error_code,
            violation_error_message=violation_error_message,
        )

    def constraint_sql(self, model: Any, schema_editor: Any) -> Any:
        """Add nothing to CREATE TABLE, as plain keys do: the parent may be made later."""
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        table, to_table = model._meta.db_table, self.parent(model)._meta.db_table
        pairs = self.columns(model)
        return Statement(
            schema_editor.sql_create_fk,
            table=Table(table, quote),
            name=quote(self.name),
            column=Columns(table, [column for column, _to in pairs], quote),
            to_table=Table(to_table, quote),
            to_column=Columns(to_table, [to for _column, to in pairs], quote),
            deferrable="",
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return Statement(
            schema_editor.sql_delete_constraint,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
        )

    def parent(self, model: type[models.Model]) -> Any:
        """Return the model that `model` points at by this key."""
        return model._meta.get_field(self.relation).related_model

    def columns(self, model: type[models.Model]) -> list[tuple[str, str]]:
        """Return each column of the key with the parent's: ``[("order_id", "id"), …]``."""
        meta, to = model._meta, self.parent(model)._meta
        names = [(self.relation, to.pk.name), *((name, name) for name in self.shared)]
        return [(_column(meta, name), _column(to, to_name)) for name, to_name in names]

    def validate(
        self,
        model: type[models.Model],
        instance: models.Model,
        exclude: Collection[str] | None = None,
        using: str = DEFAULT_DB_ALIAS,
    ) -> None:
        """Ask what the database would ask. Raises ValidationError when no such parent is there."""
        if {self.relation, *self.shared} & set(exclude or ()):
            return
        wanted = {to: getattr(instance, column) for column, to in self.columns(model)}
        if None in wanted.values():
            return
        if not self.parent(model)._base_manager.using(using).filter(**wanted).exists():
            raise ValidationError(self.get_violation_error_message(), self.violation_error_code)

    def _check(self, model: type[models.Model], connection: Any) -> list[checks.CheckMessage]:
        """Report a parent without the unique constraint that PostgreSQL will ask for."""
        to = self.parent(model)._meta
        wanted = {to.pk.name, *self.shared}
        if any(wanted == set(one.fields) for one in to.total_unique_constraints):
            return []
        fields = ", ".join(sorted(wanted))
        return [
            checks.Error(
                f"{self.name} needs a unique constraint of {to.label} over {fields}.",
                obj=model,
                id="kernel.E001",
            )
        ]

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"relation": self.relation, "shared": self.shared}

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CompositeKey):
            return NotImplemented
        return bool(self.deconstruct() == other.deconstruct())

    __hash__ = None  # type: ignore[assignment]  # as Django's own constraints

    def __repr__(self) -> str:
        return f"<CompositeKey: {self.name} ({self.relation}, {', '.join(self.shared)})>"


def _column(meta: Any, name: str) -> str:
    column: str = meta.get_field(name).column
    return column

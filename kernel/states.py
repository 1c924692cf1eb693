"""Moves of a status: compare-and-swap with a history row.

A machine is a table on its model::

    TRANSITIONS = {Status.DRAFT: {Status.SUBMITTED}, Status.SUBMITTED: {Status.APPROVED, …}}

`move` reads the sources from it, so the rule and its guard cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction

from kernel.actors import SYSTEM, Actor
from kernel.errors import IllegalTransition
from kernel.models import StatusChange


def sources(table: dict[Any, Iterable[Any]], to: str) -> list[str]:
    """Return the states from which `table` allows a move to `to`."""
    return [str(state) for state, targets in table.items() if to in targets]


@transaction.atomic
def move(
    instance: models.Model,
    *,
    to: str,
    at: datetime,
    actor: Actor = SYSTEM,
    field: str = "status",
    reason: str = "",
    **changes: Any,
) -> str:
    """Move `instance` to `to` and write the history row; return the state it came from.

    `changes` are further columns written by the same UPDATE. Of two racing callers one wins. The
    table is the model's ``TRANSITIONS``, or ``<FIELD>_TRANSITIONS`` for a second machine.

    Raises IllegalTransition when the stored state does not allow the move; nothing is changed then.
    """
    model = type(instance)
    table_name = "TRANSITIONS" if field == "status" else f"{field.upper()}_TRANSITIONS"
    allowed = sources(getattr(model, table_name), to)
    was = (
        model._base_manager.select_for_update(no_key=True, of=("self",))
        .filter(pk=instance.pk)
        .values_list(field, flat=True)
        .first()
    )
    if was not in allowed:
        raise IllegalTransition(extra={"from": was, "to": str(to)})
    updates = {field: to, **changes}
    moved = model._base_manager.filter(pk=instance.pk, **{field: was}).update(**updates)
    if not moved:  # cannot happen under the row lock; a bare UPDATE would be the last guard
        raise IllegalTransition(extra={"from": was, "to": str(to)})
    for name, value in updates.items():
        setattr(instance, name, value)
    StatusChange.objects.create(
        model=model._meta.label_lower,
        object_id=instance.pk,
        field=field,
        from_status=was,
        to_status=to,
        at=at,
        actor_label=(actor.label or actor.role)[:120],
        reason=reason[:200],
    )
    return was

"""The one way to write the audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import models

from kernel.actors import Actor
from kernel.models import AuditEntry

#: The id of the running request; set by the middleware, empty in tasks and commands.
request_id: ContextVar[str] = ContextVar("request_id", default="")
#: Tells the address that the running request came from; set like `request_id`.
client_ip: ContextVar[Callable[[], str | None]] = ContextVar("client_ip", default=lambda: None)


def record(
    *,
    actor: Actor,
    action: str,
    target: models.Model,
    at: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    shop_id: int | None = None,
) -> AuditEntry:
    """Append one entry: `actor` did `action` to `target`. Belongs in the transaction of the act.

    `before` and `after` are plain JSON values and hold no personal data in clear. The entry is of
    `shop_id`, else of the target's shop, else of the actor's.
    """
    owner = shop_id or getattr(target, "shop_id", None) or actor.shop_id
    return AuditEntry.objects.create(
        at=at,
        actor_role=actor.role,
        actor_user_id=actor.user_id,
        actor_label=actor.label[:120],
        on_behalf_of=actor.on_behalf_of,
        shop_id=owner,
        action=action,
        target_model=target._meta.label_lower,
        target_id=key_of(target),
        before=dict(before or {}),
        after=dict(after or {}),
        reason=reason[:500],
        request_id=request_id.get(),
        ip=client_ip.get()(),
    )


def key_of(target: models.Model) -> str:
    """Return what the trail calls `target`: its public id, else its number, else its key."""
    return str(getattr(target, "public_id", None) or getattr(target, "number", target.pk))

"""The facts this room tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from kernel.events import Event


@dataclass(frozen=True)
class PlanChanged(Event):
    """A plan has a new version, perhaps one that begins tomorrow."""

    topic: ClassVar[str] = "affiliates.plan.changed.v1"
    plan_id: int
    shop_id: int
    plan_version_id: int


@dataclass(frozen=True)
class PlanFileQueued(Event):
    """A file of plans waits to be done."""

    topic: ClassVar[str] = "affiliates.plan_file.queued.v1"
    job_id: int
    shop_id: int


@dataclass(frozen=True)
class CommissionEstimated(Event):
    """A paid line earns its creator something."""

    topic: ClassVar[str] = "affiliates.commission.estimated.v1"
    commission_id: int
    creator_id: int
    shop_id: int


@dataclass(frozen=True)
class CommissionReversed(Event):
    """A refund took commission back after settlement."""

    topic: ClassVar[str] = "affiliates.commission.reversed.v1"
    commission_id: int
    creator_id: int
    shop_id: int

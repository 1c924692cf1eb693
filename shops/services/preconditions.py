"""What stands against an unbinding (BI-12), as told by this room and the rooms above it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from shops.models import Binding

#: Returns how many things stand in the way; 0 is met. Runs inside the transaction that unbinds.
Counter = Callable[[Binding], int]


@dataclass(frozen=True)
class Precondition:
    """One thing that must be clear before a binding ends, and how many of it there are."""

    code: str
    label: str | Promise
    count: int

    @property
    def is_met(self) -> bool:
        """Nothing of the kind is left."""
        return self.count == 0


_counters: dict[str, tuple[str | Promise, Counter]] = {}


def register(*, code: str, label: str | Promise, count: Counter) -> None:
    """Let `count(binding)` say what stands against an unbinding. Called from an `apps.ready()`.

    `code` is stable and public; `label` is what a merchant reads, e.g. "open after-sales cases".
    A second registration of a code replaces the first.
    """
    _counters[code] = (label, count)


def check(binding: Binding) -> list[Precondition]:
    """Return every precondition with its present count, met ones too, in order of registration."""
    return [
        Precondition(code=code, label=label, count=count(binding))
        for code, (label, count) in _counters.items()
    ]

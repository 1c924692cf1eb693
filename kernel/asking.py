"""Several statements in one round trip, each answered on its own.

While a row that everybody wants is locked, time is what costs: each trip to the database waits for
the network, and again for the interpreter, which other threads have taken meanwhile. What is known
to be asked is asked at once. In READ COMMITTED each statement sees what was committed before it
began, as if it had been sent alone; the first that fails undoes the transaction, as ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

from django.db import connection

T = TypeVar("T")
U = TypeVar("U")
V = TypeVar("V")
W = TypeVar("W")
X = TypeVar("X")

Rows = list[tuple[Any, ...]]

#: Statements in one round trip. Tests that stand between any two statements send them alone.
AT_ONCE = 20


@dataclass(frozen=True)
class Statement(Generic[T]):
    """One statement with its parameters, and what its rows say; one without rows has `nothing`."""

    sql: str
    params: Sequence[Any] | Mapping[str, Any]
    read: Callable[[Rows], T]


def nothing(_rows: Rows) -> None:
    """Read a statement that only writes."""


def ask_one(statement: Statement[T]) -> T:
    """Run one statement; return its answer."""
    (answer,) = _ask([statement])
    return answer


@overload
def ask(a: Statement[T], b: Statement[U], /) -> tuple[T, U]: ...
@overload
def ask(a: Statement[T], b: Statement[U], c: Statement[V], /) -> tuple[T, U, V]: ...
@overload
def ask(
    a: Statement[T], b: Statement[U], c: Statement[V], d: Statement[W], /
) -> tuple[T, U, V, W]: ...
@overload
def ask(
    a: Statement[T], b: Statement[U], c: Statement[V], d: Statement[W], e: Statement[X], /
) -> tuple[T, U, V, W, X]: ...
def ask(*statements: Statement[Any]) -> tuple[Any, ...]:
    """Run `statements` in their order, in one round trip; return their answers in that order."""
    return _ask(statements)


def tell(statements: Sequence[Statement[Any]]) -> None:
    """Run statements whose answers nobody needs, in their order, in one round trip."""
    _ask(statements)


def _ask(statements: Sequence[Statement[Any]]) -> tuple[Any, ...]:
    answers: list[Any] = []
    for start in range(0, len(statements), AT_ONCE):
        answers += _send(statements[start : start + AT_ONCE])
    return tuple(answers)


def _send(statements: Sequence[Statement[Any]]) -> list[Any]:
    with connection.cursor() as cursor:
        driver = cursor.cursor  # all that can fail is the execution, which goes Django's way
        texts = [driver.mogrify(one.sql, one.params) for one in statements]
        cursor.execute("\n;\n".join(texts))
        answers = []
        for place, one in enumerate(statements):
            if place:
                driver.nextset()
            answers.append(one.read(driver.fetchall() if one.read is not nothing else []))
        return answers


def numbers(values: Iterable[int]) -> str:
    """Return integers as PostgreSQL reads an array: six times as fast as the driver's own way."""
    return f"{{{','.join(map(str, values))}}}"

"""The tripwire: behind the wall, a statement on a shop's table says of which shop.

Row-level security would hide what a forgotten filter asks for; here the forgetting itself is found.
A statement is fine that compares a `shop_id`, or a key that never leaves the system (`id`,
`order_id` …): such keys come from rows that were found by their shop. Names that come from outside
(`public_id`, `number`, a text) are not enough, and neither is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection

from kernel import walls

#: Statements that may, by what they say, and why. At most ten.
ALLOWED: dict[str, str] = {
    'FROM "kernel_idempotencyrecord"': "asked by its scope, which names the shop and who asks",
}

_NAMES = re.compile(r'\b(?:FROM|JOIN|UPDATE|INTO)\s+"?(\w+)"?', re.IGNORECASE)
_CONDITIONS = re.compile(r"\b(?:WHERE|ON|USING)\b", re.IGNORECASE)
_BY_KEY = re.compile(
    r'(?<![\w"])"?(?:\w+"?\.)?"?(?!public_id\b)(?:id|\w+_id)"?\s*(?:=|IN\b|@>)', re.IGNORECASE
)

#: A set of rows may come as arrays: that reads no table.
_READS = re.compile(r"SELECT\b(?!\s+\*\s+FROM\s+UNNEST\b)", re.IGNORECASE)

#: Down where a test forgets the filters on purpose.
is_up = True


class Tripped(AssertionError):
    """A statement asks for rows of a shop's table and does not say of which shop."""


def is_told(statement: str, tables: frozenset[str]) -> bool:
    """Tell whether a statement that reads or changes one of `tables` says of which shop."""
    if not tables & set(_NAMES.findall(statement)):
        return True
    if statement.lstrip().upper().startswith("INSERT") and not _READS.search(statement):
        return True  # the policy looks at what is written
    first = _CONDITIONS.search(statement)
    return bool(first and _BY_KEY.search(statement, first.end()))


def _wrapper(tables: frozenset[str]) -> Callable[..., Any]:
    def watch(execute: Any, statement: Any, params: Any, many: bool, context: Any) -> Any:
        text = str(statement)
        is_known = is_told(text, tables) or any(part in text for part in ALLOWED)
        if is_up and walls.current() is not None and not is_known:
            raise Tripped(text[:1000])
        return execute(statement, params, many, context)

    return watch


@contextmanager
def stretched() -> Iterator[None]:
    """Watch every statement that is made behind a wall while the block runs."""
    tables = frozenset(
        model._meta.db_table
        for model in apps.get_models()
        for one in model._meta.constraints
        if isinstance(one, walls.Wall) and one.by
    )
    watch, behind = _wrapper(tables), walls.behind

    @contextmanager
    def watched(shop_id: int) -> Iterator[None]:
        with connection.execute_wrapper(watch), behind(shop_id):
            yield

    walls.behind = watched
    try:
        yield
    finally:
        walls.behind = behind

"""Mutants: the same program with one tenant filter, one permission or one policy taken out (T5).

A mutant lives in the running process: the code of the function that holds the filter is swapped for
one without it, and put back afterwards. So one world serves them all.
"""

from __future__ import annotations

import ast
import builtins
import gc
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any
from unittest import mock

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, transaction

from accounts.policies import PLATFORM_PERMISSIONS
from kernel.actors import Actor, Role
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site, support_site
from kernel.api.views import View
from kernel.errors import NotFound
from kernel.scoping import ScopedQuerySet
from kernel.text import is_storable
from shops import policies
from shops.enums import StaffRole
from tests import tripwire

ROOT = Path(__file__).parents[2]
#: Doors, pages and services are looked through; tests and the kernel's own mechanism are not.
#: Who comes here sees every shop: a filter for the platform's people lets everything through.
PLATFORM = re.compile(r"/(operator|platform|support)\w*\.py")
FILTERS = ("visible_to", "get_visible")
GUARDS = ("may",)


@dataclass(frozen=True)
class Mutant:
    """One change that makes the program less safe."""

    #: ``filter``: T1–T3 must find it; ``permission``: the role matrix must.
    kind: str
    #: Where: ``catalog/api/merchant.py:52 Products.get``.
    where: str
    what: str
    apply: Callable[[], Any]
    #: File and line of the code that it changes.
    spot: tuple[str, int] = ("", 0)
    #: It takes a door's own question away: no other room has that door.
    is_of_a_door: bool = False
    #: All whom that door lets in have what it asks for: without the question nobody gains.
    is_idle: bool = False

    @property
    def is_for_all(self) -> bool:
        """Tell whether doors of other rooms ask there too."""
        return self.room == "kernel" or "policies.py" in self.where

    @property
    def room(self) -> str:
        """The room that it lives in."""
        return self.where.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def filters() -> list[Mutant]:
    """Return the mutants without one tenant filter: each definition, and each place that asks."""
    return [*_definitions(), *_calls("filter", FILTERS)]


def guards() -> list[Mutant]:
    """Return the mutants without one permission, and those with a role that may do everything."""
    return [*_attributes(), *_roles(), *_calls("permission", GUARDS)]


@contextmanager
def all_of(mutants: Iterable[Mutant]) -> Iterator[None]:
    """Let all of them live at once."""
    with ExitStack() as living:
        for one in mutants:
            living.enter_context(one.apply())
        yield


def rooms() -> list[str]:
    """Return the rooms whose code is mutated."""
    return sorted(
        config.label for config in apps.get_app_configs() if Path(config.path).parent == ROOT
    )


def _definitions() -> Iterator[Mutant]:
    waiting: list[type[Any]] = [ScopedQuerySet]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if "visible_to" in vars(kind) and kind is not ScopedQuerySet and _is_ours(kind):
            where = f"{kind.__module__.replace('.', '/')}.py {kind.__name__}"
            scoped = vars(kind)["visible_to"]
            change = mock.patch.object(kind, "visible_to", _shown(scoped))
            spot = scoped.__code__.co_filename, scoped.__code__.co_firstlineno
            what = "visible_to shows all"
            yield Mutant("filter", where, what, lambda change=change: change, spot)


def _shown(scoped: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, actor: _rows(self, actor, scoped)


def _is_ours(kind: type[Any]) -> bool:
    return kind.__module__.partition(".")[0] in rooms()


def _calls(kind: str, names: tuple[str, ...]) -> Iterator[Mutant]:
    for room in rooms():
        for path in sorted((ROOT / room).rglob("*.py")):
            if room == "kernel" and path.name in {"scoping.py", "actors.py"}:
                continue  # what the others are made of
            if kind == "filter" and PLATFORM.search(str(path)):
                continue
            yield from _calls_of(kind, names, path)


def _calls_of(kind: str, names: tuple[str, ...], path: Path) -> Iterator[Mutant]:
    tree = ast.parse(path.read_text())
    for call, owner in _places(tree, names):
        spot = (call.lineno, call.col_offset)
        name = f"{path.relative_to(ROOT)}:{call.lineno} {owner}"
        swap = partial(_swapped, path, (spot,))
        what, idle = ast.unparse(call)[:80], kind == "permission" and _is_for_every_role(call)
        yield Mutant(kind, name, what, swap, (str(path), call.lineno), is_idle=idle)


def _is_for_every_role(call: ast.Call) -> bool:
    """Tell whether it asks, by name, for what each role of a shop has."""
    asked = {one.value for one in call.args if isinstance(one, ast.Constant)}
    return bool(asked) and all(asked <= set(one) for one in policies.PERMISSIONS.values())


def _places(tree: ast.AST, names: tuple[str, ...]) -> Iterator[tuple[ast.Call, str]]:
    """Yield (call, name of the function around it); calls outside of functions are definitions."""

    def walk(node: ast.AST, owner: str, is_inside: bool) -> Iterator[tuple[ast.Call, str]]:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            owner = f"{owner}.{node.name}" if owner else node.name
            is_inside = is_inside or not isinstance(node, ast.ClassDef)
        if is_inside and isinstance(node, ast.Call) and _attribute(node) in names:
            yield node, owner
        for child in ast.iter_child_nodes(node):
            yield from walk(child, owner, is_inside)

    return walk(tree, "", False)


def _attribute(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


class _Without(ast.NodeTransformer):
    """Takes the filter or the question out of the calls at some places."""

    def __init__(self, spots: tuple[tuple[int, int], ...]) -> None:
        self.spots = spots

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        name = _attribute(node)
        if (node.lineno, node.col_offset) not in self.spots or name not in FILTERS + GUARDS:
            return node
        owner = node.func.value  # type: ignore[attr-defined]
        new: ast.expr
        if name == "may":
            new = ast.Constant(value=True)
        elif name == "visible_to":
            new = _call("_mutant_rows", [owner, *node.args], [])
        else:
            new = _call("_mutant_row", [owner, *node.args], node.keywords)
        return ast.copy_location(new, node)


def _call(name: str, args: list[ast.expr], keywords: list[ast.keyword]) -> ast.Call:
    return ast.Call(ast.Name(name, ast.Load()), args, keywords)


#: How often it is counted whether a missing filter lets more through a list, and for one row.
LOOKS, ROW_LOOKS = 25, 1_000


@dataclass
class Trace:
    """What became of a filter while it was gone."""

    #: Somebody came by who is not of the platform.
    is_reached: bool = False
    #: And would have been kept from rows that exist.
    is_wider: bool = False
    looks: int = 0


#: Of the mutant that lives now.
trace = Trace()


def _rows(source: Any, actor: Actor, scoped: Callable[..., Any] | None = None) -> Any:
    everything = source.all()
    if not actor.is_platform:
        _look(everything, actor, scoped, LOOKS, {})
    return everything


def _look(everything: Any, actor: Actor, scoped: Any, most: int, lookup: dict[str, Any]) -> None:
    """Note whether the filter would have kept `actor` from a row."""
    trace.is_reached = True
    if not trace.is_wider and trace.looks < most:
        trace.looks += 1
        kept = (scoped or type(everything).visible_to)(everything, actor)
        trace.is_wider = _is_wider(everything, kept, lookup)


def _row(source: Any, actor: Actor, **lookup: Any) -> Any:
    if any(isinstance(value, str) and not is_storable(value) for value in lookup.values()):
        raise NotFound
    everything = source.all()
    try:
        if not actor.is_platform:
            _look(everything, actor, None, ROW_LOOKS, lookup)
        return everything.get(**lookup)
    except (ObjectDoesNotExist, ValueError):
        raise NotFound from None


def _is_wider(everything: Any, kept: Any, lookup: dict[str, Any]) -> bool:
    is_up, tripwire.is_up = tripwire.is_up, False
    try:
        with transaction.atomic():
            counts = [rows.filter(**lookup).order_by().count() for rows in (everything, kept)]
            return counts[0] != counts[1]
    except (TypeError, ValueError, DatabaseError):  # sliced, or a statement that was broken before
        return True
    finally:
        tripwire.is_up = is_up


builtins._mutant_rows = _rows  # type: ignore[attr-defined]
builtins._mutant_row = _row  # type: ignore[attr-defined]


@contextmanager
def _swapped(path: Path, spots: tuple[tuple[int, int], ...]) -> Iterator[None]:
    source = path.read_text()
    before = _codes(compile(source, str(path), "exec"))
    tree = ast.fix_missing_locations(_Without(spots).visit(ast.parse(source)))
    after = _codes(compile(tree, str(path), "exec"))
    changed = {
        key: code
        for key, code in after.items()
        if code.co_code != before[key].co_code or code.co_names != before[key].co_names
    }
    living = [one for one in _functions(str(path)) if _key(one.__code__) in changed]
    if not living:
        raise LookupError(f"{path}: nobody runs the code at {spots}")
    kept = [(one, one.__code__) for one in living]
    try:
        for one in living:
            one.__code__ = changed[_key(one.__code__)]
        yield
    finally:
        for one, code in kept:
            one.__code__ = code


def _codes(code: CodeType) -> dict[tuple[str, int], CodeType]:
    """Return every function's code below `code`."""
    found = {}
    for const in code.co_consts:
        if isinstance(const, CodeType):
            found[_key(const)] = const
            found |= _codes(const)
    return found


def _key(code: CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


@cache
def _all_functions() -> dict[str, list[FunctionType]]:
    _import_everything()
    gc.unfreeze()  # what is frozen is not listed
    found: dict[str, list[FunctionType]] = {}
    for one in gc.get_objects():
        if type(one) is FunctionType:  # isinstance would wake dead proxies
            found.setdefault(one.__code__.co_filename, []).append(one)
    return found


def _functions(path: str) -> list[FunctionType]:
    return _all_functions().get(path, [])


def _import_everything() -> None:
    for room in rooms():
        for info in pkgutil.walk_packages([str(ROOT / room)], f"{room}."):
            if ".migrations" not in info.name and ".management" not in info.name:
                importlib.import_module(info.name)


def _attributes() -> Iterator[Mutant]:
    _import_everything()
    waiting: list[type[Any]] = [View, ConsoleModelAdmin, Act]
    seen = set()
    while waiting:
        kind = waiting.pop()
        waiting += [one for one in kind.__subclasses__() if one not in seen]
        seen.update(kind.__subclasses__())
        if not _is_ours(kind):
            continue
        where = f"{kind.__module__.replace('.', '/')}.py {kind.__name__}"
        if vars(kind).get("permission"):
            change = mock.patch.object(kind, "permission", "")
            what, idle = f"asks no {kind.permission}", _is_idle(kind, {kind.permission})
            yield Mutant("permission", where, what, lambda one=change: one, ("", 0), True, idle)
        if vars(kind).get("permissions"):
            change = mock.patch.object(kind, "permissions", dict.fromkeys(kind.permissions, ""))
            asked = set(kind.permissions.values())
            what, idle = f"asks none of {sorted(asked)}", _is_idle(kind, asked)
            yield Mutant("permission", where, what, lambda one=change: one, ("", 0), True, idle)


def _is_idle(kind: type[Any], asked: set[str]) -> bool:
    """Tell whether each role that comes to the door has all that it asks for."""
    come: set[Any] = set()
    before: list[set[str]] = []
    if issubclass(kind, View):
        come.add(kind.audience)
    for site in (merchant_site, support_site, operator_site):
        for page in site._registry.values():
            if isinstance(page, kind) or kind in getattr(page, "acts", ()):
                come.add(site.role)
            if kind in getattr(page, "acts", ()):
                before.append({page.permission})
    if before and all(asked <= one for one in before):
        return True  # whoever comes to the act was asked by its page
    held = [set(policies.PERMISSIONS[one]) for one in StaffRole.values if Role.MERCHANT in come]
    held += [set(PLATFORM_PERMISSIONS[role]) for role in come if role in PLATFORM_PERMISSIONS]
    return bool(held) and all(asked <= one for one in held)


def _roles() -> Iterator[Mutant]:
    everything = frozenset().union(*policies.PERMISSIONS.values())
    for role in StaffRole.values:
        if policies.PERMISSIONS[role] != everything:
            change = mock.patch.dict(policies.PERMISSIONS, {role: everything})
            where = f"shops/policies.py PERMISSIONS[{role}]"
            yield Mutant("permission", where, "may everything", lambda change=change: change)

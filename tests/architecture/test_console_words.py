"""The consoles have words for every act of the audit trail and every state of a badge."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import models

from affiliates.enums import ContractStatus
from governance.enums import EntryKind
from kernel.actors import Role
from kernel.admin.sites import merchant_site, operator_site, support_site
from shops.enums import StaffRole

ROOMS = (
    *("accounts", "affiliates", "aftersales", "catalog", "kernel"),
    *("governance", "insights", "orders", "settlements", "shops"),
)
SITES = (merchant_site, support_site, operator_site)
#: Acts whose name is put together at run time: `affiliates.contract_<status>`, and the decisions
#: on a case, `aftersales.case.<action>`; movements of a deposit, `governance.deposit_<kind>`.
BUILT = {
    *(f"affiliates.contract_{to}" for to in (ContractStatus.DECLINED, ContractStatus.ENDED)),
    *(
        f"aftersales.case.{action}"
        for action in (
            *("approved", "rejected", "return_accepted"),
            *("decided_for_buyer", "decided_for_seller"),
        )
    ),
    *(f"governance.deposit_{kind}" for kind in EntryKind.values),
}


def recorded() -> Iterator[str]:
    """The names of acts in calls of `record`, `_record`, `_move` and the like."""
    for room in ROOMS:
        files = [*Path(settings.BASE_DIR, room).glob("services/**/*.py"), Path(room, "events.py")]
        if room == "kernel":
            names = ("delivery", "second_factor", "browser_sessions", "admin/sheets")
            files += [Path(f"kernel/{name}.py") for name in names]
        for file in files:
            path = Path(settings.BASE_DIR, file)
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Call):
                    values = [*node.args, *(one.value for one in node.keywords)]
                    yield from (
                        one.value
                        for one in values
                        if isinstance(one, ast.Constant)
                        and isinstance(one.value, str)
                        and one.value.partition(".")[0] in ROOMS
                        and "." in one.value
                    )


def test_every_recorded_act_has_words_and_none_is_left_over() -> None:
    known = {*recorded(), *BUILT} - {"kernel.tasks.deliver_events"}

    assert sorted(known ^ set(settings.CONSOLE_ACTS)) == []


def test_every_role_has_words() -> None:
    roles = {*(role.value for role in Role), *(one.replace("_", " ") for one in StaffRole)}

    assert sorted(roles - set(settings.CONSOLE_ROLES)) == []


def badges() -> list[Any]:
    """Every column of a console that is a badge over the choices of an enumeration."""
    found = []
    for site in SITES:
        for page in site._registry.values():
            for name in dir(type(page)):
                tones = getattr(getattr(type(page), name, None), "label", None)
                if isinstance(tones, dict) and tones:
                    where = f"{site.name}:{type(page).__name__}.{name}"
                    found.append(pytest.param(tones, id=where))
    return found


@pytest.mark.parametrize("tones", badges())
def test_a_badge_has_a_colour_for_every_state(tones: dict[Any, str]) -> None:
    """Unfold draws the bare value of a state that its colours do not know."""
    kinds = {type(one) for one in tones if isinstance(one, models.Choices)}

    for kind in kinds:
        assert [one for one in kind if one not in tones] == []

"""What every model keeps: who sees it, which states it reaches, how money is written."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.functional import Promise

from kernel.actors import ANONYMOUS, Actor, Role
from kernel.scoping import ScopedQuerySet

ROOT = Path(settings.BASE_DIR)
ROOMS = (
    "kernel", "ledger", "accounts", "shops", "catalog", "orders", "aftersales", "affiliates",
    "settlements", "insights", "governance", "demo",
)  # fmt: skip
#: A proxy is another name of a lower room's rows: what they keep is asked there.
MODELS = [
    model for model in apps.get_models() if model._meta.app_label in ROOMS and not model._meta.proxy
]

#: States that no move leads to, because rows are born in them under a condition.
BORN_IN = {
    # "room.model.field": {"state"}: why
}


def label(model: type[models.Model]) -> str:
    return model._meta.label_lower


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_every_queryset_says_who_sees_its_rows(model: type[models.Model]) -> None:
    queryset = model._default_manager.all()

    assert isinstance(queryset, ScopedQuerySet)
    assert type(queryset).visible_to is not ScopedQuerySet.visible_to


@pytest.mark.django_db
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_the_question_who_sees_it_has_an_answer_for_every_role(model: type[models.Model]) -> None:
    for role in Role:
        actor = Actor(role, user_id=1, shop_id=1, creator_id=1, agency_id=1)
        assert list(model._default_manager.visible_to(actor)[:1]) == []
    assert list(model._default_manager.visible_to(ANONYMOUS)[:1]) == []


def machines() -> list[tuple[type[models.Model], str, dict[str, set[str]]]]:
    """Each (model, field, table) that declares its moves."""
    found = []
    for model in MODELS:
        for name in dir(model):
            if name == "TRANSITIONS" or name.endswith("_TRANSITIONS"):
                field = name.removesuffix("TRANSITIONS").rstrip("_").lower() or "status"
                found.append((model, field, getattr(model, name)))
    return found


MACHINES = [pytest.param(*one, id=f"{label(one[0])}.{one[1]}") for one in machines()]


def test_there_are_machines_to_check() -> None:
    assert len(MACHINES) > 15


@pytest.mark.parametrize(("model", "field", "table"), MACHINES)
def test_a_table_speaks_of_the_fields_choices_only(
    model: type[models.Model], field: str, table: dict[str, set[str]]
) -> None:
    choices = {value for value, _text in model._meta.get_field(field).flatchoices}
    mentioned = {str(state) for state in table} | {str(to) for tos in table.values() for to in tos}

    assert mentioned - choices == set()


@pytest.mark.parametrize(("model", "field", "table"), MACHINES)
def test_every_state_is_reached_from_the_first(
    model: type[models.Model], field: str, table: dict[str, set[str]]
) -> None:
    column = model._meta.get_field(field)
    assert column.has_default(), "a machine starts somewhere"
    reached = {str(column.get_default())} | BORN_IN.get(f"{label(model)}.{field}", set())
    while True:
        further = {str(to) for state in reached for to in table.get(state, ())} - reached
        if not further:
            break
        reached |= further

    assert {value for value, _text in column.flatchoices} - reached == set()


def test_every_status_with_choices_has_a_table() -> None:
    known = {(model, field) for model, field, _table in machines()}
    missing = [
        f"{label(model)}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if field.name.endswith("status") and field.choices and (model, field.name) not in known
    ]

    assert missing == []


@pytest.mark.parametrize("model", MODELS, ids=label)
def test_everything_a_person_may_read_of_a_model_is_translated_lazily(
    model: type[models.Model],
) -> None:
    meta = model._meta
    assert isinstance(meta.verbose_name, Promise)
    assert isinstance(meta.verbose_name_plural, Promise)
    for field in meta.concrete_fields:
        if field.choices:
            texts = [text for _value, text in field.flatchoices]
            assert all(isinstance(text, Promise) for text in texts), field.name


def sources(*names: str) -> list[Path]:
    return [
        path
        for room in (*ROOMS, "config")
        for path in sorted((ROOT / room).rglob("*.py"))
        if "migrations" not in path.parts and (not names or path.name in names)
    ]


def test_money_is_never_a_float_or_a_decimal_column() -> None:
    wrong = [
        f"{label(model)}.{field.name}"
        for model in MODELS
        for field in model._meta.concrete_fields
        if isinstance(field, models.FloatField | models.DecimalField)
    ]

    assert wrong == []


def test_sums_and_rates_are_named_by_their_unit() -> None:
    from kernel.fields import AmountField, RateField

    columns = [(model, field) for model in MODELS for field in model._meta.concrete_fields]
    wrong = [
        f"{label(model)}.{field.name}"
        for model, field in columns
        if (isinstance(field, AmountField) and not field.name.endswith(("amount", "price")))
        or (isinstance(field, RateField) and not field.name.endswith("bp"))
    ]

    assert wrong == []


#: Modules that compute with something else than money, or read it exactly, and why.
MAY_COMPUTE = {
    "catalog/services/importing/cells.py": "reads the text of a cell into an exact Decimal",
    "catalog/services/importing/reading.py": "guesses the encoding of a file",
    "orders/services/gateways/sandbox/bank.py": "waits some seconds",
    "orders/services/printing/labels.py": "draws in points",
    "orders/services/printing/picking.py": "draws in points",
    "orders/services/printing/sheets.py": "draws in points",
}


def floats(tree: ast.AST) -> list[int]:
    """Lines that make a float or a Decimal: literals, quotients, float(), Decimal()."""
    lines = []
    for node in ast.walk(_without_str(tree)):
        is_literal = isinstance(node, ast.Constant) and isinstance(node.value, float)
        is_quotient = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        name = getattr(getattr(node, "func", None), "id", "")
        if is_literal or name in {"float", "Decimal"} or (is_quotient and not _is_path(node)):
            lines.append(node.lineno)
    return lines


def _without_str(tree: ast.AST) -> ast.AST:
    """What a person reads may be a quotient: `__str__` computes nothing that is kept."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.body = [one for one in node.body if getattr(one, "name", "") != "__str__"]
    return tree


def _is_path(node: ast.BinOp) -> bool:
    constants = [one.value for one in ast.walk(node) if isinstance(one, ast.Constant)]
    return any(isinstance(one, str) for one in constants)


@pytest.mark.parametrize(
    "layer", ["services", "selectors", "models", "policies.py", "subscribers.py"]
)
def test_no_rule_of_the_trade_computes_with_floats(layer: str) -> None:
    wrong = []
    for path in sources():
        place = str(path.relative_to(ROOT))
        is_layer = layer in path.parts or path.name == layer or path.name == f"{layer}.py"
        if is_layer and place not in MAY_COMPUTE:
            wrong += [f"{place}:{line}" for line in floats(ast.parse(path.read_text()))]

    assert wrong == []


def test_the_money_lint_sees_what_it_looks_for() -> None:
    seen = floats(ast.parse("a = 1.5\nb = x / 3\nc = float(y)\nd = Decimal('1')\ne = p / 'file'\n"))

    assert sorted(set(seen)) == [1, 2, 3, 4]


def test_files_are_short_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in sources()
        if (count := len(path.read_text().splitlines())) > 400
    }

    assert long == {}

"""Who may know whom: imports, foreign keys, subscribers, tasks."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from django.apps import apps
from django.conf import settings

from kernel import events

ROOT = Path(settings.BASE_DIR)
CONFIG = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
MAP = (ROOT / "docs" / "architecture.md").read_text()
ROOMS = [room for room in CONFIG["root_packages"] if room != "config"]


def floors() -> dict[str, int]:
    """Room → its floor, the ground is 0; from the same contract that the imports obey."""
    layers = reversed(CONFIG["contracts"][0]["layers"])
    return {room.strip(): floor for floor, rooms in enumerate(layers) for room in rooms.split("|")}


def test_every_room_has_a_floor() -> None:
    assert set(floors()) == {*ROOMS, "config"}


@pytest.mark.slow
def test_the_import_contracts_are_kept() -> None:
    program = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports())"

    run = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert run.returncode == 0, run.stdout[-4_000:] + run.stderr[-2_000:]


def test_foreign_keys_point_down_or_stay_at_home() -> None:
    floor = floors()
    wrong = []
    for model in apps.get_models():
        room = model._meta.app_label
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if room not in floor or field.auto_created or not isinstance(target, type):
                continue
            other = target._meta.app_label
            is_django = other in {"auth", "contenttypes"}
            if other != room and not is_django and floor[other] >= floor[room]:
                wrong.append(f"{model._meta.label}.{field.name} → {target._meta.label}")

    assert wrong == []


def relations() -> list[tuple[str, str]]:
    """Each foreign key of our sources as (place, what its first argument is written as)."""
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room / "models").glob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                name = getattr(getattr(node, "func", None), "attr", "")
                if name in {"ForeignKey", "OneToOneField", "ManyToManyField"} and node.args:
                    place = f"{path.relative_to(ROOT)}:{node.lineno}"
                    found.append((place, ast.unparse(node.args[0])))
    return found


def test_no_foreign_key_hides_its_room_in_a_string() -> None:
    ours = [(place, target) for place, target in relations() if "." in target.strip("'\"")]
    assert len(relations()) > 50  # the walk sees the models at all

    hidden = [one for one in ours if one[1][0] in "'\"" and "settings" not in one[1]]

    assert hidden == []


def table(heading: str) -> str:
    """The text of docs/architecture.md from `heading` to the next heading."""
    return MAP.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def test_every_subscriber_stands_on_the_map_in_its_strength() -> None:
    after_commit, _, same_transaction = table("Events").partition("**In the same transaction**")
    missing = []
    for subscriber in events.subscribers():
        text = same_transaction if subscriber.is_same_transaction else after_commit
        room = subscriber.name.partition(".")[0]
        if not any(_names(row, subscriber.event) and room in row for row in text.splitlines()):
            missing.append((subscriber.name, subscriber.event.__name__))

    assert missing == []


def _names(row: str, event: type[events.Event]) -> bool:
    return row.startswith("|") and event.__name__ in row.split("|")[1]


def test_every_event_that_the_map_names_exists() -> None:
    known = {cls.__name__ for cls in _all_events()}
    named = set(re.findall(r"^\| `(?:\w+\.)?([\w /]+)` \|", table("Events"), re.MULTILINE))

    assert {word.strip() for words in named for word in words.split("/")} <= known


def test_every_same_transaction_subscriber_has_its_reason() -> None:
    rows = table("Events").partition("**In the same transaction**")[2].splitlines()
    cells = [row.strip("|").split("|") for row in rows if row.startswith("| `")]

    assert len(cells) == sum(one.is_same_transaction for one in events.subscribers())
    assert all(len(one) == 3 and len(one[2].split()) > 4 for one in cells)


def _all_events() -> list[type[events.Event]]:
    found, waiting = [], list(events.Event.__subclasses__())
    while waiting:
        kind = waiting.pop()
        found.append(kind)
        waiting.extend(kind.__subclasses__())
    return [kind for kind in found if kind.__module__.partition(".")[0] in ROOMS]


def test_topics_are_unique_and_tell_their_room() -> None:
    topics = {kind.topic: kind for kind in _all_events()}

    assert len(topics) == len(_all_events())
    for topic, kind in topics.items():
        assert re.fullmatch(rf"{kind.__module__.split('.')[0]}\.\w+\.\w+\.v\d+", topic)


def test_every_task_of_the_schedule_exists() -> None:
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert scheduled - set(current_app.tasks) == set()


def test_the_sweep_of_the_outbox_is_scheduled() -> None:
    scheduled: set[Any] = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}

    assert {"kernel.tasks.deliver_events", "kernel.tasks.forget_old_rows"} <= scheduled

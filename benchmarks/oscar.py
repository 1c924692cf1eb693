"""The peer of `make bench-peers`: django-oscar with its REST API, and how a piece is bought there.

The project is in `peer_oscar/`; it runs in a virtual environment of its own.
"""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.bed import Bed, Project
from config.environment import data_dir

FOLDER = Path(__file__).parent / "peer_oscar"
REQUIREMENTS = FOLDER / "requirements.txt"
#: The documented way from a product to an order: these two requests, nothing less.
ADD, CHECKOUT = "/api/basket/add-product/", "/api/checkout/"
RECEIVER = {
    "first_name": "静",
    "last_name": "陈",
    "line1": "龙井路 1 号",
    "line4": "杭州市",
    "state": "浙江省",
    "postcode": "310000",
    "phone_number": "+86 139 1234 5678",
}
_numbers = count(1)


class NotInstalled(RuntimeError):
    """The peer could not be installed; the installer has said why."""


def install() -> Project:
    """Return the peer's project; install it first unless it is there as listed, for this Python."""
    home = data_dir() / "peers" / "oscar-venv"
    python, stamp = home / "bin" / "python", home / "installed.txt"
    wanted = f"# Python {platform.python_version()}\n{REQUIREMENTS.read_text()}"
    if not stamp.is_file() or stamp.read_text() != wanted:
        print(f"Installing the peer into {home} (once) ...", file=sys.stderr)
        install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        for command in (
            [sys.executable, "-m", "venv", "--clear", str(home)],
            [*install, "--requirement", str(REQUIREMENTS)],
        ):
            if subprocess.run(command, check=False, stdout=sys.stderr).returncode != 0:
                raise NotInstalled(f"{REQUIREMENTS.name} could not be installed into {home}")
        stamp.write_text(wanted)
    return Project(str(python), FOLDER, "shop.wsgi:application", "/ready", login="")


def versions(project: Project) -> dict[str, str]:
    """Return what the peer runs on."""
    names = ["django-oscar", "django-oscar-api", "django", "djangorestframework", "granian"]
    code = (
        "import json, sys; from importlib.metadata import version;"
        "print(json.dumps({name: version(name) for name in sys.argv[1:]}))"
    )
    done = subprocess.run([project.python, "-c", code, *names], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout)


def orders(one: Bed, scene: dict[str, Any], number: int, product: int = 0) -> dict[str, Any]:
    """Return the job of `number` orders: each buyer fills a basket and checks it out."""
    return {
        "path": ADD,
        "calls": list(_additions(one, scene, number, product)),
        "then": {
            "path": CHECKOUT,
            "body": {"shipping_address": _receiver(one, scene)},
            "take": {"basket": "url"},
        },
    }


def full_baskets(
    one: Bed, scene: dict[str, Any], number: int, connections: int, product: int = 0
) -> dict[str, Any]:
    """Fill a basket for each of `number` buyers; return the job that checks these out."""
    additions = list(_additions(one, scene, number, product))
    one.load({"path": ADD, "connections": connections, "calls": additions})
    baskets = one.query(
        "SELECT token.key, basket.id FROM basket_basket basket"
        " JOIN authtoken_token token ON token.user_id = basket.owner_id"
        " WHERE basket.status = 'Open' ORDER BY basket.id"
    )
    if len(baskets) != number:
        raise RuntimeError(f"{number} baskets were to be filled, {len(baskets)} are open")
    receiver = _receiver(one, scene)
    calls = [
        [token, "", {"basket": f"{_site(one)}/api/baskets/{pk}/", "shipping_address": receiver}]
        for token, pk in baskets
    ]
    return {"path": CHECKOUT, "calls": calls}


def check(one: Bed, placed: int) -> dict[str, Any]:
    """Return what the peer's database says about `placed` acknowledged checkouts."""
    found = one.query("SELECT count(*) FROM order_order")[0][0]
    return {"acknowledged": placed, "orders": found, "is_exact": placed == found}


def sold(one: Bed, scene: dict[str, Any], product: int) -> int:
    """Return how many pieces of a product its order lines sell."""
    pk = int(scene["products"][product])
    lines = f"SELECT coalesce(sum(quantity), 0) FROM order_line WHERE product_id = {pk}"  # noqa: S608 -- a number
    return int(one.query(lines)[0][0])


def _additions(one: Bed, scene: dict[str, Any], number: int, product: int) -> Iterator[list[Any]]:
    body = {"url": f"{_site(one)}/api/products/{scene['products'][product]}/", "quantity": 1}
    for _ in range(number):
        yield [scene["tokens"][next(_numbers) % len(scene["tokens"])], "", body]


def _receiver(one: Bed, scene: dict[str, Any]) -> dict[str, Any]:
    return RECEIVER | {"country": f"{_site(one)}/api/countries/{scene['country']}/"}


def _site(one: Bed) -> str:
    return f"http://127.0.0.1:{one.port}"

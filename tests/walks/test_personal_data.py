"""A3: whole phones, names, streets and account numbers, looked for wherever they should not be."""

from __future__ import annotations

import logging
import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from kernel.admin.sites import merchant_site, operator_site, support_site
from kernel.models import AuditEntry
from tests.walks import doors, rows
from tests.walks.callers import ask
from tests.walks.canaries import canary
from tests.walks.consoles import pages
from tests.walks.recipes import recipe

pytestmark = pytest.mark.django_db

#: What side B's people gave in confidence, as it stands sealed in the tables.
SECRETS = (
    canary("B", "receiver"),
    canary("B", "street"),
    "13900139000",
    canary("B", "contact-phone"),
    "6222021234567890",
    "6222020000000123",
)
#: Doors that tell people what they gave themselves.
OWN = re.compile(r"accounts_addresses|orders_checkouts|orders_orders_number_address")
#: Doors that reveal it to who may see it, each time on record.
REVEALING = {
    "orders_shops_shop_id_exports_export_id_file_get": "asked for in clear, with a reason",
    "orders_shops_shop_id_orders_number_receiver_post": "the shop sends a parcel there",
    "orders_support_orders_number_receiver_post": "support answers a complaint",
    "settlements_operator_payouts_number_account_post": "an operator pays it out",
}
#: The page that does: the same file.
REVEALING_PAGE = re.compile(r"/orders/exportjob/\w+/file/$")


def told(text: str) -> list[str]:
    """Return the secrets that a text gives away."""
    return [one for one in SECRETS if one in text]


def test_a3_no_door_tells_what_was_given_in_confidence(world, caplog, record_property):
    found, seen, count = [], set(), 0
    with caplog.at_level(logging.DEBUG):
        for door in doors.described():
            known = recipe(door, world, world.b)
            with rows.rolled_back():
                entries = AuditEntry.objects.count()
                answer = ask(known.caller, door, known.request)
                is_audited = AuditEntry.objects.count() > entries
            count += 1
            secrets = [one for one in told(answer.text) if one not in known.request.text()]
            if secrets and door.name in REVEALING and is_audited:
                seen.add(door.name)
            elif secrets and not OWN.match(door.name):
                found.append(f"{door.name} as {known.caller.name}: {secrets}, {is_audited=}")
    logged = [one for one in caplog.messages if told(one)]

    record_property("walk", f"{count} doors, {len(found)} findings, {len(logged)} lines of log")
    assert found == [], "\n".join(found)
    assert logged == []
    assert seen == REVEALING.keys(), "what is looked for is there"


@pytest.mark.parametrize("site", [merchant_site, support_site, operator_site], ids=lambda s: s.name)
def test_a3_no_page_shows_what_was_given_in_confidence(world, caplog, record_property, site):
    people = {"merchant": world.b.people.owner, "support": world.support}
    client = Client(raise_request_exception=False)
    client.force_login(people.get(site.name, world.operator))
    found, count = [], 0
    with caplog.at_level(logging.DEBUG):
        for page in pages(site, world, is_plain=True):
            with rows.rolled_back():
                answer = client.get(page.path)
            count += 1
            text = answer.getvalue().decode(errors="replace")
            if not REVEALING_PAGE.search(page.path):
                found += [f"{page.path}: {secret}" for secret in told(text)]
    logged = [one for one in caplog.messages if told(one)]

    record_property("walk", f"{count} pages, {len(found)} findings")
    assert found == [], "\n".join(found)
    assert logged == []


@pytest.mark.parametrize("site", [merchant_site, support_site], ids=lambda site: site.name)
def test_a3_no_search_tells_whether_somebody_has_a_phone(world, site):
    """A masked value is not found by searching, filtering or ordering: 0 bits."""
    client = Client(raise_request_exception=False)
    client.force_login(world.b.people.owner if site is merchant_site else world.support)
    found = []
    for page in pages(site, world, is_plain=True):
        if page.is_foreign or "/do/" in page.path or page.path.count("/") != 4:
            continue
        nothing = client.get(page.path, {"q": "13955550000"}).content.decode()
        for secret in (*SECRETS, "13900"):
            with rows.rolled_back():
                text = client.get(page.path, {"q": secret}).content.decode()
            if text.count("<tr") != nothing.count("<tr"):
                found.append(f"{page.path}?q={secret}")
    assert found == []


def test_a3_at_rest_nothing_of_it_stands_in_clear(world):
    """Every row of every table, as text: orders, outbox, audit, kept answers, tasks' payloads."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            if not model._meta.managed:
                continue
            table = model._meta.db_table
            wanted = " OR ".join(["strpos(to_jsonb(one)::text, %s) > 0"] * len(SECRETS))
            cursor.execute(f"SELECT count(*) FROM {table} AS one WHERE {wanted}", SECRETS)
            if count := cursor.fetchone()[0]:
                found.append(f"{table}: {count} rows")
    assert found == []

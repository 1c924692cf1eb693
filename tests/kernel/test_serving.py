"""The log-in that serves: what production refuses, and what the grants are worth."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connection, transaction

from kernel import serving, walls
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db

LOGIN = "haodian_test_login"


@pytest.fixture
def login():
    """A log-in like production's; this connection works as it until the test is over."""
    with connection.cursor() as cursor:
        serving.allow(LOGIN)
        cursor.execute(f"SET LOCAL SESSION AUTHORIZATION {LOGIN}")
        yield cursor
        cursor.execute("SET LOCAL SESSION AUTHORIZATION DEFAULT")


@pytest.fixture(autouse=True)
def _asked_anew():
    serving.refuse_unwalled.cache_clear()
    yield
    serving.refuse_unwalled.cache_clear()


def test_a_superuser_may_not_serve():
    with pytest.raises(ImproperlyConfigured, match="superuser or has BYPASSRLS"):
        serving.refuse_unwalled()


def test_the_owner_of_the_tables_may_not_serve(login):
    login.execute("RESET SESSION AUTHORIZATION")
    login.execute(f"ALTER TABLE kernel_auditentry OWNER TO {LOGIN}")
    login.execute(f"SET LOCAL SESSION AUTHORIZATION {LOGIN}")

    assert serving.faults() == [f"the database log-in {LOGIN} owns the tables"]


def test_a_log_in_without_the_grants_may_not_serve_and_is_told_them(login):
    login.execute("RESET SESSION AUTHORIZATION")
    login.execute(f"REVOKE haodian_shop FROM {LOGIN}")
    login.execute(f"SET LOCAL SESSION AUTHORIZATION {LOGIN}")

    (fault,) = serving.faults()

    assert f"GRANT haodian_shop TO {LOGIN} WITH INHERIT FALSE, SET TRUE" in fault


def test_the_log_in_that_serves_sees_every_shop_and_can_be_one(login, no_tripwire):
    ours, _theirs = ShopFactory(), ShopFactory()
    manager = type(ours).objects

    serving.refuse_unwalled()
    assert manager.count() == 2
    with walls.behind(ours.pk):
        assert list(manager.all()) == [ours]
    assert manager.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE shops_shop DISABLE ROW LEVEL SECURITY",
        "DROP POLICY shop_wall ON shops_shop",
        "ALTER TABLE kernel_auditentry DISABLE TRIGGER append_only",
        "TRUNCATE kernel_auditentry",
    ],
)
def test_it_cannot_take_the_walls_down(login, statement):
    with pytest.raises(Error, match=r"must be owner|permission denied"), transaction.atomic():
        login.execute(statement)


def test_readyz_is_red_in_production_for_the_wrong_log_in(client, settings):
    settings.PRODUCTION = True

    answer = client.get("/readyz")

    assert (answer.status_code, answer.content) == (503, b"log-in of the database\n")


def test_readyz_is_green_in_production_for_the_right_one(client, settings, login):
    settings.PRODUCTION = True

    assert client.get("/readyz").status_code == 200

"""The command and the tasks: one call each, and what they say."""

import json
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from insights import tasks
from insights.models import ShopDay, ShopScore
from insights.services import days
from kernel import clock
from tests.factories.orders import make_sku
from tests.factories.shops import ShopFactory
from tests.insights.trade import noon, sold

pytestmark = pytest.mark.django_db
DAY = date(2025, 6, 10)


def said(capsys, *arguments: str) -> dict:
    """What the command prints."""
    call_command("check_days", *arguments)
    return json.loads(capsys.readouterr().out)


def test_the_command_finds_mends_and_is_quiet_afterwards(capsys) -> None:
    order = sold(make_sku(price=800), paid_at=noon(DAY))
    shop = order.shop.public_id

    with pytest.raises(SystemExit, match="1"):
        call_command("check_days", "--shop", shop)
    first = json.loads(capsys.readouterr().out)
    assert [one["day"] for one in first["differences"]] == ["2025-06-10"]
    assert said(capsys, "--mend")["added_up"] == 1
    assert said(capsys, "--since", "2025-06-01") == {"days": 1, "differences": [], "added_up": 0}


def test_days_of_rows_that_no_service_wrote_are_added_up_again(capsys) -> None:
    sold(make_sku(), paid_at=noon(DAY))

    assert said(capsys, "--again")["differences"] == []

    assert ShopDay.objects.get().orders == 1


def test_an_unknown_shop_is_refused() -> None:
    with pytest.raises(CommandError, match="no such shop"):
        call_command("check_days", "--shop", "shp_x")


def test_the_sweep_adds_up_and_the_night_checks_and_scores() -> None:
    shop = ShopFactory()
    yesterday = clock.now() - timedelta(days=1)
    order = sold(make_sku(shop), paid_at=yesterday)
    days.mark_paid([order.pk])

    tasks.add_up_days()
    assert ShopDay.objects.get().orders == 1
    ShopDay.objects.update(gmv_amount=1)
    tasks.check_days()
    ShopDay.objects.update(due_at=yesterday)
    tasks.add_up_days()
    tasks.refresh_scores()

    assert ShopDay.objects.get().gmv_amount == 5_000
    assert ShopScore.objects.get().orders == 1

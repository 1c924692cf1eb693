"""Files of orders in the merchant console (OR-23)."""

from datetime import timedelta

import pytest

from kernel import clock
from kernel.models import AuditEntry
from orders import tasks
from orders.enums import OrderStatus
from orders.models import ExportJob
from shops.enums import StaffRole
from tests.factories.orders import RECEIVER, make_order
from tests.factories.shops import ShopFactory

pytestmark = pytest.mark.django_db
LIST = "/merchant/orders/exportjob/"
FORM = {"preset": "orders", "status": "", "placed_from": "", "placed_until": "", "reason": ""}


@pytest.fixture
def shop():
    return ShopFactory()


def test_or_23_a_clerk_exports_and_downloads(shop_desk, shop):
    """A worker writes the file; receivers are masked in it, and who takes it is in the trail.

    Page: /merchant/orders/exportjob/
    """
    make_order(OrderStatus.TO_SHIP, shop=shop)
    desk = shop_desk(shop)
    assert "Export orders to work on them" in desk.get(LIST).text
    assert desk.post(f"{LIST}do/start/", FORM).status_code == 302
    job = ExportJob.objects.get()
    page = f"{LIST}{job.public_id}/change/"
    assert "/file/" not in desk.get(page).text

    tasks.write_exports()

    assert f"{LIST}{job.public_id}/file/" in desk.get(page).text
    file = desk.get(f"{LIST}{job.public_id}/file/")
    assert (file.status_code, file["Content-Type"]) == (200, "text/csv; charset=utf-8")
    content = file.getvalue().decode()
    assert "王**" in content
    assert RECEIVER["name"] not in content


def test_receivers_in_clear_are_for_those_who_may_see_them(shop_desk, shop):
    clear = FORM | {"is_unmasked": "on"}
    desk, finance = shop_desk(shop), shop_desk(shop, StaffRole.FINANCE)
    assert desk.post(f"{LIST}do/start/", clear).status_code == 422
    assert desk.post(f"{LIST}do/start/", clear | {"reason": "Our carrier"}).status_code == 302
    tasks.write_exports()
    url = f"{LIST}{ExportJob.objects.get().public_id}"

    assert "is_unmasked" not in finance.get(f"{LIST}do/start/").text
    assert "/file/" not in finance.get(f"{url}/change/").text
    assert finance.get(f"{url}/file/").status_code == 403
    assert desk.get(f"{url}/file/").status_code == 200


def test_an_early_click_is_told_so(shop_desk, shop):
    desk = shop_desk(shop)
    desk.post(f"{LIST}do/start/", FORM)

    answer = desk.get(f"{LIST}{ExportJob.objects.get().public_id}/file/", follow=True)

    assert "The file is not ready." in answer.text


@pytest.mark.parametrize("time", ["0001-01-01 00:00", "9999-12-31 23:59"])
def test_the_page_of_an_export_shows_every_time_that_was_asked_for(shop_desk, shop, time):
    desk = shop_desk(shop)
    form = FORM | {"placed_from": time, "placed_until": time}

    assert desk.post(f"{LIST}do/start/", form).status_code == 302

    assert desk.get(f"{LIST}{ExportJob.objects.get().public_id}/change/").status_code == 200


@pytest.mark.parametrize("method", ["head", "options", "post"])
def test_what_takes_no_file_is_not_in_the_audit_trail(shop_desk, shop, method):
    desk = shop_desk(shop)
    desk.post(f"{LIST}do/start/", FORM)
    tasks.write_exports()

    answer = getattr(desk, method)(f"{LIST}{ExportJob.objects.get().public_id}/file/")

    assert answer.status_code == 405
    assert not AuditEntry.objects.filter(action="orders.download_export").exists()


def test_a_file_whose_time_is_over_is_not_offered(shop_desk, shop):
    desk = shop_desk(shop)
    desk.post(f"{LIST}do/start/", FORM)
    tasks.write_exports()
    ExportJob.objects.update(expires_at=clock.now() - timedelta(minutes=1))

    page = desk.get(f"{LIST}{ExportJob.objects.get().public_id}/change/")

    assert (page.status_code, "/file/" in page.text) == (200, False)


def test_files_of_others_are_not_there(shop_desk, shop):
    shop_desk(ShopFactory()).post(f"{LIST}do/start/", FORM)
    tasks.write_exports()
    job, desk = ExportJob.objects.get(), shop_desk(shop)

    assert job.public_id not in desk.get(LIST).text
    assert desk.get(f"{LIST}{job.public_id}/file/").status_code == 404
    assert shop_desk(shop, StaffRole.READ_ONLY).get(LIST).status_code == 403

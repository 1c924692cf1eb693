"""The merchant's door: files of orders (OR-23)."""

import pytest

from kernel.models import AuditEntry
from orders import tasks
from orders.enums import OrderStatus
from orders.models import ExportJob
from shops.enums import StaffRole
from tests.factories.orders import make_order
from tests.factories.shops import ShopFactory, StaffFactory, owner_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop():
    return ShopFactory()


@pytest.fixture
def client(client_for, shop):
    return client_for(owner_of(shop))


def base(shop):
    return f"/api/v1/orders/shops/{shop.public_id}/exports"


def ask(client, shop, key="export-1", **content):
    return client.post(
        base(shop), {"preset": "orders", **content}, headers={"Idempotency-Key": key}
    )


def test_a_file_is_asked_for_written_and_taken(client, shop):
    order = make_order(OrderStatus.TO_SHIP, shop=shop)
    asked = ask(client, shop, status="to_ship")
    again = ask(client, shop, status="to_ship")
    assert (asked.status_code, again.json()) == (201, asked.json())
    url = f"{base(shop)}/{asked.json()['id']}"
    early = client.get(f"{url}/file")
    assert (early.status_code, early.json()["code"]) == (409, "export_not_ready")

    tasks.write_exports()

    job = client.get(url).json()
    assert (job["status"], job["row_count"], job["filters"]["status"]) == ("done", 1, "to_ship")
    file = client.get(f"{url}/file")
    assert (file.status_code, file["Content-Type"]) == (200, "text/csv; charset=utf-8")
    assert file["Content-Disposition"] == f'attachment; filename="{job["filename"]}"'
    assert file["Cache-Control"] == "no-store"
    assert order.number in (content := file.getvalue()).decode()
    assert file["Content-Length"] == str(len(content))
    assert AuditEntry.objects.filter(action="orders.download_export").count() == 1
    assert [one["id"] for one in client.get(base(shop)).json()["results"]] == [job["id"]]


def test_who_accepts_just_the_files_type_gets_it_and_errors_as_everybody(client, shop):
    ask(client, shop)
    url = f"{base(shop)}/{ExportJob.objects.get().public_id}/file"
    only = {"Accept": "text/csv"}
    early = client.get(url, headers=only)
    assert (early.status_code, early.json()["code"]) == (409, "export_not_ready")
    tasks.write_exports()

    assert client.get(url, headers=only).status_code == 200
    assert client.get(base(shop), headers=only).status_code == 406


def test_what_takes_no_file_is_not_in_the_audit_trail(client, shop):
    ask(client, shop)
    tasks.write_exports()
    url = f"{base(shop)}/{ExportJob.objects.get().public_id}/file"

    assert (client.head(url).status_code, client.options(url).status_code) == (405, 204)

    assert not AuditEntry.objects.filter(action="orders.download_export").exists()


def test_an_expired_file_is_gone(client, shop):
    ask(client, shop)
    tasks.write_exports()
    ExportJob.objects.update(status="expired")

    answer = client.get(f"{base(shop)}/{ExportJob.objects.get().public_id}/file")

    assert (answer.status_code, answer.json()["code"]) == (410, "export_expired")


def test_bad_questions_are_refused(client, shop):
    answers = [
        ask(client, shop, preset="everything"),
        ask(client, shop, placed_from="yesterday"),
        ask(client, shop, is_unmasked=True),
        ask(client, shop, columns=["phone"]),
    ]

    assert [one.status_code for one in answers] == [400] * 4
    assert answers[2].json()["errors"][0]["pointer"] == "/reason"
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize(
    ("role", "masked", "clear"),
    [
        (StaffRole.MANAGER, 201, 201),
        (StaffRole.ORDER_CLERK, 201, 201),
        (StaffRole.FINANCE, 201, 403),
        (StaffRole.AFTERSALES_AGENT, 403, 403),
        (StaffRole.READ_ONLY, 403, 403),
    ],
)
def test_who_may_export_and_who_may_see_receivers(client_for, shop, role, masked, clear):
    client = client_for(StaffFactory(shop=shop, role=role).user)

    assert ask(client, shop).status_code == masked
    reason = {"is_unmasked": True, "reason": "Our own carrier"}
    assert ask(client, shop, "export-2", **reason).status_code == clear


def test_another_shops_file_is_not_there(client, client_for, shop):
    other = ShopFactory()
    ask(client_for(owner_of(other)), other)
    tasks.write_exports()
    job = ExportJob.objects.get()

    for url in (f"{base(shop)}/{job.public_id}", f"{base(other)}/{job.public_id}"):
        assert client.get(url).status_code == 404
        assert client.get(f"{url}/file").status_code == 404
    assert ask(client, other).status_code == 404

"""OP-14 and A8: every list of every console as a file, and no cell of any is a formula."""

import csv
import io

import pytest
from django.test import Client
from openpyxl import Workbook, load_workbook

from kernel.admin import sheets
from kernel.admin.sites import merchant_site, operator_site, support_site
from kernel.cells import BOM, value_of
from kernel.models import AuditEntry
from tests.walks import rows

pytestmark = pytest.mark.django_db

SITES = (merchant_site, support_site, operator_site)
LIVE = (
    "=cmd|' /C calc'!A0", "+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\uff1d1", "\uff0b1",
    "\uff0d1", "\uff201", "|calc", "%0A", "'=1", 'a","=1', 'quoted "text"', "a\r\nb",
)  # fmt: skip


def lists(site):
    """Yield (address, model) of each list of a console."""
    for model in site._registry:
        yield f"/{site.name}/{model._meta.app_label}/{model._meta.model_name}/", model


def client_of(site, world):
    people = {"merchant": world.b.people.owner, "support": world.support}
    client = Client()
    client.force_login(people.get(site.name, world.operator))
    return client


def read(answer):
    """Return the cells of a file, as a spreadsheet reads them."""
    content = answer.getvalue()
    assert content.startswith(BOM)
    return list(csv.reader(io.StringIO(content.removeprefix(BOM).decode(), newline="")))


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_op_14_every_list_is_a_file(world, record_property, site):
    """The columns and rows of the screen, with its filters; each on record.

    Page: /merchant/catalog/product/export/
    """
    client, count = client_of(site, world), 0
    for path, _model in lists(site):
        with rows.rolled_back():
            entries = AuditEntry.objects.count()
            answer = client.get(f"{path}export/")
            assert (answer.status_code, answer["Content-Type"][:8]) == (200, "text/csv"), path
            found = read(answer)
            assert AuditEntry.objects.count() == entries + 1
            shown = client.get(path).content.decode()
        assert f"{path}export/" in shown
        widths = {len(line) for line in found}
        assert widths == {len(found[0])}, path
        assert not [cell for line in found for cell in line if "<" in cell and "</" in cell], path
        count += len(found) - 1

    record_property("walk", f"{len(site._registry)} lists, {count} rows")
    assert count > 20


def test_op_14_filters_hold_for_the_file_and_another_shop_is_not_in_it(world):
    """What is filtered on the screen is filtered in the file.

    Page: /merchant/orders/order/export/
    """
    client = client_of(merchant_site, world)
    everything = read(client.get("/merchant/orders/order/export/"))
    some = read(client.get("/merchant/orders/order/export/?status__exact=closed"))

    assert 1 < len(some) < len(everything)
    numbers = {order.number for order in world.a.trade.orders.values()}
    assert not [cell for line in everything for cell in line if cell in numbers]
    assert client.get("/merchant/orders/order/export/?nonsense=1").status_code == 302


def test_who_may_not_export_orders_does_not_export_the_list(world):
    client = Client()
    client.force_login(world.b.people.users["clerk"])
    page = merchant_site.get_page(type(world.b.trade.orders["to_ship"]))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(page), "export_permission", "settlements.payout")
        assert client.get("/merchant/orders/order/export/").status_code == 403
        assert "order/export/" not in client.get("/merchant/orders/order/").content.decode()


@pytest.mark.parametrize("site", SITES, ids=lambda site: site.name)
def test_a8_no_cell_of_any_list_is_a_formula(world, monkeypatch, record_property, site):
    """Opened with openpyxl and read back: nothing live, and every value comes back."""
    client, count = client_of(site, world), 0
    for path, _model in lists(site):
        texts = iter(LIVE * 2_000)
        given = []

        def hostile(page, row, name, texts=texts, given=given):
            given.append(next(texts))
            return given[-1]

        monkeypatch.setattr(sheets, "text_of", hostile)
        with rows.rolled_back():
            found = read(client.get(f"{path}export/"))[1:]
        cells = [cell for line in found for cell in line]
        book = Workbook()
        for line in found:
            book.active.append([_legal(cell) for cell in line])
        kept = io.BytesIO()
        book.save(kept)
        opened = load_workbook(kept).active
        assert not [one for line in opened.iter_rows() for one in line if one.data_type == "f"]
        assert [value_of(cell) for cell in cells] == given, path
        count += len(cells)

    record_property("walk", f"{len(site._registry)} lists, {count} cells, 0 formulas")
    assert count > 100


def _legal(text):
    """A workbook holds no control characters."""
    return "".join(one for one in text if one >= " " or one in "\t\n\r")

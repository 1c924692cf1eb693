"""Files of plans over the API (OP-13)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from affiliates import tasks
from affiliates.models import Plan, PlanFile
from tests.factories.affiliates import MembershipFactory
from tests.factories.catalog import product_on_sale
from tests.factories.shops import owner_of

pytestmark = pytest.mark.django_db


def test_op_13_plans_come_by_file_over_the_api(client_for):
    """A file of plans is looked at, applied, and reported row by row.

    API: POST /api/v1/affiliates/shops/{shop_id}/plan-files
    """
    shop = MembershipFactory().shop
    product, client = product_on_sale(shop=shop), client_for(owner_of(shop))
    url = f"/api/v1/affiliates/shops/{shop.public_id}/plan-files"
    file = SimpleUploadedFile("a.csv", f"{product.public_id},10\nnothing,10".encode())

    sent = client.post(url, {"file": file, "is_dry_run": "true"}, format="multipart")
    assert (sent.status_code, sent.json()["status"]) == (201, "queued")
    tasks.do_plan_files()

    one = f"{url}/{sent.json()['id']}"
    shown = client.get(one).json()
    assert (shown["good_count"], shown["bad_count"], Plan.objects.count()) == (1, 1, 0)
    fault = client.get(f"{one}/faults").json()["results"][0]
    assert (fault["row_number"], fault["code"]) == (2, "unknown_product")
    assert b"nothing" in client.get(f"{one}/error-file").getvalue()
    applied = client.post(f"{one}/apply", HTTP_IDEMPOTENCY_KEY="k1")
    assert applied.status_code == 201
    tasks.do_plan_files()
    assert Plan.objects.get().product == product
    again = client.post(f"{one}/apply", HTTP_IDEMPOTENCY_KEY="k2")
    assert again.json()["code"] == "nothing_to_apply"
    assert client.post(url, {}, format="json").status_code == 400
    assert PlanFile.objects.count() == 2

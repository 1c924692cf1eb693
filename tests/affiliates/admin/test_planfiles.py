"""Files of plans in the merchant console (OP-13)."""

import pytest

from affiliates import tasks
from affiliates.models import Plan, PlanFile
from shops.enums import StaffRole
from shops.models import Approval
from tests.affiliates.admin.test_consoles import signed_in
from tests.factories.affiliates import MembershipFactory, PlanFactory
from tests.factories.catalog import product_on_sale
from tests.factories.shops import ShopFactory, StaffFactory

pytestmark = pytest.mark.django_db
LIST = "/merchant/affiliates/planfile/"


def desk_of(shop, role=StaffRole.MANAGER):
    return signed_in(StaffFactory(shop=shop, role=role).user)


def test_op_13_plans_come_by_file_and_the_refused_rows_go_back():
    """Pasted lines are looked at, then applied; a high rate waits for a second person.

    Page: /merchant/affiliates/planfile/do/upload/
    """
    shop = MembershipFactory().shop
    fresh = product_on_sale(shop=shop)
    high = PlanFactory(product=product_on_sale(shop=shop))
    desk = desk_of(shop)
    assert "paste merchant codes" in desk.get(LIST).text
    assert "30 %" in desk.get(f"{LIST}do/upload/").text
    lines = f"{fresh.public_id},12.5\n{high.product.public_id},40\nnothing,10"

    assert desk.post(f"{LIST}do/upload/", {"lines": lines, "is_dry_run": "on"}).status_code == 302
    tasks.do_plan_files()

    dry = PlanFile.objects.get()
    page = desk.get(f"{LIST}{dry.public_id}/change/").text
    assert "unknown_product" in page
    assert "asked_for_approval" in page
    assert not Plan.objects.filter(product=fresh).exists()
    assert desk.post(f"{LIST}{dry.public_id}/do/apply/", {}).status_code == 302
    tasks.do_plan_files()
    assert Plan.objects.get(product=fresh).versions.get().rate_bp == 1_250
    assert Approval.objects.get().payload == {"rate_bp": 4_000}
    assert not high.versions.filter(rate_bp=4_000).exists()
    assert "do/apply/" not in desk.get(f"{LIST}{dry.public_id}/change/").text
    assert "nothing" in desk.get(f"{LIST}{dry.public_id}/errors/").getvalue().decode()


def test_files_of_plans_are_for_those_who_edit_plans_of_their_own_shop():
    shop, other = ShopFactory(), ShopFactory()
    desk = desk_of(other)
    assert desk.post(f"{LIST}do/upload/", {"lines": " "}).status_code == 422
    assert desk.post(f"{LIST}do/upload/", {"lines": "product,price\n1,2"}).status_code == 422
    assert not PlanFile.objects.exists()
    desk.post(f"{LIST}do/upload/", {"lines": "a,1"})
    job = PlanFile.objects.get()

    assert desk_of(shop, StaffRole.READ_ONLY).get(LIST).status_code == 403
    for path in ("change", "errors"):
        assert desk_of(shop).get(f"{LIST}{job.public_id}/{path}/").status_code == 404

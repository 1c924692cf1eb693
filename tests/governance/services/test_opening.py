"""A shop opens when its deposit is paid (SH-03, SH-06)."""

from typing import Any

import pytest

from accounts.services.actors import operator_actor
from governance.selectors import missing_for_opening
from kernel.delivery import deliver_all
from shops.enums import AdmissionStatus, ShopStatus
from shops.services import admissions, reviewing
from tests.factories.accounts import OperatorFactory, UserFactory
from tests.governance.shops import staked
from tests.shops.services.test_admissions import AT, _fill, _sign, _submit

pytestmark = pytest.mark.django_db


def test_sh_03_a_signed_shop_opens_when_its_deposit_is_paid(settings: Any) -> None:
    """Where newcomers are not on trial; the last payment opens it.

    Page: /merchant/shops/admission/
    """
    settings.DEPOSIT_RULE = settings.DEPOSIT_RULE | {"trial_days": 0}
    shop = admissions.create_shop(owner=UserFactory(), name="Lin Tea", at=AT)
    _fill(shop)
    operator = operator_actor(OperatorFactory().pk, {})
    reviewing.approve_admission(admission=_submit(shop), at=AT, actor=operator)

    assert _sign(shop).status == AdmissionStatus.DEPOSIT_DUE
    staked(missing_for_opening(shop, AT) - 1, shop)
    deliver_all()
    shop.refresh_from_db()
    assert shop.status == ShopStatus.PREPARING
    staked(1, shop)
    deliver_all()

    shop.refresh_from_db()
    assert shop.status == ShopStatus.OPEN


def test_a_newcomer_on_trial_opens_by_the_signature() -> None:
    shop = admissions.create_shop(owner=UserFactory(), name="Lin Tea", at=AT)
    _fill(shop)
    operator = operator_actor(OperatorFactory().pk, {})
    reviewing.approve_admission(admission=_submit(shop), at=AT, actor=operator)

    _sign(shop)

    shop.refresh_from_db()
    assert shop.status == ShopStatus.OPEN

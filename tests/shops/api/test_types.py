"""The types of shop and the numbers that the trade calls them by."""

from __future__ import annotations

from typing import Any

import pytest

from shops.enums import ShopType
from shops.models import Shop
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

NUMBERS = {
    "ordinary": 0,
    "multi_brand": 1,
    "flagship": 2,
    "brand_specialty": 3,
    "mall": 4,
    "store_flagship": 6,
    "official_flagship": 7,
    "enterprise": 8,
    "individual": 9,
}


def test_sh_01_a_shop_of_each_type_is_prepared_and_told_with_its_number(client_for: Any) -> None:
    """All nine, by word and by number; another word is none.

    API: POST /api/v1/shops/shops
    """
    told = {}
    for word in NUMBERS:
        asked = {"name": f"Shop {word}", "type": word}
        made = client_for(UserFactory()).post("/api/v1/shops/shops", asked).json()
        told[made["type"]] = made["type_number"]
    wrong = client_for(UserFactory()).post("/api/v1/shops/shops", {"name": "X", "type": "outlet"})

    assert told == NUMBERS
    assert set(ShopType.values) == set(NUMBERS)
    assert wrong.status_code == 400
    assert not Shop.objects.filter(name="X").exists()

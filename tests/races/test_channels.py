"""Who sells what, said twice at the same moment (CA-19)."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from catalog.enums import SellChannel
from catalog.models import ProductChannel
from catalog.services import channels
from catalog.services.variants import SkuSpec
from kernel.actors import SYSTEM
from tests.factories.accounts import CreatorFactory
from tests.factories.catalog import product_on_sale
from tests.races.racing import ends_of

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

AT = datetime(2026, 5, 1, 12, tzinfo=UTC)
CREATORS = 6


def all_for_everybody():
    """Let each channel product of one main product be for all creators, at once."""
    main = product_on_sale()
    variants = [
        channels.make_channel_product(
            main=main,
            kind=SellChannel.NAMED,
            accounts=[CreatorFactory().account],
            skus=[SkuSpec(f"CH-{number}", 500)],
            actor=SYSTEM,
            at=AT,
        )
        for number in range(CREATORS)
    ]
    return ends_of(
        *(
            lambda one=one: channels.set_channel(
                product=one, kind=SellChannel.ALL_CREATORS, accounts=(), actor=SYSTEM, at=AT
            )
            for one in variants
        )
    )


def test_one_channel_product_becomes_that_of_all_creators():
    assert all_for_everybody() == {"ok": 1, "already_for_all_creators": CREATORS - 1}
    assert ProductChannel.objects.filter(kind=SellChannel.ALL_CREATORS).count() == 1


def test_control_without_the_unique_key_all_of_them_do():
    (guard,) = (
        one for one in ProductChannel._meta.constraints if one.name == "productchannel_one_for_all"
    )
    with connection.schema_editor() as editor:
        editor.remove_constraint(ProductChannel, guard)
    try:
        assert all_for_everybody() == {"ok": CREATORS}
    finally:
        ProductChannel.objects.all().delete()
        with connection.schema_editor() as editor:
            editor.add_constraint(ProductChannel, guard)

"""Freight by region: rules beside the flat amount."""

from datetime import UTC, datetime

import pytest

from kernel.errors import StaleVersion
from kernel.models import AuditEntry
from shops.errors import NoTemplate, RegionTwice, RegionUnknown, TooManyRules
from shops.models import FreightRule, FreightTemplate
from shops.selectors import FreightTerms, RegionTerms, freight_terms
from shops.services import freight
from tests.factories.shops import PreparingShopFactory, ShopFactory, StaffFactory, actor_of

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
ZHEJIANG, HANGZHOU, BINJIANG, XINJIANG = "330000", "330100", "330108", "650000"


def terms(*codes, **more):
    return RegionTerms(frozenset(codes), **more)


def test_the_rule_of_the_smallest_division_holds():
    shop = FreightTerms(
        800,
        9_900,
        (
            terms(ZHEJIANG, first_amount=300),
            terms(BINJIANG, first_amount=0),
            terms(XINJIANG, is_delivered=False),
        ),
    )

    assert shop.of(100, 1, "330102") == 300  # another district of Hangzhou
    assert shop.of(100, 1, BINJIANG) == 0
    assert shop.of(100, 1, "653100") is None
    assert shop.of(100, 1, "110000") == 800
    assert shop.of(9_900, 1, "110000") == 0
    assert shop.of(9_900, 1, "330102") == 300  # its own rule says nothing of free
    assert shop.of(100, 1) == 800


@pytest.mark.parametrize(
    ("pieces", "amount"), [(1, 1_000), (2, 1_000), (3, 1_500), (5, 1_500), (6, 2_000), (9, 0)]
)
def test_further_pieces_are_charged_by_the_batch(pieces, amount):
    rule = terms(
        ZHEJIANG,
        first_pieces=2,
        first_amount=1_000,
        further_pieces=3,
        further_amount=500,
        free_from_pieces=9,
    )

    assert rule.of(100, pieces) == amount


def test_free_from_an_amount_on():
    rule = terms(ZHEJIANG, first_amount=1_000, free_from_amount=5_000)

    assert (rule.of(4_999, 1), rule.of(5_000, 1)) == (1_000, 0)


@pytest.fixture
def shop():
    return ShopFactory()


def test_rules_are_added_changed_and_removed_with_a_trace(shop):
    actor = actor_of(shop)

    rule = freight.add_rule(
        shop_id=shop.pk, terms=terms(XINJIANG, first_amount=2_500), at=AT, actor=actor
    )
    assert freight_terms([shop.pk])[shop.pk].of(100, 1, XINJIANG) == 2_500
    freight.change_rule(rule=rule, terms=terms(XINJIANG, is_delivered=False), at=AT, actor=actor)
    assert freight_terms([shop.pk])[shop.pk].of(100, 1, XINJIANG) is None
    freight.remove_rule(rule=rule, at=AT, actor=actor)
    assert freight_terms([shop.pk])[shop.pk].of(100, 1, XINJIANG) == 800

    assert FreightTemplate.objects.get(shop=shop).version == 4
    trail = AuditEntry.objects.order_by("pk")
    assert [(one.action, one.after) for one in trail] == [
        (f"shops.{act}_freight_rule", {"regions": ["新疆维吾尔自治区"]})
        for act in ("add", "change", "remove")
    ]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (terms(ZHEJIANG), RegionTwice),
        (terms("999999"), RegionUnknown),
        (terms(), RegionUnknown),
    ],
)
def test_a_rule_that_is_none_is_refused(shop, wanted, refusal):
    freight.add_rule(shop_id=shop.pk, terms=terms(ZHEJIANG), at=AT, actor=actor_of(shop))

    with pytest.raises(refusal):
        freight.add_rule(shop_id=shop.pk, terms=wanted, at=AT, actor=actor_of(shop))

    assert FreightRule.objects.filter(shop=shop).count() == 1


def test_a_shop_without_freight_has_no_rules():
    shop = PreparingShopFactory()
    StaffFactory(shop=shop)

    with pytest.raises(NoTemplate):
        freight.add_rule(shop_id=shop.pk, terms=terms(ZHEJIANG), at=AT, actor=actor_of(shop))


def test_all_rules_are_replaced_under_one_version(shop):
    actor = actor_of(shop)

    def put(*rules, version):
        return freight.set_freight(
            shop_id=shop.pk,
            flat_amount=800,
            free_from_amount=None,
            rules=rules,
            version=version,
            at=AT,
            actor=actor,
        )

    put(terms(ZHEJIANG), terms(XINJIANG), version=1)
    put(terms(XINJIANG, is_delivered=False), version=2)
    with pytest.raises(StaleVersion):
        put(version=2)
    with pytest.raises(TooManyRules):
        put(*[terms(ZHEJIANG)] * 51, version=3)

    (rule,) = FreightRule.objects.filter(shop=shop)
    assert (rule.region_codes, rule.is_delivered) == ([XINJIANG], False)

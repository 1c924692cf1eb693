"""What the platform and the carriers wrote about one side's shop."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.conf import settings

from catalog.models import ScreeningHit, ScreeningRule
from catalog.services import spus
from catalog.services.screening import passes
from catalog.services.spus import SpuContent
from governance.enums import AssessmentCause, Effect
from governance.models import ConsequenceRule, Deposit, DepositAssessment, DepositRule
from governance.services import consequences, deductions, payments
from kernel.actors import Actor, Role
from orders.models import Order, PackageEdit, RouteNode
from shops.enums import RestrictionKind, RestrictionReason
from shops.models import AdmissionAnswer
from shops.services import restrictions
from tests.factories.accounts import OperatorFactory
from tests.factories.catalog import CategoryFactory
from tests.governance.shops import paid
from tests.walks.canaries import canary
from tests.walks.shopping import Storefront

OPERATOR = Actor(role=Role.OPERATOR, permissions=frozenset(), label="Operator")


def make_rules(at: datetime) -> None:
    """Let dated rules hold that say what the settings say."""
    DepositRule.objects.create(effective_from=at, **settings.DEPOSIT_RULE)
    for one in settings.SCORE_CONSEQUENCES:
        ConsequenceRule.objects.create(effective_from=at, **one)


def govern(side: str, front: Storefront, shipped: Order, now: datetime) -> None:
    """Take its deposit, more than is due; restrict it and lift that; note what carriers said."""
    shop = front.shop
    paid(shop, 100_000, at=now)
    DepositAssessment.objects.create(
        deposit=Deposit.objects.get(shop=shop),
        shop=shop,
        cause=AssessmentCause.FIRST,
        month=now.date(),
        tiers=[],
        base_amount=50_000,
        announced_at=now,
        effective_at=now,
    )
    payments.start(shop_id=shop.pk, amount=1_000, gateway="sandbox", at=now, actor=front.actor)
    deductions.deduct(
        shop_id=shop.pk,
        violation=canary(side, "violation"),
        amount=1_000,
        reason=canary(side, "deduction"),
        at=now,
        actor=replace(OPERATOR, user_id=OperatorFactory().pk),
    )
    consequences.exempt(
        shop=shop, effect=Effect.ALLIANCE, note=canary(side, "consequence"), at=now, actor=OPERATOR
    )
    _screen(side, front, now)
    kind, reason = RestrictionKind.ALLIANCE, RestrictionReason.SCORE
    restrictions.impose(shop_id=shop.pk, kind=kind, reason=reason, source="walk", at=now)
    restrictions.lift(shop_id=shop.pk, reason=reason, kinds=[kind], at=now)
    AdmissionAnswer.objects.create(
        shop=shop,
        admission=shop.admission,
        code="size",
        value=canary(side, "answer"),
        answered_at=now,
    )
    package = shipped.packages.get()
    of_package = {"package": package, "shop": shop, "buyer": shipped.buyer}
    PackageEdit.objects.create(**of_package, edited_at=now)
    RouteNode.objects.create(
        **of_package, notice_id=f"walk-{side}", state="in_transit", happened_at=now
    )


def _screen(side: str, front: Storefront, now: datetime) -> None:
    """Let a rule hit what waits for a review, and let the shop pass elsewhere."""
    shop, review = front.shop, front.products["in_review"].reviews.get()
    ScreeningHit.objects.create(
        rule=ScreeningRule.objects.get(code="contact", version=1),
        review=review,
        product_id=review.product_id,
        shop=shop,
        field="title",
        found=canary(side, "found"),
        at=now,
    )
    note, elsewhere = canary(side, "pass"), CategoryFactory(name=f"Trusted {side}")
    passes.grant_pass(shop=shop, category=elsewhere, note=note, actor=OPERATOR, at=now)
    asked = SpuContent(
        category=front.products["on_sale"].category,
        name=canary(side, "spu-name"),
        attributes=[{"name": "model", "value": canary(side, "spu-key")}],
    )
    note = canary(side, "spu-note")
    spus.propose(shop=shop, content=asked, note=note, actor=front.actor, at=now)

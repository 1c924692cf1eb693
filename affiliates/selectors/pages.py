"""Lists of the alliance, and what their pages show beside the rows, looked up at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual

from affiliates.enums import MembershipStatus, PickStatus, PlanStatus
from affiliates.models import Commission, Pick, Plan, PlanVersion
from affiliates.selectors.terms import rates
from catalog.enums import SellChannel
from catalog.models import ChannelSeller, Product
from kernel.actors import Actor
from kernel.money import portion
from shops.selectors import storefronts

Plans = TypeVar("Plans", bound=QuerySet[Plan])
Picks = TypeVar("Picks", bound=QuerySet[Pick])


def plans_page(plans: Plans) -> Plans:
    """Return plans with their products, for a page."""
    return plans.select_related("product", "shop")


#: How offers are sorted, by the names that buyers' search knows, and by what they earn.
POOL_ORDERS = {
    "new": ("-id",),
    "relevance": ("-rank", "-id"),
    "price": ("product__min_price", "id"),
    "-price": ("-product__min_price", "-id"),
    "sales": ("-product__sales_count", "-id"),
    "rate": ("-rate_bp", "-id"),
}


def pool(
    actor: Actor, products: QuerySet[Product], *, at: datetime, min_rate_bp: int = 0
) -> QuerySet[Plan]:
    """Return the plans that a creator can take up now on `products` on sale (AL-60).

    Each with the rate in force, `rate_bp`, which is at least `min_rate_bp`.
    """
    running = Q(status=PlanStatus.RUNNING) | Q(status=PlanStatus.CLOSING, closes_at__gt=at)
    member = Q(shop__alliance_membership__status=MembershipStatus.JOINED) | Q(
        shop__alliance_membership__status=MembershipStatus.LEAVING,
        shop__alliance_membership__leaves_at__gt=at,
    )
    in_force = PlanVersion.objects.filter(plan=OuterRef("pk"), effective_from__lte=at)
    latest = in_force.order_by("-effective_from", "-pk").values("rate_bp")[:1]
    found = Plan.objects.visible_to(actor).filter(
        running, member, product__in=products.values("pk")
    )
    found = found.annotate(rate_bp=Coalesce(Subquery(latest), 0))
    if min_rate_bp:
        found = found.filter(GreaterThanOrEqual(F("rate_bp"), min_rate_bp))
    return plans_page(found)


def creator_counts(plan_ids: Collection[int]) -> dict[int, int]:
    """Return plan pk → how many creators have it in their showcase. One query."""
    chosen = Pick.objects.filter(plan_id__in=plan_ids, status=PickStatus.ACTIVE).order_by()
    return dict(chosen.values_list("plan_id").annotate(Count("pk")))


def attach_offers(plans: Sequence[Any], *, actor: Actor, at: datetime) -> None:
    """Give each plan `rates`, `storefront`, `commission_amount`, `creator_count`, the own `pick`.

    `commission_amount` is what the cheapest SKU earns at the rate of now; None without a price.
    """
    found = rates([plan.pk for plan in plans], at=at)
    blocks = storefronts({plan.shop_id for plan in plans}, at=at)
    counts = creator_counts([plan.pk for plan in plans])
    own = {}
    if actor.creator_id is not None:
        picks = Pick.objects.filter(creator_id=actor.creator_id, plan__in=[one.pk for one in plans])
        own = {pick.plan_id: pick for pick in picks}
    for plan in plans:
        plan.rates = found.get(plan.pk)
        plan.storefront = blocks[plan.shop_id]
        plan.creator_count = counts.get(plan.pk, 0)
        plan.pick = own.get(plan.pk)
        price = plan.product.min_price
        known = plan.rates is not None and price is not None
        plan.commission_amount = portion(price, plan.rates.rate_bp) if known else None


def picks_page(picks: Picks) -> Picks:
    """Return picks with what their pages show."""
    return picks.select_related("product", "plan", "shop", "creator__account")


def attach_pick_states(picks: Sequence[Any], *, at: datetime) -> None:
    """Give each pick `state`, `rates` and `storefront`.

    `state` is ``removed``, ``off_shelf`` when it cannot be bought through its creator,
    ``promotion_closed`` when the plan has ended, else ``active``.
    """
    found = rates([pick.plan_id for pick in picks], at=at)
    blocks = storefronts({pick.shop_id for pick in picks}, at=at)
    sellers = ChannelSeller.objects.filter(
        channel=OuterRef("product_id"), account=OuterRef("creator__account_id")
    )
    may_sell = (
        Q(product__channel__isnull=True)
        | Q(product__channel__kind=SellChannel.ALL_CREATORS)
        | Q(Exists(sellers))
    )
    on_sale = set(
        Pick.objects.filter(may_sell, pk__in=[one.pk for one in picks])
        .filter(product__in=Product.objects.on_sale())
        .values_list("product_id", flat=True)
    )
    for pick in picks:
        pick.rates = found.get(pick.plan_id)
        pick.storefront = blocks[pick.shop_id]
        pick.state = _state(pick, pick.product_id in on_sale, at)


def _state(pick: Pick, is_on_sale: bool, at: datetime) -> str:
    closes_at = pick.plan.closes_at
    if pick.status != "active":
        return "removed"
    if not is_on_sale:
        return "off_shelf"
    is_closed = pick.plan.status == PlanStatus.CLOSED or (closes_at is not None and closes_at <= at)
    return "promotion_closed" if is_closed else "active"


def commissions_page(commissions: QuerySet[Commission]) -> QuerySet[Commission]:
    """Return commissions with what their pages show."""
    return commissions.select_related("line", "shop", "creator__account", "agency", "pick")

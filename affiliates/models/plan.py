"""Offers of shops, and the creators who take them up."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Creator
from affiliates.enums import MembershipStatus, PickStatus, PlanKind, PlanStatus
from catalog.models import Product
from kernel.actors import Actor, Role
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, RateField, one_of
from kernel.scoping import ScopedQuerySet, ShopOwnedQuerySet
from kernel.walls import Wall
from shops.models import Shop


class AllianceMembership(models.Model):
    """A shop's place in the alliance (精选联盟, AL-01). Leaving takes effect the next day."""

    shop = models.OneToOneField(
        Shop, models.PROTECT, related_name="alliance_membership", verbose_name=_("shop")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=MembershipStatus, default=MembershipStatus.JOINED
    )
    joined_at = models.DateTimeField(_("joined at"))
    leaves_at = models.DateTimeField(_("leaves at"), null=True)

    TRANSITIONS = {
        MembershipStatus.JOINED: {MembershipStatus.LEAVING},
        MembershipStatus.LEAVING: {MembershipStatus.LEFT, MembershipStatus.JOINED},
        MembershipStatus.LEFT: {MembershipStatus.JOINED},
    }

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("alliance membership")
        verbose_name_plural = _("alliance memberships")
        constraints = (
            one_of("status", MembershipStatus, "membership_status_valid"),
            Wall(by="shop", name="alliancemembership_wall"),
        )

    def __str__(self) -> str:
        return f"{self.shop}: {self.get_status_display()}"


class PlanQuerySet(ScopedQuerySet["Plan"]):
    """The shop's own; creators and the platform see all that run."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.role is Role.MERCHANT:
            return self.filter(shop_id=actor.shop_id)
        if actor.role is Role.CREATOR:
            return self.filter(status__in=[PlanStatus.RUNNING, PlanStatus.CLOSING])
        return self.none()


class Plan(models.Model):
    """A commission offer on one product (推广计划, AL-02). The rate lives in its versions."""

    public_id = PublicIdField(_("plan id"), prefix="pln")
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="plans", verbose_name=_("shop")
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        db_constraint=False,
        related_name="plans",
        verbose_name=_("product"),
    )
    kind = models.CharField(_("kind"), max_length=12, choices=PlanKind, default=PlanKind.OPEN)
    status = models.CharField(
        _("status"), max_length=12, choices=PlanStatus, default=PlanStatus.RUNNING
    )
    closes_at = models.DateTimeField(_("closes at"), null=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        PlanStatus.RUNNING: {PlanStatus.CLOSING},
        PlanStatus.CLOSING: {PlanStatus.CLOSED, PlanStatus.RUNNING},
    }

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = (
            one_of("kind", PlanKind, "plan_kind_valid"),
            one_of("status", PlanStatus, "plan_status_valid"),
            models.UniqueConstraint(
                fields=["product", "kind"], condition=~Q(status="closed"), name="plan_one_running"
            ),
            models.UniqueConstraint(fields=["shop", "id"], name="plan_shop_id"),
            models.UniqueConstraint(fields=["id", "product", "shop"], name="plan_id_product_shop"),
            CompositeKey(relation="product", shared=["shop"], name="plan_of_product"),
            Wall(by="shop", name="plan_wall"),
        )

    def __str__(self) -> str:
        return f"{self.product}"


class PlanVersion(models.Model):
    """The rate of a plan from a moment on (计划版本). Never updated: a cut begins at 00:00.

    The version in force at a time is the latest `effective_from` that has begun; of two that begin
    together the later row.
    """

    plan = models.ForeignKey(
        Plan, models.PROTECT, db_constraint=False, related_name="versions", verbose_name=_("plan")
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    rate_bp = RateField(_("rate"))
    effective_from = models.DateTimeField(_("from"))
    actor_label = models.CharField(_("by"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan version")
        verbose_name_plural = _("plan versions")
        constraints = (
            models.CheckConstraint(
                condition=Q(rate_bp__gte=0, rate_bp__lte=9_000), name="planversion_rate_range"
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="planversion_id_shop"),
            CompositeKey(relation="plan", shared=["shop"], name="planversion_of_plan"),
            Wall(by="shop", name="planversion_wall"),
        )
        indexes = (
            models.Index(fields=["plan", "-effective_from", "-id"], name="planversion_in_force"),
        )

    def __str__(self) -> str:
        return f"{self.rate_bp / 100:g} %"


class PickQuerySet(ScopedQuerySet["Pick"]):
    """The creator's own; the shop sees who picked its products."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.role is Role.CREATOR:
            return self.filter(creator_id=actor.creator_id)
        return self.filter(shop_id=actor.shop_id) if actor.role is Role.MERCHANT else self.none()


class Pick(models.Model):
    """A creator's choice of a product (选品). `pick_code` on an order line names it."""

    public_id = PublicIdField(_("pick id"), prefix="pik")
    pick_code = models.CharField(_("pick code"), max_length=40, unique=True)
    creator = models.ForeignKey(
        Creator, models.PROTECT, related_name="picks", verbose_name=_("creator")
    )
    plan = models.ForeignKey(
        Plan, models.PROTECT, db_constraint=False, related_name="picks", verbose_name=_("plan")
    )
    product = models.ForeignKey(
        Product,
        models.PROTECT,
        db_constraint=False,
        related_name="picks",
        verbose_name=_("product"),
    )
    shop = models.ForeignKey(
        Shop, models.PROTECT, db_constraint=False, related_name="+", verbose_name=_("shop")
    )
    status = models.CharField(
        _("status"), max_length=12, choices=PickStatus, default=PickStatus.ACTIVE
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        PickStatus.ACTIVE: {PickStatus.REMOVED},
        PickStatus.REMOVED: {PickStatus.ACTIVE},
    }

    objects = PickQuerySet.as_manager()

    class Meta:
        verbose_name = _("pick")
        verbose_name_plural = _("picks")
        constraints = (
            one_of("status", PickStatus, "pick_status_valid"),
            models.UniqueConstraint(fields=["creator", "plan"], name="pick_once"),
            models.UniqueConstraint(fields=["id", "shop", "creator"], name="pick_id_shop_creator"),
            CompositeKey(relation="plan", shared=["product", "shop"], name="pick_of_plan"),
            Wall(by="shop", name="pick_wall"),
        )
        indexes = (
            models.Index(fields=["plan"], name="pick_of_plan_active", condition=Q(status="active")),
        )

    def __str__(self) -> str:
        return self.pick_code

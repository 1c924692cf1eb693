"""号店一体: an account and a shop as one identity."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from kernel.actors import Actor
from kernel.composite_keys import CompositeKey
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet, ShopOwnedQuerySet
from kernel.walls import Wall
from shops.enums import BOUND, OWN_RELATIONS, BindingStatus, EndReason, Relation
from shops.models.shop import Shop


class BindingQuerySet(ScopedQuerySet["Binding"]):
    """The shop's people, the account's owner, the platform."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.is_platform:
            return self
        if actor.shop_id is not None:
            return self.filter(shop_id=actor.shop_id)
        return self.filter(account__owner_id=actor.user_id) if actor.user_id else self.none()

    def in_force(self) -> Self:
        """Return the bindings that hold now."""
        return self.filter(status__in=BOUND)


class Binding(models.Model):
    """The tie between a shop and a content account (号店绑定), from `bound_at` to `ended_at`.

    A period is never reused: what is bound again is a new row. At most one official account a shop
    (BI-01), held by a partial unique index over the states in force.
    """

    public_id = PublicIdField(_("binding id"), prefix="bnd")
    shop = models.ForeignKey(Shop, models.PROTECT, related_name="bindings", verbose_name=_("shop"))
    account = models.ForeignKey(
        Account, models.PROTECT, related_name="bindings", verbose_name=_("account")
    )
    relation = models.CharField(_("relation"), max_length=20, choices=Relation)
    status = models.CharField(
        _("status"), max_length=20, choices=BindingStatus, default=BindingStatus.DRAFT
    )
    #: The account's main shop (BI-02), when it is the face of several.
    is_main = models.BooleanField(_("main shop"), default=False)
    #: Both sides are the same legal entity; else a letter of authorisation is reviewed (BI-04).
    is_same_entity = models.BooleanField(_("same legal entity"), default=False)
    authorisation_url = models.CharField(_("letter of authorisation"), max_length=300, blank=True)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("started by")
    )
    #: The binding that this one replaces when it becomes active (BI-11).
    replaces = models.ForeignKey(
        "self",
        models.PROTECT,
        db_constraint=False,
        null=True,
        related_name="replaced_by",
        verbose_name=_("replaces"),
    )
    consent_due_at = models.DateTimeField(_("answer due at"), null=True)
    consented_at = models.DateTimeField(_("consented at"), null=True)
    bound_at = models.DateTimeField(_("bound since"), null=True)
    unbind_requested_at = models.DateTimeField(_("unbinding asked at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    end_reason = models.CharField(_("why it ended"), max_length=12, choices=EndReason, blank=True)
    #: The account's own name and picture before it took the shop's (BI-07): given back at the end.
    former_name = models.CharField(_("account's former name"), max_length=60, blank=True)
    former_avatar_url = models.CharField(_("account's former picture"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        BindingStatus.DRAFT: {BindingStatus.AWAITING_ACCOUNT, BindingStatus.ENDED},
        BindingStatus.AWAITING_ACCOUNT: {
            BindingStatus.AWAITING_REVIEW,
            BindingStatus.ACTIVE,
            BindingStatus.ENDED,
        },
        BindingStatus.AWAITING_REVIEW: {BindingStatus.ACTIVE, BindingStatus.ENDED},
        BindingStatus.ACTIVE: {
            BindingStatus.REPLACE_PENDING,
            BindingStatus.UNBIND_PENDING,
            BindingStatus.ENDED,
        },
        BindingStatus.REPLACE_PENDING: {BindingStatus.ACTIVE, BindingStatus.ENDED},
        BindingStatus.UNBIND_PENDING: {BindingStatus.ACTIVE, BindingStatus.ENDED},
    }

    objects = BindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("binding")
        verbose_name_plural = _("bindings")
        constraints = (
            one_of("status", BindingStatus, "binding_status_valid"),
            one_of("relation", Relation, "binding_relation_valid"),
            models.UniqueConstraint(
                fields=["shop"],
                condition=models.Q(relation="OFFICIAL", status__in=list(BOUND)),
                name="binding_one_official",
            ),
            models.UniqueConstraint(
                fields=["shop", "account"],
                condition=~models.Q(status="ended"),
                name="binding_one_running",
            ),
            models.UniqueConstraint(
                fields=["account"],
                condition=models.Q(is_main=True, status__in=list(BOUND)),
                name="binding_one_main_shop",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=list(BOUND)) | models.Q(bound_at__isnull=False),
                name="binding_in_force_has_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="ended")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
                name="binding_ended_says_why",
            ),
            models.UniqueConstraint(fields=["id", "shop"], name="binding_id_shop"),
            CompositeKey(relation="replaces", shared=["shop"], name="binding_replaces"),
            Wall(by="shop", name="binding_wall"),
        )
        indexes = (models.Index(fields=["account", "status"], name="binding_account"),)

    def __str__(self) -> str:
        return f"{self.shop} ↔ {self.account}"

    @property
    def probation_ends_at(self) -> datetime | None:
        """From when the account may sell alliance goods too (BI-15); None if it always may."""
        if self.relation not in OWN_RELATIONS or self.bound_at is None:
            return None
        return self.bound_at + settings.OWN_ACCOUNT_PROBATION


class NameChange(models.Model):
    """A new name or picture, shop → account (更名记录, BI-07). Never updated; 4 in 30 days."""

    shop = models.ForeignKey(
        Shop, models.PROTECT, related_name="name_changes", verbose_name=_("shop")
    )
    account = models.ForeignKey(
        Account, models.PROTECT, null=True, related_name="name_changes", verbose_name=_("account")
    )
    old_name = models.CharField(_("old name"), max_length=60)
    new_name = models.CharField(_("new name"), max_length=60)
    #: ``renamed`` by the merchant, ``bound`` or ``unbound`` by a binding.
    cause = models.CharField(_("cause"), max_length=12)
    at = models.DateTimeField(_("at"))

    objects = ShopOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("name change")
        verbose_name_plural = _("name changes")
        constraints = (Wall(by="shop", name="namechange_wall"),)
        indexes = (models.Index(fields=["shop", "at"], name="namechange_shop"),)

    def __str__(self) -> str:
        return f"{self.old_name} → {self.new_name}"

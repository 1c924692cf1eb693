"""Who sells with content, and who manages them."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.enums import CreatorStatus
from accounts.models.account import Account
from accounts.models.user import User
from kernel.actors import Actor
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet
from kernel.walls import READ, Wall


class CreatorQuerySet(ScopedQuerySet["Creator"]):
    """Creators see themselves; who else meets one does so through a pick or a commission."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_platform else self.filter(user_id=actor.user_id)


class Creator(models.Model):
    """A person who presents products through one account (达人)."""

    public_id = PublicIdField(_("creator id"), prefix="crt")
    user = models.OneToOneField(
        User, models.PROTECT, related_name="creator", verbose_name=_("user")
    )
    account = models.OneToOneField(
        Account, models.PROTECT, related_name="creator", verbose_name=_("account")
    )
    level = models.PositiveSmallIntegerField(_("level"), default=0)
    status = models.CharField(
        _("status"), max_length=12, choices=CreatorStatus, default=CreatorStatus.ACTIVE
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        CreatorStatus.ACTIVE: {CreatorStatus.SUSPENDED},
        CreatorStatus.SUSPENDED: {CreatorStatus.ACTIVE},
    }

    objects = CreatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("creator")
        verbose_name_plural = _("creators")
        constraints = (
            one_of("status", CreatorStatus, "creator_status_valid"),
            models.CheckConstraint(condition=models.Q(level__lte=6), name="creator_level_range"),
            Wall(may=READ, name="creator_wall"),
        )

    def __str__(self) -> str:
        return self.account.name


class AgencyQuerySet(ScopedQuerySet["Agency"]):
    """An agency sees itself."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_platform else self.filter(owner_id=actor.user_id)


class Agency(models.Model):
    """An institution that manages creators (机构、MCN)."""

    public_id = PublicIdField(_("agency id"), prefix="agc")
    owner = models.OneToOneField(
        User, models.PROTECT, related_name="agency", verbose_name=_("owner")
    )
    name = models.CharField(_("name"), max_length=60)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = AgencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("agency")
        verbose_name_plural = _("agencies")
        constraints = (Wall(may=READ, name="agency_wall"),)

    def __str__(self) -> str:
        return self.name

"""The content account: what people follow and trust."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.enums import AccountKind
from accounts.models.user import User
from kernel.actors import Actor
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet
from kernel.walls import READ, Wall


class AccountQuerySet(ScopedQuerySet["Account"]):
    """Profiles are public; `owned_by` says whose they are."""

    def visible_to(self, actor: Actor) -> Self:
        return self

    def owned_by(self, actor: Actor) -> Self:
        """Return the accounts that the actor's user owns."""
        return self.filter(owner_id=actor.user_id) if actor.user_id else self.none()


class Account(models.Model):
    """A content account (账号): public face of a person, an enterprise or a brand (AC-03)."""

    public_id = PublicIdField(_("account id"), prefix="acc")
    owner = models.ForeignKey(
        User, models.PROTECT, related_name="accounts", verbose_name=_("owner")
    )
    kind = models.CharField(
        _("kind"), max_length=12, choices=AccountKind, default=AccountKind.PERSONAL
    )
    handle = models.CharField(_("handle"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    avatar_url = models.CharField(pgettext_lazy("account", "picture"), max_length=300, blank=True)
    bio = models.CharField(_("about"), max_length=300, blank=True)
    #: From the approved verification; empty before. Written by the verification service alone.
    entity_name = models.CharField(_("legal entity"), max_length=120, blank=True)
    credit_code = models.CharField(_("unified social credit code"), max_length=18, blank=True)
    verified_until = models.DateTimeField(_("verified until"), null=True)
    #: Set when the account opened a formal collection account of its own (BI-05).
    collection_opened_at = models.DateTimeField(_("own collection account since"), null=True)
    #: Set while it is the official account of a shop: its name and picture follow the shop (BI-07),
    #: and it opens no collection account (BI-05). Written by `accounts.services.faces` alone.
    official_since = models.DateTimeField(_("official account since"), null=True)
    #: Eventually consistent (AC-05): the follow rows are the truth.
    follower_count = models.PositiveIntegerField(_("followers"), default=0)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    objects = AccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("content account")
        verbose_name_plural = _("content accounts")
        constraints = (
            models.UniqueConstraint(Lower("handle"), name="account_handle_ci"),
            one_of("kind", AccountKind, "account_kind_valid"),
            Wall(may=READ, name="account_wall"),
        )

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})"


class Follow(models.Model):
    """A user follows an account (关注), once (AC-05)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="follows", verbose_name=_("user"))
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="followers", verbose_name=_("account")
    )
    created_at = models.DateTimeField(_("since"), db_default=Now())

    class FollowQuerySet(ScopedQuerySet["Follow"]):
        """One's own."""

        def visible_to(self, actor: Actor) -> Self:
            return self if actor.is_platform else self.filter(user_id=actor.user_id)

    objects = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = (models.UniqueConstraint(fields=["user", "account"], name="follow_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} → {self.account_id}"


class PastFollow(models.Model):
    """Who followed an account once (曾经关注): what its followers of a day were, stays known."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("user"))
    account = models.ForeignKey(
        Account, models.CASCADE, related_name="past_followers", verbose_name=_("account")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"))

    objects = Follow.FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("former follower")
        verbose_name_plural = _("former followers")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(until__gte=models.F("since")), name="pastfollow_ends_later"
            ),
        )

    def __str__(self) -> str:
        return f"{self.user_id} → {self.account_id}"


class Block(models.Model):
    """An account refuses a user (黑名单)."""

    account = models.ForeignKey(
        Account, models.CASCADE, related_name="blocks", verbose_name=_("account")
    )
    user = models.ForeignKey(
        User, models.CASCADE, related_name="blocked_by", verbose_name=_("user")
    )
    created_at = models.DateTimeField(_("since"), db_default=Now())

    class BlockQuerySet(ScopedQuerySet["Block"]):
        """The account's owner sees its list."""

        def visible_to(self, actor: Actor) -> Self:
            return self if actor.is_platform else self.filter(account__owner_id=actor.user_id)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked user")
        verbose_name_plural = _("blocked users")
        constraints = (models.UniqueConstraint(fields=["account", "user"], name="block_once"),)

    def __str__(self) -> str:
        return f"{self.account_id} ✕ {self.user_id}"

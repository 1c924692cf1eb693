"""The person behind a log-in, and the roles they hold."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _

from accounts.enums import RoleKind, RoleStatus
from kernel.actors import Actor
from kernel.fields import PublicIdField, one_of
from kernel.scoping import ScopedQuerySet
from kernel.walls import Wall


class UserQuerySet(ScopedQuerySet["User"]):
    """People see themselves; the platform sees all."""

    def visible_to(self, actor: Actor) -> Self:
        return self if actor.is_platform else self.filter(pk=actor.user_id)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    """Makes users; allauth and `createsuperuser` call it."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new user with a hashed password. The address is stored in lower case."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Return a new user with all of Django's rights; the consoles ask for a role too."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A log-in identity (用户): one person, several roles (AC-01)."""

    public_id = PublicIdField(_("user id"), prefix="usr")
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=60, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    is_staff = models.BooleanField(_("staff"), default=False)
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = (
            models.UniqueConstraint(Lower("email"), name="user_email_ci"),
            Wall(may="SELECT (id, public_id, email, name, is_active)", name="user_wall"),
        )

    def __str__(self) -> str:
        return self.name or self.email.partition("@")[0]

    def get_full_name(self) -> str:
        """Return what the consoles call the person."""
        return str(self)


class RoleProfile(models.Model):
    """A role that a user holds (角色), with its own status."""

    user = models.ForeignKey(User, models.CASCADE, related_name="profiles", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=RoleKind)
    status = models.CharField(
        _("status"), max_length=12, choices=RoleStatus, default=RoleStatus.ACTIVE
    )
    created_at = models.DateTimeField(_("created at"), db_default=Now())

    TRANSITIONS = {
        RoleStatus.ACTIVE: {RoleStatus.SUSPENDED},
        RoleStatus.SUSPENDED: {RoleStatus.ACTIVE},
    }

    class ProfileQuerySet(ScopedQuerySet["RoleProfile"]):
        """One's own; the platform sees all."""

        def visible_to(self, actor: Actor) -> Self:
            return self if actor.is_platform else self.filter(user_id=actor.user_id)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = (
            models.UniqueConstraint(fields=["user", "role"], name="roleprofile_once"),
            one_of("role", RoleKind, "roleprofile_role_valid"),
            one_of("status", RoleStatus, "roleprofile_status_valid"),
        )

    def __str__(self) -> str:
        return f"{self.user}: {self.get_role_display()}"

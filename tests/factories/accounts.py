"""People and content accounts for tests."""

from datetime import UTC, datetime

import factory
from factory.django import DjangoModelFactory, Password

from accounts.enums import AccountKind, RoleKind, RoleStatus
from accounts.models import Account, Agency, Creator, RoleProfile, User

PASSWORD = "correct-horse-battery"
#: Long before any `at` of a test.
LONG_AGO = datetime(2025, 1, 1, tzinfo=UTC)
#: Long after.
FAR_AWAY = datetime(2099, 1, 1, tzinfo=UTC)


class UserFactory(DjangoModelFactory):
    """A person who can sign in with `PASSWORD`; holds no role."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@example.com")
    name = factory.Sequence(lambda n: f"Person {n}")
    password = Password(PASSWORD)


class RoleProfileFactory(DjangoModelFactory):
    """An active role of somebody."""

    class Meta:
        model = RoleProfile

    user = factory.SubFactory(UserFactory)
    role = RoleKind.CONSUMER
    status = RoleStatus.ACTIVE


class OperatorFactory(UserFactory):
    """A user who is a platform operator."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    profile = factory.RelatedFactory(RoleProfileFactory, "user", role=RoleKind.OPERATOR)


class SupportFactory(UserFactory):
    """A user who is a platform support agent."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    profile = factory.RelatedFactory(RoleProfileFactory, "user", role=RoleKind.SUPPORT)


class AccountFactory(DjangoModelFactory):
    """A personal account that nobody verified."""

    class Meta:
        model = Account

    owner = factory.SubFactory(UserFactory)
    kind = AccountKind.PERSONAL
    handle = factory.Sequence(lambda n: f"handle_{n}")
    name = factory.Sequence(lambda n: f"Account {n}")
    avatar_url = factory.LazyAttribute(lambda o: f"https://img.example.com/{o.handle}.png")


class VerifiedAccountFactory(AccountFactory):
    """A verified enterprise account; `credit_code` decides whose."""

    kind = AccountKind.ENTERPRISE
    entity_name = factory.Sequence(lambda n: f"Trading {n} Ltd")
    credit_code = factory.Sequence(lambda n: f"91330100ACC{n:07d}")
    verified_until = FAR_AWAY


class CreatorFactory(DjangoModelFactory):
    """A creator with a verified personal account."""

    class Meta:
        model = Creator
        skip_postgeneration_save = True

    user = factory.SubFactory(UserFactory)
    account = factory.SubFactory(
        VerifiedAccountFactory, kind=AccountKind.PERSONAL, owner=factory.SelfAttribute("..user")
    )
    level = 1

    @factory.post_generation
    def profile(self, create, extracted, **kwargs):
        """Give the user the creator's role."""
        RoleProfileFactory(user=self.user, role=RoleKind.CREATOR)


class AgencyFactory(DjangoModelFactory):
    """An agency with its owner."""

    class Meta:
        model = Agency

    owner = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Agency {n}")

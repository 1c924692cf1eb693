"""What signed-in people do with their accounts, follows, addresses and roles."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.api import serializers as shapes
from accounts.models import (
    Account,
    Address,
    Agency,
    Block,
    Creator,
    Follow,
    User,
    Verification,
)
from accounts.selectors import Receiver, receiver
from accounts.services import addresses, creators, follows, profiles, verifications
from accounts.services.addresses import AddressData
from kernel.actors import Actor
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound


def own_account(actor: Actor, account_id: str) -> Account:
    """Return the actor's account, or raise NotFound: foreign and missing look the same."""
    account = Account.objects.owned_by(actor).filter(public_id=account_id).first()
    if account is None:
        raise NotFound
    return account


def me(actor: Actor) -> User:
    """Return the signed-in user. Raises NotFound when the person was locked out meanwhile."""
    return User.objects.get_visible(actor, pk=actor.user_id, is_active=True)


class Accounts(View):
    """One's own content accounts."""

    @listing(gives=shapes.OwnAccountOut)
    def get(self, request: Any) -> QuerySet[Account]:
        """List your content accounts."""
        return Account.objects.owned_by(request.actor)

    @operation(takes=shapes.AccountIn, gives=shapes.OwnAccountOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Account:
        """Open a content account (AC-03)."""
        return profiles.create_account(owner=me(request.actor), **data)


class OwnAccount(View):
    """One of them."""

    @operation(gives=shapes.OwnAccountOut)
    def get(self, request: Any, account_id: str) -> Account:
        """Show one of your accounts."""
        return own_account(request.actor, account_id)

    @operation(takes=shapes.AccountEditIn, gives=shapes.OwnAccountOut)
    def patch(self, request: Any, account_id: str, data: dict[str, Any]) -> Account:
        """Edit an account; the name and picture of an official one follow its shop (BI-07)."""
        account = own_account(request.actor, account_id)
        return profiles.edit_account(account_id=account.pk, **data)


class CollectionAccount(View):
    """A formal collection account of one's own (BI-05)."""

    @operation(gives=shapes.OwnAccountOut)
    def put(self, request: Any, account_id: str) -> Account:
        """Note that the account collects for itself; it can be no official account any more."""
        account = own_account(request.actor, account_id)
        return profiles.open_collection(account_id=account.pk, at=request.at, actor=request.actor)


class Following(View):
    """Whom one follows."""

    @listing(gives=shapes.FollowOut)
    def get(self, request: Any) -> QuerySet[Follow]:
        """List the accounts that you follow, the latest first."""
        return Follow.objects.visible_to(request.actor).select_related("account")


class FollowAccount(View):
    """Following one account."""

    @operation(status=204)
    def put(self, request: Any, account_id: str) -> None:
        """Follow an account; doing it twice is fine (AC-05)."""
        account = Account.objects.get_visible(request.actor, public_id=account_id)
        follows.follow(user_id=me(request.actor).pk, account=account, at=request.at)

    @operation(status=204)
    def delete(self, request: Any, account_id: str) -> None:
        """Follow an account no longer."""
        account = Account.objects.get_visible(request.actor, public_id=account_id)
        follows.unfollow(user_id=request.actor.user_id, account=account, at=request.at)


class Followers(View):
    """Who follows one's account."""

    @listing(gives=shapes.FollowerOut)
    def get(self, request: Any, account_id: str) -> QuerySet[Follow]:
        """List the followers of your account, the latest first."""
        account = own_account(request.actor, account_id)
        return Follow.objects.filter(account=account).select_related("user")


class Blocks(View):
    """Whom one's account refuses."""

    @listing(gives=shapes.FollowerOut)
    def get(self, request: Any, account_id: str) -> QuerySet[Block]:
        """List the users that your account refuses."""
        account = own_account(request.actor, account_id)
        return Block.objects.filter(account=account).select_related("user")


class BlockUser(View):
    """Refusing one user."""

    @operation(status=204)
    def put(self, request: Any, account_id: str, user_id: str) -> None:
        """Refuse a user, who follows no longer; doing it twice is fine."""
        account = own_account(request.actor, account_id)
        follows.block(account=account, user=_somebody(user_id), at=request.at)

    @operation(status=204)
    def delete(self, request: Any, account_id: str, user_id: str) -> None:
        """Let a user follow again."""
        account = own_account(request.actor, account_id)
        follows.unblock(account=account, user=_somebody(user_id))


class Verifications(View):
    """The verifications of one's account."""

    @listing(gives=shapes.VerificationOut)
    def get(self, request: Any, account_id: str) -> QuerySet[Verification]:
        """List what was submitted for your account, the latest first."""
        account = own_account(request.actor, account_id)
        return account.verifications.select_related("account")

    @operation(takes=shapes.VerificationIn, gives=shapes.VerificationOut, status=201)
    def post(self, request: Any, account_id: str, data: dict[str, Any]) -> Verification:
        """Ask for verification; an edit of approved data is a new submission (AC-04)."""
        account = own_account(request.actor, account_id)
        return verifications.submit(account=account, at=request.at, **data)


class Addresses(View):
    """One's address book."""

    @listing(gives=shapes.MaskedAddressOut)
    def get(self, request: Any) -> QuerySet[Address]:
        """List your addresses, masked."""
        return Address.objects.visible_to(request.actor)

    @operation(takes=shapes.AddressIn, gives=shapes.AddressOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Receiver:
        """Save an address; the first one becomes the default."""
        is_default = data.pop("is_default")
        address = addresses.add_address(
            user_id=me(request.actor).pk, data=AddressData(**data), is_default=is_default
        )
        return receiver(address)


class OneAddress(View):
    """One address."""

    @operation(gives=shapes.AddressOut)
    def get(self, request: Any, address_id: str) -> Receiver:
        """Show one of your addresses in clear."""
        return receiver(Address.objects.get_visible(request.actor, public_id=address_id))

    @operation(takes=shapes.AddressIn, gives=shapes.AddressOut)
    def put(self, request: Any, address_id: str, data: dict[str, Any]) -> Receiver:
        """Replace an address; orders keep the copy they were placed with."""
        address = Address.objects.get_visible(request.actor, public_id=address_id)
        is_default = data.pop("is_default")
        addresses.change_address(address=address, data=AddressData(**data), is_default=is_default)
        return receiver(address)

    @operation(status=204)
    def delete(self, request: Any, address_id: str) -> None:
        """Forget an address."""
        address = Address.objects.get_visible(request.actor, public_id=address_id)
        addresses.remove_address(address=address)


class Creators(View):
    """Becoming a creator."""

    @operation(takes=shapes.CreatorIn, gives=shapes.CreatorOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Creator:
        """Become a creator who presents through one of your accounts."""
        return creators.become_creator(
            user=me(request.actor),
            account=own_account(request.actor, data["account_id"]),
            at=request.at,
            actor=request.actor,
        )


class Agencies(View):
    """Founding an agency."""

    @operation(takes=shapes.AgencyIn, gives=shapes.AgencyOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Agency:
        """Found an agency that manages creators."""
        return creators.create_agency(
            owner=me(request.actor), name=data["name"], at=request.at, actor=request.actor
        )


def _somebody(user_id: str) -> User:
    user = User.objects.filter(public_id=user_id).first()
    if user is None:
        raise NotFound
    return user

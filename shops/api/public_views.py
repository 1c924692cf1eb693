"""What anybody sees of shops and accounts, and who the signed-in person is."""

from __future__ import annotations

from typing import Any

from accounts.models import Account, User
from accounts.selectors import account_card
from kernel.actors import Role
from kernel.api.operations import operation
from kernel.api.views import View
from kernel.errors import NotFound
from shops.api import public_serializers as shapes
from shops.enums import ShopStatus
from shops.models import Shop
from shops.selectors import closures, official_account, shop_of_account, storefronts
from shops.selectors.people import WhoAmI, who_am_i


class PublicShop(View):
    """A shop's public page."""

    audience = Role.ANONYMOUS

    @operation(gives=shapes.PublicShopOut)
    def get(self, request: Any, shop_id: str) -> dict[str, Any]:
        """Show a shop with the account that is its face (BI-08)."""
        known = Shop.objects.exclude(status=ShopStatus.PREPARING)
        shop = known.filter(public_id=shop_id).select_related("predecessor").first()
        if shop is None:
            raise NotFound
        account = official_account(shop.pk)
        return {
            "storefront": storefronts([shop.pk], at=request.at)[shop.pk],
            "status": shop.status,
            "logo_url": shop.logo_url,
            "opened_at": shop.opened_at,
            "predecessor": shop.predecessor,
            "successor": known.filter(predecessor=shop).first(),
            "follower_count": account.follower_count if account else None,
            "holiday": closures([shop.pk], at=request.at).get(shop.pk),
        }


class PublicProfile(View):
    """An account's public page."""

    audience = Role.ANONYMOUS

    @operation(gives=shapes.ProfileOut)
    def get(self, request: Any, account_id: str) -> dict[str, Any]:
        """Show an account with the card of its shop (BI-08)."""
        account = Account.objects.get_visible(request.actor, public_id=account_id)
        shop_id = shop_of_account(account.pk)
        return {
            "account": account_card(account),
            "bio": account.bio,
            "follower_count": account.follower_count,
            "storefront": storefronts([shop_id], at=request.at)[shop_id] if shop_id else None,
        }


class Me(View):
    """Who am I."""

    @operation(gives=shapes.MeOut)
    def get(self, request: Any) -> WhoAmI:
        """Show who you are: roles, accounts, creator, agency and shops in one object (AC-01)."""
        user = User.objects.get_visible(request.actor, pk=request.actor.user_id, is_active=True)
        return who_am_i(user)

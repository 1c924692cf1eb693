"""The shop's name and picture, and whoever wears them (BI-07)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.services import faces
from kernel import audit
from kernel.actors import Actor
from shops.errors import NameNotAllowed, ShopNameTaken, TooManyRenames
from shops.models import NameChange, Shop
from shops.services import identity
from shops.services.machine_checks import refused_word

WINDOW = timedelta(days=30)
RENAMED = "renamed"


@transaction.atomic
def rename_shop(
    *, shop_id: int, name: str, logo_url: str | None = None, at: datetime, actor: Actor
) -> Shop:
    """Give the shop another name or picture; the official account that shows it follows at once.

    `logo_url` None leaves the picture. What is as it was is no change and does not count.

    Raises NameNotAllowed for a word of another type (SH-02), TooManyRenames after
    NAME_CHANGES_PER_30_DAYS, ShopNameTaken; nothing is changed then.
    """
    scene = identity.lock(shop_id=shop_id)
    shop = scene.shops[shop_id]
    before = {"name": shop.name, "logo_url": shop.logo_url}
    shop.name, shop.logo_url = name, shop.logo_url if logo_url is None else logo_url
    after = {"name": shop.name, "logo_url": shop.logo_url}
    if before == after:
        return shop
    word = refused_word(shop.type, name) if name != before["name"] else ""
    if word:
        raise NameNotAllowed(extra={"word": word})
    _check_limit(shop_id, at)
    try:
        with transaction.atomic():
            shop.save(update_fields=["name", "logo_url"])
    except IntegrityError as error:
        if "shop_name_ci" not in str(error):
            raise
        raise ShopNameTaken from None
    official = scene.official_of(shop_id)
    worn_by = scene.accounts[official.account_id] if official and official.is_main else None
    identity.note(shop=shop, account=worn_by, old=before["name"], new=name, cause=RENAMED, at=at)
    if official is not None and worn_by is not None:
        picture = shop.logo_url or official.former_avatar_url
        faces.wear(account=worn_by, name=shop.name, avatar_url=picture, at=at)
    identity.tell(scene)
    audit.record(
        actor=actor,
        action="shops.rename_shop",
        target=shop,
        at=at,
        before=before,
        after=after,
        shop_id=shop_id,
    )
    return shop


def _check_limit(shop_id: int, at: datetime) -> None:
    limit = settings.NAME_CHANGES_PER_30_DAYS
    changes = NameChange.objects.filter(shop_id=shop_id, cause=RENAMED, at__gt=at - WINDOW)
    recent = list(changes.order_by("at").values_list("at", flat=True))
    if len(recent) >= limit:
        raise TooManyRenames(extra={"possible_from": (recent[-limit] + WINDOW).isoformat()})

"""A shop's page: drafted and published by the shop, seen by everybody (SH-20)."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from catalog.enums import BlockKind, GridSource
from catalog.models import ShopPageVersion
from catalog.selectors import pages
from catalog.services import decoration
from catalog.services.blocks import MAX_BANNERS, MAX_BLOCKS, MAX_PRODUCTS
from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.serializers import In, Money, Out, Text, Whole
from kernel.api.views import View
from kernel.errors import NotFound
from shops.enums import ShopStatus
from shops.models import Shop


class BannerPictureIn(In):
    """An uploaded picture of the shop, and the product that it leads to."""

    image_url = Text(max_length=300)
    product_id = Text(max_length=40, required=False, allow_blank=True)


class PageBlockIn(In):
    """A block; a banner says `pictures`, a grid `source` with `product_ids` or `count`, a notice
    `text`.
    """

    id = Text(max_length=20)
    kind = serializers.ChoiceField(choices=BlockKind.choices)
    title = Text(max_length=40, required=False, allow_blank=True)
    pictures = serializers.ListField(
        child=BannerPictureIn(), required=False, max_length=MAX_BANNERS
    )
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=GridSource.choices, required=False
    )
    product_ids = serializers.ListField(
        child=Text(max_length=40), required=False, max_length=MAX_PRODUCTS
    )
    count = Whole(min_value=1, max_value=MAX_PRODUCTS, required=False)
    text = Text(required=False, max_length=500)


class ShopPageIn(In):
    """The whole draft; `version` is the one that was looked at, 1 before there was one."""

    blocks = serializers.ListField(child=PageBlockIn(), max_length=MAX_BLOCKS)
    version = Whole(min_value=1)


class ShopPageRestoreIn(In):
    """Which version is brought back."""

    restores = Whole(min_value=1)


class ShopPageOut(Out):
    """The draft (SH-20)."""

    blocks = serializers.ListField(child=serializers.DictField())
    version = serializers.IntegerField()
    updated_at = serializers.DateTimeField()


class ShopPageVersionOut(Out):
    """A version that buyers saw, or see: the highest one."""

    number = serializers.IntegerField()
    blocks = serializers.ListField(child=serializers.DictField())
    restores = serializers.IntegerField(allow_null=True)
    published_at = serializers.DateTimeField()


class PageProductOut(Out):
    """A product on the page."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()
    image_url = serializers.SerializerMethodField()
    min_price = Money()
    max_price = Money()
    sales_count = serializers.IntegerField()

    def get_image_url(self, row: Any) -> str:
        return next(iter(row.image_urls), "")


class PagePictureOut(Out):
    """A picture of a banner; it leads to a product that is on sale, or nowhere."""

    image_url = serializers.CharField()
    product_id = serializers.CharField(allow_null=True)


class PageBlockOut(Out):
    """A block as buyers see it; what does not belong to its kind is empty."""

    kind = serializers.ChoiceField(choices=BlockKind.choices)
    title = serializers.CharField()
    text = serializers.CharField(default="")
    pictures = PagePictureOut(many=True, default=())
    products = PageProductOut(many=True)


class PublicPageOut(Out):
    """The published page of a shop; number 0 and no blocks before anything was published."""

    number = serializers.IntegerField()
    published_at = serializers.DateTimeField(allow_null=True)
    blocks = PageBlockOut(many=True)


class PublicPage(View):
    audience = Role.ANONYMOUS

    @operation(gives=PublicPageOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """The page of a shop as it was published, with the products that are on sale (SH-20)."""
        known = Shop.objects.exclude(status__in=(ShopStatus.PREPARING, ShopStatus.CLOSED))
        shop = known.filter(public_id=shop_id).first()
        if shop is None:
            raise NotFound
        live = pages.live_page(shop.pk)
        return {
            "number": live.number if live else 0,
            "published_at": live.published_at if live else None,
            "blocks": pages.shown(live.blocks if live else (), shop.pk),
        }


class _Page(View):
    audience = Role.MERCHANT
    permission = "shops.edit"
    permissions = {"GET": "shops.view"}


class ShopPageDraft(_Page):
    @operation(gives=ShopPageOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """The draft of the shop's page; an empty one where nothing was written."""
        return pages.draft(request.actor.shop_id, at=request.at)

    @operation(takes=ShopPageIn, gives=ShopPageOut)
    def put(self, request: Any, shop_id: str, data: dict[str, Any]) -> Any:
        """Write the draft: blocks from top to bottom. Buyers see it once it is published."""
        return decoration.save_draft(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class ShopPagePublication(_Page):
    @operation(gives=ShopPageVersionOut, status=201)
    def post(self, request: Any, shop_id: str) -> Any:
        """Publish the draft as the next version."""
        actor = request.actor
        return decoration.publish(shop_id=actor.shop_id, at=request.at, actor=actor)


class ShopPageRestoration(_Page):
    @operation(takes=ShopPageRestoreIn, gives=ShopPageVersionOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Any:
        """Bring an earlier version back, as the next version; the draft stays."""
        return decoration.restore(
            shop_id=request.actor.shop_id,
            number=data["restores"],
            at=request.at,
            actor=request.actor,
        )


class ShopPageVersions(_Page):
    @listing(gives=ShopPageVersionOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """Every version, the latest first: that is what buyers see."""
        return ShopPageVersion.objects.visible_to(request.actor)

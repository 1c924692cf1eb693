"""Pictures, uploaded by a shop."""

from __future__ import annotations

from typing import Any

from catalog.api.inputs import PictureIn
from catalog.api.merchant import ShopView
from catalog.api.outputs import PictureOut
from catalog.models import ShopPicture
from catalog.services.pictures import keeping
from kernel.api.operations import listing, operation
from kernel.api.parsers import UploadParser
from kernel.pictures import MAX_UPLOAD_BYTES
from shops.models import Shop


class PictureParser(UploadParser):
    """A form with one picture in it."""

    max_bytes = MAX_UPLOAD_BYTES + 64 * 1024


class ShopPictures(ShopView):
    parser_classes = [PictureParser]

    @listing(gives=PictureOut)
    def get(self, request: Any, shop_id: str) -> Any:
        """Pictures of the shop, the newest first."""
        return ShopPicture.objects.visible_to(request.actor)

    @operation(takes=PictureIn, gives=PictureOut, status=201)
    def post(self, request: Any, data: dict[str, Any], shop_id: str) -> Any:
        """Keep a picture: JPEG, PNG or WebP, made anew as a JPEG; the same one twice is one."""
        (picture,) = keeping.take(
            shop=Shop.objects.get_visible(request.actor, public_id=shop_id),
            files=[(data["file"].name, data["file"].read())],
            actor=request.actor,
            at=request.at,
        )
        return picture

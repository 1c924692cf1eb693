"""Pictures of a shop in the merchant console: their list, and fields that take several files."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from catalog.models import ShopPicture
from catalog.services.pictures import keeping
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.pictures import pictured
from kernel.admin.sites import merchant_site
from kernel.pictures import MAX_UPLOAD_BYTES
from shops.models import Shop

MAX_FILES = 10


class PicturesInput(UnfoldAdminFileFieldWidget):
    """A file input that takes several."""

    allow_multiple_selected = True

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"accept": "image/jpeg,image/png,image/webp", **(attrs or {})})


class PicturesField(forms.FileField):
    """Several pictures at once; cleaned to the uploaded files, none when none was chosen."""

    widget = PicturesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the files. Raises ValidationError for too many, too large and empty ones."""
        sent = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if not sent:
            super().clean(None, initial)  # says that it is required, where it is
            return []
        if len(sent) > MAX_FILES:
            raise ValidationError(_("At most %(most)s pictures at once."), params=_MOST)
        if any(one.size > MAX_UPLOAD_BYTES for one in sent):
            raise ValidationError(_("A picture is at most 10 MB."))
        return [super(PicturesField, self).clean(one) for one in sent]


_MOST = {"most": MAX_FILES}


class PicturesForm(forms.Form):
    """Pictures of the shop."""

    file = PicturesField(label=_("Pictures"), max_length=200)


def taken(files: Sequence[UploadedFile[Any]], *, actor: Actor, at: datetime) -> list[str]:
    """Keep uploaded files as pictures of the actor's shop and return their addresses."""
    if not files:
        return []
    kept = keeping.take(
        shop=Shop.objects.visible_to(actor).get(),
        files=((one.name or "", one.read()) for one in files),
        actor=actor,
        at=at,
    )
    return [picture.url for picture in kept]


class UploadPictures(Act):
    """Several pictures for products to name."""

    name = "upload"
    label = _("Upload pictures")
    intro = _(
        "JPEG, PNG or WebP, at most 10 MB each and ten at once. Each is made anew as a JPEG: where "
        "and with what it was taken is not kept."
    )
    permission = "catalog.edit"
    form_class = PicturesForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        count = len(taken(data["file"], actor=actor, at=at))
        said = ngettext("%(count)s picture is kept.", "%(count)s pictures are kept.", count)
        return said % {"count": count}


@admin.register(ShopPicture, site=merchant_site)
class PictureConsole(ConsoleModelAdmin):
    """The shop's pictures, with the addresses that products name them by."""

    permission = "catalog.view"
    has_object_page = False
    acts = (UploadPictures,)
    empty_hint = _("Upload pictures here, or with the product that shows them.")
    list_display = ("shown", "sides", "weight", "address", "created_at")
    search_fields = ("filename", "public_id")

    @display(description=_("picture"), ordering="filename")
    def shown(self, picture: ShopPicture) -> str:
        """The picture and what its file was called."""
        return pictured(picture.url, str(picture))

    @display(description=_("pixels"))
    def sides(self, picture: ShopPicture) -> str:
        """Width and height; below 600 it is for details only."""
        return f"{picture.width} × {picture.height}"

    @display(description=_("file size"))
    def weight(self, picture: ShopPicture) -> str:
        """How large the file is."""
        return filesizeformat(picture.size)

    @display(description=_("address"))
    def address(self, picture: ShopPicture) -> SafeString:
        """What a product, a file or the API names it by."""
        link = '<a href="{}" class="text-link break-all" target="_blank">{}</a>'
        return format_html(link, picture.url, picture.url)

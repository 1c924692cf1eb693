"""Documents of shops in both consoles: their list, and the file itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponseBase
from django.template.defaultfilters import filesizeformat
from django.urls import path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET
from unfold.decorators import display
from unfold.widgets import UnfoldAdminFileFieldWidget

from kernel import clock
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.sites import merchant_site, operator_site
from kernel.admin.wording import person
from kernel.pictures import MAX_UPLOAD_BYTES
from shops.admin.acts import shop_id_of
from shops.models import ShopDocument
from shops.services import documents

ACCEPTED = "image/jpeg,image/png,image/webp,application/pdf"


class DocumentField(forms.FileField):
    """One file; what it holds is looked at by the service."""

    def __init__(self, **kwargs: Any) -> None:
        widget = UnfoldAdminFileFieldWidget(attrs={"accept": ACCEPTED})
        super().__init__(widget=widget, max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Return the file. Raises ValidationError for one that is too large."""
        found = super().clean(data, initial)
        if found and found.size > MAX_UPLOAD_BYTES:
            raise forms.ValidationError(_("A file is at most 10 MB."))
        return found


class DocumentForm(forms.Form):
    """A document of the shop."""

    file = DocumentField(label=_("Document"))


def taken(file: UploadedFile[Any], *, shop_id: int, actor: Actor, at: datetime) -> ShopDocument:
    """Keep an uploaded file as a document of the shop."""
    return documents.take(
        shop_id=shop_id, name=file.name or "", content=file.read(), at=at, actor=actor
    )


def links(site: str, shop_id: int, public_ids: Iterable[Any]) -> Mapping[str, tuple[str, str]]:
    """Return public id → (file name, address of the file) of those that are the shop's."""
    wanted = [one for one in public_ids if isinstance(one, str) and one.startswith("doc_")]
    if not wanted:
        return {}
    rows = ShopDocument.objects.filter(shop_id=shop_id, public_id__in=wanted)
    return {
        key: (name, reverse(f"{site}:shops_shopdocument_file", args=[key]))
        for key, name in rows.values_list("public_id", "filename")
    }


class UploadDocument(Act):
    """A licence, a letter, a certificate."""

    name = "upload"
    label = _("Upload a document")
    intro = _(
        "A picture (JPEG, PNG, WebP; at most 10 MB) is made anew, a PDF (at most 5 MB) is kept as "
        "it is. Only your shop and the platform see it."
    )
    permission = "shops.edit"
    form_class = DocumentForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        taken(data["file"], shop_id=shop_id_of(actor), actor=actor, at=at)
        return _("The document is kept.")


class _Documents(ConsoleModelAdmin):
    """Documents, and the door to their bytes."""

    has_object_page = False
    list_display: ClassVar[Any] = ("named", "kind", "weight", "by", "created_at")
    list_filter = ("kind",)
    search_fields = ("filename", "public_id")

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        file = path("<path:object_id>/file/", wrap(self.file_view), name=self._url_name("file"))
        return [file, *super().get_urls()]

    @method_decorator(require_GET)  # a HEAD would be in the audit trail and take nothing
    def file_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        """Answer with the file, to be saved."""
        if not self.has_view_permission(request) or len(object_id) > 64:
            raise Http404
        found = self.get_queryset(request).filter(public_id=object_id).first()
        if found is None:
            raise Http404
        actor = self.actor(request)
        return documents.file(document=found, at=clock.now(), actor=actor).response()

    @display(description=_("file"), ordering="filename")
    def named(self, document: ShopDocument) -> SafeString:
        """Its name, which saves it."""
        url = reverse(self._view_name("file"), args=[document.public_id])
        return format_html('<a href="{}" class="text-link">{}</a>', url, document.filename)

    @display(description=_("file size"))
    def weight(self, document: ShopDocument) -> str:
        """How large it is."""
        return filesizeformat(document.size)

    @display(description=_("by"))
    def by(self, document: ShopDocument) -> str:
        """Who handed it in."""
        return person(document.actor_label)


@admin.register(ShopDocument, site=merchant_site)
class DocumentPage(_Documents):
    """The shop's own documents."""

    permission = "shops.edit"
    acts = (UploadDocument,)
    empty_hint = _("Licences, letters and certificates that the platform asks for lie here.")


@admin.register(ShopDocument, site=operator_site)
class OperatorDocumentPage(_Documents):
    """Documents of all shops."""

    permission = "shops.operate"
    list_display = ("named", "shop", "kind", "weight", "by", "created_at")
    list_select_related = ("shop",)

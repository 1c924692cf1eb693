"""What a shop does with its products in the merchant console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from catalog import policies
from catalog.admin import wording
from catalog.admin.forms import (
    CreateForm,
    EditForm,
    LimitsForm,
    SubmitForm,
    UploadForm,
    VariantForm,
)
from catalog.admin.pictures import taken
from catalog.enums import Verdict
from catalog.errors import UnreadableFile
from catalog.models import Category, Product
from catalog.policies import PurchaseLimits
from catalog.selectors import category_rules
from catalog.services import limits, products, shelf
from catalog.services.content import Content
from catalog.services.importing import jobs
from catalog.services.importing.reading import MAX_BYTES
from catalog.services.screening import judging
from catalog.services.variants import SkuSpec
from kernel import clock
from kernel.actors import Actor
from kernel.admin.base import Act
from shops.models import Shop


class CreateProduct(Act):
    """A new product with its first SKU."""

    name = "create"
    label = _("New product")
    permission = "catalog.edit"
    form_class = CreateForm
    on_object = False

    @transaction.atomic  # a refused product keeps none of the pictures that came with it
    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        options = data["options"]
        products.create(
            shop=Shop.objects.visible_to(actor).get(),
            content=Content(
                **_with_uploads(data, actor, at),
                option_names=[one["name"] for one in options],
                merchant_code=data["merchant_code"],
            ),
            skus=[
                SkuSpec(
                    merchant_code=data["merchant_code"],
                    price=data["price"],
                    list_price=data["list_price"],
                    stock=data["stock"],
                    options=[one["value"] for one in options],
                )
            ],
            submit_now=data["submit_now"],
            actor=actor,
            at=at,
        )
        return _("The product is saved.")


class EditProduct(Act):
    """Change the content; what sells keeps selling until the change is approved."""

    name = "edit"
    label = _("Edit")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_edit(target)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        draft = getattr(target, "draft", None)
        initial = EditForm.initial_of(target, draft.changes if draft else {})
        form = EditForm(initial=initial, **kwargs)
        form.tell(category_rules(target.category))
        last = target.reviews.order_by("-pk").first()
        if last is not None:
            form.remind(last, judging.found_in(last))
        return form

    @transaction.atomic
    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        changes = _with_uploads(data, actor, at)
        products.edit(product=target, changes=changes, version=data["version"], actor=actor, at=at)
        return _("The change is saved.")


class SetLimits(Act):
    """How many pieces a buyer may take."""

    name = "set-limits"
    label = _("Limit purchases")
    intro = _("All SKUs of the product count together. It holds at once, without a review.")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        return LimitsForm(initial=asdict(PurchaseLimits.of(target)), **kwargs)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        limits.set_limits(product=target, limits=PurchaseLimits(**data), actor=actor, at=at)
        return _("The limits hold from now on.")


class AddVariant(Act):
    """A further SKU."""

    name = "add-variant"
    label = _("Add a variant")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target) and bool(target.option_names)

    def form(self, actor: Actor, target: Product, **kwargs: Any) -> forms.Form:
        return VariantForm(option_names=target.option_names, **kwargs)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        spec = SkuSpec(
            merchant_code=data["merchant_code"],
            price=data["price"],
            stock=data["stock"],
            options=data["options"],
        )
        products.add_sku(product=target, spec=spec, actor=actor, at=at)
        return _("The variant is added.")


class SubmitProduct(Act):
    """Send what waits to review."""

    name = "submit"
    label = _("Submit for review")
    intro = _(
        "Rules look at it at once, then an operator. Until then nothing changes for buyers. "
        "What the rules find now stands here."
    )
    permission = "catalog.edit"
    form_class = SubmitForm

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_submit(target)

    def preview(self, actor: Actor, target: Product) -> Sequence[tuple[Any, Any]]:
        found = judging.look_at(target, at=clock.now())
        rows = wording.findings(found)
        return [(one["title"], f"{one['message']} [{one['effect']}]") for one in rows]

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        review = shelf.submit(
            product=target, list_when_approved=data["list_when_approved"], actor=actor, at=at
        )
        if review.verdict == Verdict.REJECTED:
            return _("A rule stands against it. Read why below, change it, and submit it again.")
        if review.verdict == Verdict.APPROVED:
            return _("The product is approved.")
        return _("The product waits for review.")


class WithdrawProduct(Act):
    """Take the open review back."""

    name = "withdraw"
    label = _("Withdraw from review")
    intro = _("It becomes a draft again. What sells keeps selling.")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_withdraw(target)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        shelf.withdraw(product=target, actor=actor, at=at)
        return _("The review is withdrawn.")


class DiscardChange(Act):
    """Throw an unsubmitted change away."""

    name = "discard"
    label = _("Discard the change")
    intro = _("The product stays as buyers see it now. The change cannot be brought back.")
    permission = "catalog.edit"
    is_dangerous = True

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_discard(target)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        products.discard_change(product=target, actor=actor, at=at)
        return _("The change is gone.")


class ListProduct(Act):
    """Onto the shelf."""

    name = "list"
    label = _("Put on the shelf")
    intro = _("Buyers can find and buy it at once.")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_list(target)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        shelf.list_product(product=target, actor=actor, at=at)
        return _("The product is on sale.")


class DelistProduct(Act):
    """Off the shelf."""

    name = "delist"
    label = _("Take off the shelf")
    intro = _("Buyers no longer find it. Orders that exist go on.")
    permission = "catalog.edit"
    is_dangerous = True

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delist(target)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        shelf.delist(product=target, actor=actor, at=at)
        return _("The product is in the warehouse.")


class DeleteProduct(Act):
    """Into the recycle bin."""

    name = "delete"
    label = _("Delete")
    intro = _("Orders still show the product. It can be restored for 30 days.")
    permission = "catalog.edit"
    is_dangerous = True

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_delete(target)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        shelf.delete(product=target, actor=actor, at=at)
        return _("The product is in the recycle bin.")


class RestoreProduct(Act):
    """Out of the recycle bin."""

    name = "restore"
    label = _("Restore")
    intro = _("It goes to the warehouse; you can put it on the shelf again.")
    permission = "catalog.edit"

    def applies(self, actor: Actor, target: Product) -> bool:
        return policies.may_restore(target)

    def run(self, *, actor: Actor, target: Product, data: dict[str, Any], at: datetime) -> Any:
        shelf.restore(product=target, actor=actor, at=at)
        return _("The product is restored.")


class Upload(Act):
    """A file of products."""

    name = "upload"
    label = _("Import a file")
    intro = _("CSV or XLSX of our template, or the product CSV of Shopify. At most 10 MB.")
    permission = "catalog.import"
    form_class = UploadForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        file = data["file"]
        if file.size > MAX_BYTES:
            raise UnreadableFile(_("The file is larger than 10 MB."))
        content = file.read()
        job = jobs.start(
            shop=Shop.objects.visible_to(actor).get(),
            format=jobs.guess_format(content),
            filename=file.name,
            content=content,
            is_dry_run=data["is_dry_run"],
            category=Category.objects.filter(public_id=data["category"]).first(),
            actor=actor,
            at=at,
        )
        return gettext("%(file)s is on its way.") % {"file": job.filename}


def _with_uploads(data: dict[str, Any], actor: Actor, at: datetime) -> dict[str, Any]:
    """Return the content, with what was uploaded with it behind the pictures that it names."""
    content = dict(data["content"])
    for field, uploads in (("image_urls", "new_pictures"), ("detail_image_urls", "new_details")):
        content[field] = [*content[field], *taken(data[uploads], actor=actor, at=at)]
    return content

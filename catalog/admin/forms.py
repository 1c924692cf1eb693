"""Forms of the catalog's acts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.admin.pictures import PicturesField
from catalog.enums import PriceEvidence, ShippingTime
from catalog.models import Brand, Category, Product, ProductReview, Sku, Spu
from catalog.policies import MAX_OPTION_NAMES, LeafRules
from catalog.selectors import category_rules, category_titles
from catalog.services import spus
from catalog.services.content import EDITABLE, Content
from catalog.services.counting import MAX_PIECES
from catalog.services.screening.matching import Finding
from kernel.admin.forms import YuanField
from kernel.api.serializers import MAX_PIECES as MAX_LINE_PIECES
from kernel.money import MAX_AMOUNT


def leaf_choices() -> Iterator[tuple[str, str]]:
    """Leaves by their whole path."""
    yield "", "–"
    for node, title in category_titles():
        if node.is_leaf:
            yield node.public_id, title


def brand_choices() -> Iterator[tuple[str, str]]:
    """Brands by name, and none."""
    yield "", "–"
    yield from Brand.objects.order_by("name").values_list("public_id", "name")


class LinesField(forms.CharField):
    """Texts, one a line; cleaned to a list."""

    widget = forms.Textarea(attrs={"rows": "3"})

    def clean(self, value: Any) -> list[str]:
        """Return the lines that are not empty."""
        return [line.strip() for line in super().clean(value).splitlines() if line.strip()]


class AttributesField(LinesField):
    """``name=value``, one a line; cleaned to attributes."""

    def clean(self, value: Any) -> Any:
        """Return the attributes. Raises ValidationError for a line without a sign."""
        found = []
        for line in super().clean(value):
            name, sign, text = line.partition("=")
            if not (sign and name.strip() and text.strip()):
                raise ValidationError(_("Write name=value, one a line."))
            found.append({"name": name.strip(), "value": text.strip()})
        return found


class SpuField(forms.CharField):
    """A standard product by its id or barcode; cleaned to the row, or None."""

    def clean(self, value: Any) -> Any:
        """Return the standard product. Raises ValidationError for one that is not there."""
        said = super().clean(value)
        if not said:
            return None
        found = Spu.objects.filter(Q(public_id=said) | Q(barcode=said)).first()
        if found is None:
            raise ValidationError(_("The library has no such standard product. Propose it."))
        return found


class ContentForm(forms.Form):
    """What a product says of itself."""

    title = forms.CharField(label=_("Title"), max_length=120)
    category = forms.ChoiceField(label=_("Category"), choices=leaf_choices)
    brand = forms.ChoiceField(label=_("Brand"), choices=brand_choices, required=False)
    spu = SpuField(
        label=_("Standard product"),
        max_length=40,
        required=False,
        help_text=_("Its barcode or id. Empty: found by the key properties among the attributes."),
    )
    brief = forms.CharField(label=_("Brief"), max_length=200, required=False)
    description = forms.CharField(
        label=_("Description"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": "5"}),
    )
    unit = forms.CharField(label=_("Unit"), max_length=10, required=False)
    attributes = AttributesField(
        label=_("Attributes"), required=False, help_text=_("name=value, one a line")
    )
    image_urls = LinesField(
        label=_("Pictures"), required=False, help_text=_("Addresses, one a line; the first leads.")
    )
    new_pictures = PicturesField(
        label=_("Upload pictures"),
        required=False,
        max_length=200,
        help_text=_("They are added to the pictures above; at least 600 × 600."),
    )
    detail_image_urls = LinesField(
        label=_("Detail pictures"), required=False, help_text=_("Addresses, one a line")
    )
    new_details = PicturesField(label=_("Upload detail pictures"), required=False, max_length=200)
    shipping_time = forms.ChoiceField(
        label=_("Shipping time"),
        choices=[("", _("as the shop promises")), *ShippingTime.choices],
        required=False,
    )
    price_evidence = forms.ChoiceField(
        label=_("Evidence of the list price"),
        choices=[("", "–"), *PriceEvidence.choices],
        required=False,
    )
    price_evidence_url = forms.CharField(
        label=_("Picture of the evidence"),
        max_length=300,
        required=False,
        help_text=_("Its address; needed with the kind of evidence."),
    )

    def content(self) -> dict[str, Any]:
        """Return the content, with the category and the brand as rows."""
        said = self.cleaned_data
        category = Category.objects.get(public_id=said["category"])
        brand = Brand.objects.get(public_id=said["brand"]) if said["brand"] else None
        content = {**{name: said[name] for name in EDITABLE}, "category": category, "brand": brand}
        if said["spu"] is None and category_rules(category).needs_spu:
            content["spu"] = spus.only_match(Content(**content))
        return content

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            data["content"] = self.content()
        return data


class EditForm(ContentForm):
    """The content as it would be if what waits were live."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)

    @classmethod
    def initial_of(cls, product: Product, waiting: dict[str, Any]) -> dict[str, Any]:
        """Return the values to start from."""
        live: dict[str, Any] = {
            **{name: getattr(product, name) for name in EDITABLE},
            "category": product.category.public_id,
            "brand": product.brand.public_id if product.brand else "",
            "spu": product.spu.public_id if product.spu else "",
            **waiting,
        }
        attributes = (f"{one['name']}={one['value']}" for one in live["attributes"])
        return live | {
            "version": product.version,
            "attributes": "\n".join(attributes),
            "image_urls": "\n".join(live["image_urls"]),
            "detail_image_urls": "\n".join(live["detail_image_urls"]),
        }

    def tell(self, rules: LeafRules) -> None:
        """Say at the fields what the rules of the category ask for."""
        title = _("%(least)s to %(most)s wide; a Chinese character counts 2.")
        self.fields["title"].help_text = title % {
            "least": rules.min_title_width,
            "most": rules.max_title_width,
        }
        needed = "、".join(one.name for one in rules.attributes if one.is_required)
        if needed:
            self.fields["attributes"].help_text = _(
                "name=value, one a line. The category asks for: %(names)s."
            ) % {"names": needed}

    def remind(self, review: ProductReview, found: Sequence[Finding]) -> None:
        """Say at the fields what stood against the last submission."""
        by_rule = {(one.field, one.rule.kind) for one in found}
        said = [
            (one["field"], one["message"])
            for one in review.reasons
            if (one["field"], one["code"]) not in by_rule
        ]
        said += [(one.field, str(one.message)) for one in found]
        for name in dict.fromkeys(name for name, _message in said):
            if name in self.fields:
                told = dict.fromkeys(text for field, text in said if field == name)
                before = self.fields[name].help_text
                self.fields[name].help_text = " ".join(
                    str(one) for one in (before, _("Last time:"), *told) if one
                )


class PriceForm(forms.Form):
    """A price in yuan, and from when."""

    price = YuanField(label=_("Price"), min_amount=1, max_amount=MAX_AMOUNT)
    list_price = YuanField(
        label=_("List price"), min_amount=1, max_amount=MAX_AMOUNT, required=False
    )
    effective_from = forms.DateTimeField(
        label=_("Takes effect"), required=False, help_text=_("Empty means from now on.")
    )


class CreateForm(ContentForm):
    """A product with its first SKU; further variants are added on its page, or by import."""

    merchant_code = forms.CharField(label=_("Merchant code"), max_length=64)
    price = YuanField(label=_("Price"), min_amount=1, max_amount=MAX_AMOUNT)
    list_price = YuanField(
        label=_("List price"), min_amount=1, max_amount=MAX_AMOUNT, required=False
    )
    stock = forms.IntegerField(label=_("Stock"), min_value=0, max_value=MAX_PIECES, initial=0)
    options = AttributesField(
        label=_("Options of this SKU"),
        required=False,
        help_text=_("name=value, one a line; at most three. Variants share the names."),
    )
    submit_now = forms.BooleanField(label=_("Submit for review at once"), required=False)

    def clean_options(self) -> Any:
        options = self.cleaned_data["options"]
        if len(options) > MAX_OPTION_NAMES:
            raise ValidationError(_("A product has at most three options."))
        return options


class VariantForm(forms.Form):
    """A further SKU: one value for each option of the product."""

    merchant_code = forms.CharField(label=_("Merchant code"), max_length=64)
    price = YuanField(label=_("Price"), min_amount=1, max_amount=MAX_AMOUNT)
    stock = forms.IntegerField(label=_("Stock"), min_value=0, max_value=MAX_PIECES, initial=0)

    def __init__(self, *args: Any, option_names: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.option_names = option_names
        for place, name in enumerate(option_names):
            self.fields[f"option_{place}"] = forms.CharField(label=name, max_length=60)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        values = (data.get(f"option_{place}", "") for place in range(len(self.option_names)))
        return {**data, "options": list(values)}


class LimitsForm(forms.Form):
    """How many pieces of all SKUs together; empty is no limit."""

    min_per_order = forms.IntegerField(  # that fits into one line: nobody could buy it otherwise
        label=_("Least an order"), min_value=1, max_value=MAX_LINE_PIECES
    )
    max_per_order = forms.IntegerField(
        label=_("Most an order"),
        min_value=1,
        max_value=MAX_PIECES,
        required=False,
        help_text=_("Empty means no limit."),
    )
    max_per_buyer = forms.IntegerField(
        label=_("Most a buyer, ever"),
        min_value=1,
        max_value=MAX_PIECES,
        required=False,
        help_text=_("Empty means no limit. What was not paid or was refunded does not count."),
    )


class SubmitForm(forms.Form):
    """What happens after the approval."""

    list_when_approved = forms.BooleanField(
        label=_("List it as soon as it is approved"), required=False, initial=True
    )


class DeltaForm(forms.Form):
    """Pieces more or fewer."""

    delta = forms.IntegerField(
        label=_("Pieces"),
        min_value=-MAX_PIECES,
        max_value=MAX_PIECES,
        help_text=_("10 puts ten in, -10 takes ten out."),
    )


class CountForm(forms.Form):
    """What was counted; held pieces are part of it."""

    set_to = forms.IntegerField(label=_("Counted pieces"), min_value=0, max_value=MAX_PIECES)
    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    @classmethod
    def initial_of(cls, sku: Sku) -> dict[str, int]:
        """Return the count to start from."""
        return {"set_to": sku.stock.on_hand, "expected": sku.stock.on_hand}


class UploadForm(forms.Form):
    """A file of products."""

    file = forms.FileField(label=_("File"), max_length=200)
    category = forms.ChoiceField(
        label=_("Default category"),
        choices=leaf_choices,
        required=False,
        help_text=_("For rows that name no category that we know."),
    )
    is_dry_run = forms.BooleanField(
        label=_("Dry run"), required=False, help_text=_("Report only, write nothing.")
    )

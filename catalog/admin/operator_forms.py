"""Forms of what operators do with the catalog."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from catalog.admin.forms import LinesField
from catalog.admin.wording import FIELDS
from catalog.enums import AttributeKind, ShippingTime
from catalog.services.rules import BOUNDS

#: What an operator can say about, field by field.
REVIEWED = (
    "title",
    "brief",
    "description",
    "category",
    "brand",
    "spu",
    "attributes",
    "image_urls",
    "detail_image_urls",
    "shipping_time",
    "price_evidence",
)


class VersionForm(forms.Form):
    """Carries the version that was read: a verdict on an older one is refused."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=1)


class RejectForm(VersionForm):
    """Why, field by field; at least one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in REVIEWED:
            self.fields[f"about_{name}"] = forms.CharField(
                label=str(FIELDS[name]), max_length=300, required=False
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        said = {name: data.get(f"about_{name}", "") for name in REVIEWED}
        data["reasons"] = {name: text for name, text in said.items() if text}
        if not data["reasons"] and not self.errors:
            raise ValidationError(_("Say why, field by field."))
        return data


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class CategoryForm(forms.Form):
    """A new category."""

    name = forms.CharField(label=_("Name"), max_length=60)
    name_en = forms.CharField(label=_("English name"), max_length=60, required=False)


class AttributeForm(forms.Form):
    """What products of a leaf may or must say."""

    name = forms.CharField(label=_("Name"), max_length=60)
    kind = forms.ChoiceField(label=_("Kind"), choices=AttributeKind.choices, required=False)
    is_required = forms.BooleanField(label=_("Required"), required=False)
    is_multiple = forms.BooleanField(
        label=_("Several values"), required=False, help_text=_("Separated by 、 in one text.")
    )
    choices = LinesField(
        label=_("Choices"), required=False, help_text=_("One a line; none means free text.")
    )
    allows_custom = forms.BooleanField(label=_("Other values too"), required=False)
    unit = forms.CharField(
        label=_("Unit"), max_length=10, required=False, help_text=_("A number may end with it.")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        kind = data.get("kind") or AttributeKind.TEXT
        return {**data, "kind": kind, "choices": tuple(data.get("choices", ()))}


_LABELS = {
    "max_option_names": _("Most options"),
    "max_option_values": _("Most values of an option"),
    "max_skus": _("Most SKUs"),
    "min_title_width": _("Narrowest title"),
    "max_title_width": _("Widest title"),
    "min_main_images": _("Fewest main pictures"),
    "max_main_images": _("Most main pictures"),
    "max_images": _("Most pictures altogether"),
    "max_list_price_factor": _("Most times the lowest price"),
}


class RulesForm(forms.Form):
    """The next version of a leaf's rules, begun with what holds now."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    needs_list_price_evidence = forms.BooleanField(
        label=_("A list price needs evidence"), required=False
    )
    needs_spu = forms.BooleanField(label=_("Products need a standard product"), required=False)
    shipping_times = forms.MultipleChoiceField(
        label=_("Shipping times"),
        choices=ShippingTime.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)
    field_order = ("version", *BOUNDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in BOUNDS.items():
            is_width = name.endswith("_width")
            self.fields[name] = forms.IntegerField(
                label=_LABELS[name],
                min_value=least,
                max_value=most,
                help_text=_("A Chinese character counts 2.") if is_width else "",
            )
        self.order_fields(self.field_order)


class BrandForm(forms.Form):
    """A new brand."""

    name = forms.CharField(label=_("Name"), max_length=80)
    description = forms.CharField(
        label=_("Description"), required=False, max_length=2_000, widget=forms.Textarea
    )

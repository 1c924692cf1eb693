"""What a shop's people do in the merchant console: the shop, its promises."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kernel.actors import Actor
from kernel.admin.base import Act
from kernel.admin.forms import YuanField
from kernel.text import PHONE
from shops.enums import GuaranteeKind
from shops.models import FreightTemplate, Guarantee, ReturnAddress, Shop
from shops.services import freight, names, promises
from shops.services.promises import ReturnAddressData


class RenameForm(forms.Form):
    """Name and picture."""

    name = forms.CharField(label=_("Name"), max_length=60)
    logo_url = forms.URLField(
        label=_("Logo"), max_length=300, required=False, assume_scheme="https"
    )


class Rename(Act):
    """BI-07: the official account follows."""

    name = "rename"
    label = _("Rename")
    intro = _("The official account takes the new name and picture at once.")
    permission = "shops.edit"

    def form(self, actor: Actor, target: Shop, **kwargs: Any) -> forms.Form:
        initial = {"name": target.name, "logo_url": target.logo_url}
        return RenameForm(initial=initial, **kwargs)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        names.rename_shop(shop_id=target.pk, at=at, actor=actor, **data)
        return _("The name is changed.")


class GuaranteeForm(forms.Form):
    """Which guarantee."""

    kind = forms.ChoiceField(label=_("Guarantee"))


class StartGuarantee(Act):
    """SH-10: from now on."""

    name = "start-guarantee"
    label = _("Give a guarantee")
    intro = _("It holds for orders placed from now on.")
    permission = "shops.edit"

    def applies(self, actor: Actor, target: Shop) -> bool:
        return bool(_choices(target, is_running=False))

    def form(self, actor: Actor, target: Shop, **kwargs: Any) -> forms.Form:
        return _guarantee_form(_choices(target, is_running=False), kwargs)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        promises.start_guarantee(shop_id=target.pk, kind=data["kind"], at=at, actor=actor)
        return _("The guarantee is in force.")


class EndGuarantee(Act):
    """SH-10: orders placed before keep it."""

    name = "end-guarantee"
    label = _("End a guarantee")
    intro = _("Orders placed before keep it.")
    permission = "shops.edit"
    is_dangerous = True

    def applies(self, actor: Actor, target: Shop) -> bool:
        return bool(_choices(target, is_running=True))

    def form(self, actor: Actor, target: Shop, **kwargs: Any) -> forms.Form:
        return _guarantee_form(_choices(target, is_running=True), kwargs)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        promises.end_guarantee(shop_id=target.pk, kind=data["kind"], at=at, actor=actor)
        return _("The guarantee has ended.")


class FreightForm(forms.Form):
    """What sending costs."""

    flat_amount = YuanField(label=_("Freight"))
    free_from_amount = YuanField(
        label=_("Free from"), required=False, help_text=_("Empty: never free.")
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


class SetFreight(Act):
    """What sending costs the buyer."""

    name = "set-freight"
    label = _("Set freight")
    permission = "shops.edit"
    form_class = FreightForm

    def form(self, actor: Actor, target: Shop, **kwargs: Any) -> forms.Form:
        known = FreightTemplate.objects.visible_to(actor).filter(shop_id=target.pk).first()
        initial: dict[str, Any] = {"version": 0}
        if known is not None:
            initial = {
                "flat_amount": known.flat_amount,
                "free_from_amount": known.free_from_amount,
                "version": known.version,
            }
        return FreightForm(initial=initial, **kwargs)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        freight.set_freight(shop_id=target.pk, at=at, actor=actor, **data)
        return _("The freight is set.")


class ReturnAddressForm(forms.Form):
    """Where returns go."""

    receiver = forms.CharField(label=_("Receiver"), max_length=60)
    phone = forms.RegexField(PHONE, label=_("Phone"), max_length=20)
    province = forms.CharField(label=_("Province"), max_length=40)
    city = forms.CharField(label=_("City"), max_length=40)
    district = forms.CharField(label=_("District"), max_length=40, required=False)
    street = forms.CharField(label=_("Street"), max_length=200)
    is_default = forms.BooleanField(label=_("Default"), required=False)


class AddReturnAddress(Act):
    """One more."""

    name = "add"
    label = _("Add return address")
    permission = "shops.edit"
    form_class = ReturnAddressForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        is_default = data.pop("is_default")
        promises.add_return_address(
            shop_id=shop_id_of(actor),
            data=ReturnAddressData(**data),
            is_default=is_default,
            at=at,
            actor=actor,
        )
        return _("The return address is added.")


class ChangeReturnAddress(Act):
    """Agreed returns keep their copy."""

    name = "edit"
    label = _("Edit")
    permission = "shops.edit"

    def form(self, actor: Actor, target: ReturnAddress, **kwargs: Any) -> forms.Form:
        initial = {name: getattr(target, name) for name in ReturnAddressForm.base_fields}
        return ReturnAddressForm(initial=initial, **kwargs)

    def run(
        self, *, actor: Actor, target: ReturnAddress, data: dict[str, Any], at: datetime
    ) -> Any:
        is_default = data.pop("is_default")
        promises.change_return_address(
            address=target,
            data=ReturnAddressData(**data),
            is_default=is_default,
            at=at,
            actor=actor,
        )
        return _("The return address is changed.")


class RemoveReturnAddress(Act):
    """The last one stays. A default that goes passes on."""

    name = "remove"
    label = _("Remove")
    permission = "shops.edit"
    is_dangerous = True

    def applies(self, actor: Actor, target: ReturnAddress) -> bool:
        return not target.is_default

    def run(
        self, *, actor: Actor, target: ReturnAddress, data: dict[str, Any], at: datetime
    ) -> Any:
        promises.remove_return_address(address=target, at=at, actor=actor)
        return _("The return address is removed.")


def _choices(shop: Shop, *, is_running: bool) -> list[tuple[str, Any]]:
    open_rows = Guarantee.objects.filter(shop=shop, ends_at__isnull=True)
    running = set(open_rows.values_list("kind", flat=True))
    return [one for one in GuaranteeKind.choices if (one[0] in running) == is_running]


def _guarantee_form(choices: list[tuple[str, Any]], kwargs: dict[str, Any]) -> forms.Form:
    form = GuaranteeForm(**kwargs)
    kind = form.fields["kind"]
    assert isinstance(kind, forms.ChoiceField)  # noqa: S101 -- for the type checker
    kind.choices = choices
    return form


def shop_id_of(actor: Actor) -> int:
    """Return the shop that a merchant acts for."""
    if actor.shop_id is None:
        raise ValueError("a merchant acts for a shop")
    return actor.shop_id

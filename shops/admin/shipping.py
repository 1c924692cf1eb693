"""When and where a shop sends, in the merchant console: freight rules, promise, dates, holiday."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import display

from kernel import clock, money
from kernel.actors import Actor
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.forms import YuanField
from kernel.admin.sites import merchant_site
from shops.admin.acts import shop_id_of
from shops.enums import ShippingSpeed
from shops.models import FreightRule, Holiday, ShippingPromise, Shop, SpecialDate
from shops.selectors import RegionTerms, find_region, freight_terms, regions
from shops.services import freight, shipping


class RegionsField(forms.CharField):
    """Codes or names of divisions, one a line or with commas between; cleaned to their codes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": "3"}), max_length=20_000, **kwargs)

    def clean(self, value: Any) -> Any:
        """Return a set of codes. Raises ValidationError naming what is no division."""
        text = super().clean(value).replace("，", ",").replace("、", ",")
        wanted = {part.strip() for line in text.splitlines() for part in line.split(",")} - {""}
        codes = {word: _code_of(word) for word in wanted}
        unknown = sorted(word for word, code in codes.items() if not code)
        if unknown:
            raise forms.ValidationError(
                _("No such region: %(names)s."),
                code="unknown",
                params={"names": ", ".join(unknown)},
            )
        return frozenset(codes.values())


def _code_of(word: str) -> str:
    """Return the code of a division by its code, its full name, or a name that is the only one."""
    if word in regions():
        return word
    province = find_region(word, "")
    if province:
        return province
    called = [one.code for one in regions().values() if word in (one.name, one.full_name)]
    return called[0] if len(called) == 1 else ""


class RuleForm(forms.Form):
    """Where, and what it costs."""

    provinces = forms.MultipleChoiceField(
        label=_("Provinces"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = RegionsField(
        label=_("Cities and districts"),
        required=False,
        help_text=_("Names or codes with commas between, such as 浙江省舟山市, 460300."),
    )
    is_delivered = forms.BooleanField(label=_("Delivered"), required=False)
    first_pieces = forms.IntegerField(label=_("First pieces"), min_value=1, max_value=10_000)
    first_amount = YuanField(label=_("For the first pieces"))
    further_pieces = forms.IntegerField(label=_("Further pieces"), min_value=1, max_value=10_000)
    further_amount = YuanField(label=_("For further pieces"))
    free_from_amount = YuanField(
        label=_("Free from"), required=False, help_text=_("Empty: never free.")
    )
    free_from_pieces = forms.IntegerField(
        label=_("Free from pieces"),
        required=False,
        min_value=1,
        max_value=10_000,
        help_text=_("Empty: never free."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provinces = self.fields["provinces"]
        assert isinstance(provinces, forms.MultipleChoiceField)  # noqa: S101 -- for the checker
        provinces.choices = [(one.code, one.name) for one in regions().values() if one.level == 1]

    def clean(self) -> dict[str, Any]:
        """Put the regions together. Raises ValidationError when there are none."""
        data = super().clean() or {}
        codes = frozenset(data.pop("provinces", ())) | frozenset(data.pop("others", "") or ())
        if not codes and not self.errors:
            raise forms.ValidationError(_("Choose at least one region."), code="empty")
        return data | {"codes": codes}


def _initial(rule: FreightRule | None) -> dict[str, Any]:
    if rule is None:
        return {"is_delivered": True, "first_pieces": 1, "further_pieces": 1}
    named = [regions()[code] for code in rule.region_codes]
    plain = {name: getattr(rule, name) for name in RuleForm.base_fields if hasattr(rule, name)}
    return plain | {
        "provinces": [one.code for one in named if one.level == 1],
        "others": ", ".join(one.full_name for one in named if one.level > 1),
    }


class AddRule(Act):
    """Freight for some regions."""

    name = "add"
    label = _("Add a freight rule")
    intro = _("Elsewhere the flat freight of the shop holds. Orders that are placed keep theirs.")
    permission = "shops.edit"
    on_object = False

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        return RuleForm(initial=_initial(None), **kwargs)

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        terms = RegionTerms(**data)
        freight.add_rule(shop_id=shop_id_of(actor), terms=terms, at=at, actor=actor)
        return _("The freight rule is added.")


class ChangeRule(Act):
    """What it says from now on."""

    name = "edit"
    label = _("Edit")
    permission = "shops.edit"

    def form(self, actor: Actor, target: FreightRule, **kwargs: Any) -> forms.Form:
        return RuleForm(initial=_initial(target), **kwargs)

    def run(self, *, actor: Actor, target: FreightRule, data: dict[str, Any], at: datetime) -> Any:
        freight.change_rule(rule=target, terms=RegionTerms(**data), at=at, actor=actor)
        return _("The freight rule is changed.")


class RemoveRule(Act):
    """The flat amount again."""

    name = "remove"
    label = _("Remove")
    intro = _("The flat freight of the shop holds there again.")
    permission = "shops.edit"
    is_dangerous = True

    def run(self, *, actor: Actor, target: FreightRule, data: dict[str, Any], at: datetime) -> Any:
        freight.remove_rule(rule=target, at=at, actor=actor)
        return _("The freight rule is removed.")


class PreviewForm(forms.Form):
    """An order that might come."""

    province = forms.CharField(label=_("Province"), max_length=40)
    city = forms.CharField(label=_("City"), max_length=40, required=False)
    district = forms.CharField(label=_("District"), max_length=40, required=False)
    goods_amount = YuanField(label=_("Goods"))
    pieces = forms.IntegerField(label=_("Pieces"), min_value=1, max_value=10_000, initial=1)

    def clean(self) -> dict[str, Any]:
        """Find the region. Raises ValidationError when the names tell none."""
        data = super().clean() or {}
        names = (str(data.get(name, "")) for name in ("province", "city", "district"))
        data["region"] = find_region(*names)
        if not data["region"] and not self.errors:
            self.add_error("province", _("The province of this address is not known."))
        return data


class Preview(Act):
    """What a buyer there would pay."""

    name = "preview"
    label = _("Try the freight")
    intro = _("Nothing is changed.")
    permission = "shops.view"
    form_class = PreviewForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        shop_id, region = shop_id_of(actor), data["region"]
        amount = freight_terms([shop_id])[shop_id].of(data["goods_amount"], data["pieces"], region)
        place = regions()[region].full_name
        if amount is None:
            return _("Nothing is sent to %(place)s.") % {"place": place}
        shown = money.display(amount)
        return _("Freight to %(place)s: %(amount)s") % {"place": place, "amount": shown}


@admin.register(FreightRule, site=merchant_site)
class FreightRulePage(ConsoleModelAdmin):
    """What sending to some regions costs."""

    permission = "shops.view"
    empty_hint = _("Add a rule for regions that cost more, or that you do not send to.")
    acts = (AddRule, Preview, ChangeRule, RemoveRule)
    list_display = ("places", "price", "free")
    fields = ("all_places", ("price", "free"))

    def page_context(self, request: Any, target: FreightRule) -> dict[str, Any]:
        return {"title": _places(target)}

    @display(description=_("regions"))
    def places(self, rule: FreightRule) -> str:
        """The first ones, and how many more."""
        return _places(rule)

    @display(description=_("regions"))
    def all_places(self, rule: FreightRule) -> str:
        """Every one."""
        return ", ".join(regions()[code].full_name for code in rule.region_codes)

    @display(description=_("freight"))
    def price(self, rule: FreightRule) -> Any:
        """First and further pieces in words."""
        if not rule.is_delivered:
            return _("not delivered")
        return _("%(first)s for %(pieces)s, then %(further)s each %(batch)s") % {
            "first": money.display(rule.first_amount),
            "pieces": rule.first_pieces,
            "further": money.display(rule.further_amount),
            "batch": rule.further_pieces,
        }

    @display(description=_("free from"))
    def free(self, rule: FreightRule) -> str:
        """From which amount or how many pieces on it is free."""
        parts = []
        if rule.free_from_amount is not None:
            parts.append(money.display(rule.free_from_amount))
        if rule.free_from_pieces is not None:
            count = rule.free_from_pieces
            words = ngettext("%(count)s piece", "%(count)s pieces", count)
            parts.append(words % {"count": count})
        return " / ".join(parts) or "–"


def _places(rule: FreightRule) -> str:
    names = [regions()[code].full_name for code in rule.region_codes[:3]]
    more = len(rule.region_codes) - len(names)
    return ", ".join(names) + (f" +{more}" if more else "")


class SpeedForm(forms.Form):
    """How soon."""

    speed = forms.ChoiceField(label=_("Ships"), choices=ShippingSpeed.choices)


class SetPromise(Act):
    """SH-11."""

    name = "set-promise"
    label = _("Set the shipping promise")
    intro = _("It holds for what is paid from now on. Same day: paid before 16:00 in China.")
    permission = "shops.edit"

    def form(self, actor: Actor, target: Shop, **kwargs: Any) -> forms.Form:
        return SpeedForm(initial={"speed": speed_of(target.pk)}, **kwargs)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        shipping.set_promise(shop_id=target.pk, speed=data["speed"], at=at, actor=actor)
        return _("The shipping promise is set.")


class HolidayForm(forms.Form):
    """From when, until when."""

    closed_from = forms.DateTimeField(label=_("Closed from"), widget=forms.DateTimeInput)
    closed_to = forms.DateTimeField(label=_("Closed until"), widget=forms.DateTimeInput)
    note = forms.CharField(label=_("What buyers read"), max_length=100, required=False, initial="")


class SetHoliday(Act):
    """SH-19."""

    name = "set-holiday"
    label = _("Close for a holiday")
    intro = _(
        "Items stay to be seen, orders are refused. What is to be sent may wait; refunds and "
        "returns go on. In China time, 30 days at most."
    )
    permission = "shops.edit"
    form_class = HolidayForm

    def preview(self, actor: Actor, target: Shop) -> Sequence[tuple[str | Promise, Any]]:
        return ((_("Holiday now"), holiday_of(target.pk)),)

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        shipping.set_holiday(shop_id=target.pk, at=at, actor=actor, **data)
        return _("The holiday is set.")


class EndHoliday(Act):
    """Open again."""

    name = "end-holiday"
    label = _("End the holiday")
    intro = _("Orders are taken again at once.")
    permission = "shops.edit"

    def applies(self, actor: Actor, target: Shop) -> bool:
        return _holiday(target.pk) is not None

    def run(self, *, actor: Actor, target: Shop, data: dict[str, Any], at: datetime) -> Any:
        shipping.end_holiday(shop_id=target.pk, at=at, actor=actor)
        return _("The shop takes orders again.")


class SpecialDateForm(forms.Form):
    """A window, and when it is sent: by a day, or some days later."""

    paid_from = forms.DateTimeField(label=_("Paid from"), widget=forms.DateTimeInput)
    paid_to = forms.DateTimeField(label=_("Paid until"), widget=forms.DateTimeInput)
    ship_on = forms.DateField(label=_("Sent by the end of"), required=False, widget=forms.DateInput)
    plus_days = forms.IntegerField(
        label=_("Days later"),
        required=False,
        min_value=1,
        max_value=30,
        help_text=_("A day or a number of days, one of the two."),
    )


class AddSpecialDate(Act):
    """SH-11."""

    name = "add"
    label = _("Add a special date")
    intro = _("Orders paid in this time are sent later than promised. In China time.")
    permission = "shops.edit"
    form_class = SpecialDateForm
    on_object = False

    def run(self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime) -> Any:
        shipping.add_special_date(shop_id=shop_id_of(actor), at=at, actor=actor, **data)
        return _("The special date is added.")


class CallOff(Act):
    """Before it begins."""

    name = "call-off"
    label = _("Call off")
    permission = "shops.edit"
    is_dangerous = True

    def applies(self, actor: Actor, target: SpecialDate) -> bool:
        return target.called_off_at is None and target.paid_from > clock.now()

    def run(self, *, actor: Actor, target: SpecialDate, data: dict[str, Any], at: datetime) -> Any:
        shop_id = target.shop_id
        shipping.call_off_special_date(shop_id=shop_id, pk=target.pk, at=at, actor=actor)
        return _("The special date is called off.")


@admin.register(SpecialDate, site=merchant_site)
class SpecialDatePage(ConsoleModelAdmin):
    """Orders that are sent later."""

    permission = "shops.view"
    empty_hint = _("Announce days on which you cannot send as fast as promised.")
    acts = (AddSpecialDate, CallOff)
    list_display = ("paid_from", "paid_to", "ship_on", "plus_days", "called_off_at")
    fields = (("paid_from", "paid_to"), ("ship_on", "plus_days"), "called_off_at")


def speed_of(shop_id: int) -> str:
    """Return the promise that holds for what is paid now."""
    promise = ShippingPromise.objects.filter(shop_id=shop_id, ends_at__isnull=True).first()
    return str(promise.speed) if promise else ShippingSpeed.HOURS_48


def holiday_of(shop_id: int) -> str:
    """Return the holiday of now or to come in words, or a dash."""
    row = _holiday(shop_id)
    if row is None:
        return "–"
    ends = (date_format(localtime(one), "Y-m-d H:i") for one in (row.closed_from, row.closed_to))
    return " – ".join(ends) + (f" · {row.note}" if row.note else "")


def _holiday(shop_id: int) -> Holiday | None:
    rows = Holiday.objects.filter(shop_id=shop_id, called_off_at__isnull=True)
    return rows.filter(closed_to__gt=clock.now()).first()

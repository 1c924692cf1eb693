"""The look of a console's forms: plain Django widgets in Unfold's clothes, and money in yuan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold import widgets

from kernel import money

_DATE_CLASS = " ".join([*widgets.DATETIME_CLASSES, "max-w-2xl"])


class DateWidget(forms.DateInput):
    """The browser's own date picker: it speaks the reader's language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": _DATE_CLASS, **(attrs or {})}, format="%Y-%m-%d")


class DateTimeWidget(forms.DateTimeInput):
    """The browser's own picker for a date and time."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs={"class": _DATE_CLASS, **(attrs or {})}, format="%Y-%m-%dT%H:%M")


class PrefixedTextWidget(widgets.UnfoldAdminTextInputWidget):
    """A text input with a fixed sign before it, such as ¥."""

    def __init__(self, prefix: str, attrs: dict[str, Any] | None = None) -> None:
        self.sign = prefix
        super().__init__(attrs={"class": "pl-7", "inputmode": "decimal", **(attrs or {})})

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["prefix"] = self.sign
        return context


class YuanField(forms.Field):
    """A sum typed in major units; cleaned to an integer of minor units (分)."""

    default_error_messages = {
        "invalid": _("Enter an amount such as 19.90."),
        "min_value": _("The amount is at least %(limit)s."),
        "max_value": _("The amount is at most %(limit)s."),
    }

    def __init__(
        self,
        *,
        min_amount: int = 0,
        max_amount: int = money.MAX_AMOUNT,
        currency: str = "CNY",
        **kwargs: Any,
    ) -> None:
        self.min_amount, self.max_amount, self.currency = min_amount, max_amount, currency
        kwargs.setdefault("widget", PrefixedTextWidget(money.SYMBOLS.get(currency, currency)))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        """Show minor units as a person writes them."""
        return str(money.major(value, self.currency)) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:
        """Return minor units, None for an empty field. Raises ValidationError otherwise."""
        if value in self.empty_values:
            return None
        try:
            amount = money.minor(str(value), self.currency)
        except ValueError:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
        for code, limit, is_out in (
            ("min_value", self.min_amount, amount < self.min_amount),
            ("max_value", self.max_amount, amount > self.max_amount),
        ):
            if is_out:
                shown = {"limit": money.display(limit, self.currency)}
                raise ValidationError(self.error_messages[code], code=code, params=shown)
        return amount


def _plain(kind: type[forms.Widget]) -> Callable[[forms.Widget], forms.Widget]:
    return lambda worn: kind(attrs=worn.attrs)


def _date(kind: type[DateWidget | DateTimeWidget]) -> Callable[[forms.Widget], forms.Widget]:
    return lambda worn: kind(attrs={k: v for k, v in worn.attrs.items() if k != "class"})


def _area(worn: forms.Widget) -> forms.Widget:
    rows = worn.attrs.get("rows", "10")  # Django's own default is a screen on a tablet
    attrs = {**worn.attrs, "rows": "4" if str(rows) == "10" else rows}
    return widgets.UnfoldAdminTextareaWidget(attrs=attrs)


def _choices(kind: Callable[..., forms.Widget]) -> Callable[[Any], forms.Widget]:
    return lambda worn: kind(attrs=worn.attrs, choices=worn.choices)


def _boxes(worn: Any) -> forms.Widget:
    return widgets.UnfoldAdminCheckboxSelectMultipleWidget(choices=worn.choices)


#: Which plain widget becomes which; a widget that is not listed keeps its own look.
_CLOTHES: dict[type[forms.Widget], Callable[[Any], forms.Widget]] = {
    forms.TextInput: _plain(widgets.UnfoldAdminTextInputWidget),
    forms.EmailInput: _plain(widgets.UnfoldAdminEmailInputWidget),
    forms.URLInput: _plain(widgets.UnfoldAdminURLInputWidget),
    forms.NumberInput: _plain(widgets.UnfoldAdminIntegerFieldWidget),
    forms.Textarea: _area,
    forms.PasswordInput: _plain(widgets.UnfoldAdminPasswordWidget),
    forms.CheckboxInput: _plain(widgets.UnfoldBooleanWidget),
    forms.FileInput: _plain(widgets.UnfoldAdminFileFieldWidget),
    forms.ClearableFileInput: _plain(widgets.UnfoldAdminFileFieldWidget),
    forms.DateInput: _date(DateWidget),
    forms.DateTimeInput: _date(DateTimeWidget),
    forms.Select: _choices(widgets.UnfoldAdminSelectWidget),
    forms.SelectMultiple: _choices(widgets.UnfoldAdminSelectMultipleWidget),
    forms.RadioSelect: lambda worn: widgets.UnfoldAdminRadioSelectWidget(
        attrs=worn.attrs, choices=worn.choices
    ),
    forms.CheckboxSelectMultiple: _boxes,
}


def dress(form: forms.Form) -> None:
    """Give the plain widgets of `form` the console's look. Widgets of other classes stay."""
    for field in form.fields.values():
        make = _CLOTHES.get(type(field.widget))
        if make is None:
            continue
        worn, field.widget = field.widget, make(field.widget)
        field.widget.is_required = worn.is_required
        field.widget.is_localized = worn.is_localized
        if isinstance(field, forms.ChoiceField):
            field.widget.choices = field.choices  # keeps lazy and model choices lazy

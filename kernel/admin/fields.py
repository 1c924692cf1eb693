"""What a console shows of related rows: never a link or a choice that its reader may not follow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString
from unfold.fields import UnfoldAdminReadonlyField
from unfold.forms import AdminForm, Fieldline, Fieldset
from unfold.utils import display_for_label

from kernel import walls


class ConsoleReadonlyField(UnfoldAdminReadonlyField):
    """Links related rows by their public id (Django would write the primary key); draws badges."""

    def _get_contents(self) -> SafeString:
        if isinstance(self.resolved_field, tuple):
            _field, attr, value = self.resolved_field
            label = getattr(attr, "label", None)
            if value in (None, ""):
                return conditional_escape(self.empty_value_display)
            if label:
                return display_for_label(value, self.empty_value_display, label)
            if str(self.field["field"]).endswith("_url"):
                return _address(str(value))
        return super()._get_contents()

    def get_admin_url(self, remote_field: Any, remote_obj: Any) -> str:
        page = self.model_admin.admin_site.get_page(type(remote_obj))
        reader = getattr(self.form.instance, "reader", None)
        if page is None or not (reader and page.is_open_to(reader)):
            return str(remote_obj)
        url = page.object_url(remote_obj)
        return format_html('<a href="{}" class="text-link">{}</a>', url, remote_obj)


def _address(url: str) -> SafeString:
    """Return a link to what somebody said is at `url`; never one that runs a script."""
    if not url.startswith(("https://", "http://", "/")):
        return conditional_escape(url)
    link = (
        '<a href="{0}" class="text-link" target="_blank" rel="noopener noreferrer nofollow">{0}</a>'
    )
    return format_html(link, url)


class ConsoleFieldline(Fieldline):
    """One line of a fieldset."""

    def __iter__(self) -> Iterator[Any]:
        for index, name in enumerate(self.fields):
            yield ConsoleReadonlyField(
                self.form, name, is_first=(index == 0), model_admin=self.model_admin
            )


class ConsoleFieldset(Fieldset):
    """One group of lines."""

    def __iter__(self) -> Iterator[Any]:
        for line in self.fields:
            yield ConsoleFieldline(
                self.form, line, self.readonly_fields, model_admin=self.model_admin
            )


class ConsoleAdminForm(AdminForm):
    """The read-only form of an object page."""

    def __iter__(self) -> Iterator[Any]:
        for title, options in self.fieldsets:
            yield ConsoleFieldset(
                self.form,
                title,
                readonly_fields=self.readonly_fields,
                model_admin=self.model_admin,
                **options,
            )


class ScopedRelatedFilter(admin.RelatedFieldListFilter):
    """A filter by a related row that offers only the rows the reader may know of."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> list[Any]:
        rows = field.related_model._default_manager.visible_to(model_admin.actor(request))
        ordering = self.field_admin_ordering(field, request, model_admin) or ("pk",)
        shown = walls.readable(rows).order_by(*ordering)
        return [(row.pk, str(row)) for row in shown[:MAX_CHOICES]]


#: A filter with more choices than this helps nobody; search does.
MAX_CHOICES = 200

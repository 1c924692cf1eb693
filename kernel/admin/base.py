"""The base of every console page: scoped rows, read-only forms, and changes as acts.

A `ConsoleModelAdmin` shows what `visible_to(actor)` gives and writes nothing. What can be done is a
list of `Act`s: each has a form page of its own, is offered only where it applies, and makes one
service call. A refusal of the service is shown on the form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.utils import quote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst
from unfold.admin import ModelAdmin

from kernel import clock
from kernel.actors import Actor
from kernel.admin import history, sheets
from kernel.admin.acts import Act, NoFields, explain, new_token, perform
from kernel.admin.fields import ConsoleAdminForm, ScopedRelatedFilter
from kernel.admin.forms import dress
from kernel.admin.lists import CappedPaginator, ConsoleChangeList
from kernel.errors import DomainError, NotFound
from kernel.text import is_storable

#: Rows that one number may lead to: an order has a handful of lines and refunds.
MAX_FOUND = 200


class ConsoleModelAdmin(ModelAdmin):
    """A list and a read-only page of what the actor may see."""

    #: ``room.view``: without it the model is not in the menu and every address is refused.
    permission: ClassVar[str] = ""
    #: The field that names a row in addresses.
    public_field: ClassVar[str] = "public_id"
    #: False: the list says it all, no row has a page or an act.
    has_object_page: ClassVar[bool] = True
    acts: ClassVar[Sequence[type[Act]]] = ()
    #: Asked besides `permission` of who takes the list along as a file.
    export_permission: ClassVar[str] = ""
    #: Template drawn under the fields of the object page, with `original` and `actor`.
    extra_template: ClassVar[str] = ""
    #: Columns of numbers and keys: who types one whole finds its rows by the columns' indexes.
    #: Only for words that are none of them names and the `search_fields` are looked through.
    search_exactly: ClassVar[Any] = ()
    #: Relation → the column it is called by, such as ``{"shop": "name"}``. The related rows are
    #: found first: no index serves two tables at once.
    search_names: ClassVar[Mapping[str, str]] = {}
    #: What an empty list says that its reader can do.
    empty_hint: ClassVar[Any] = ""

    empty_value_display = "–"
    actions = None
    list_per_page = 25
    list_max_show_all = 25
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would be a count of its own
    paginator = CappedPaginator
    change_form_template = "console/object.html"
    change_list_template = "console/list.html"
    list_filter_submit = False
    view_on_site = False
    ordering = ("-pk",)

    def actor(self, request: HttpRequest) -> Actor:
        """Return the actor of the request. Raises PermissionDenied for strangers."""
        actor = self.admin_site.actor(request)
        if actor is None:
            raise PermissionDenied
        return actor

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        queryset = self.model._default_manager.visible_to(self.actor(request))
        return queryset.order_by(*self.get_ordering(request))

    def get_search_fields(self, request: HttpRequest) -> Sequence[Any]:
        """Return the texts that are looked through; a list without any may still find numbers."""
        return super().get_search_fields(request) or [*self.search_exactly, *self.search_names]

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        word = search_term.strip()
        if not word or not (self.search_exactly or self.search_names):
            return super().get_search_results(request, queryset, search_term)
        found = self._found(request, word)
        if found:
            return queryset.filter(pk__in=found), False
        if self.search_fields:
            return super().get_search_results(request, queryset, search_term)
        return self.by_words(queryset, word), False

    def by_words(self, queryset: models.QuerySet[Any], text: str) -> models.QuerySet[Any]:
        """Narrow a list without `search_fields` to what `text` calls that is no number of a row."""
        called = models.Q(pk__in=[])
        for relation, name in self.search_names.items():
            called |= models.Q(**{f"{relation}__in": self._called(relation, name, text)})
        return queryset.filter(called)

    def _called(self, relation: str, name: str, word: str) -> list[Any]:
        related: Any = self.model._meta.get_field(relation).related_model
        rows = related._default_manager.filter(**{f"{name}__icontains": word})
        return list(rows.order_by().values_list("pk", flat=True)[:MAX_FOUND])

    def _found(self, request: HttpRequest, word: str) -> set[Any]:
        """Return the rows that carry the number `word`, one look into an index a column."""
        rows = self.model._default_manager.visible_to(self.actor(request)).order_by()
        spellings = {word, word.upper()}
        found: set[Any] = set()
        for name in self.search_exactly:
            keys = rows.filter(**{f"{name}__in": spellings}).values_list("pk", flat=True)
            found.update(keys[:MAX_FOUND])
        return found

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        if not self.has_object_page or not is_storable(object_id) or len(object_id) > 64:
            return None
        try:
            found = self.get_queryset(request).filter(**{self.public_field: object_id}).first()
        except (ValueError, OverflowError):
            return None
        if found is not None:
            found.reader = self.actor(request)
        return found

    def object_url(self, target: Any) -> str:
        """Return the address of the object page."""
        return self.address_of(getattr(target, self.public_field))

    def address_of(self, key: Any) -> str:
        """Return the address of the page of the object that `key` names."""
        return reverse(self._view_name("change"), args=[key])

    def get_list_display_links(self, request: HttpRequest, list_display: Sequence[Any]) -> Any:
        """Return the first column, or None where rows have no page."""
        links = super().get_list_display_links(request, list_display)
        return links if self.has_object_page else None

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return ConsoleChangeList

    def get_list_filter(self, request: HttpRequest) -> Sequence[Any]:
        """Return `list_filter`; filters by a related row offer only what the reader may know."""
        return [self._scoped(one) for one in super().get_list_filter(request)]

    def _scoped(self, one: Any) -> Any:
        if not isinstance(one, str) or not is_relation(self.model, one):
            return one
        return one, ScopedRelatedFilter

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        plain = context["adminform"]
        context["adminform"] = ConsoleAdminForm(
            plain.form, plain.fieldsets, {}, plain.readonly_fields, model_admin=self
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[str]:
        return self._shown(request, obj)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Sequence[Any]:
        return self.fields or self._shown(request, obj)

    def _shown(self, request: HttpRequest, obj: Any) -> list[str]:
        if self.fieldsets:
            return [name for _title, options in self.fieldsets for name in _flat(options["fields"])]
        return _flat(self.fields or self.list_display)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        actor = self.admin_site.actor(request)
        return actor is not None and self.is_open_to(actor)

    def is_open_to(self, actor: Actor) -> bool:
        """Tell whether `actor`, who is in this console, may open its pages."""
        return not self.permission or actor.may(self.permission)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[Any]:
        wrap = self.admin_site.admin_view
        return [
            path("do/<slug:act>/", wrap(self.list_act_view), name=self._url_name("act")),
            path("export/", wrap(self.export_view), name=self._url_name("export")),
            path("<path:object_id>/do/<slug:act>/", wrap(self.act_view), name=self._url_name("do")),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        context = {
            "act_links": self._links(request, None),
            "title": capfirst(self.opts.verbose_name_plural),
            "empty_hint": self.empty_hint,
            "export_url": self._export_url(request),
            **(extra_context or {}),
        }
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        target = self._target(request, object_id)
        if target is None:
            raise Http404
        context = {
            "act_links": self._links(request, target),
            "history_url": self._history_url(request, target),
            "extra_template": self.extra_template,
            "actor": self.actor(request),
            "title": str(target),
            "subtitle": None,
            "crumbs": self._crumbs(),
            **self.page_context(request, target),
            **(extra_context or {}),
        }
        # Our addresses are not quoted: Django would read `_22` in `adm_22…` as a quotation mark.
        return super().change_view(request, quote(object_id), form_url, context)

    def page_context(self, request: HttpRequest, target: Any) -> dict[str, Any]:
        """Return what `extra_template` needs."""
        return {}

    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        return sheets.answer(self, request)

    def _export_url(self, request: HttpRequest) -> str:
        if not sheets.may_export(self, request):
            return ""
        return f"{reverse(self._view_name('export'))}?{request.GET.urlencode()}"

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        # The audit trail replaces Django's own log, which no service writes.
        return history.answer(self, request, self._target(request, object_id))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> Any:
        raise Http404

    def list_act_view(self, request: HttpRequest, act: str) -> HttpResponse:
        return self._act(request, act, None)

    def act_view(self, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
        target = self._target(request, object_id)
        if target is None:
            raise Http404
        return self._act(request, act, target)

    def _target(self, request: HttpRequest, object_id: str) -> Any:
        return self.get_object(request, object_id) if self.has_view_permission(request) else None

    def _history_url(self, request: HttpRequest, target: Any) -> str:
        if not history.is_open(self.admin_site, request):
            return ""
        return reverse(self._view_name("history"), args=[getattr(target, self.public_field)])

    def _act(self, request: HttpRequest, name: str, target: Any) -> HttpResponse:
        actor = self.actor(request)
        act = self._find_act(name, is_on_object=target is not None)
        if act is None or not self.has_view_permission(request):
            raise Http404
        if act.permission and not actor.may(act.permission):
            raise PermissionDenied
        back = self.object_url(target) if target else reverse(self._view_name("changelist"))
        if request.method == "POST":
            form = act.form(actor, target, data=request.POST, files=request.FILES)
            said = self._try(act, form, request, actor, target)
            if said is not None:
                messages.success(request, said)
                return HttpResponseRedirect(back)
        else:
            form = act.form(actor, target)
        return self._act_page(request, act, form, target, back)

    def _try(
        self, act: Act, form: forms.Form, request: HttpRequest, actor: Actor, target: Any
    ) -> str | None:
        """Return what the act said, or None when the form now shows why it was refused."""
        if not form.is_valid():
            return None
        scope = f"{self._view_name(act.name)}:{actor.user_id}:{actor.shop_id or ''}"
        if target is not None:
            scope += f":{target.pk}"
        try:
            return perform(
                act,
                request=request,
                scope=scope,
                actor=actor,
                target=target,
                data=form.cleaned_data,
                at=clock.now(),
            )
        except NotFound:
            raise Http404 from None
        except DomainError as error:
            explain(form, error)
            return None

    def _act_page(
        self, request: HttpRequest, act: Act, form: forms.Form, target: Any, back: str
    ) -> HttpResponse:
        dress(form)
        context = {
            **self.admin_site.each_context(request),
            "title": act.label,
            "subtitle": str(target) if target is not None else None,
            "crumbs": self._crumbs(target),
            "act": act,
            "form": form,
            "target": target,
            "back": back,
            "once": new_token(),
            "preview": act.preview(self.actor(request), target),
            "opts": self.opts,
            "media": self.media + form.media,
        }
        status = 422 if request.method == "POST" else 200
        return TemplateResponse(request, "console/act.html", context, status=status)

    def _crumbs(self, target: Any = None) -> list[tuple[str, Any]]:
        """Return the links that lead to the page: the list, then the object where it has a page."""
        name = capfirst(self.opts.verbose_name_plural)
        crumbs = [(reverse(self._view_name("changelist")), name)]
        return [*crumbs, (self.object_url(target), target)] if target is not None else crumbs

    def _find_act(self, name: str, *, is_on_object: bool) -> Act | None:
        found = (kind for kind in self.acts if kind.name == name)
        return next((kind() for kind in found if kind.on_object == is_on_object), None)

    def _links(self, request: HttpRequest, target: Any) -> list[dict[str, Any]]:
        actor = self.actor(request)
        links = []
        for act in (kind() for kind in self.acts if kind.on_object == (target is not None)):
            if (act.permission and not actor.may(act.permission)) or not act.applies(actor, target):
                continue
            if target is None:
                url = reverse(self._view_name("act"), args=[act.name])
            else:
                url = reverse(
                    self._view_name("do"), args=[getattr(target, self.public_field), act.name]
                )
            links.append({"url": url, "label": act.label, "is_dangerous": act.is_dangerous})
        return links

    def _url_name(self, what: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{what}"

    def _view_name(self, what: str) -> str:
        return f"{self.admin_site.name}:{self._url_name(what)}"


def is_relation(model: type[models.Model], path: str) -> bool:
    """Tell whether `path` (``brand``, ``product__brand``) ends at a related row."""
    field: Any = None
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return bool(field.is_relation)


def _flat(fields: Sequence[Any]) -> list[str]:
    return [name for one in fields for name in (one if isinstance(one, list | tuple) else [one])]


__all__ = ["Act", "ConsoleModelAdmin", "NoFields"]

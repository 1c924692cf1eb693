"""What was done to one object: its part of the audit trail (GV-09), for who may read the trail."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from kernel import audit
from kernel.actors import Actor
from kernel.admin import wording
from kernel.models import AuditEntry

#: Nobody reads further back on one page; the trail itself goes on.
MAX_LINES = 200


def is_open(site: Any, request: HttpRequest) -> bool:
    """Tell whether the reader may read the trail in this console."""
    page = site.get_page(AuditEntry)
    return page is not None and page.has_view_permission(request)


def lines(actor: Actor, target: models.Model) -> list[dict[str, Any]]:
    """Return what was done to `target`, the latest first, in the reader's words."""
    entries = AuditEntry.objects.visible_to(actor).filter(
        target_model=target._meta.label_lower, target_id=audit.key_of(target)
    )
    return [
        {
            "at": entry.at,
            "by": wording.person(entry.actor_label) or wording.person(entry.actor_role),
            "on_behalf_of": entry.on_behalf_of if actor.is_platform else "",
            "done": wording.act(entry.action),
            "before": wording.facts(entry.before, entry.target_model),
            "after": wording.facts(entry.after, entry.target_model),
            "reason": entry.reason,
        }
        for entry in entries.order_by("-pk")[:MAX_LINES]
    ]


def answer(page: Any, request: HttpRequest, target: models.Model | None) -> HttpResponse:
    """Answer the history of `target`. Raises Http404 for none and for who may not read it."""
    if target is None or not is_open(page.admin_site, request):
        raise Http404
    context = {
        **page.admin_site.each_context(request),
        "title": _("History"),
        "subtitle": str(target),
        "lines": lines(page.actor(request), target),
        "back": page.object_url(target),
        "opts": page.opts,
        "media": page.media,
    }
    return TemplateResponse(request, "console/history.html", context)

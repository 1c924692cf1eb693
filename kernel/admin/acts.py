"""What can be done in a console: one form page and one service call an act."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from django import forms
from django.http import HttpRequest
from django.utils.functional import Promise

from kernel.actors import Actor
from kernel.errors import DomainError, FieldError, KeyReused
from kernel.idempotency import MAX_KEY_LENGTH, run_once

#: The hidden input that makes a second click on the same page do nothing twice.
ONCE = "_once"


class NoFields(forms.Form):
    """The form of an act that only asks "are you sure?"."""


class Act:
    """One thing a person can do in a console.

    Subclasses set `name` (a slug), `label`, `permission`, perhaps `form_class` and `intro`, and
    write `run`. `on_object` False makes it an act of the list page (create, import …).
    """

    name: ClassVar[str]
    label: ClassVar[str | Promise]
    intro: ClassVar[str | Promise] = ""
    permission: ClassVar[str] = ""
    form_class: ClassVar[type[forms.Form]] = NoFields
    on_object: ClassVar[bool] = True
    is_dangerous: ClassVar[bool] = False

    def applies(self, actor: Actor, target: Any) -> bool:
        """Tell whether the act is offered for `target` in its present state."""
        return True

    def form(self, actor: Actor, target: Any, **kwargs: Any) -> forms.Form:
        """Return the form; subclasses may fill choices that depend on `actor` and `target`."""
        return self.form_class(**kwargs)

    def preview(self, actor: Actor, target: Any) -> Sequence[tuple[str | Promise, Any]]:
        """Return rows (label, value) shown above the form: what will happen."""
        return ()

    def run(
        self, *, actor: Actor, target: Any, data: dict[str, Any], at: datetime
    ) -> str | Promise:
        """Make one service call and return the sentence that says what happened."""
        raise NotImplementedError


def new_token() -> str:
    """Return a value for the hidden input `ONCE` of a freshly drawn form."""
    return uuid.uuid4().hex


def perform(
    act: Act,
    *,
    request: HttpRequest,
    scope: str,
    actor: Actor,
    target: Any,
    data: dict[str, Any],
    at: datetime,
) -> str:
    """Run `act` and return its sentence; the same page sent twice runs it once.

    Raises the service's DomainError; nothing is kept then and the page may be sent again.
    """
    token = request.POST.get(ONCE, "")
    if not token or len(token) > MAX_KEY_LENGTH:
        return str(act.run(actor=actor, target=target, data=data, at=at))

    def run() -> tuple[int, Any]:
        return 200, {"said": str(act.run(actor=actor, target=target, data=data, at=at))}

    _status, answer, _is_replay = run_once(scope=scope, key=token, body=_sent(request), act=run)
    return str(answer["said"])


def explain(form: forms.Form, error: DomainError) -> None:
    """Show a refusal of the service on the form, each fault at its field where there is one."""
    homeless = [fault for fault in error.errors if not _show_at_field(form, fault)]
    if homeless or not error.errors or isinstance(error, KeyReused):
        form.add_error(None, str(error.detail))
    for fault in homeless:
        if str(fault.detail) != str(error.detail):
            form.add_error(None, str(fault.detail))


def _show_at_field(form: forms.Form, fault: FieldError) -> bool:
    name = next((part for part in fault.pointer.split("/") if part in form.fields), None)
    if name is not None:
        form.add_error(name, str(fault.detail))
    return name is not None


def _sent(request: HttpRequest) -> dict[str, Any]:
    fields = {name: values for name, values in request.POST.lists() if name[0] != "_"}
    fields.pop("csrfmiddlewaretoken", None)
    files = {name: [_digest(one) for one in sent] for name, sent in request.FILES.lists()}
    return {"fields": fields, "files": files}


def _digest(upload: Any) -> str:
    digest = hashlib.sha256()
    for piece in upload.chunks():
        digest.update(piece)
    upload.seek(0)
    return digest.hexdigest()

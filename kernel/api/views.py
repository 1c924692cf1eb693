"""The base of every API view: who may come in is decided before anything is looked up."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC
from typing import Any, ClassVar

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone
from rest_framework.exceptions import NotAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel import clock, walls
from kernel.actors import ANONYMOUS, Role, resolve
from kernel.api.operations import check_keys
from kernel.errors import NotAllowed, NotFound, SecondFactorRequired

JSON = JSONRenderer()
#: What nearly every client says it accepts.
ANYTHING = frozenset({"*/*", "application/json", "application/json, */*"})


class View(APIView):
    """A door for one `audience`.

    In a method, `request.actor` is the acting person and `request.at` the time of the request.

    - ANONYMOUS: anybody; a signed-in user is an actor of role BUYER there.
    - BUYER: anybody signed in; costs no query.
    - MERCHANT: staff of the shop in the address (``<str:shop_id>``, a public id), else 404.
    - CREATOR, AGENCY, SUPPORT, OPERATOR: holders of that role, else 404.

    Who lacks the second factor that their role demands meets 403 everywhere.

    `permission` (``room.verb``) is asked of the actor after that: 403 when it is not held;
    `permissions` names one per method where they differ.
    """

    audience: ClassVar[Role] = Role.BUYER
    format_kwarg = None
    permission: ClassVar[str] = ""
    permissions: ClassVar[dict[str, str]] = {}

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer with times in UTC, whatever zone people's pages are shown in."""
        with timezone.override(UTC), ExitStack() as self.wall:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Any, *args: Any, **kwargs: Any) -> None:
        """Decide who comes in. There are no versions, throttles or permission classes to ask."""
        negotiated = self.perform_content_negotiation(request)
        request.accepted_renderer, request.accepted_media_type = negotiated
        check_keys(kwargs)
        request.at = clock.now()
        user_id = request.auth["user_id"] if request.auth else None
        if user_id is None and self.audience is not Role.ANONYMOUS:
            raise NotAuthenticated
        actor = resolve(self.audience, user_id, kwargs) if user_id else ANONYMOUS
        if actor is None:
            raise NotFound
        if actor.needs_second_factor:
            raise SecondFactorRequired
        needed = self.permissions.get(request.method or "", self.permission)
        if needed and not actor.may(needed):
            raise NotAllowed
        request.actor = actor
        if actor.shop_id is not None:
            self.wall.enter_context(walls.behind(actor.shop_id))

    def handle_exception(self, exc: Exception) -> Response:
        """Answer a refusal; what was done of the request behind a wall is undone."""
        if walls.current() is not None:
            transaction.set_rollback(True)
        return super().handle_exception(exc)

    def perform_content_negotiation(self, request: Any, force: bool = False) -> Any:
        """Return the one renderer; whether it is acceptable is asked only where it might not be.

        A file is what it is: who accepts just its type is not refused for errors being JSON.
        """
        method = getattr(self, (request.method or "").lower(), None)
        is_file = bool(getattr(method, "gives_file", ""))
        if is_file or request.META.get("HTTP_ACCEPT", "*/*") in ANYTHING:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        """Answer 204 with the `Allow` header: the OpenAPI document describes the rest."""
        return Response(status=204)

"""How a view says what it takes and gives; parsing, presenting and the schema follow from it.

::

    class Orders(View):
        audience = Role.BUYER

        @operation(takes=PlaceOrderIn, gives=OrderGroupOut, status=201)
        def post(self, request, data): return checkout.place_order(…, at=request.at)

        @listing(gives=OrderOut, ordering=("-placed_at", "-id"), filters=OrderQuery)
        def get(self, request, query): return Order.objects.visible_to(request.actor)…

A view with ``gives_file`` returns a `kernel.downloads.Download` of that content type.
``idempotent=True`` demands an ``Idempotency-Key`` and runs the view once per key.
"""

from __future__ import annotations

import contextlib
import functools
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from django.http.response import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from kernel.api.pagination import Cursor, Feed
from kernel.api.serializers import In, Out
from kernel.downloads import Download
from kernel.errors import FieldError, InvalidInput, NotFound
from kernel.idempotency import MAX_KEY_LENGTH, run_once
from kernel.text import is_storable

KEY_HEADER = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]([ -~]*[!-~])?$", "maxLength": MAX_KEY_LENGTH},
    OpenApiParameter.HEADER,
    required=True,
    description="1 to 255 printable ASCII characters; a retry with it does nothing twice.",
)


@dataclass(frozen=True)
class Ready:
    """A result whose body is made already, in the promised shape; not for idempotent operations."""

    body: Any


class Nothing(In):
    """An empty body (``{}`` or none)."""


def operation(
    *,
    takes: type[In] | None = None,
    gives: type[Out] | None = None,
    gives_file: str = "",
    many: bool = False,
    status: int = 200,
    filters: type[In] | None = None,
    idempotent: bool = False,
    summary: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Wrap a view method: validated `data` and `query` in, the presented result out.

    Raises (as 4xx) InvalidInput for a bad body, query or missing key; NotFound for a result of None
    where `gives` promises one.
    """

    if takes is not None and takes.struct is not None:
        # msgspec learns a struct when it is first used, and two threads that are first at once
        # crash the process: it learns it here, while there is only one.
        msgspec.json.Decoder(takes.struct)

    def decorate(method: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(method)
        def view(self: Any, request: Any, **keys: Any) -> HttpResponseBase:
            given: dict[str, Any] = {}
            if takes is not None:
                given["data"] = _valid(takes, request.data)
            elif method.__name__ in ("post", "put", "patch"):
                _valid(Nothing, request.data)
            if filters is not None:
                given["query"] = _valid(filters, request.query_params.dict(), place="query")

            if not idempotent:
                result = method(self, request, **given, **keys)
                return _answered(result, gives, many, request, status)

            def act() -> tuple[int, Any]:
                result = method(self, request, **given, **keys)
                return status, _present(gives, result, many, request)

            code, body, is_replay = run_once(
                scope=_scope(request),
                key=idempotency_key(request),
                body=[keys, request.data],
                act=act,
            )
            headers = {"Idempotent-Replayed": "true"} if is_replay else {}
            return Response(body, status=code, headers=headers)

        described: Any = _described(
            view, method, takes, gives_file or gives, many, status, filters, idempotent, summary
        )
        described.gives_file = gives_file
        return described

    return decorate


def listing(
    *,
    gives: type[Out],
    ordering: Sequence[str] = ("-id",),
    filters: type[In] | None = None,
    made_by: Callable[[Sequence[Any], Any], list[Any]] | None = None,
    summary: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., HttpResponseBase]]:
    """Wrap a view method that returns a queryset: a page of it by cursor goes out.

    It may return its ordering with it, or a `Feed`, which has no last page.

    `made_by` takes its rows and the request, and returns their bodies in the promised shape.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., HttpResponseBase]:
        @functools.wraps(method)
        def view(self: Any, request: Any, **keys: Any) -> HttpResponseBase:
            given = {}
            params = request.query_params.dict()
            for reserved in ("cursor", "limit"):
                params.pop(reserved, None)
            values = _valid(filters or Nothing, params, place="query")
            if filters is not None:
                given["query"] = values
            result = method(self, request, **given, **keys)
            feed = _feed_of(result, ordering)
            paginator = Cursor()
            paginator.ordering, paginator.is_endless = feed.ordering, feed.is_endless
            rows = paginator.paginate_queryset(feed.rows, request, view=self)
            if made_by is not None:
                return encoded(paginator.envelope(made_by(rows, request)))
            return paginator.get_paginated_response(_present(gives, rows, True, request))

        return _described(view, method, None, gives, True, 200, filters, False, summary, paged=True)

    return decorate


def _feed_of(result: Any, ordering: Sequence[str]) -> Feed:
    if isinstance(result, Feed):
        return result
    rows, order = result if isinstance(result, tuple) else (result, ordering)
    return Feed(rows, tuple(order), is_endless=False)


def idempotency_key(request: Any) -> str:
    """Return the request's key. Raises InvalidInput when there is none that can be kept."""
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > MAX_KEY_LENGTH or not (key.isascii() and key.isprintable()):
        detail = _("Send an Idempotency-Key of 1 to 255 printable ASCII characters.")
        raise InvalidInput(
            detail,
            errors=[FieldError("/headers/Idempotency-Key", "idempotency_key_required", detail)],
        )
    return key


def _scope(request: Any) -> str:
    actor = request.actor
    route = request.resolver_match.route
    return f"{actor.role}:{actor.user_id}:{actor.shop_id or ''}:{request.method} {route}"[:200]


def encoded(body: Any, status: int = 200) -> HttpResponse:
    """Return a body of plain values as JSON, without a renderer."""
    return HttpResponse(msgspec.json.encode(body), status=status, content_type="application/json")


def _valid(shape: type[In], data: Any, place: str = "body") -> Any:
    """Return `data` as the view takes it: a dictionary, or the struct of its shape."""
    if shape.struct is not None:
        with contextlib.suppress(msgspec.ValidationError):
            return msgspec.convert(data, shape.struct)
    if place == "body" and isinstance(data, Mapping) and not data:
        data = {}  # an empty form, as DRF hands over a request without a body
    valid = dict(_ready(shape).run_validation(data))
    return valid if shape.struct is None else msgspec.convert(valid, shape.struct)


@functools.cache
def _ready(shape: type[In]) -> In:
    """Return the one instance of a shape: validating changes nothing in it, making it is dear."""
    return shape()


def _answered(
    result: Any, gives: type[Out] | None, many: bool, request: Any, status: int
) -> HttpResponseBase:
    if isinstance(result, Download):
        return result.response()
    if isinstance(result, Ready):
        return encoded(result.body, status)
    return Response(_present(gives, result, many, request), status=status)


def _present(gives: type[Out] | None, result: Any, many: bool, request: Any) -> Any:
    if gives is None:
        return None
    if result is None:
        raise NotFound
    idle = _presenters[gives, many]
    shape: Any = idle.pop() if idle else gives(many=many)
    shape.instance, shape._context = result, {"request": request, "actor": request.actor}
    try:
        return shape.to_representation(result)
    finally:
        shape.instance, shape._context = None, {}
        idle.append(shape)


#: Instances that nobody presents with right now: making one is dear, using it leaves no trace.
_presenters: dict[tuple[type[Out], bool], deque[Any]] = defaultdict(deque)


def _described(
    view: Callable[..., HttpResponseBase],
    method: Callable[..., Any],
    takes: type[In] | None,
    gives: type[Out] | str | None,
    many: bool,
    status: int,
    filters: type[In] | None,
    idempotent: bool,
    summary: str,
    paged: bool = False,
) -> Callable[..., HttpResponseBase]:
    parameters: list[Any] = [KEY_HEADER] if idempotent else []
    if filters is not None:
        parameters.append(filters)
    answer: Any = None
    key: Any = status
    if isinstance(gives, str):
        key, answer = (status, gives), OpenApiTypes.BINARY
    elif gives is not None:
        answer = gives(many=True) if many else gives
    text = (method.__doc__ or "").strip()
    described: Any = extend_schema(
        parameters=parameters,
        request=takes,
        responses={key: answer},
        summary=summary or text.partition("\n")[0].rstrip("."),
        description=text,
    )(view)
    described.is_paged = paged
    described.is_idempotent = idempotent
    return described


def check_keys(keys: Mapping[str, Any]) -> None:
    """Raise NotFound for an address part that no id of ours could be."""
    if any(not is_storable(str(value)) or len(str(value)) > 64 for value in keys.values()):
        raise NotFound

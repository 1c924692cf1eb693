"""The edge: request ids, input that no database can hold, health and metrics."""

from __future__ import annotations

import hmac
import logging
import uuid
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import DatabaseError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from kernel import audit, delivery, serving
from kernel.text import is_storable

logger = logging.getLogger(__name__)


class RequestIdMiddleware:
    """Name each request, and refuse addresses that PostgreSQL could not hold as text.

    A NUL byte or broken UTF-8 in the path or query string is 400 for every door, so that no list
    filter of a console can turn it into a 500.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = uuid.uuid4().hex
        token = audit.request_id.set(name)
        place = audit.client_ip.set(lambda: _client_ip(request))
        try:
            response = self.get_response(request) if _is_clean(request) else _refusal(name)
        finally:
            audit.client_ip.reset(place)
            audit.request_id.reset(token)
        response["X-Request-Id"] = name
        return response


def _client_ip(request: HttpRequest) -> str | None:
    """Return where the request came from, as TRUSTED_PROXY_COUNT proxies vouch for it."""
    try:
        return str(get_adapter().get_client_ip(request))
    except (PermissionDenied, ImproperlyConfigured):
        return None  # a socket without an address, or fewer proxies than were promised


def _is_clean(request: HttpRequest) -> bool:
    raw = unquote_to_bytes(request.META.get("QUERY_STRING", ""))
    try:
        return (
            is_storable(raw.decode()) and is_storable(request.path) and "\ufffd" not in request.path
        )
    except UnicodeDecodeError:
        return False


def _refusal(name: str) -> JsonResponse:
    return JsonResponse(
        {
            "type": "about:blank",
            "title": "Bad Request",
            "status": 400,
            "code": "malformed_address",
            "detail": "The address holds bytes that are not text.",
            "errors": [],
            "request_id": name,
        },
        status=400,
        content_type="application/problem+json",
    )


def livez(request: HttpRequest) -> HttpResponse:
    """Answer 200 while the process lives; ask nobody else."""
    return HttpResponse("ok\n", content_type="text/plain")


def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503 with the culprit's name."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")
    except DatabaseError:
        logger.warning("not ready: database")
        return HttpResponse("database\n", status=503, content_type="text/plain")
    try:
        if settings.PRODUCTION:
            serving.refuse_unwalled()
    except ImproperlyConfigured as fault:
        logger.error("not ready: %s", fault)
        return HttpResponse("log-in of the database\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def metricz(request: HttpRequest) -> HttpResponse:
    """Answer what a Prometheus scraper reads, to who knows METRICS_TOKEN; 404 to everybody else."""
    token = settings.METRICS_TOKEN
    sent = request.headers.get("Authorization", "").encode()
    if not token or not hmac.compare_digest(sent, f"Bearer {token}".encode()):
        raise Http404
    lines = ["# TYPE haodian_event_lag_seconds gauge"]
    lines += [
        f'haodian_event_lag_seconds{{subscriber="{lag.name or "relay"}"}} {lag.seconds:.3f}'
        for lag in delivery.lags()
    ]
    lines += [
        "# TYPE haodian_events_parked gauge",
        f"haodian_events_parked {delivery.parked_count()}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4")

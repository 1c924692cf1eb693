"""Errors as RFC 9457 `application/problem+json`, one shape for every door of the API."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt
from rest_framework import exceptions
from rest_framework.response import Response

from kernel.audit import request_id
from kernel.errors import Busy, DomainError, FieldError, NotFound, TooOften

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"
#: What DRF calls things, in our words.
_CODES = {
    "null": "required",
    "blank": "required",
    "does_not_exist": "not_found",
    "permission_denied": "not_allowed",
    "parse_error": "malformed_body",
    "authentication_failed": "not_authenticated",
}


def problem(
    *,
    status: int,
    code: str,
    detail: str,
    errors: list[dict[str, str]] | None = None,
    extra: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the problem document."""
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
        "errors": errors or [],
        "request_id": request_id.get(),
        **(extra or {}),
    }


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into a problem; None lets an unknown one be a 500 that is logged."""
    headers: dict[str, str] = {}
    if isinstance(error, Http404):
        error = NotFound()
    if isinstance(error, OperationalError | InterfaceError):
        if not _is_retryable(error):
            logger.error("the database failed", exc_info=error)
        error = Busy()
    if isinstance(error, DomainError):
        body = problem(
            status=error.status,
            code=error.code,
            detail=str(error.detail),
            errors=[_member(fault) for fault in error.errors],
            extra=error.extra,
        )
        if error.status == HTTPStatus.SERVICE_UNAVAILABLE:
            headers["Retry-After"] = "1"
        if isinstance(error, TooOften):
            headers["Retry-After"] = str(math.ceil(error.wait))
    elif isinstance(error, PermissionDenied):
        body = problem(status=403, code="not_allowed", detail=str(error) or "Forbidden")
    elif isinstance(error, exceptions.APIException):
        body, headers = _from_drf(error)
    else:
        return None
    response = Response(body, status=body["status"], headers=headers, content_type=CONTENT_TYPE)
    response.exception = True
    return response


def _is_retryable(error: Exception) -> bool:
    # Lock not available, deadlock, serialization failure, statement timeout: load, not a fault.
    return getattr(error.__cause__, "sqlstate", "") in {"55P03", "40P01", "40001", "57014"}


def _member(fault: FieldError) -> dict[str, str]:
    return {"pointer": fault.pointer, "code": fault.code, "detail": str(fault.detail)}


def _from_drf(error: exceptions.APIException) -> tuple[dict[str, Any], dict[str, str]]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(math.ceil(wait))
    if isinstance(error, exceptions.ValidationError):
        faults: list[dict[str, str]] = []
        _collect(error.get_full_details(), "", faults)
        detail = faults[0]["detail"] if faults else str(error)
        return problem(status=400, code="invalid", detail=detail, errors=faults), headers
    code = error.get_codes()
    name = str(code if isinstance(code, str) else error.default_code)
    text = str(error.detail)
    return problem(status=error.status_code, code=_CODES.get(name, name), detail=text), headers


def _collect(details: Any, pointer: str, faults: list[dict[str, str]]) -> None:
    if isinstance(details, dict) and {"message", "code"} == set(details):
        code: Any = _CODES.get(details["code"], details["code"])
        faults.append({"pointer": pointer or "/", "code": code, "detail": str(details["message"])})
    elif isinstance(details, dict):
        for key, value in details.items():
            place = pointer if key == "non_field_errors" else f"{pointer}/{_escaped(key)}"
            _collect(value, place, faults)
    elif isinstance(details, list):
        for index, value in enumerate(details):
            is_leaf = isinstance(value, dict) and {"message", "code"} == set(value)
            _collect(value, pointer if is_leaf else f"{pointer}/{index}", faults)


def _escaped(key: Any) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")  # RFC 6901


@csrf_exempt
def not_found(request: HttpRequest, exception: Exception | None = None) -> JsonResponse:
    """The answer for an API address that does not exist, whatever the method."""
    return _answer(404, "not_found", NotFound.message)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """`handler404`: a problem below /api/, a page elsewhere."""
    if _is_api(request):
        return not_found(request)
    return defaults.page_not_found(request, exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """`handler400`: what Django refuses before any view, such as a foreign Host header."""
    if _is_api(request):
        return _answer(400, "malformed_request", _("The request is malformed."))
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    """`handler500`: the log has the rest, under the request's id."""
    if _is_api(request):
        detail = _("Something failed on our side. Nothing was changed.")
        return _answer(500, "internal_error", detail)
    return defaults.server_error(request)


def _is_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def _answer(status: int, code: str, detail: str | Promise) -> JsonResponse:
    body = problem(status=status, code=code, detail=str(detail))
    return JsonResponse(body, status=status, content_type=CONTENT_TYPE)

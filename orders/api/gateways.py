"""The door for gateways' notices."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpResponse
from drf_spectacular.utils import OpenApiTypes, extend_schema
from rest_framework.request import Request

from kernel.actors import Role
from kernel.api.operations import encoded
from kernel.api.parsers import BodyTooLarge
from kernel.api.views import View
from orders.api.outputs import NoticeOut
from orders.services.notices import receive_notice

#: Larger than any notice of a gateway.
MAX_NOTICE_BYTES = 64 * 1024


class NoticesView(View):
    """Notices of one gateway.

    Not an `operation`: what is signed are the raw bytes, so nothing may parse them first.
    """

    audience = Role.ANONYMOUS
    authentication_classes = ()

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: NoticeOut},
        summary="Take a gateway's signed notice",
    )
    def post(self, request: Request, gateway: str) -> HttpResponse:
        """Take a gateway's signed notice. 200 means that what it says is committed."""
        outcome = receive_notice(
            gateway=gateway,
            headers=request.headers,
            body=raw_body(request),
            at=request.at,  # type: ignore[attr-defined]
        )
        return encoded({"outcome": outcome})


def raw_body(request: Request) -> bytes:
    """Return the bytes that were signed. Raises BodyTooLarge."""
    try:
        body = request.body
    except RequestDataTooBig:
        raise BodyTooLarge from None
    if len(body) > MAX_NOTICE_BYTES:
        raise BodyTooLarge
    return body

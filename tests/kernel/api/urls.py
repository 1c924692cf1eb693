"""Addresses of the views that the tests of the API's base drive, before all real ones."""

from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied
from django.db import OperationalError, connection
from django.http import Http404
from django.urls import include, path
from rest_framework import exceptions, serializers

from kernel.actors import Role
from kernel.api.operations import listing, operation
from kernel.api.serializers import Amount, In, Money, Out, Quantity, RateBp, Text, Whole
from kernel.api.views import View
from kernel.errors import DomainError, FieldError, StaleVersion
from kernel.models import OutboxMessage


class LampIn(In):
    title = Text()
    quantity = Quantity(required=False)
    number = Whole(required=False)
    price = Amount(required=False)
    rate_bp = RateBp(required=False)
    tags = serializers.ListField(child=Text(), required=False)
    data = serializers.JSONField(required=False)


class LampQuery(In):
    topic = Text(required=False)


class LampOut(Out):
    id = serializers.CharField()
    topic = serializers.CharField()


class EchoOut(Out):
    title = serializers.CharField()
    quantity = serializers.IntegerField(allow_null=True)
    cost = Money(source="quantity")


class Open(View):
    """Anybody may call it."""

    audience = Role.ANONYMOUS

    @operation(takes=LampIn, gives=EchoOut, status=201)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Echo a lamp."""
        return {"title": data["title"], "quantity": data.get("quantity")}

    @listing(gives=LampOut, ordering=("topic",), filters=LampQuery)
    def get(self, request: Any, query: dict[str, Any]) -> Any:
        """List the lamps."""
        return OutboxMessage.objects.filter(**query)


class Nullable(View):
    """Lists by a column that may be empty, both ways."""

    audience = Role.ANONYMOUS

    @listing(gives=LampOut)
    def get(self, request: Any, way: str) -> Any:
        return OutboxMessage.objects.all(), ["-relayed_at" if way == "down" else "relayed_at"]


class Signed(View):
    """Anybody who is signed in may call it."""

    @operation()
    def post(self, request: Any) -> None:
        """Do nothing."""

    @operation(gives=LampOut)
    def get(self, request: Any) -> Any:
        """Find nothing."""


class Merchant(View):
    audience = Role.MERCHANT
    permission = "orders.ship"
    permissions: ClassVar[dict[str, str]] = {"GET": ""}

    @operation()
    def get(self, request: Any, shop_id: str) -> None:
        """Look."""

    @operation()
    def post(self, request: Any, shop_id: str) -> None:
        """Ship."""


class Once(View):
    @operation(takes=LampIn, gives=EchoOut, status=201, idempotent=True)
    def post(self, request: Any, data: dict[str, Any]) -> Any:
        """Light a lamp once."""
        OutboxMessage.objects.create(topic=data["title"], payload={})
        if data["title"] == "broken":
            raise StaleVersion
        return {"title": data["title"], "quantity": 1}


class Locked(DomainError):
    code = "lamp_locked"


class Failing(View):
    """Fails in the way the address names."""

    audience = Role.ANONYMOUS

    @operation()
    def get(self, request: Any, how: str) -> None:
        """Fail."""
        failures = {
            "domain": Locked(
                "No.", errors=[FieldError("/lamp", "locked", "It is.")], extra={"left": 3}
            ),
            "denied": PermissionDenied("Not yours."),
            "missing": Http404(),
            "throttled": exceptions.Throttled(wait=4.2),
            "lost": OperationalError("the connection is lost"),
        }
        if how == "timeout":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = 20")
                cursor.execute("SELECT pg_sleep(2)")
        raise failures.get(how) or RuntimeError("a bug")


urlpatterns = [
    path("api/t/open", Open.as_view()),
    path("api/t/nullable/<str:way>", Nullable.as_view()),
    path("api/t/signed", Signed.as_view()),
    path("api/t/shops/<str:shop_id>", Merchant.as_view()),
    path("api/t/once", Once.as_view()),
    path("api/t/failing/<str:how>", Failing.as_view()),
    path("", include("config.urls")),
]

handler400 = "kernel.api.problems.bad_request"
handler404 = "kernel.api.problems.page_not_found"
handler500 = "kernel.api.problems.server_error"

"""A console of its own for the tests of the base: audit entries and role profiles of users."""

from typing import Any

from django import forms
from django.urls import include, path

from accounts.models import RoleProfile, User
from kernel.actors import Role
from kernel.admin.base import Act, ConsoleModelAdmin
from kernel.admin.forms import YuanField
from kernel.admin.sites import ConsoleSite
from kernel.errors import FieldError, InvalidInput, NotFound, StaleVersion
from kernel.models import AuditEntry, OutboxMessage

site = ConsoleSite("lab", Role.OPERATOR, "Lab")


class RefundForm(forms.Form):
    amount = YuanField(label="Amount", min_amount=1)
    remark = forms.CharField(label="Remark", required=False)


class Refund(Act):
    """Writes one row; refuses 13 yuan at the field, 14 as stale, 15 as missing."""

    name = "refund"
    label = "Refund"
    permission = "tests.refund"
    form_class = RefundForm

    def applies(self, actor: Any, target: Any) -> bool:
        return target.action != "closed"

    def preview(self, actor: Any, target: Any) -> Any:
        return [("Entry", target.action)]

    def run(self, *, actor: Any, target: Any, data: dict[str, Any], at: Any) -> str:
        OutboxMessage.objects.create(topic=f"refund {data['amount']}", payload={})
        if data["amount"] == 1300:
            raise InvalidInput(
                "Too much.", errors=[FieldError("/lines/0/amount", "max", "At most 12.")]
            )
        if data["amount"] == 1400:
            raise StaleVersion
        if data["amount"] == 1500:
            raise NotFound
        return f"Refunded {data['amount']}"


class Create(Act):
    name = "create"
    label = "Create"
    on_object = False

    def run(self, *, actor: Any, target: Any, data: dict[str, Any], at: Any) -> str:
        OutboxMessage.objects.create(topic="created", payload={})
        return "Created"


class EntryPage(ConsoleModelAdmin):
    permission = "tests.view"
    public_field = "target_id"
    acts = (Refund, Create)
    list_display = ("action", "target_id")


class ProfilePage(ConsoleModelAdmin):
    public_field = "pk"
    list_display = ("role", "user")
    list_filter = ("user", "role")


class UserPage(ConsoleModelAdmin):
    list_display = ("email",)


site.register(AuditEntry, EntryPage)
site.register(RoleProfile, ProfilePage)
site.register(User, UserPage)

urlpatterns = [path("lab/", site.urls), path("", include("config.urls"))]

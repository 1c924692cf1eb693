"""What a shop's people do with the shop: its application, name, staff and promises."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet

from kernel.actors import Actor, Role
from kernel.api.operations import listing, operation
from kernel.api.views import View
from kernel.errors import NotFound
from shops.api import admission_serializers as applying
from shops.api import serializers as shapes
from shops.api import shipping_serializers as sending
from shops.enums import GuaranteeKind
from shops.models import (
    Admission,
    FreightTemplate,
    Guarantee,
    NameChange,
    ReturnAddress,
    Shop,
    Staff,
)
from shops.selectors import RegionTerms
from shops.selectors.checklist import Requirement, checklist
from shops.services import admissions, freight, holding, names, opening, promises, staff
from shops.services.admissions import AdmissionData
from shops.services.opening import Condition
from shops.services.promises import ReturnAddressData
from shops.services.staff import Invitation


class MerchantView(View):
    """A door for staff of the shop in the address: reading needs `shops.view`."""

    audience = Role.MERCHANT
    permission = "shops.edit"
    permissions = {"GET": "shops.view"}


class StaffView(MerchantView):
    """A door for who decides about staff: reading too, for it tells people's addresses."""

    permission = "shops.staff"
    permissions: ClassVar[dict[str, str]] = {}


class OwnShop(MerchantView):
    """The shop."""

    @operation(gives=shapes.ShopOut)
    def get(self, request: Any, shop_id: str) -> Shop:
        """Show the shop."""
        return Shop.objects.get_visible(request.actor, public_id=shop_id)


class Rename(MerchantView):
    """Its name and picture."""

    @operation(takes=shapes.RenameIn, gives=shapes.ShopOut)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Shop:
        """Change name or picture, 4 times in 30 days; the official account follows (BI-07)."""
        return names.rename_shop(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class UnpaidMinutes(MerchantView):
    """How long its unpaid orders hold their pieces."""

    @operation(takes=shapes.UnpaidMinutesIn, gives=shapes.ShopOut)
    def put(self, request: Any, shop_id: str, data: dict[str, Any]) -> Shop:
        """Set how long buyers have to pay, for orders from now on (CA-12)."""
        return holding.set_unpaid_minutes(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class NameChanges(MerchantView):
    """The record of names."""

    @listing(gives=shapes.NameChangeOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[NameChange]:
        """List which name became which, and why (BI-07)."""
        return NameChange.objects.visible_to(request.actor).select_related("account")


class OwnAdmission(MerchantView):
    """The application."""

    @operation(gives=applying.AdmissionOut)
    def get(self, request: Any, shop_id: str) -> Admission:
        """Show the application."""
        return _admission(request.actor)

    @operation(takes=applying.AdmissionIn, gives=applying.AdmissionOut)
    def patch(self, request: Any, shop_id: str, data: dict[str, Any]) -> Admission:
        """Edit a draft or a rejected application (SH-03)."""
        version = data.pop("version")
        return admissions.edit_admission(
            admission_id=_admission(request.actor).pk,
            data=AdmissionData(**data),
            version=version,
            at=request.at,
            actor=request.actor,
        )


class SubmitAdmission(MerchantView):
    """Sending it."""

    @operation(gives=applying.AdmissionOut)
    def post(self, request: Any, shop_id: str) -> Admission:
        """Send the application; an incomplete one is refused with the checklist (SH-04)."""
        return admissions.submit_admission(
            admission_id=_admission(request.actor).pk, at=request.at, actor=request.actor
        )


class AdmissionAnswers(MerchantView):
    """What the checklist asks beyond it."""

    @operation(takes=applying.AnswersIn, gives=applying.AdmissionOut)
    def put(self, request: Any, shop_id: str, data: dict[str, Any]) -> Admission:
        """Answer requirements of the checklist by their codes; others stay (SH-04)."""
        return admissions.answer_requirements(
            admission_id=_admission(request.actor).pk,
            answers=data["answers"],
            at=request.at,
            actor=request.actor,
        )


class SignAdmission(MerchantView):
    """The contract."""

    permission = "shops.binding"

    @operation(gives=applying.AdmissionOut)
    def post(self, request: Any, shop_id: str) -> Admission:
        """Sign: the shop opens, or waits for what is due (SH-03)."""
        return admissions.sign_admission(
            admission_id=_admission(request.actor).pk, at=request.at, actor=request.actor
        )


class OpeningConditions(MerchantView):
    """What must hold before the shop opens."""

    @operation(gives=applying.ConditionOut, many=True)
    def get(self, request: Any, shop_id: str) -> list[Condition]:
        """List the conditions, met or not; without any the signature opens the shop."""
        shop = Shop.objects.get_visible(request.actor, public_id=shop_id)
        return opening.check(shop, at=request.at)


class Checklist(MerchantView):
    """What it still needs."""

    @operation(gives=applying.RequirementOut, many=True)
    def get(self, request: Any, shop_id: str) -> list[Requirement]:
        """List what the application needs, complete or not (SH-04)."""
        return checklist(_admission(request.actor), at=request.at)


class StaffList(StaffView):
    """Who works here."""

    @listing(gives=shapes.StaffOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[Staff]:
        """List staff and invitations."""
        return Staff.objects.visible_to(request.actor).named()

    @operation(takes=shapes.StaffInviteIn, gives=shapes.InvitationOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> Invitation:
        """Invite somebody; the token is shown this once (SH-17)."""
        return staff.invite_staff(
            shop_id=request.actor.shop_id, at=request.at, actor=request.actor, **data
        )


class OneStaff(StaffView):
    """One place."""

    @operation(takes=shapes.StaffRoleIn, gives=shapes.StaffOut)
    def patch(self, request: Any, shop_id: str, staff_id: str, data: dict[str, Any]) -> Staff:
        """Give somebody another role; nobody grants what they do not hold."""
        return staff.change_role(
            staff=Staff.objects.get_visible(request.actor, public_id=staff_id),
            role=data["role"],
            at=request.at,
            actor=request.actor,
        )

    @operation(status=204)
    def delete(self, request: Any, shop_id: str, staff_id: str) -> None:
        """Take a place or an invitation away; the last owner stays."""
        staff.remove_staff(
            staff=Staff.objects.get_visible(request.actor, public_id=staff_id),
            at=request.at,
            actor=request.actor,
        )


class Guarantees(MerchantView):
    """What the shop promises."""

    @listing(gives=shapes.GuaranteeOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[Guarantee]:
        """List guarantees with their periods, the latest first (SH-10)."""
        return Guarantee.objects.visible_to(request.actor)


class OneGuarantee(MerchantView):
    """One promise."""

    @operation(gives=shapes.GuaranteeOut, status=201)
    def post(self, request: Any, shop_id: str, kind: str) -> Guarantee:
        """Promise from now on."""
        return promises.start_guarantee(
            shop_id=request.actor.shop_id, kind=_kind(kind), at=request.at, actor=request.actor
        )

    @operation(gives=shapes.GuaranteeOut)
    def delete(self, request: Any, shop_id: str, kind: str) -> Guarantee:
        """Promise no longer; orders placed before keep it."""
        return promises.end_guarantee(
            shop_id=request.actor.shop_id, kind=_kind(kind), at=request.at, actor=request.actor
        )


class Freight(MerchantView):
    """What sending costs."""

    @operation(gives=sending.FreightOut)
    def get(self, request: Any, shop_id: str) -> FreightTemplate:
        """Show what sending costs."""
        rows = FreightTemplate.objects.prefetch_related("rules")
        return rows.get_visible(request.actor, shop_id=request.actor.shop_id)

    @operation(takes=sending.FreightIn, gives=sending.FreightOut)
    def put(self, request: Any, shop_id: str, data: dict[str, Any]) -> FreightTemplate:
        """Set what sending costs, in minor units; elsewhere than in `rules` it is flat."""
        rules = data.pop("rules", None)
        return freight.set_freight(
            shop_id=request.actor.shop_id,
            rules=None if rules is None else [RegionTerms(**_set_of(one)) for one in rules],
            at=request.at,
            actor=request.actor,
            **data,
        )


class ReturnAddresses(MerchantView):
    """Where returns go."""

    @listing(gives=shapes.ReturnAddressOut)
    def get(self, request: Any, shop_id: str) -> QuerySet[ReturnAddress]:
        """List return addresses."""
        return ReturnAddress.objects.visible_to(request.actor)

    @operation(takes=shapes.ReturnAddressIn, gives=shapes.ReturnAddressOut, status=201)
    def post(self, request: Any, shop_id: str, data: dict[str, Any]) -> ReturnAddress:
        """Add a return address; the first one becomes the default."""
        is_default = data.pop("is_default")
        return promises.add_return_address(
            shop_id=request.actor.shop_id,
            data=ReturnAddressData(**data),
            is_default=is_default,
            at=request.at,
            actor=request.actor,
        )


class OneReturnAddress(MerchantView):
    """One of them."""

    @operation(takes=shapes.ReturnAddressIn, gives=shapes.ReturnAddressOut)
    def put(
        self, request: Any, shop_id: str, address_id: str, data: dict[str, Any]
    ) -> ReturnAddress:
        """Replace a return address; agreed returns keep their copy."""
        is_default = data.pop("is_default")
        return promises.change_return_address(
            address=ReturnAddress.objects.get_visible(request.actor, public_id=address_id),
            data=ReturnAddressData(**data),
            is_default=is_default,
            at=request.at,
            actor=request.actor,
        )

    @operation(status=204)
    def delete(self, request: Any, shop_id: str, address_id: str) -> None:
        """Remove a return address; the last one stays."""
        promises.remove_return_address(
            address=ReturnAddress.objects.get_visible(request.actor, public_id=address_id),
            at=request.at,
            actor=request.actor,
        )


class ReturnStrategy(MerchantView):
    """What comes back to it."""

    @operation(takes=shapes.ReturnStrategyIn, gives=shapes.ReturnAddressOut)
    def put(
        self, request: Any, shop_id: str, address_id: str, data: dict[str, Any]
    ) -> ReturnAddress:
        """Bind products and buyers' regions to a return address; a product comes first (SH-18)."""
        return promises.bind_return_address(
            address=ReturnAddress.objects.get_visible(request.actor, public_id=address_id),
            at=request.at,
            actor=request.actor,
            **data,
        )


def _set_of(rule: dict[str, Any]) -> dict[str, Any]:
    return rule | {"codes": frozenset(rule["codes"])}


def _admission(actor: Actor) -> Admission:
    rows = Admission.objects.select_related("shop")
    return rows.get_visible(actor, shop_id=actor.shop_id)


def _kind(kind: str) -> str:
    if kind not in GuaranteeKind.values:
        raise NotFound
    return kind

"""How a shop gets in (SH-03): drafted, submitted, corrected, approved, open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts.enums import RoleKind
from accounts.errors import OwnCase
from accounts.models import User
from accounts.services import roles
from kernel import audit, states
from kernel.actors import Actor, Role
from kernel.crypto import encrypt
from kernel.errors import StaleVersion
from kernel.events import publish
from shops.enums import AdmissionStatus, ShopStatus, ShopType, StaffRole, StaffStatus
from shops.errors import (
    AdmissionIncomplete,
    AdmissionLocked,
    MerchantMismatch,
    ShopNameTaken,
    TooManyShops,
)
from shops.events import ShopOpened
from shops.models import Admission, Merchant, Shop, Staff
from shops.selectors.checklist import checklist

#: Names are reserved by applications: without a limit one person could take them all.
MAX_PREPARING = 5


@dataclass(frozen=True)
class AdmissionData:
    """What an applicant says. None leaves a field as it is."""

    legal_name: str | None = None
    credit_code: str | None = None
    contact_name: str | None = None
    contact_phone: str | None = None
    licence_url: str | None = None
    accepts_terms: bool | None = None


@transaction.atomic
def create_shop(
    *,
    owner: User,
    name: str,
    type: str = ShopType.ORDINARY,  # noqa: A002 -- the word of the trade and of the column
    logo_url: str = "",
    at: datetime,
) -> Shop:
    """Return a shop in preparation with its draft application; `owner` is its first owner.

    Raises ShopNameTaken, TooManyShops.
    """
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)
    preparing = Staff.objects.filter(
        user=owner, role=StaffRole.OWNER, status=StaffStatus.ACTIVE, shop__status="preparing"
    )
    if preparing.count() >= MAX_PREPARING:
        raise TooManyShops
    try:
        with transaction.atomic():
            shop = Shop.objects.create(name=name, type=type, logo_url=logo_url)
    except IntegrityError as error:
        if "shop_name_ci" not in str(error):
            raise
        raise ShopNameTaken from None
    Admission.objects.create(shop=shop)
    Staff.objects.create(
        shop=shop, user=owner, email=owner.email, role=StaffRole.OWNER, status=StaffStatus.ACTIVE
    )
    actor = Actor(role=Role.BUYER, user_id=owner.pk, shop_id=shop.pk, label=str(owner))
    roles.grant(user=owner, role=RoleKind.MERCHANT_OWNER, at=at, actor=actor)
    audit.record(actor=actor, action="shops.create_shop", target=shop, at=at, after={"name": name})
    return shop


@transaction.atomic
def edit_admission(
    *, admission_id: int, data: AdmissionData, version: int, at: datetime, actor: Actor
) -> Admission:
    """Change what is given in a draft or a rejected application.

    Raises StaleVersion, AdmissionLocked; nothing is changed then.
    """
    admission = _lock(admission_id)
    if admission.status not in (AdmissionStatus.DRAFT, AdmissionStatus.REJECTED):
        raise AdmissionLocked
    if admission.version != version:
        raise StaleVersion
    changes = _columns(data, at)
    for column, value in changes.items():
        setattr(admission, column, value)
    admission.version += 1
    admission.save(update_fields=["version", *changes])
    audit.record(
        actor=actor,
        action="shops.edit_admission",
        target=admission,
        at=at,
        after={"fields": sorted(changes)},
    )
    return admission


@transaction.atomic
def submit_admission(*, admission_id: int, at: datetime, actor: Actor) -> Admission:
    """Send the application to an operator; what was rejected before is forgotten.

    Raises AdmissionIncomplete with the checklist, IllegalTransition.
    """
    admission = _lock(admission_id)
    found = checklist(admission, at=at)
    if not all(one.is_complete for one in found):
        items = [{"code": one.code, "is_complete": one.is_complete} for one in found]
        raise AdmissionIncomplete(extra={"checklist": items})
    states.move(
        admission,
        to=AdmissionStatus.SUBMITTED,
        at=at,
        actor=actor,
        submitted_at=at,
        rejections=[],
        version=admission.version + 1,
    )
    audit.record(actor=actor, action="shops.submit_admission", target=admission, at=at)
    return admission


@transaction.atomic
def approve_admission(*, admission: Admission, at: datetime, actor: Actor) -> Admission:
    """Open the shop for the legal entity of the application, known or new.

    Raises MerchantMismatch when the credit code is known under another name, OwnCase for one's own
    shop, IllegalTransition.
    """
    admission = _lock(admission.pk)
    _refuse_own(admission, actor)
    states.move(admission, to=AdmissionStatus.APPROVED, at=at, actor=actor, decided_at=at)
    merchant, _is_new = Merchant.objects.get_or_create(
        credit_code=admission.credit_code, defaults={"legal_name": admission.legal_name}
    )
    if merchant.legal_name != admission.legal_name:
        raise MerchantMismatch
    shop = admission.shop
    states.move(shop, to=ShopStatus.OPEN, at=at, actor=actor, merchant=merchant, opened_at=at)
    publish(ShopOpened(shop_id=shop.pk))
    audit.record(
        actor=actor,
        action="shops.approve_admission",
        target=admission,
        at=at,
        after={"merchant": merchant.public_id},
    )
    return admission


@transaction.atomic
def reject_admission(
    *, admission: Admission, rejections: Sequence[Mapping[str, str]], at: datetime, actor: Actor
) -> Admission:
    """Send it back with what to correct: ``{"field", "code", "message"}`` each.

    Raises OwnCase for one's own shop, IllegalTransition.
    """
    admission = _lock(admission.pk)
    _refuse_own(admission, actor)
    faults = [dict(one) for one in rejections]
    states.move(
        admission,
        to=AdmissionStatus.REJECTED,
        at=at,
        actor=actor,
        decided_at=at,
        rejections=faults,
        version=admission.version + 1,
    )
    audit.record(
        actor=actor,
        action="shops.reject_admission",
        target=admission,
        at=at,
        after={"rejections": faults},
    )
    return admission


def _lock(admission_id: int) -> Admission:
    rows = Admission.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("shop").get(pk=admission_id)


def _refuse_own(admission: Admission, actor: Actor) -> None:
    mine = Staff.objects.filter(shop_id=admission.shop_id, status=StaffStatus.ACTIVE)
    if actor.user_id is not None and mine.filter(user_id=actor.user_id).exists():
        raise OwnCase


def _columns(data: AdmissionData, at: datetime) -> dict[str, object]:
    columns: dict[str, object] = {
        "legal_name": data.legal_name,
        "credit_code": None if data.credit_code is None else data.credit_code.upper(),
        "contact_name": data.contact_name,
        "licence_url": data.licence_url,
    }
    if data.contact_phone is not None:
        columns["contact_sealed"] = encrypt({"phone": data.contact_phone})
    if data.accepts_terms:
        columns["terms_accepted_at"] = at
    return {column: value for column, value in columns.items() if value is not None}

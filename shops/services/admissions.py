"""How a shop gets in (SH-03): drafted, submitted, corrected, approved, open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction

from accounts.enums import RoleKind
from accounts.models import User
from accounts.services import roles
from kernel import audit, states
from kernel.actors import Actor, Role
from kernel.crypto import encrypt
from kernel.errors import StaleVersion
from shops.enums import AdmissionStatus, ShopStatus, ShopType, StaffRole, StaffStatus
from shops.errors import (
    AdmissionIncomplete,
    AdmissionLocked,
    RequirementUnknown,
    ShopNameTaken,
    TooManyShops,
    UpgradeNotPossible,
)
from shops.models import Admission, AdmissionAnswer, Shop, Staff
from shops.selectors.checklist import (
    ANSWERED,
    checklist,
    checklist_for,
    requirements_of,
    values_of,
)
from shops.services import answers as reading
from shops.services import machine_checks, opening, reviewing

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
    #: Public id of a top category; "" for none.
    category: str | None = None


@transaction.atomic
def create_shop(
    *,
    owner: User,
    name: str,
    type: str = ShopType.ORDINARY,  # noqa: A002 -- the word of the trade and of the column
    logo_url: str = "",
    succeeds: str = "",
    at: datetime,
) -> Shop:
    """Return a shop in preparation with its draft application; `owner` is its first owner.

    `succeeds` is the public id of an individual's shop of the same owner: no shop changes what it
    is (SH-02), the enterprise's is another one, with a link to where its score and history are.

    Raises ShopNameTaken, TooManyShops, UpgradeNotPossible.
    """
    User.objects.select_for_update(no_key=True, of=("self",)).get(pk=owner.pk)
    preparing = Staff.objects.filter(
        user=owner, role=StaffRole.OWNER, status=StaffStatus.ACTIVE, shop__status="preparing"
    )
    if preparing.count() >= MAX_PREPARING:
        raise TooManyShops
    predecessor = _predecessor(owner, succeeds, type) if succeeds else None
    try:
        with transaction.atomic():
            shop = Shop.objects.create(
                name=name, type=type, logo_url=logo_url, predecessor=predecessor
            )
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
    after = {"name": name, "type": str(type)} | ({"succeeds": succeeds} if succeeds else {})
    audit.record(actor=actor, action="shops.create_shop", target=shop, at=at, after=after)
    return shop


@transaction.atomic
def edit_admission(
    *, admission_id: int, data: AdmissionData, version: int, at: datetime, actor: Actor
) -> Admission:
    """Change what is given in a draft or a rejected application.

    Raises StaleVersion, AdmissionLocked; nothing is changed then.
    """
    admission = lock(admission_id)
    _refuse_locked(admission)
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
def answer_requirements(
    *, admission_id: int, answers: Mapping[str, object], at: datetime, actor: Actor
) -> Admission:
    """Keep what the applicant says to requirements of the checklist, by code; others stay.

    Raises RequirementUnknown for one that is asked nowhere, or answered elsewhere; AnswerInvalid,
    AdmissionLocked; nothing is changed then.
    """
    admission = lock(admission_id)
    _refuse_locked(admission)
    asked = {one["code"]: one for one in requirements_of(admission, at=at)}
    for code, value in answers.items():
        if code not in asked or asked[code]["kind"] not in ANSWERED:
            raise RequirementUnknown(extra={"requirement": code})
        said = reading.read(asked[code], value, shop_id=admission.shop_id)
        AdmissionAnswer.objects.update_or_create(
            shop_id=admission.shop_id,
            admission_id=admission.pk,
            code=code,
            defaults={"value": said, "answered_at": at},
        )
    admission.version += 1
    admission.save(update_fields=["version"])
    audit.record(
        actor=actor,
        action="shops.answer_requirements",
        target=admission,
        at=at,
        after={"codes": sorted(answers)},
    )
    return admission


@transaction.atomic
def submit_admission(*, admission_id: int, at: datetime, actor: Actor) -> Admission:
    """Send the application: a machine checks it at once, then a person does.

    What was accepted in an earlier round and not changed since stays accepted. What the machine
    finds sends it back with the fields. ADMISSION_REVIEW_WITHIN says by when the platform answers.

    Raises AdmissionIncomplete with the checklist, AdmissionLocked.
    """
    admission = lock(admission_id)
    _refuse_locked(admission)
    found = checklist(admission, at=at)
    if any(one.is_in_the_way for one in found):
        items = [
            {"code": one.code, "state": str(one.state), "is_complete": one.is_complete}
            for one in found
        ]
        raise AdmissionIncomplete(extra={"checklist": items})
    if admission.submitted_at is None:
        admission.checklist = checklist_for(admission.shop.type, admission.category, at=at)
        admission.save(update_fields=["checklist"])
    asked = [one.asked for one in found]
    faults = reviewing.sealed(
        machine_checks.run(admission), asked, values_of(admission, asked, at=at)
    )
    result = AdmissionStatus.REJECTED if faults else AdmissionStatus.HUMAN_REVIEW
    states.move_all(
        Admission,
        [admission.pk],
        path=[AdmissionStatus.SUBMITTED, AdmissionStatus.MACHINE_CHECK, result],
        at=at,
        actor=actor,
        submitted_at=at,
        due_at=at + settings.ADMISSION_REVIEW_WITHIN,
        decided_at=at if faults else None,
        reviewer_id=None,
        claimed_at=None,
        rejections=faults,
        version=admission.version + 1,
    )
    audit.record(actor=actor, action="shops.submit_admission", target=admission, at=at)
    return lock(admission_id)


@transaction.atomic
def sign_admission(*, admission_id: int, at: datetime, actor: Actor) -> Admission:
    """Sign the contract: the shop opens, or waits for what upper rooms ask for (`opening`).

    Raises IllegalTransition before the approval, and for the second signature.
    """
    admission = lock(admission_id)
    states.move(
        admission,
        to=AdmissionStatus.DEPOSIT_DUE
        if any(not one.is_met for one in opening.check(admission.shop, at=at))
        else AdmissionStatus.OPEN,
        at=at,
        actor=actor,
        signed_at=at,
        signed_by_label=(actor.label or actor.role)[:120],
    )
    audit.record(actor=actor, action="shops.sign_admission", target=admission, at=at)
    if admission.status == AdmissionStatus.OPEN:
        opening.open_shop(admission, at=at, actor=actor)
    return admission


def lock(admission_id: int) -> Admission:
    """Return the application, locked, with its shop."""
    rows = Admission.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("shop", "checklist").get(pk=admission_id)


def _predecessor(owner: User, public_id: str, to: str) -> Shop:
    """Return the individual's shop that an enterprise's may go on. Raises UpgradeNotPossible."""
    own = Staff.objects.filter(user=owner, role=StaffRole.OWNER, status=StaffStatus.ACTIVE)
    rows = Shop.objects.select_for_update(no_key=True, of=("self",))
    shop = rows.filter(public_id=public_id, pk__in=own.values("shop_id")).first()
    if shop is None or (shop.type, to) != (ShopType.INDIVIDUAL, ShopType.ENTERPRISE):
        raise UpgradeNotPossible
    if shop.status == ShopStatus.PREPARING or Shop.objects.filter(predecessor=shop).exists():
        raise UpgradeNotPossible
    return shop


def _refuse_locked(admission: Admission) -> None:
    if admission.status not in (AdmissionStatus.DRAFT, AdmissionStatus.REJECTED):
        raise AdmissionLocked


def _columns(data: AdmissionData, at: datetime) -> dict[str, object]:
    columns: dict[str, object] = {
        "legal_name": data.legal_name,
        "credit_code": None if data.credit_code is None else data.credit_code.upper(),
        "contact_name": data.contact_name,
        "licence_url": data.licence_url,
        "category": data.category,
    }
    if data.contact_phone is not None:
        columns["contact_sealed"] = encrypt({"phone": data.contact_phone})
    if data.accepts_terms:
        columns["terms_accepted_at"] = at
    return {column: value for column, value in columns.items() if value is not None}

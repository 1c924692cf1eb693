"""What an application still needs (SH-04), computed from the rows each time it is asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils.functional import Promise

from accounts.policies import is_credit_code
from kernel.crypto import decrypt, fingerprint
from shops.enums import AdmissionStatus, RequirementKind, RequirementState
from shops.models import (
    Admission,
    AdmissionAnswer,
    Checklist,
    FreightTemplate,
    Guarantee,
    ReturnAddress,
    Shop,
)
from shops.policies import BRAND_TYPES, BrandHold, bears_type

#: Without a checklist of the platform's own.
BUILT_IN: tuple[Mapping[str, Any], ...] = tuple(
    {"code": str(kind), "kind": str(kind), "label": ""}
    for kind in (
        RequirementKind.TERMS,
        RequirementKind.PROFILE,
        RequirementKind.LICENCE,
        RequirementKind.RETURN_ADDRESS,
        RequirementKind.FREIGHT,
        RequirementKind.GUARANTEES,
        RequirementKind.MANUAL_REVIEW,
    )
)
#: In every checklist of the types that stand on brands (SH-02).
BRANDS: Mapping[str, Any] = {
    "code": str(RequirementKind.BRAND_GRANTS),
    "kind": str(RequirementKind.BRAND_GRANTS),
    "label": "",
}
#: Kinds that `AdmissionAnswer` holds.
ANSWERED = frozenset(
    {
        RequirementKind.BILLING_ADDRESS,
        RequirementKind.ATTESTATION,
        RequirementKind.DOCUMENT,
        RequirementKind.CUSTOM_FIELD,
    }
)
#: The fields that an operator may send back one by one; of other kinds the requirement itself.
FIELDS: Mapping[str, tuple[str, ...]] = {
    RequirementKind.PROFILE: (
        "name",
        "legal_name",
        "credit_code",
        "contact_name",
        "contact_phone",
    ),
    RequirementKind.LICENCE: ("licence_url",),
}
#: Of the values: the grants bear the type once those that wait are accepted.
_WAITS = "brand_grants:wait"
_DECIDED = frozenset(
    {
        AdmissionStatus.APPROVED,
        AdmissionStatus.SIGNING,
        AdmissionStatus.DEPOSIT_DUE,
        AdmissionStatus.OPEN,
    }
)


@dataclass(frozen=True)
class Requirement:
    """One line of the checklist, as it stands now."""

    code: str
    kind: str
    label: str | Promise
    state: RequirementState
    #: What is to be corrected: field → sentence.
    faults: Mapping[str, str]
    #: Looked at in an earlier round, and not changed since.
    is_accepted: bool
    #: The requirement as the checklist has it.
    asked: Mapping[str, Any]

    @property
    def is_complete(self) -> bool:
        """Nothing is left to do about it, for anybody."""
        return self.state == RequirementState.COMPLETE

    @property
    def is_in_the_way(self) -> bool:
        """The applicant has to do something before the application is sent."""
        return self.state in (RequirementState.INCOMPLETE, RequirementState.REJECTED)


@dataclass
class _Answers:
    """What rooms above this one say."""

    count_products: Callable[[int], int] = lambda _shop_id: 0
    categories: Callable[[], Sequence[tuple[str, str]]] = lambda: ()
    brand_holds: Callable[[int, datetime], Sequence[BrandHold]] = lambda _shop_id, _at: ()
    brands_in: Callable[[str], Sequence[str]] = lambda _text: ()


_above = _Answers()


def ask_catalog(
    *,
    count_products: Callable[[int], int],
    categories: Callable[[], Sequence[tuple[str, str]]],
    brand_holds: Callable[[int, datetime], Sequence[BrandHold]],
    brands_in: Callable[[str], Sequence[str]],
) -> None:
    """Let the catalog answer what is not known here.

    How many products a shop has prepared; which top categories exist; what rights to brands a shop
    holds, or waits for, at a time; which brands are named in a text.
    """
    _above.count_products, _above.categories = count_products, categories
    _above.brand_holds, _above.brands_in = brand_holds, brands_in


def top_categories() -> Sequence[tuple[str, str]]:
    """Return public id and name of every top category."""
    return _above.categories()


def brands_in(text: str) -> Sequence[str]:
    """Return the names of brands that stand in `text`."""
    return _above.brands_in(text)


def grants_bear_type(admission: Admission, *, at: datetime) -> bool:
    """Tell whether accepted grants bear the type of the shop (SH-02); other types need none."""
    holds = [one for one in _above.brand_holds(admission.shop_id, at) if one.is_accepted]
    return bears_type(admission.shop.type, holds, admission.category)


def requirements_of(admission: Admission, *, at: datetime) -> Sequence[Mapping[str, Any]]:
    """Return what the application is asked for: by the version it was sent under, else today's.

    A type that stands on brands is asked to prove them, whatever the checklist says.
    Of the checklists in force the most particular one: type and category, type, category, any.
    """
    found = admission.checklist
    if admission.submitted_at is None:
        found = checklist_for(admission.shop.type, admission.category, at=at)
    asked = found.requirements if found else BUILT_IN
    return [BRANDS, *asked] if admission.shop.type in BRAND_TYPES else asked


def checklist_for(shop_type: str, category: str, *, at: datetime) -> Checklist | None:
    """Return the checklist in force for the type and the category, None for the built-in one."""
    rows = Checklist.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=at),
        starts_at__lte=at,
        shop_type__in={"", shop_type},
        category__in={"", category},
    )
    return max(rows, key=lambda one: (bool(one.shop_type), bool(one.category)), default=None)


def checklist(admission: Admission, *, at: datetime) -> list[Requirement]:
    """Return every requirement of the application with its state. At most seven queries."""
    asked = requirements_of(admission, at=at)
    values = values_of(admission, asked, at=at)
    return [_requirement(admission, one, values) for one in asked]


def fields_of(asked: Mapping[str, Any]) -> tuple[str, ...]:
    """Return what of the requirement can be sent back."""
    return FIELDS.get(asked["kind"], (asked["code"],))


def seal(value: Any) -> str:
    """Return what recognises a value without telling it."""
    return fingerprint("admission", repr(value))


def values_of(
    admission: Admission, asked: Sequence[Mapping[str, Any]], *, at: datetime
) -> dict[str, Any]:
    """Return field → what the applicant says there now; a false value is nothing yet."""
    shop_id = admission.shop_id
    sealed = admission.contact_sealed
    code = admission.credit_code
    values: dict[str, Any] = {
        "name": Shop.objects.values_list("name", flat=True).get(pk=shop_id),
        "legal_name": admission.legal_name,
        "credit_code": code if is_credit_code(code) else "",
        "contact_name": admission.contact_name,
        "contact_phone": decrypt(sealed)["phone"] if sealed else "",
        "licence_url": admission.licence_url,
        "terms": admission.terms_accepted_at is not None,
        "manual_review": admission.version,
        **_promises(shop_id, at),
    }
    answers = AdmissionAnswer.objects.filter(shop_id=shop_id, admission_id=admission.pk)
    said = dict(answers.values_list("code", "value"))
    for one in asked:
        if one["kind"] in ANSWERED:
            values[one["code"]] = said.get(one["code"])
        elif one["kind"] == RequirementKind.MINIMUM_PRODUCTS:
            enough = _above.count_products(shop_id) >= one["minimum"]
            values[one["code"]] = enough
    if BRANDS in asked:
        holds = _above.brand_holds(shop_id, at)
        is_borne = bears_type(admission.shop.type, holds, admission.category)
        values["brand_grants"] = sorted(one[:3] for one in holds) if is_borne else []
        values[_WAITS] = is_borne and not grants_bear_type(admission, at=at)
    return values


def _promises(shop_id: int, at: datetime) -> dict[str, Any]:
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    address = ReturnAddress.objects.filter(shop_id=shop_id, is_default=True)
    freight = FreightTemplate.objects.filter(shop_id=shop_id)
    kinds = Guarantee.objects.filter(running, shop_id=shop_id, starts_at__lte=at)
    columns = ("receiver", "phone", "province", "city", "district", "street")
    return {
        "return_address": address.values_list(*columns).first(),
        "freight": freight.values_list("flat_amount", "free_from_amount", "version").first(),
        "guarantees": sorted(kinds.values_list("kind", flat=True)),
    }


def _requirement(
    admission: Admission, asked: Mapping[str, Any], values: Mapping[str, Any]
) -> Requirement:
    fields = fields_of(asked)
    faults = {
        one["field"]: one["message"]
        for one in admission.rejections
        if one["field"] in fields and one.get("seen") == seal(values[one["field"]])
    }
    kept = admission.accepted.get(asked["code"])
    return Requirement(
        code=asked["code"],
        kind=asked["kind"],
        label=asked["label"] or RequirementKind(asked["kind"]).label,
        state=_state(admission, asked["kind"], faults, [values[field] for field in fields], values),
        faults=faults,
        is_accepted=kept is not None and kept == seal([values[field] for field in fields]),
        asked=asked,
    )


def _state(
    admission: Admission,
    kind: str,
    faults: Mapping[str, str],
    said: Sequence[Any],
    values: Mapping[str, Any],
) -> RequirementState:
    if faults:
        return RequirementState.REJECTED
    if not all(said):
        return RequirementState.INCOMPLETE
    if kind == RequirementKind.BRAND_GRANTS and values[_WAITS]:
        return RequirementState.PENDING
    if kind == RequirementKind.MANUAL_REVIEW and admission.status not in _DECIDED:
        return RequirementState.PENDING
    return RequirementState.COMPLETE

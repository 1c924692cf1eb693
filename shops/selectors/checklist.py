"""What an application still needs (SH-04), computed from the rows each time it is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.policies import is_credit_code
from shops.models import Admission, FreightTemplate, Guarantee, ReturnAddress


@dataclass(frozen=True)
class Requirement:
    """One line of the checklist."""

    code: str
    label: str | Promise
    is_complete: bool


def checklist(admission: Admission, *, at: datetime) -> list[Requirement]:
    """Return every requirement of the application, complete or not. Three queries."""
    shop_id = admission.shop_id
    running = Q(ends_at__isnull=True) | Q(ends_at__gt=at)
    is_legal = bool(
        admission.legal_name
        and is_credit_code(admission.credit_code)
        and admission.contact_name
        and admission.contact_sealed
    )
    return [
        Requirement("terms", _("Accept the terms"), admission.terms_accepted_at is not None),
        Requirement("legal_data", _("Give the legal data and a contact"), is_legal),
        Requirement("licence", _("Add the business licence"), bool(admission.licence_url)),
        Requirement(
            "return_address",
            _("Add a return address"),
            ReturnAddress.objects.filter(shop_id=shop_id, is_default=True).exists(),
        ),
        Requirement(
            "freight",
            _("Set the freight"),
            FreightTemplate.objects.filter(shop_id=shop_id).exists(),
        ),
        Requirement(
            "guarantees",
            _("Give at least one guarantee"),
            Guarantee.objects.filter(running, shop_id=shop_id, starts_at__lte=at).exists(),
        ),
    ]

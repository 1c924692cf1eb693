"""Standard products: matched, proposed, corrected, kept by the platform (CA-08, ADR 0029)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.enums import TicketKind, TicketStatus
from catalog.errors import InvalidSpu
from catalog.models import Brand, Category, Spu, SpuTicket
from catalog.policies import is_barcode, is_plain_text
from catalog.services.content import Content
from kernel import audit
from kernel.actors import Actor
from kernel.errors import FieldError, IllegalTransition, StaleVersion
from kernel.states import move
from shops.models import Shop

MAX_KEYS = 20


@dataclass(frozen=True)
class SpuContent:
    """What a standard product is; `attributes` are its key properties."""

    category: Category
    name: str
    brand: Brand | None = None
    barcode: str = ""
    attributes: Sequence[Mapping[str, str]] = ()


def match(
    *,
    barcode: str = "",
    category: Category | None = None,
    brand: Brand | None = None,
    attributes: Sequence[Mapping[str, str]] = (),
) -> QuerySet[Spu]:
    """Return the standard products that something may be.

    A barcode names one. Without it: those of the category and the brand whose every key property is
    said, with the same value, by `attributes`. None for neither. Retired ones do not match.
    """
    rows = Spu.objects.filter(is_retired=False).select_related("category", "brand")
    if barcode:
        return rows.filter(barcode=barcode)
    if category is None:
        return rows.none()
    said = [{"name": one["name"], "value": one["value"]} for one in attributes]
    fitting = rows.filter(category=category, attributes__contained_by=said).exclude(attributes=[])
    return fitting.filter(brand=brand)


def only_match(content: Content) -> Spu | None:
    """Return the one standard product whose key properties `content` says; None for none or more.

    One query.
    """
    found = match(category=content.category, brand=content.brand, attributes=content.attributes)
    first = list(found[:2])
    return first[0] if len(first) == 1 else None


@transaction.atomic
def add(*, content: SpuContent, actor: Actor, at: datetime) -> Spu:
    """Put a standard product into the library and return it. Raises InvalidSpu."""
    _refuse_faults(content)
    spu = Spu(**_columns(content))
    _save(spu)
    _record(actor, "catalog.add_spu", spu, at, after=_told(spu))
    return spu


@transaction.atomic
def edit(*, spu: Spu, content: SpuContent, version: int, actor: Actor, at: datetime) -> Spu:
    """Say what a standard product is instead, and return it.

    Its products are asked at their next change. Raises InvalidSpu, StaleVersion.
    """
    spu = _locked(spu)
    if spu.version != version:
        raise StaleVersion(extra={"version": spu.version})
    _refuse_faults(content)
    before = _told(spu)
    for name, value in _columns(content).items():
        setattr(spu, name, value)
    spu.version += 1
    _save(spu)
    _record(actor, "catalog.edit_spu", spu, at, before=before, after=_told(spu))
    return spu


@transaction.atomic
def set_flags(
    *, spu: Spu, is_free_of_review: bool, is_retired: bool, actor: Actor, at: datetime
) -> Spu:
    """Say whether products against `spu` need a person, and whether new ones may name it."""
    spu = _locked(spu)
    before = _told(spu)
    spu.is_free_of_review, spu.is_retired = is_free_of_review, is_retired
    spu.save(update_fields=["is_free_of_review", "is_retired"])
    _record(actor, "catalog.set_spu_flags", spu, at, before=before, after=_told(spu))
    return spu


@transaction.atomic
def propose(
    *, shop: Shop, content: SpuContent, actor: Actor, at: datetime, note: str = ""
) -> SpuTicket:
    """Ask for a new standard product; an operator decides. Raises InvalidSpu."""
    _refuse_faults(content)
    if content.barcode and Spu.objects.filter(barcode=content.barcode).exists():
        raise _taken()
    return _ask(shop, TicketKind.PROPOSE, content, note, actor, at)


@transaction.atomic
def correct(
    *, shop: Shop, spu: Spu, content: SpuContent, note: str, actor: Actor, at: datetime
) -> SpuTicket:
    """Report what is wrong with `spu` by saying how it should be. Raises InvalidSpu."""
    _refuse_faults(content)
    return _ask(
        shop, TicketKind.CORRECT, content, note, actor, at, spu=spu, spu_version=spu.version
    )


@transaction.atomic
def accept(*, ticket: SpuTicket, actor: Actor, at: datetime, answer: str = "") -> SpuTicket:
    """Do what a shop asked, and return its ticket.

    Raises IllegalTransition when it is decided, StaleVersion when the standard product changed
    since it was asked, InvalidSpu when the barcode is taken.
    """
    ticket = _locked_ticket(ticket)
    content = SpuContent(
        category=ticket.category,
        name=ticket.name,
        brand=ticket.brand,
        barcode=ticket.barcode,
        attributes=ticket.attributes,
    )
    if ticket.spu is not None and ticket.spu_version is not None:
        edit(spu=ticket.spu, content=content, version=ticket.spu_version, actor=actor, at=at)
    else:
        ticket.spu = add(content=content, actor=actor, at=at)
        ticket.save(update_fields=["spu"])
    return _decide(ticket, TicketStatus.ACCEPTED, answer, actor, at)


@transaction.atomic
def reject(*, ticket: SpuTicket, answer: str, actor: Actor, at: datetime) -> SpuTicket:
    """Refuse what a shop asked and say why. Raises IllegalTransition when it is decided."""
    return _decide(_locked_ticket(ticket), TicketStatus.REJECTED, answer, actor, at)


def _ask(
    shop: Shop, kind: str, content: SpuContent, note: str, actor: Actor, at: datetime, **more: Any
) -> SpuTicket:
    if not is_plain_text(note, 0, 300):
        detail = _("This text has at most 300 characters.")
        raise InvalidSpu(str(detail), errors=[_fault("/note", "bad_text", detail)])
    ticket = SpuTicket.objects.create(
        shop=shop,
        kind=kind,
        note=note,
        asked_by_label=actor.label[:120],
        created_at=at,
        **_columns(content),
        **more,
    )
    _record(actor, "catalog.ask_spu", ticket, at, after={"kind": str(kind), "name": content.name})
    return ticket


def _decide(
    ticket: SpuTicket, status: TicketStatus, answer: str, actor: Actor, at: datetime
) -> SpuTicket:
    label = actor.label[:120]
    move(
        ticket,
        to=status,
        at=at,
        actor=actor,
        answer=answer,
        decided_at=at,
        decided_by_label=label,
    )
    told = {"status": str(status), "spu": ticket.spu.public_id if ticket.spu else None}
    _record(actor, "catalog.decide_spu", ticket, at, after=told, reason=answer)
    return ticket


def _locked(spu: Spu) -> Spu:
    rows = Spu.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("category", "brand").get(pk=spu.pk)


def _locked_ticket(ticket: SpuTicket) -> SpuTicket:
    rows = SpuTicket.objects.select_for_update(no_key=True, of=("self",))
    found = rows.select_related("category", "brand", "spu").get(pk=ticket.pk)
    if found.status != TicketStatus.PENDING:
        raise IllegalTransition
    return found


def _save(spu: Spu) -> None:
    try:
        with transaction.atomic():
            spu.save()
    except IntegrityError:
        raise _taken() from None


def _taken() -> InvalidSpu:
    detail = _("A standard product has this barcode already.")
    return InvalidSpu(str(detail), errors=[_fault("/barcode", "taken", detail)])


def _columns(content: SpuContent) -> dict[str, Any]:
    return {
        "category": content.category,
        "name": content.name,
        "brand": content.brand,
        "barcode": content.barcode,
        "attributes": [dict(one) for one in content.attributes],
    }


def _refuse_faults(content: SpuContent) -> None:
    faults = []
    if not content.category.is_leaf:
        detail: Any = _("Choose a category without branches.")
        faults.append(_fault("/category", "not_a_leaf", detail))
    if not is_plain_text(content.name, 1, 120):
        faults.append(_fault("/name", "bad_text", _("A name has 1 to 120 characters.")))
    if content.barcode and not is_barcode(content.barcode):
        detail = _("A barcode has 8, 12, 13 or 14 digits, the last of which checks the others.")
        faults.append(_fault("/barcode", "bad_barcode", detail))
    names = [one.get("name", "") for one in content.attributes]
    values = [one.get("value", "") for one in content.attributes]
    are_good = all(is_plain_text(one, 1, 60) for one in names)
    are_good = are_good and all(is_plain_text(one, 1, 200) for one in values)
    if not are_good or len(set(names)) != len(names) or len(names) > MAX_KEYS:
        detail = _("Each attribute has one name and value.")
        faults.append(_fault("/attributes", "bad_attributes", detail))
    if not content.barcode and not names:
        detail = _("A standard product is known by a barcode or by key properties.")
        faults.append(_fault("/attributes", "nothing_to_match", detail))
    if faults:
        raise InvalidSpu(str(faults[0].detail), errors=faults)


def _fault(pointer: str, code: str, detail: str | Promise) -> FieldError:
    return FieldError(pointer, code, str(detail))


def _told(spu: Spu) -> dict[str, Any]:
    return {
        "category": spu.category.public_id,
        "brand": spu.brand.public_id if spu.brand else None,
        "name": spu.name,
        "barcode": spu.barcode,
        "attributes": spu.attributes,
        "is_free_of_review": spu.is_free_of_review,
        "is_retired": spu.is_retired,
    }


def _record(actor: Actor, action: str, row: Spu | SpuTicket, at: datetime, **more: Any) -> None:
    audit.record(actor=actor, action=action, target=row, at=at, **more)

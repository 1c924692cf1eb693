"""What carriers tell of parcels (OR-14): signed, kept once, and what is late about it.

Locks: the orders by id, then their parcels; the trigger that stamps an order finds it locked.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from kernel import audit
from kernel.actors import Actor
from kernel.errors import IllegalTransition, NotFound
from kernel.text import is_storable
from orders.enums import ENDED_PARCELS, MOVING_PARCELS, NoticeOutcome, ParcelAlert, ParcelState
from orders.errors import NoticeRefused, NoticeUnverified
from orders.models import Package, RouteNode
from orders.services.shipping import lock_orders

TIMESTAMP_HEADER = "X-Carrier-Timestamp"
SIGNATURE_HEADER = "X-Carrier-Signature"
#: Parcels in one sweep.
BATCH = 500
#: A parcel that nobody heard of for so long is looked for by other means.
WATCHED_FOR = timedelta(days=30)

#: The next state of a parcel that nobody has to carry: what the sandbox plays.
_NEXT = {
    ParcelState.SENT: ParcelState.PICKED_UP,
    ParcelState.PICKED_UP: ParcelState.IN_TRANSIT,
    ParcelState.IN_TRANSIT: ParcelState.OUT_FOR_DELIVERY,
    ParcelState.OUT_FOR_DELIVERY: ParcelState.SIGNED,
}


class RouteNotice(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a carrier says happened; `happened_at` has its offset."""

    id: str
    tracking_number: str
    state: ParcelState
    happened_at: datetime
    text: str = ""
    place: str = ""

    def __post_init__(self) -> None:
        texts = {self.id: 80, self.tracking_number: 40, self.text: 200, self.place: 80}
        if not self.id or not self.tracking_number or self.happened_at.tzinfo is None:
            raise ValueError("incomplete")
        if any(len(text) > most or not is_storable(text) for text, most in texts.items()):
            raise ValueError("a text that cannot be kept")


def sign(timestamp: str, body: bytes) -> str:
    """Return the HMAC-SHA256 (hexadecimal) of ``timestamp.body``; timestamps are Unix seconds."""
    key = settings.CARRIER_NOTICE_SECRET.encode()
    return hmac.new(key, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def receive_notice(
    *, carrier_code: str, headers: Mapping[str, str], body: bytes, at: datetime
) -> NoticeOutcome:
    """Keep what a carrier tells of a parcel; return APPLIED, or REPEATED when it was known.

    When this returns it is committed. Raises NoticeUnverified, NoticeRefused ("time", "body",
    "number") with nothing kept.
    """
    timestamp = headers.get(TIMESTAMP_HEADER, "")
    _verify(timestamp, body, headers.get(SIGNATURE_HEADER, ""), at)
    try:
        notice = msgspec.json.decode(body, type=RouteNotice)
    except msgspec.DecodeError:
        raise NoticeRefused("body") from None
    if notice.happened_at > at + settings.NOTICE_TOLERANCE:
        raise NoticeRefused("time", notice.id)
    return record_node(carrier_code=carrier_code, notice=notice)


def _verify(timestamp: str, body: bytes, signature: str, at: datetime) -> None:
    expected = sign(timestamp, body).encode()
    is_signed = hmac.compare_digest(expected, signature.encode("utf-8", "replace"))
    if not settings.CARRIER_NOTICE_SECRET or not is_signed:
        raise NoticeUnverified
    is_number = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12
    if (
        not is_number
        or abs(at.timestamp() - int(timestamp)) > settings.NOTICE_TOLERANCE.total_seconds()
    ):
        raise NoticeRefused("time")


@transaction.atomic
def record_node(*, carrier_code: str, notice: RouteNotice) -> NoticeOutcome:
    """Add a node to every parcel with that number, and move its state on.

    The state is that of the latest node by the carrier's clock: one that comes late is kept, and
    takes nothing back. Raises NoticeRefused("number") when no parcel of ours has the number.
    """
    named = Package.objects.filter(
        carrier_code=carrier_code, tracking_number=notice.tracking_number
    )
    orders = lock_orders(named.values_list("order_id", flat=True))
    packages = list(
        named.filter(order__in=orders).select_for_update(no_key=True, of=("self",)).order_by("pk")
    )
    if not packages:
        raise NoticeRefused("number", notice.id)
    known = set(
        RouteNode.objects.filter(package__in=packages, notice_id=notice.id).values_list(
            "package_id", flat=True
        )
    )
    fresh = [one for one in packages if one.pk not in known]
    RouteNode.objects.bulk_create(_node(one, notice) for one in fresh)
    for one in fresh:
        if one.moved_at is None or notice.happened_at >= one.moved_at:
            one.state, one.moved_at, one.alert = notice.state, notice.happened_at, ""
            one.save(update_fields=["state", "moved_at", "alert"])
    return NoticeOutcome.APPLIED if fresh else NoticeOutcome.REPEATED


def _node(package: Package, notice: RouteNotice) -> RouteNode:
    return RouteNode(
        package=package,
        shop_id=package.shop_id,
        buyer_id=package.buyer_id,
        carrier_code=package.carrier_code,
        tracking_number=package.tracking_number,
        notice_id=notice.id,
        state=notice.state,
        text=notice.text,
        place=notice.place,
        happened_at=notice.happened_at,
    )


def alert_due(*, at: datetime) -> int:
    """Mark parcels that nobody fetched for a day or that did not move for three; return how many.

    A node takes the mark away. Without carriers that tell us anything, nothing is marked.
    """
    if not settings.CARRIER_NOTICE_SECRET:
        return 0
    unfetched = Q(state=ParcelState.SENT, shipped_at__lte=at - settings.PARCEL_FETCHED_WITHIN)
    still = Q(state__in=MOVING_PARCELS, moved_at__lte=at - settings.PARCEL_MOVES_WITHIN)
    return sum(
        _mark(about, alert, at)
        for about, alert in ((unfetched, ParcelAlert.NO_PICKUP), (still, ParcelAlert.NO_MOVE))
    )


@transaction.atomic
def _mark(about: Q, alert: ParcelAlert, at: datetime) -> int:
    late = Package.objects.filter(about, alert="", shipped_at__gte=at - WATCHED_FOR)
    found = list(late.order_by("shipped_at", "pk").values_list("pk", "order_id")[:BATCH])
    if not found:
        return 0
    lock_orders(order_id for _pk, order_id in found)
    return late.filter(pk__in=[pk for pk, _order_id in found]).update(alert=alert)


def move_on(*, package_ids: Sequence[int], at: datetime, actor: Actor) -> int:
    """Let a sandbox's parcels reach their next station; return how many did.

    Raises NotFound outside a sandbox, IllegalTransition when all have arrived.
    """
    if not settings.HAODIAN_SANDBOX:
        raise NotFound
    packages = [
        one
        for one in Package.objects.filter(pk__in=package_ids).select_related("order").order_by("pk")
        if one.state not in ENDED_PARCELS
    ]
    if not packages:
        raise IllegalTransition
    for one in packages:
        state = _NEXT.get(ParcelState(one.state), ParcelState.SIGNED)
        notice = RouteNotice(uuid.uuid4().hex, one.tracking_number, state, at, place="Sandbox")
        with transaction.atomic():
            record_node(carrier_code=one.carrier_code, notice=notice)
            audit.record(
                actor=actor,
                action="orders.move_parcel_on",
                target=one.order,
                at=at,
                after={"tracking": one.tracking_number, "state": str(state)},
            )
    return len(packages)

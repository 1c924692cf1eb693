"""The experience score as the storefront shows it; worked out by the room that knows the trade."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import F

from kernel.events import publish
from shops.events import StorefrontChanged
from shops.models import Shop


@transaction.atomic
def set_scores(scores: Mapping[int, int | None]) -> int:
    """Let shops (by primary key) show a score in tenths, or none; return how many changed.

    Whoever shows a storefront sees it at once. A score that is shown already is no change.
    """
    changed = []
    for shop_id, tenths in sorted(scores.items()):
        other = Shop.objects.filter(pk=shop_id).exclude(score_tenths=tenths)
        if tenths is None:
            other = Shop.objects.filter(pk=shop_id, score_tenths__isnull=False)
        if other.update(score_tenths=tenths, version=F("version") + 1):
            changed.append(shop_id)
    if changed:
        publish(*(StorefrontChanged(shop_id=shop_id) for shop_id in changed))
    return len(changed)

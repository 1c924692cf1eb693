"""What the shops room asks this one, through its registries."""

from __future__ import annotations

from aftersales.enums import OPEN_CASES
from aftersales.models import RefundCase
from shops.models import Binding


def open_cases_of(binding: Binding) -> int:
    """Return how many open cases stand against ending `binding` (BI-12)."""
    return RefundCase.objects.filter(shop_id=binding.shop_id, status__in=OPEN_CASES).count()

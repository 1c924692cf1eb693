"""What was added up of a shop's days, and how its score came about."""

from insights.models.behind import BookedRefund, PaidOrder
from insights.models.day import ShopDay

__all__ = ["BookedRefund", "PaidOrder", "ShopDay"]

"""What was added up of a shop's days, and how its score came about."""

from insights.models.behind import BookedRefund, PaidOrder, WeighedCase
from insights.models.day import ShopDay
from insights.models.effect import BindingEffect
from insights.models.score import (
    ScoreExemption,
    ScoreRule,
    ShopScore,
    ShopScoreMetric,
)

__all__ = [
    "BindingEffect",
    "BookedRefund",
    "PaidOrder",
    "ScoreExemption",
    "ScoreRule",
    "ShopDay",
    "ShopScore",
    "ShopScoreMetric",
    "WeighedCase",
]

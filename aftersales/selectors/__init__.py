"""The questions of the aftersales room: what may be asked, what it is worth, what waits."""

from aftersales.selectors.cases import CaseMoney, case_money

__all__ = ["CaseMoney", "case_money"]

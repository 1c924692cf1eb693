"""Deposits with their entries, what is due and why, and what low scores lead to."""

from governance.models.deposit import Deposit, DepositAssessment, DepositEntry
from governance.models.paying import Deduction, DepositPayment
from governance.models.rule import ConsequenceExemption, ConsequenceRule, DepositRule

__all__ = [
    "ConsequenceExemption",
    "ConsequenceRule",
    "Deduction",
    "Deposit",
    "DepositAssessment",
    "DepositEntry",
    "DepositPayment",
    "DepositRule",
]

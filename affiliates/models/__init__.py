"""The alliance: who offers which rate, who picked what, who earned how much."""

from affiliates.models.commission import Commission, CommissionEntry
from affiliates.models.contract import AgencyContract
from affiliates.models.plan import AllianceMembership, Pick, Plan, PlanVersion
from affiliates.models.plan_file import PlanFile, PlanRowFault

__all__ = [
    "AgencyContract",
    "AllianceMembership",
    "Commission",
    "CommissionEntry",
    "Pick",
    "Plan",
    "PlanFile",
    "PlanRowFault",
    "PlanVersion",
]

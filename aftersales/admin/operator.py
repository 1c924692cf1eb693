"""Cases in the operator console: to look at, and in a sandbox to pass the time."""

from __future__ import annotations

from django.contrib import admin

from aftersales.admin import acts
from aftersales.admin.pages import CaseConsole
from aftersales.models import RefundCase
from kernel.admin.sites import operator_site


@admin.register(RefundCase, site=operator_site)
class OperatorCaseConsole(CaseConsole):
    """The cases of all shops."""

    permission = "aftersales.operate"
    is_platform = True
    acts = (acts.BringForward,)

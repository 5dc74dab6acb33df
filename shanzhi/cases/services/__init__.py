"""Writing cases. Nothing else writes them: pages, API, demo and later the phone's queue call these."""

from shanzhi.cases.services.acting import (
    case_accept,
    case_close,
    case_dispatch,
    case_escalate,
    case_handle,
    case_reject,
    case_return,
    case_start,
    case_verify,
)
from shanzhi.cases.services.passing import cases_pass_on
from shanzhi.cases.services.reporting import Report, case_report

__all__ = [
    "Report",
    "case_accept",
    "case_close",
    "case_dispatch",
    "case_escalate",
    "case_handle",
    "case_reject",
    "case_report",
    "case_return",
    "case_start",
    "case_verify",
    "cases_pass_on",
]

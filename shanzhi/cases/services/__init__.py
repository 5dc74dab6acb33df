"""Writing cases. Nothing else writes them: pages, API, demo and later the phone's queue call these."""

from shanzhi.cases.acts import Act
from shanzhi.cases.services import calling, deciding
from shanzhi.cases.services.engine import DECISIONS, Outcome, acts_on_many, case_act, service
from shanzhi.cases.services.passing import cases_pass_on
from shanzhi.cases.services.reporting import Report, case_report

case_accept = service(Act.ACCEPT)
case_reject = service(Act.REJECT)
case_dispatch = service(Act.DISPATCH)
case_start = service(Act.START)
case_handle = service(Act.HANDLE)
case_return = service(Act.RETURN)
case_escalate = service(Act.ESCALATE)
case_verify = service(Act.VERIFY)
case_close = service(Act.CLOSE)

__all__ = [
    "DECISIONS",
    "Outcome",
    "Report",
    "acts_on_many",
    "calling",
    "case_accept",
    "case_act",
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
    "deciding",
]

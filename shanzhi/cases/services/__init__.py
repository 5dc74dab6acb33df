"""Writing cases. Nothing else writes them: pages, API, demo and later the phone's queue call these."""

from shanzhi.cases.acts import Act
from shanzhi.cases.services import (
    adding,
    calling,
    deciding,
    joining,
    moderating,
    pausing,
    publishing,
    sorting,
    splitting,
    supervising,
    talking,
)
from shanzhi.cases.services.engine import DECISIONS, Outcome, acts_on_many, case_act, service
from shanzhi.cases.services.passing import cases_pass_on
from shanzhi.cases.services.reporting import Report, case_report
from shanzhi.cases.services.splitting import Part

case_accept = service(Act.ACCEPT)
case_reject = service(Act.REJECT)
case_dispatch = service(Act.DISPATCH)
case_start = service(Act.START)
case_handle = service(Act.HANDLE)
case_return = service(Act.RETURN)
case_escalate = service(Act.ESCALATE)
case_verify = service(Act.VERIFY)
case_close = service(Act.CLOSE)
case_suspend = service(Act.SUSPEND)
case_resume = service(Act.RESUME)
case_ask = service(Act.ASK)
case_grant = service(Act.GRANT)
case_refuse = service(Act.REFUSE)
case_supervise = service(Act.SUPERVISE)
case_answer = service(Act.ANSWER)
case_stage = service(Act.STAGE)
case_release = service(Act.RELEASE)
case_reopen = service(Act.REOPEN)
case_classify = service(Act.CLASSIFY)
case_split = service(Act.SPLIT)
case_merge = service(Act.MERGE)
case_unmerge = service(Act.UNMERGE)
case_note = service(Act.NOTE)
case_contact = service(Act.CONTACT)
case_moderate = service(Act.MODERATE)
case_publish = service(Act.PUBLISH)

__all__ = [
    "DECISIONS",
    "Outcome",
    "Part",
    "Report",
    "acts_on_many",
    "adding",
    "calling",
    "case_accept",
    "case_act",
    "case_answer",
    "case_ask",
    "case_classify",
    "case_close",
    "case_contact",
    "case_dispatch",
    "case_escalate",
    "case_grant",
    "case_handle",
    "case_merge",
    "case_moderate",
    "case_note",
    "case_publish",
    "case_refuse",
    "case_reject",
    "case_release",
    "case_reopen",
    "case_report",
    "case_resume",
    "case_return",
    "case_split",
    "case_stage",
    "case_start",
    "case_supervise",
    "case_suspend",
    "case_unmerge",
    "case_verify",
    "cases_pass_on",
    "deciding",
    "joining",
    "moderating",
    "pausing",
    "publishing",
    "sorting",
    "splitting",
    "supervising",
    "talking",
]

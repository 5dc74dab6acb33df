"""Who may do what with a case. Where a post may act is decided by `acts.py`, from the place that the case is at."""

from typing import Final

from shanzhi.access.permissions import ADMINISTRATORS, OFFICERS, ROLES, permission

LEVEL_OFFICE: Final = ("village_clerk", "branch_secretary", "township_officer", "command_centre")
HANDLERS: Final = ("grid_worker", "grid_leader", "department_handler", *LEVEL_OFFICE)
SUPERIORS: Final = ("township_officer", "command_centre", "county_leader")
DESKS: Final = LEVEL_OFFICE

# A unit has no place of its own to report from; what its people notice they tell the township's desk.
CITIZENS: Final = tuple(code for code in ROLES if code not in ADMINISTRATORS)
REPORT = permission("cases.report", "上报事件", roles=tuple(r for r in CITIZENS if r != "department_handler"))
TAKE_DOWN = permission("cases.take_down", "代群众登记", roles=DESKS)
OWN = permission("cases.own", "看自己上报的事件", roles=CITIZENS)
VIEW = permission("cases.view", "看辖区内的事件", roles=OFFICERS)
ACCEPT = permission("cases.accept", "受理", roles=LEVEL_OFFICE)
REJECT = permission("cases.reject", "不予受理", roles=LEVEL_OFFICE)
DISPATCH = permission("cases.dispatch", "分派", roles=LEVEL_OFFICE)
HANDLE = permission("cases.handle", "处理", roles=HANDLERS)
RETURN = permission("cases.return", "退回上一步", roles=HANDLERS)
ESCALATE = permission("cases.escalate", "请上级办", roles=LEVEL_OFFICE)
VERIFY = permission("cases.verify", "核查", roles=LEVEL_OFFICE)
CLOSE = permission("cases.close", "办结", roles=CITIZENS)
REOPEN = permission("cases.reopen", "重新办理", roles=CITIZENS)
SUSPEND = permission("cases.suspend", "挂账和恢复", roles=LEVEL_OFFICE)
ASK = permission("cases.ask", "申请延期", roles=HANDLERS)
GRANT = permission("cases.grant", "审批延期", roles=LEVEL_OFFICE)
SUPERVISE = permission("cases.supervise", "督办", roles=SUPERIORS)
ANSWER = permission("cases.answer", "回复督办", roles=HANDLERS)
SPLIT = permission("cases.split", "拆分", roles=LEVEL_OFFICE)
MERGE = permission("cases.merge", "合并", roles=LEVEL_OFFICE)
CLASSIFY = permission("cases.classify", "改类别", roles=LEVEL_OFFICE)
WHISTLE = permission("cases.whistle", "吹哨", roles=("grid_worker", "grid_leader", *LEVEL_OFFICE))
NOTE = permission("cases.note", "写内部备注", roles=tuple(r for r in OFFICERS if r not in {"auditor", "supervisor"}))
MODERATE = permission("cases.moderate", "处理不宜公开的内容", roles=LEVEL_OFFICE)
PUBLISH = permission("cases.publish", "公开摘要", roles=LEVEL_OFFICE)
CONTACT = permission("cases.contact", "看来电人的电话", roles=HANDLERS)
GATE = permission("cases.gate", "甄别集中反映、限制来处", roles=("township_officer", "command_centre"))
# No post carries it: a public page grants it to whoever holds the receipt of a case.
ADD = permission("cases.add", "凭回执补充情况", roles=())
EXPORT = permission("cases.export", "导出事件", roles=(*LEVEL_OFFICE, "county_leader", "auditor", "department_handler"))
CALLBACKS = permission("cases.callbacks", "回访", roles=("township_officer", "command_centre"))
RATES = permission("cases.rates", "看办理质量", roles=(*LEVEL_OFFICE, "county_leader", "auditor"))

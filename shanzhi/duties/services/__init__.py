"""Writing: issuing, acting on one line or on several, passing on what a merged place had."""

from shanzhi.duties.services.acting import Deed, line_act, lines_act
from shanzhi.duties.services.issuing import Order, due_fault, duty_issue
from shanzhi.duties.services.passing import lines_pass_on
from shanzhi.duties.services.steps import STALE, next_watch

__all__ = ["STALE", "Deed", "Order", "due_fault", "duty_issue", "line_act", "lines_act", "lines_pass_on", "next_watch"]

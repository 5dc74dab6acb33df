"""What changes the staff of the grids and the rule."""

from shanzhi.staffing.services.assigning import (
    NewAssignment,
    assignment_add,
    assignment_correct,
    assignment_end,
    assignment_reach,
    assignment_renew,
    assignment_set_term,
    assignments_bulk_add,
)
from shanzhi.staffing.services.checking import Details, Term
from shanzhi.staffing.services.revealing import SECONDS, phone_show
from shanzhi.staffing.services.ruling import rule_count, rule_set

__all__ = [
    "SECONDS",
    "Details",
    "NewAssignment",
    "Term",
    "assignment_add",
    "assignment_correct",
    "assignment_end",
    "assignment_reach",
    "assignment_renew",
    "assignment_set_term",
    "assignments_bulk_add",
    "phone_show",
    "rule_count",
    "rule_set",
]

"""Forms of cases, and how each act looks from outside."""

from shanzhi.cases.forms import specs_calling, specs_clocks, specs_deciding, specs_more
from shanzhi.cases.forms.base import ActForm, refused
from shanzhi.cases.forms.report import ReportForm
from shanzhi.cases.forms.specs import SPECS, ActSpec

__all__ = [
    "SPECS",
    "ActForm",
    "ActSpec",
    "ReportForm",
    "refused",
    "specs_calling",
    "specs_clocks",
    "specs_deciding",
    "specs_more",
]

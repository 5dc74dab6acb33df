"""Reading cases, always as somebody: what is out of this person's scope does not exist for them."""

from shanzhi.cases.selectors.calls import call_list_for, calls_of, open_calls, whistle_units
from shanzhi.cases.selectors.lists import (
    BESIDE,
    COUNTED,
    ELSEWHERE,
    SEARCHED,
    CaseFilter,
    Cases,
    Due,
    Kin,
    Sort,
    Tab,
    by_number,
    capped_counts,
    case_list_for,
    counts_and_first,
    in_box,
    list_rows,
    public_counts,
)
from shanzhi.cases.selectors.numbers import numbers_meant
from shanzhi.cases.selectors.offers import Offers, Own, offers_for
from shanzhi.cases.selectors.one import case_get_for, step_guard, step_seen, steps_of
from shanzhi.cases.selectors.places import Targets, dispatch_targets, filter_areas, report_area_get

__all__ = [
    "BESIDE",
    "COUNTED",
    "ELSEWHERE",
    "SEARCHED",
    "CaseFilter",
    "Cases",
    "Due",
    "Kin",
    "Offers",
    "Own",
    "Sort",
    "Tab",
    "Targets",
    "by_number",
    "call_list_for",
    "calls_of",
    "capped_counts",
    "case_get_for",
    "case_list_for",
    "counts_and_first",
    "dispatch_targets",
    "filter_areas",
    "in_box",
    "list_rows",
    "numbers_meant",
    "offers_for",
    "open_calls",
    "public_counts",
    "report_area_get",
    "step_guard",
    "step_seen",
    "steps_of",
    "whistle_units",
]

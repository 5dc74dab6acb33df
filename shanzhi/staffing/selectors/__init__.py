"""Reading the staff of the grids; nothing here writes."""

from shanzhi.staffing.selectors.asof import AsOf, as_of
from shanzhi.staffing.selectors.board import Board, PlaceRow, board_of
from shanzhi.staffing.selectors.gaps import Count, Gap, Standing, gaps_of, standing_of
from shanzhi.staffing.selectors.here import Spot, areas_named, responsible
from shanzhi.staffing.selectors.holders import (
    ORDERS,
    STATES,
    Holder,
    StaffFilter,
    holder_list,
    holder_page,
    holder_rows,
)
from shanzhi.staffing.selectors.one import (
    acts_of,
    again_of,
    assignment_get_for,
    may_manage,
    may_reveal,
    shown_of,
)
from shanzhi.staffing.selectors.rules import Rule, rule_entries, rule_on
from shanzhi.staffing.selectors.scope import area_for, area_in, place_scope, visible

__all__ = [
    "ORDERS",
    "STATES",
    "AsOf",
    "Board",
    "Count",
    "Gap",
    "Holder",
    "PlaceRow",
    "Rule",
    "Spot",
    "StaffFilter",
    "Standing",
    "acts_of",
    "again_of",
    "area_for",
    "area_in",
    "areas_named",
    "as_of",
    "assignment_get_for",
    "board_of",
    "gaps_of",
    "holder_list",
    "holder_page",
    "holder_rows",
    "may_manage",
    "may_reveal",
    "place_scope",
    "responsible",
    "rule_entries",
    "rule_on",
    "shown_of",
    "standing_of",
    "visible",
]

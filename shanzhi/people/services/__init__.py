"""What changes the registers. Nothing else writes their tables."""

from shanzhi.people.services.caring import membership_begin, membership_end, visit_noted
from shanzhi.people.services.dwellings import Home, dwelling_add, dwelling_change, dwelling_gone
from shanzhi.people.services.erasing import resident_erase, why_not
from shanzhi.people.services.happening import (
    event_take_back,
    household_event,
    resident_event,
    stay_correct,
    stay_get_for,
    together,
)
from shanzhi.people.services.households import (
    head_change,
    household_close,
    household_join,
    household_leave,
    household_merge,
    household_open,
    household_split,
)
from shanzhi.people.services.looking import FIELDS, SECONDS, look_note, number_show, page_opened
from shanzhi.people.services.placing import Whither
from shanzhi.people.services.requesting import copy_printed, request_decide, request_take
from shanzhi.people.services.residents import Facts, resident_add, resident_change
from shanzhi.people.services.retaining import memberships_sweep

__all__ = [
    "FIELDS",
    "SECONDS",
    "Facts",
    "Home",
    "Whither",
    "copy_printed",
    "dwelling_add",
    "dwelling_change",
    "dwelling_gone",
    "event_take_back",
    "head_change",
    "household_close",
    "household_event",
    "household_join",
    "household_leave",
    "household_merge",
    "household_open",
    "household_split",
    "look_note",
    "membership_begin",
    "membership_end",
    "memberships_sweep",
    "number_show",
    "page_opened",
    "request_decide",
    "request_take",
    "resident_add",
    "resident_change",
    "resident_erase",
    "resident_event",
    "stay_correct",
    "stay_get_for",
    "together",
    "visit_noted",
    "why_not",
]

"""Cases, their steps, whom they were given to, and what stands beside them."""

from shanzhi.cases.models.assignment import Assignment, Extension, Supervision
from shanzhi.cases.models.calling import CallBack, Draw
from shanzhi.cases.models.case import Case, CaseText, MonthCounter
from shanzhi.cases.models.gate import Block, Flood, Held, Sender, Spent, Visit
from shanzhi.cases.models.side import ActBatch, Contact, Miss, Moderation, Receipt, Reveal, SavedFilter
from shanzhi.cases.models.step import Step
from shanzhi.cases.models.suggesting import SuggestionModel, SuggestionSwitch
from shanzhi.cases.models.timed import Timed

__all__ = [
    "ActBatch",
    "Assignment",
    "Block",
    "CallBack",
    "Case",
    "CaseText",
    "Contact",
    "Draw",
    "Extension",
    "Flood",
    "Held",
    "Miss",
    "Moderation",
    "MonthCounter",
    "Receipt",
    "Reveal",
    "SavedFilter",
    "Sender",
    "Spent",
    "Step",
    "SuggestionModel",
    "SuggestionSwitch",
    "Supervision",
    "Timed",
    "Visit",
]

"""Writing clues, and who is on the desk."""

from shanzhi.clues.services.acting import Deed, acts_for, assigned_to, clue_act, clue_look, require, why_not
from shanzhi.clues.services.appointing import officer_appoint, officer_end
from shanzhi.clues.services.giving import Followed, Given, clue_add, clue_bar, clue_give, clue_of, followed

__all__ = [
    "Deed", "Followed", "Given", "acts_for", "assigned_to", "clue_act", "clue_add", "clue_bar", "clue_give",
    "clue_look", "clue_of", "followed", "officer_appoint", "officer_end", "require", "why_not",
]  # fmt: skip

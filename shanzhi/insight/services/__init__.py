"""Keeping the roll-ups."""

from shanzhi.insight.services.recounting import Recount, recount
from shanzhi.insight.services.rolling import BATCH, roll, roll_all

__all__ = ["BATCH", "Recount", "recount", "roll", "roll_all"]

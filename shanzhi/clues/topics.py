"""What officers are told, in the product alone: a list of what was sent out would say that there is a clue."""

from typing import Final

from shanzhi.notices.topics import topic

WORK: Final = topic("clues.work", "线索专办台", inside=True)

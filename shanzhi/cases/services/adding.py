"""What somebody without an account adds to their matter, by its receipt."""

from collections.abc import Sequence

from shanzhi.cases.acts import Act
from shanzhi.cases.services.engine import Change, Moment, decides, required

WORDS = "请写要补充的情况。"


@decides(Act.ADD)
def add(moment: Moment, *, text: str, photo_ids: Sequence[int] = ()) -> Change:
    """Words and photos beside the turn, while the case is open: whoever works with it reads them in the timeline."""
    return Change(text=required(text, WORDS), photo_ids=photo_ids)

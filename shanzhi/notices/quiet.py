"""Quiet hours: from one time of the day to another, over midnight too, on Chinese clocks (no summer time)."""

from datetime import datetime, time, timedelta
from typing import Final

from shanzhi.lib.times import local

BEGINS: Final = time(22)
ENDS: Final = time(7)


def is_quiet(at: datetime, begins: time, ends: time) -> bool:
    """The hours hold from `begins` to before `ends`; the same time twice means none at all."""
    here = local(at).time()
    if begins <= ends:
        return begins <= here < ends
    return here >= begins or here < ends


def quiet_until(at: datetime, begins: time, ends: time) -> datetime | None:
    """When the quiet hours around this moment end; None outside of them."""
    if not is_quiet(at, begins, ends):
        return None
    here = local(at)
    day = here.date() if here.time() < ends else here.date() + timedelta(days=1)
    return datetime.combine(day, ends, here.tzinfo)

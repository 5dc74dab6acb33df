"""Whether something goes out now, later or not at all: one rule for planning and for every attempt."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from shanzhi.notices.models import Address, Delivery, Preference
from shanzhi.notices.quiet import quiet_until
from shanzhi.notices.topics import SYSTEM, TOPICS

STALE: Final = timedelta(hours=24)
Reason = Delivery.Reason


@dataclass(frozen=True)
class Verdict:
    """Goes now without a reason; with `until` it waits; with a reason alone it is left out."""

    reason: str = Reason.NONE
    until: datetime | None = None

    @property
    def goes(self) -> bool:
        return self.reason == Reason.NONE

    @property
    def waits(self) -> bool:
        return self.until is not None


def verdict(
    *,
    channel: str,
    topic: str,
    urgent: bool,
    at: datetime,
    preference: Preference,
    address: Address | None,
    on_duty: bool,
    read: bool = False,
) -> Verdict:
    """For a notice to a person. Danger to life and topics for the night disregard quiet hours, nothing else does."""
    about = TOPICS.get(topic) or TOPICS[SYSTEM]
    if read:
        return Verdict(Reason.READ)
    if not on_duty:
        return Verdict(Reason.LEFT)
    if not preference.wants(about, channel):
        return Verdict(Reason.OFF)
    if address is None:
        return Verdict(Reason.NO_ADDRESS)
    return held(preference.hours, at=at, urgent=urgent or about.at_night)


def held(hours: tuple[time, time] | None, *, at: datetime, urgent: bool) -> Verdict:
    """Waits for the end of the quiet hours, unless it is urgent."""
    until = quiet_until(at, *hours) if hours and not urgent else None
    return Verdict(Reason.QUIET, until) if until else Verdict()

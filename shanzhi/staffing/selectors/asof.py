"""Who held what on a day, as conditions on posts and on assignments: both mean the same."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.db.models import Q

from shanzhi.lib.times import SHANGHAI, local

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)  # days that may be asked for
SOON: Final = (30, 60, 90)
LATELY: Final = 90


@dataclass(frozen=True, slots=True)
class AsOf:
    """A day as it is asked for on `today`: past, present or to come."""

    day: date
    today: date

    @property
    def is_past(self) -> bool:
        return self.day < self.today

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    def after(self, days: int) -> date:
        return self.day + timedelta(days=days)

    @property
    def end(self) -> datetime:
        """The moment at which the day is over."""
        return datetime.combine(self.after(1), time.min, SHANGHAI)

    def posts_kept(self) -> Q:
        """Posts that nobody had revoked by the end of the day. Who may sign in is known for today only."""
        kept = Q(revoked_at__isnull=True) | Q(revoked_at__gte=self.end)
        return kept if self.is_past else kept & Q(user__is_active=True)

    def posts_gone(self) -> Q:
        gone = Q(revoked_at__lt=self.end)
        return gone if self.is_past else gone | Q(user__is_active=False)

    def own_kept(self) -> Q:
        return Q(ended_on__isnull=True) | Q(ended_on__gt=self.day)

    def own_gone(self) -> Q:
        return Q(ended_on__lte=self.day)

    def within_term(self) -> Q:
        return Q(valid_from__lte=self.day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=self.day))

    def ending(self, days: int) -> Q:
        """In office, and the term ends within so many days."""
        return Q(valid_from__lte=self.day, valid_to__gte=self.day, valid_to__lte=self.after(days))

    def lapsed(self, days: int = LATELY) -> Q:
        """The term was over by the day, for at most so many days."""
        return Q(valid_to__lt=self.day, valid_to__gte=self.after(-days))


def as_of(at: datetime, day: date | None = None) -> AsOf:
    today = local(at).date()
    return AsOf(day or today, today)

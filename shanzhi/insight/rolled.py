"""Facts read from the roll-ups, with what has changed since they were rolled: the same as counting at this moment.

A few statements for any period. Marks that wait are counted on the fly, without writing; with more than a batch of
them, for a county that was never counted, and for a reader of whose kinds the rows say too little, this says Unknown,
and whoever asked counts the cases themselves.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any, Final, TypeVar

from django.db.models import BigIntegerField, Case, CharField, Exists, F, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Cast

from shanzhi.access.actor import ActorPost
from shanzhi.areas.paths import WIDTH
from shanzhi.cases import permissions
from shanzhi.cases.rates.periods import Period
from shanzhi.insight.live import Facts, Reader, standing_days
from shanzhi.insight.models import Counted, PlaceDay, PlacePair, Rolling, Touched
from shanzhi.insight.shares import DAILY, RULES, Share, Sums, shares

PENDING: Final = 1000
ALL: Final = len(DAILY)
TRIES: Final = 3
PAIR: Final = ("pairs", "pairs_satisfied")
STATE: Final = "state"
Row = Sequence[Any]
T = TypeVar("T")


class Unknown(Exception):
    """The roll-ups can't say; count the cases."""


def by_place(reader: Reader, period: Period, *, below: bool = True) -> dict[str, Facts]:
    """Facts of each place directly below by its path, with what stands open at the end; under the area's own path
    what lies in none of them, or everything if the places below are not asked for."""
    return _steady(lambda pending: _places(reader, period, pending, below=below))


def by_day(reader: Reader, period: Period) -> dict[date, Facts]:
    """Facts of each day of the period, each as if it were the period itself, with what stood open at its end."""
    return _steady(lambda pending: _days(reader, period, pending))


def _steady(read: Callable[[Sums], T]) -> T:
    """Read until no roller came in between."""
    for _ in range(TRIES):
        before = batch()
        found = read(waiting())
        if batch() == before:
            return found
    raise Unknown


def steady_rows(read: Callable[[], list[Row]], known: dict[int, Sums]) -> tuple[list[Row], Sums]:
    """What one statement read that has `state` among its rows, without that row, and what waited at that time.

    `known` is what waited beside a batch, for whoever reads several statements of one page.
    """
    for _ in range(TRIES):
        rows = read()
        state = [row for row in rows if row[0] == STATE]
        if not state:
            raise Unknown
        number, waits = state[0][3], bool(state[0][4])
        if number not in known:
            pending = waiting() if waits else Sums()
            if waits and batch() != number:
                continue
            known[number] = pending
        return [row for row in rows if row[0] != STATE], known[number]
    raise Unknown


def state(width: int) -> Any:
    """A row for a union whose parts have so many numbers: the batch of the roll-ups, and whether marks wait."""
    waits = Case(When(Exists(Touched.objects.all()), then=Value(1)), default=Value(0), output_field=BigIntegerField())
    rows = Rolling.objects.filter(rules=RULES).order_by().annotate(
        what=Value(STATE, CharField()), key=Value("", CharField()), shown=Value("", CharField()),
        n0=Cast("batch", BigIntegerField()), n1=waits,
        **{f"n{number}": Value(0, BigIntegerField()) for number in range(2, width)},
    )  # fmt: skip
    return rows.values_list("what", "key", "shown", *(f"n{number}" for number in range(width)))


def batch() -> int:
    batch = Rolling.objects.filter(rules=RULES).values_list("batch", flat=True).first()
    if batch is None:
        raise Unknown
    return batch


def waiting() -> Sums:
    """What marked cases change. One statement if there are none."""
    ids = list(Touched.objects.values_list("case_id", flat=True)[: PENDING + 1])
    if len(ids) > PENDING:
        raise Unknown
    sums = Sums()
    if ids:
        for old in Counted.objects.filter(id__in=set(ids)):
            sums.add(Share.read(old.path, old.shown, old.facts), -1)
        for share in shares(set(ids)).values():
            sums.add(share)
    return sums


def _places(reader: Reader, period: Period, pending: Sums, *, below: bool) -> dict[str, Facts]:
    own, first, last = reader.area.path, period.first, period.last
    deep = below and len(own) < 4 * WIDTH
    found: dict[str, Facts] = {}
    for where in [Q(path=own), Q(up=own)] if deep else [Q(path=own)]:
        rows = PlaceDay.objects.filter(where, day__lte=last)
        take(found, reader, _summed(rows.filter(day__gte=first), DAILY, "path"), DAILY)
        take(found, reader, _open(rows), ("open",))
        pairs = PlacePair.objects.filter(where, called_on__range=(first, last), rated_on__range=(first, last))
        take(found, reader, _summed(pairs, PAIR, "path"), PAIR)
    add_waiting(found, reader, period, pending, below=deep)
    return rest({path: derived(facts) for path, facts in found.items()}, own)


def add_waiting(found: dict[Any, Facts], reader: Reader, period: Period, pending: Sums, *, below: bool) -> None:
    """Add what marked cases change of the area itself, and with `below` of the places directly below it."""
    own, low, high = reader.area.path, period.first.toordinal(), period.last.toordinal()

    def is_wanted(path: str) -> bool:
        return path == own or (below and path[:-WIDTH] == own)

    for (path, shown, day), numbers in pending.days.items():
        if is_wanted(path) and day <= high:
            take(found, reader, [(path, shown, *numbers[:ALL])] if day >= low else [], DAILY)
            take(found, reader, [(path, shown, came(numbers))], ("open",))
    for (path, shown, rated, called), both in pending.pairs.items():
        if is_wanted(path) and low <= min(rated, called) and max(rated, called) <= high:
            take(found, reader, [(path, shown, *both)], PAIR)


def rest(found: dict[str, Facts], own: str) -> dict[str, Facts]:
    """Under the area itself what is in none of the places below."""
    if own in found:
        whole = dict(found[own])
        for path, facts in found.items():
            if path != own:
                for name, number in facts.items():
                    whole[name] = whole.get(name, 0) - number
        found[own] = whole
    return found


def _days(reader: Reader, period: Period, pending: Sums) -> dict[date, Facts]:
    own, first, last = reader.area.path, period.first, period.last
    found: dict[Any, Facts] = {}
    rows = PlaceDay.objects.filter(path=own)
    before = rows.filter(day__lt=first)
    take(found, reader, ((None, *row[1:]) for row in _open(before)), ("open",))
    take(found, reader, _summed(rows.filter(day__range=(first, last)), DAILY, "day"), DAILY)
    pairs = PlacePair.objects.filter(path=own, called_on__range=(first, last), rated_on=F("called_on"))
    take(found, reader, _summed(pairs, PAIR, "called_on"), PAIR)
    for (path, shown, day), numbers in pending.days.items():
        if path == own and day < first.toordinal():
            take(found, reader, [(None, shown, came(numbers))], ("open",))
        elif path == own and day <= last.toordinal():
            take(found, reader, [(date.fromordinal(day), shown, *numbers[:ALL])], DAILY)
    for (path, shown, rated, called), both in pending.pairs.items():
        if path == own and rated == called and first.toordinal() <= called <= last.toordinal():
            take(found, reader, [(date.fromordinal(called), shown, *both)], PAIR)
    stood = found.pop(None, {}).get("open", 0)
    days = {day: derived(facts) for day, facts in found.items()}
    return standing_days(days, stood, period)


def _summed(rows: QuerySet[Any], columns: Iterable[str], key: str) -> Any:
    sums = {f"sum_{name}": Sum(name) for name in columns}
    return rows.order_by().values_list(key, "shown").annotate(**sums)


def _open(rows: QuerySet[Any]) -> Any:
    return rows.order_by().values_list("path", "shown").annotate(many=Sum(F("reported") - F("ended")))


def came(numbers: list[int]) -> int:
    return numbers[DAILY.index("reported")] - numbers[DAILY.index("ended")]


def take(found: dict[Any, Facts], reader: Reader, rows: Iterable[Any], columns: tuple[str, ...]) -> None:
    """Add what this reader may see; Unknown if the rows don't tell."""
    for key, shown, *numbers in rows:
        if not any(numbers):
            continue
        sees = may_see(reader, shown)
        if sees is None:
            raise Unknown
        if sees:
            facts = found.setdefault(key, {})
            for name, number in zip(columns, numbers, strict=True):
                facts[name] = facts.get(name, 0) + number


def derived(facts: Facts) -> Facts:
    """A case that was rated and called back in one period is one: what was said on the phone counts."""
    get = facts.get
    facts["rated"] = get("rated", 0) + get("called", 0) - get("pairs", 0)
    facts["satisfied"] = get("satisfied", 0) + get("called_satisfied", 0) - get("pairs_satisfied", 0)
    return facts


def may_see(reader: Reader, shown: str) -> bool | None:
    """Whether cases of kinds that are shown to these roles are all seen by this reader in this area: as
    `seeing.seen` has it. None: it depends on the case."""
    actor = reader.actor
    if not shown or actor.is_system:
        return True
    posts = [post for post in actor.posts if post.allows(permissions.VIEW)]
    mine = [post for post in posts if f"|{post.role}|" in shown]
    if not mine:
        return False
    if len({post.role for post in posts}) == 1 or any(_reaches(post, reader.area.path) for post in mine):
        return True
    return None


def _reaches(post: ActorPost, path: str) -> bool:
    return post.unit_id is not None or path.startswith(post.area_path)

"""Stories as rows of the house's tables: a case with its clock, steps, words, salt, trail entries and assignment.

What is one's own in every copy of a row is marked: an `Own` id moves with the copy, a `Numbered` text counts on.
"""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from django.db import connection

from bench.world import Deed, Spot, Story
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case, CaseText
from shanzhi.cases.services.numbering import month_of
from shanzhi.lib.bigrams import tokens
from shanzhi.tenancy.ids import id_at

LOW_BITS: Final = 1 << 22
TIMED: Final = ("clock_unit", "allowed", "spent", "running_since", "due_at", "watch_at", "warned")
COLUMNS: Final[dict[str, tuple[str, ...]]] = {
    "cases_case": (
        "id", "county_id", *TIMED, "number", "title", "body", "kind", "definition_id", "seen_by", "is_public",
        "summary", "stage", "answers",
        "place", "lon", "lat", "accuracy", "urgent", "source", "area_id", "area_path", "owner_id", "owner_path",
        "raised", "handler_area_id", "handler_unit_id", "turn_area_id", "turn_unit_id", "reporter_id",
        "reporter_post_id", "reporter_name", "reporter_title", "holder_id", "parent_id", "merged_into_id", "parts",
        "reopened", "supervised", "asking", "before", "state", "version", "occurred_at", "received_at", "ended_at",
        *Case.MEASURES, "joined", "history",
    ),
    "cases_step": (
        "id", "county_id", "case_id", "version", "act", "at", "actor_id", "post_id", "actor_name", "actor_title",
        "text", "target", "satisfied", "from_state", "to_state", "was_due_at", "due_at", "done_at", "link",
    ),
    "cases_assignment": (
        "id", "county_id", *TIMED, "case_id", "area_id", "unit_id", "role", "whistled", "call_id", "called_by", "task",
        "state", "called_at", "arrive_by", "missed_at", "arrived_at", "arrived_name", "done_at", "result", "ended_at",
        "version",
    ),
    "cases_casetext": ("id", "county_id", "case_id", "tokens"),
    "trail_salt": ("id", "county_id", "object_type", "object_id", "value"),
    "trail_entry": (
        "id", "county_id", "at", "actor_id", "post_id", "code", "object_type", "object_id", "version", "size",
        "digest", "leaf",
    ),
}  # fmt: skip
CASE_TYPE: Final = "cases.case"
STOPPED: Final = ("hours", 0, 0, None, None, None, 0)
Rows = dict[str, list[tuple[Any, ...]]]


class Own(int):
    """An id of the copied rows themselves; ids of places and people are plain numbers and stay."""


class Numbered(str):  # noqa: SLOT000
    """A text with a case's number in it: `before`, the number in its month, `after`."""

    month: str
    ordinal: int
    before: str
    after: str

    def __new__(cls, month: str, ordinal: int, before: str = "", after: str = "") -> "Numbered":
        found = super().__new__(cls, f"{before}{ordinal:04d}{after}")
        found.month, found.ordinal, found.before, found.after = month, ordinal, before, after
        return found


class Writer:
    """Turns stories into rows of the six tables, numbered month by month. `kinds`: code → version of the kind."""

    def __init__(
        self, county_id: int, units: Sequence[int], kinds: Mapping[str, int], months: Mapping[str, int] | None = None
    ) -> None:
        self.county_id, self.units, self.kinds = county_id, units, kinds
        self.months: dict[str, int] = dict(months or {})
        self._made = secrets.randbelow(LOW_BITS)  # so that a second writer does not repeat the first one's ids

    def _id(self, at: Any) -> Own:
        """Ordered by time like those of the house; no two alike among four million of one moment."""
        self._made += 1
        return Own(id_at(int(at.timestamp() * 1000)) + self._made % LOW_BITS)

    def rows(self, stories: Iterable[Story]) -> Rows:
        out: Rows = {table: [] for table in COLUMNS}
        last: dict[str, Own] = {}  # the newest case of each village, into which another is merged
        for story in stories:
            case_id = self._case(story, out, last.get(story.spot.village.path))
            last[story.spot.village.path] = case_id
        return out

    def _case(self, story: Story, out: Rows, before: Own | None) -> Own:
        spot, first, last = story.spot, story.deeds[0], story.deeds[-1]
        case_id, county = self._id(first.at), self.county_id
        month = month_of(first.at)
        count = self.months[month] = self.months.get(month, 0) + 1
        given = any(deed.act == "dispatch" for deed in story.deeds)
        unit = self.units[case_id % len(self.units)] if given and story.at_unit else None
        grid = spot.grid.id if given and not story.at_unit else None
        at_handler = story.state in ("dispatched", "handling")
        turn = (grid, unit) if at_handler else (story.owner.id, None)
        holder = spot.user_id if story.state == "handling" else None
        history, dispatched = self._steps(story, case_id, out)
        out["cases_case"].append((
            case_id, county, *_clock(story), Numbered(month, count, f"{month}-"), story.title, story.body, story.kind,
            self.kinds[story.kind], "", True, "", "", "{}",
            story.place, story.lon, story.lat, 12, story.urgent, "snap",
            spot.grid.id, spot.grid.path, story.owner.id, story.owner.path, 0, grid, unit,
            *(turn if story.is_open else (None, None)), spot.user_id, spot.post_id, spot.worker, spot.title,
            holder, None, before if story.state == "merged" else None, 0, 0, int(story.urgent and story.is_open), 0,
            _before(story), story.state, len(story.deeds), first.at, first.at, None if story.is_open else last.at,
            *_measures(story), 0, history,
        ))  # fmt: skip
        self._words(story, case_id, month, count, out)
        out["trail_salt"].append((self._id(first.at), county, CASE_TYPE, case_id, secrets.token_bytes(16)))
        if given:
            ended = None if at_handler or story.state == "suspended" else last.at
            state = "called" if story.state == "dispatched" else "done" if ended else "arrived"
            here = None if state == "called" else last.at
            out["cases_assignment"].append((
                self._id(last.at), county, *(_clock(story) if not ended else STOPPED), case_id, grid, unit, "lead",
                False, dispatched, spot.worker, "", state, first.at, None, None, here, spot.worker if here else "",
                ended, "", ended, 1,
            ))  # fmt: skip
        return case_id

    def _words(self, story: Story, case_id: Own, month: str, count: int, out: Rows) -> None:
        words = tokens(f"{story.title} {story.body} {story.place} {month}")
        text = CaseText._meta.get_field("tokens").get_db_prep_value(words, connection)
        quote = "'" if connection.vendor == "postgresql" else ""
        prepared = Numbered(month, count, f"{text} {quote}", quote)
        out["cases_casetext"].append((self._id(story.deeds[0].at), self.county_id, case_id, prepared))

    def _steps(self, story: Story, case_id: Own, out: Rows) -> tuple[str, int]:
        """The steps with their entries of the trail; the last link, and which step dispatched. Proofs only have the
        right length."""
        spot, county, link, dispatched = story.spot, self.county_id, "", Own(0)
        for version, deed in enumerate(story.deeds, 1):
            link, step_id = secrets.token_hex(32), self._id(deed.at)
            dispatched = step_id if deed.act == "dispatch" else dispatched
            out["cases_step"].append((
                step_id, county, case_id, version, deed.act, deed.at, spot.user_id, spot.post_id, spot.worker,
                spot.title, _said(story, deed, spot), "", None, deed.before, deed.after, deed.was_due, deed.due,
                None, link,
            ))  # fmt: skip
            out["trail_entry"].append((
                self._id(deed.at), county, deed.at, spot.user_id, spot.post_id, f"cases.case.{Act(deed.act).past}",
                CASE_TYPE, case_id, version, 0, secrets.token_bytes(32), secrets.token_bytes(32),
            ))  # fmt: skip
        return link, dispatched


def _said(story: Story, deed: Deed, spot: Spot) -> str:
    return "" if deed.act == "report" else f"{story.title}，{spot.worker}已{Act(deed.act).done}。"


def _measures(story: Story) -> tuple[Any, ...]:
    """The columns of `Measured`, as the engine would have left them; nobody left a number."""

    def last(*acts: str) -> Deed | None:
        return next((deed for deed in reversed(story.deeds) if deed.act in acts), None)

    taken, given, handled, closed = last("accept", "dispatch"), last("dispatch"), last("handle"), last("close")
    due = given.due if given is not None else taken.at + timedelta(days=3) if taken is not None else None
    return (
        False, taken.at if taken else None, due, given.at if given else None, int(given is not None), False, False,
        handled.at if handled else None, closed.at if closed else None, None, None, None,
    )  # fmt: skip


def _before(story: Story) -> str:
    """What a suspended case goes back to, as `Act.SUSPEND` keeps it."""
    last = story.deeds[-1]
    if last.act != "suspend":
        return "{}"
    due = last.was_due.isoformat() if last.was_due else ""
    return json.dumps({"state": last.before, "stopped_at": last.at.isoformat(), "due_at": due})


def _clock(story: Story) -> tuple[Any, ...]:
    """The columns of the clock: that of the last step, standing while it is suspended, gone when the case ended."""
    last = story.deeds[-1]
    if last.due is None:
        return STOPPED
    allowed = int((last.due - last.at) / timedelta(seconds=1))
    running = None if story.state == "suspended" else last.at
    return "hours", allowed, 0, running, last.due, last.due, 0

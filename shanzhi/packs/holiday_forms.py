"""The form in which a year's holiday table is filled in: rows for the days off, days and hours of work."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.forms import BoundField

from shanzhi.lib.errors import DomainError
from shanzhi.packs.holidays import NAME_LENGTH, HolidaysBody
from shanzhi.packs.models import NOTE_LENGTH
from shanzhi.packs.services import Faulty

NAMES: Final = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
SESSIONS: Final = ("08:30-12:00", "14:00-17:30")
SPARE: Final = 3  # empty rows after the filled ones
LEAST: Final = {"off": 10, "work": 12, "session": 3}
MOST: Final = {"off": 30, "work": 60, "session": 4}
PARTS: Final = {"off": ("name", "from", "to"), "work": ("day",), "session": ("from", "to")}


@dataclass(frozen=True, slots=True)
class Row:
    """The controls of one row, by what they ask."""

    number: int
    fields: dict[str, BoundField]

    @property
    def first(self) -> BoundField:
        return self.fields["from"]

    @property
    def last(self) -> BoundField:
        return self.fields["to"]


class HolidaysForm(forms.Form):
    """Empty rows are passed over. `body()` is what the rows say; `take` puts what was refused beside its row."""

    expected = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    note = forms.CharField(
        label="为什么改",
        max_length=NOTE_LENGTH,
        error_messages={"required": "请写明依据，如通知的名称和文号。"},
        help_text="写依据，如通知的名称和文号",
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        *,
        year: int,
        now: HolidaysBody | None,
        like: HolidaysBody | None,
        expected: int,
    ) -> None:
        initial = {"expected": expected, **_filled(now, like)}
        super().__init__(data, initial=initial)
        self.year, self.label_now = year, now.label if now else f"{year} 年节假日安排"
        self.rows = {group: self._add(group, data if data is not None else initial) for group in PARTS}
        self._at: dict[tuple[str, int], int] = {}

    @property
    def title(self) -> str:
        return f"填写 {self.year} 年节假日安排"

    def _add(self, group: str, filled: Mapping[str, Any]) -> int:
        """As many rows as are filled in, and some empty ones."""
        numbers = [n for n in range(MOST[group]) if any(filled.get(_name(group, n, part)) for part in PARTS[group])]
        count = min(max(LEAST[group], (max(numbers) if numbers else 0) + 1 + SPARE), MOST[group])
        if group == "session":
            count = MOST[group] if len(numbers) >= LEAST[group] else LEAST[group]
        for number in range(count):
            for part in PARTS[group]:
                self.fields[_name(group, number, part)] = _field(group, number, part, self.year)
        return count

    def group(self, group: str) -> list[Row]:
        """The rows of a group, for the page."""
        return [
            Row(number + 1, {part: self[_name(group, number, part)] for part in PARTS[group]})
            for number in range(self.rows[group])
        ]

    def off_rows(self) -> list[Row]:
        return self.group("off")

    def work_rows(self) -> list[Row]:
        return self.group("work")

    def session_rows(self) -> list[Row]:
        return self.group("session")

    def clean(self) -> dict[str, Any]:
        """A row that was begun must be finished."""
        said = {"name": "请写这个假期的名称。", "from": "请选开始的一项。", "to": "请选结束的一项。"}
        for group in ("off", "session"):
            for number in range(self.rows[group]):
                names = {part: _name(group, number, part) for part in PARTS[group]}
                if not any(self.data.get(name, "").strip() for name in names.values()):
                    continue
                for part, name in names.items():
                    if not self.data.get(name, "").strip():
                        self.add_error(name, said[part])
        return self.cleaned_data

    def body(self) -> dict[str, Any]:
        """The rows as a table's body, in the order of the calendar; call it once the form is valid."""
        off = self._taken("off", lambda values: (values["from"], values["to"]))
        work = self._taken("work", lambda values: values["day"])
        sessions = self._taken("session", lambda values: values["from"])
        return {
            "label": self.label_now,
            "year": self.year,
            "days_off": [{"name": one["name"], "from": str(one["from"]), "to": str(one["to"])} for one in off],
            "workdays": [str(one["day"]) for one in work],
            "sessions": [f"{one['from']:%H:%M}-{one['to']:%H:%M}" for one in sessions],
        }

    def _taken(self, group: str, order: Any) -> list[dict[str, Any]]:
        found = []
        for number in range(self.rows[group]):
            values = {part: self.cleaned_data.get(_name(group, number, part)) for part in PARTS[group]}
            if any(values.values()):
                found.append((number, values))
        found.sort(key=lambda item: order(item[1]))
        for index, (number, _) in enumerate(found):
            self._at[group, index] = number
        return [values for _, values in found]

    def take(self, error: DomainError) -> None:
        """Each fault beside the control that it is about, else on top."""
        if not isinstance(error, Faulty):
            self.add_error(None, error.message)
            return
        for fault in error.faults:
            self.add_error(self._control(fault.path), fault.sentence)

    def _control(self, path: tuple[str | int, ...]) -> str | None:
        group = {"days_off": "off", "workdays": "work", "sessions": "session"}.get(str(path[0])) if path else None
        if group is None or len(path) < 2 or not isinstance(path[1], int):
            return None
        number = self._at.get((group, path[1]))
        if number is None:
            return None
        part = str(path[2]) if len(path) > 2 else PARTS[group][0]
        return _name(group, number, part if part in PARTS[group] else PARTS[group][0])


def _name(group: str, number: int, part: str) -> str:
    return f"{group}-{number}-{part}"


def _field(group: str, number: int, part: str, year: int) -> forms.Field:
    label = {"off": "假期", "work": "补班日", "session": "上班时间"}[group] + f" {number + 1}"
    if part == "name":
        words = {"max_length": f"名称最多 {NAME_LENGTH} 个字，请缩短。"}
        widget = forms.TextInput(attrs={"aria-label": f"{label} 名称"})
        return forms.CharField(
            label=f"{label} 名称", required=False, max_length=NAME_LENGTH, error_messages=words, widget=widget
        )
    side = {"from": " 开始", "to": " 结束", "day": ""}[part]
    if group == "session":
        clock = forms.TimeInput(attrs={"type": "time", "aria-label": label + side}, format="%H:%M")
        wrong = {"invalid": "时间写成 08:30 这样。"}
        return forms.TimeField(label=label + side, required=False, widget=clock, error_messages=wrong)
    attrs = {"type": "date", "aria-label": label + side, "min": f"{year}-01-01", "max": f"{year}-12-31"}
    return forms.DateField(
        label=label + side,
        required=False,
        widget=forms.DateInput(attrs=attrs, format="%Y-%m-%d"),
        error_messages={"invalid": f"日期写成 {year}-03-01 这样。"},
    )


def _filled(now: HolidaysBody | None, like: HolidaysBody | None) -> dict[str, Any]:
    """What the rows hold at first: the table that counts, or names to fill in and the hours of the year before."""
    values: dict[str, Any] = {}
    rows: list[tuple[str, date | None, date | None]] = [(name, None, None) for name in NAMES]
    if now is not None:
        rows = [(off.name, off.first, off.last) for off in now.days_off]
    for number, row in enumerate(rows):
        values.update({_name("off", number, part): value for part, value in zip(PARTS["off"], row, strict=True)})
    values.update({_name("work", number, "day"): day for number, day in enumerate(now.workdays if now else ())})
    known = now or like
    for number, session in enumerate(known.sessions if known else SESSIONS):
        values[_name("session", number, "from")], values[_name("session", number, "to")] = session.split("-")
    return values

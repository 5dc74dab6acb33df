"""A person as a list of results shows them: numbers masked, with age and place, and why they are there."""

from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from shanzhi.areas.models import Area
from shanzhi.lib.masks import paper_mask, phone_mask
from shanzhi.people.finding.selectors import Hit


@dataclass(frozen=True, slots=True)
class Line:
    """One result."""

    id: int
    name: str
    sex: str
    age: int | None
    paper: str
    phone: str
    place: str
    population: str
    why: str
    url: str


def age_on(born: date | None, today: date) -> int | None:
    """Full years (民法典 17: 周岁)."""
    return None if born is None else today.year - born.year - ((today.month, today.day) < (born.month, born.day))


def line_of(hit: Hit, today: date) -> Line:
    one = hit.resident
    place = _words(one.lives) or one.lives_elsewhere
    if one.registered_id and one.registered_id != one.lives_id:
        place = f"{place or '不详'}（户籍{_words(one.registered)}）"
    url = reverse("people:resident", args=[one.county_id, one.id])
    return Line(
        one.id, one.name, one.get_sex_display(), age_on(one.born_on, today), paper_mask(one.paper_number),
        phone_mask(one.phone), place, one.get_population_display(), hit.why, url,
    )  # fmt: skip


def _words(area: Area | None) -> str:
    if area is None:
        return ""
    return f"{area.parent.name}{area.name}" if area.level == Area.Level.GRID and area.parent else area.name

"""What a text probably is, in words; it decides nothing, and says nothing when it isn't sure."""

import logging
from dataclasses import dataclass
from typing import Final

from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.kinds.registry import kinds_now
from shanzhi.cases.models import SuggestionModel
from shanzhi.cases.suggesting.selectors import model_of, newest_ids
from shanzhi.cases.suggesting.training import unit_label
from shanzhi.cases.suggesting.words import LIKELY, POSSIBLE, SECOND, chance_words

SHORTEST: Final = 4
SHOWN: Final = 2
Family = SuggestionModel.Family
logger = logging.getLogger("shanzhi.cases")


@dataclass(frozen=True, slots=True)
class Offer:
    """A kind (by its code) or a unit (by its id), and how sure that is, in words."""

    code: str
    label: str
    words: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """At most two kinds and two units, the likelier first; usually one, often none."""

    kinds: tuple[Offer, ...] = ()
    units: tuple[Offer, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.kinds or self.units)

    @property
    def unit_names(self) -> str:
        return "、".join(offer.label for offer in self.units)


NOTHING: Final = Suggestion()


def suggest(text: str, *, chosen: str = "", area: Area | None = None) -> Suggestion:
    """What this county's history says of a text; `chosen` is the kind that the person has taken already.

    A kind that was chosen is contradicted only by one that is likely. Units are looked for where `area` is given: open
    ones of its township and of the county. At most four statements, two of them only where there is something to say.
    """
    if len(text.strip()) < SHORTEST:
        return NOTHING
    newest = newest_ids()
    kinds = _said(newest.get(Family.KIND), text)
    offers: tuple[Offer, ...] = ()
    if kinds and kinds[0][0] != chosen and not (chosen and kinds[0][1] < LIKELY):
        known = kinds_now()
        offers = tuple(
            Offer(code, known[code].label, chance_words(chance) or "也可能", known[code].body.icon)
            for code, chance in kinds
            if code in known and code != chosen
        )
    units = _said(newest.get(Family.UNIT), text) if area is not None else []
    return Suggestion(offers, _units(units, area) if units and area is not None else ())


def likely_kind(text: str) -> str:
    """The code of the kind that a text very probably is, for who leaves the choice to the village; empty if unsure."""
    if len(text.strip()) < SHORTEST:
        return ""
    said = _said(newest_ids().get(Family.KIND), text)
    return said[0][0] if said and said[0][1] >= LIKELY else ""


def _said(model_id: int | None, text: str) -> list[tuple[str, float]]:
    """The first label if it is likely or possible; with a possible one the second, if it is not far behind."""
    if model_id is None:
        return []
    try:
        found = model_of(model_id).predict(text, SHOWN)
    except (ValueError, SuggestionModel.DoesNotExist):
        logger.warning("suggestion model %s can't be read; learn anew", model_id)
        return []
    if not found or found[0][1] < POSSIBLE:
        return []
    return found[:1] if found[0][1] >= LIKELY else [found[0], *(one for one in found[1:] if one[1] >= SECOND)]


def _units(said: list[tuple[str, float]], area: Area) -> tuple[Offer, ...]:
    """The open units that bear these labels, those of the township before those of the county."""
    paths = {area.path[:depth] for depth in (WIDTH, 2 * WIDTH)}
    rows = Unit.objects.filter(area__path__in=paths, valid_to=None).select_related("area").order_by("-area__path", "id")
    by_label: dict[str, Unit] = {}
    for unit in rows:
        by_label.setdefault(unit_label(unit.name, unit.area.name), unit)
    return tuple(
        Offer(str(by_label[label].id), by_label[label].name, chance_words(chance) or "也可能", "building")
        for label, chance in said
        if label in by_label
    )

"""Rows of a list against the register: who is new, who is the same, what has changed about whom, what can't be."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import Any, Final, NamedTuple

from django.db.models import Q

from shanzhi.access.actor import Scope
from shanzhi.people.catalogue import Population, Relation, population_of
from shanzhi.people.importing.checking import Person
from shanzhi.people.importing.memory import Numbers
from shanzhi.people.importing.preparing import Ready
from shanzhi.people.models import Dwelling, Resident, Stay

NEW: Final = 0  # an id that is not given out yet
FACTS: Final = ("name", "sex", "born_on", "phone_index")
WHERE: Final = (
    "lives_id", "lives_path", "lives_elsewhere", "registered_id", "registered_path", "registered_elsewhere",
    "dwelling_id", "household_id", "relation",
)  # fmt: skip
HEADS: Final = ("", Relation.HEAD)
SECOND_HEAD: Final = "这一户在册的户主是别人；请先在户的页面变更户主，或在名册里写明那个人的关系"
COLUMNS: Final = ("id", "version", "paper_index", "papers", "population", *FACTS, *WHERE)


class Refused(NamedTuple):
    """A good row that the register does not take: the column and what to do."""

    person: Person
    column: str
    sentence: str


@dataclass(slots=True)
class Batch:
    """What a batch of rows comes to; `changed` are ids with what is to be written, facts and whereabouts apart."""

    new: list[Ready] = field(default_factory=list)
    changed: dict[int, tuple[Ready, dict[str, Any], dict[str, Any]]] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    same: int = 0
    refused: list[Refused] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)  # keys of households that come with this batch
    where: dict[int, dict[str, Any]] = field(default_factory=dict)  # of each row, by its number


@dataclass(slots=True)
class Households:
    """Which household the rows with one key are: that of the first of them who has one, else a new one.

    No household serves two keys: a list that parts it means so.
    """

    _ids: Numbers = field(default_factory=Numbers)  # of a key's hash
    _keys: Numbers = field(default_factory=Numbers)
    _lock: "Lock" = field(default_factory=Lock)  # of the two that write

    def back(self, opened: Iterable[str]) -> None:
        """Their transaction was not committed: it will be begun anew."""
        with self._lock:
            for key in opened:
                self._keys.put(self._ids.get(hash(key)), 0)
                self._ids.put(hash(key), 0)

    def of(self, key: str, known: int | None) -> int:
        """0 for one that has yet to be opened."""
        with self._lock:
            if found := self._ids.get(hash(key)):
                return found
            if known and not self._keys.get(known):
                self._open(key, known)
                return known
            return NEW

    def opened(self, key: str, number: int) -> None:
        with self._lock:
            self._open(key, number)

    def _open(self, key: str, number: int) -> None:
        self._ids.put(hash(key), number)
        self._keys.put(number, 1)


Known = dict[str, Any]


def compare(rows: Sequence[Ready], households: Households, scope: Scope, as_of: date) -> Batch:
    """Five statements at most, whatever the number of rows."""
    batch = Batch()
    by_paper = _by_paper(rows)
    by_name = _by_name(rows)
    dwellings = _dwellings(rows)
    pairs: list[tuple[Ready, Known | None]] = []
    for ready in rows:
        known, problem = _match(ready, by_paper, by_name)
        if known is not None and not problem:
            problem = _untouchable(known, scope)
        if problem:
            batch.refused.append(Refused(ready.person, *problem))
            continue
        pairs.append((ready, known))
    for ready, known in pairs:  # a household is known by any of its members: look before the first row is judged
        key = ready.person.household
        if key and known is not None and known["household_id"]:
            households.of(key, known["household_id"])
    heads = _heads(pairs)
    for ready, known in pairs:
        if _second_head(ready, known, households, heads):
            batch.refused.append(Refused(ready.person, "与户主关系", SECOND_HEAD))
        else:
            _judge(batch, ready, known, households, dwellings)
    batch.opened = [key for key in dict.fromkeys(
        ready.person.household for ready, _known in pairs
        if ready.person.number in batch.where and batch.where[ready.person.number]["household_id"] == NEW
    ) if not households.of(key, None)]  # fmt: skip
    _too_old(batch, as_of)
    return batch


def _by_paper(rows: Iterable[Ready]) -> dict[str, Known]:
    wanted = [ready.paper_index for ready in rows if ready.paper_index]
    found = Resident.objects.filter(~Q(paper_index=""), paper_index__in=wanted).values(*COLUMNS) if wanted else []
    return {row["paper_index"]: row for row in found}


def _by_name(rows: Iterable[Ready]) -> dict[tuple[str, date | None], list[Known]]:
    """Whoever has the name and the birthday of somebody in the list who shows no paper."""
    bare = [ready.person for ready in rows if not ready.paper_index]
    found: dict[tuple[str, date | None], list[Known]] = defaultdict(list)
    if bare:
        names, days = {one.name for one in bare}, {one.born for one in bare}
        for row in Resident.objects.filter(name__in=names, born_on__in=days).values(*COLUMNS):
            found[row["name"], row["born_on"]].append(row)
    return found


def _dwellings(rows: Iterable[Ready]) -> dict[tuple[int, str], int]:
    addressed = [ready for ready in rows if ready.address_index and ready.person.lives]
    if not addressed:
        return {}
    found = Dwelling.objects.filter(
        area_id__in={ready.person.place.id for ready in addressed},
        address_index__in={ready.address_index for ready in addressed}, gone_on__isnull=True,
    )  # fmt: skip
    return {(area, index): number for number, area, index in found.values_list("id", "area_id", "address_index")}


def _heads(pairs: Sequence[tuple[Ready, Known | None]]) -> dict[int, int]:
    """Who heads the households of these people, but for those whom the list itself gives another place."""
    homes = {known["household_id"] for _ready, known in pairs if known is not None and known["household_id"]}
    if not homes:
        return {}
    found = Resident.objects.filter(household_id__in=homes, relation=Relation.HEAD)
    heads = dict(found.values_list("household_id", "id"))
    other = {known["id"] for ready, known in pairs if known is not None and ready.person.relation not in HEADS}
    return {home: number for home, number in heads.items() if number not in other}


def _second_head(ready: Ready, known: Known | None, households: Households, heads: dict[int, int]) -> bool:
    one = ready.person
    if one.relation != Relation.HEAD or not heads:
        return False
    held = heads.get(households.of(one.household, known["household_id"] if known else None))
    return held is not None and (known is None or known["id"] != held)


def _match(
    ready: Ready, by_paper: dict[str, Known], by_name: dict[tuple[str, date | None], list[Known]]
) -> tuple[Known | None, tuple[str, str] | None]:
    """Who in the register this is. Without a paper nobody is taken for somebody else of the same name."""
    one = ready.person
    if ready.paper_index:
        return by_paper.get(ready.paper_index), None
    village = one.place.path[:12]
    near = [
        row
        for row in by_name.get((one.name, one.born), ())
        if row["lives_path"].startswith(village) or row["registered_path"].startswith(village)
    ]
    if any(row["paper_index"] for row in near) or len(near) > 1:
        return None, ("证件号码", "这个村已登记了同名、同出生日期的人，请填证件号码，以免弄错人")
    return (near[0] if near else None), None


def _untouchable(known: Known, scope: Scope) -> tuple[str, str] | None:
    if known["population"] == Population.DEAD:
        return "整行", "这个人已登记去世；登记错了的，请先在资料里更正"
    places = [path for path in (known["lives_path"], known["registered_path"]) if path]
    if places and not any(scope.covers(path) for path in places):
        return "整行", "这个证件号码登记在你的范围以外，请用“迁入”办理，或由县里导入"
    return None


def where_of(
    ready: Ready, known: Known | None, households: Households, dwellings: dict[tuple[int, str], int]
) -> dict[str, Any]:
    """Where the person lives and is registered by the list; what it does not say stays as it is known."""
    one = ready.person
    said: dict[str, Any] = {
        "lives_id": one.lives.id if one.lives else None,
        "lives_path": one.lives.path if one.lives else "",
        "lives_elsewhere": one.lives_elsewhere,
        "registered_id": one.registered.id if one.registered else None,
        "registered_path": one.registered.path if one.registered else "",
        "registered_elsewhere": one.registered_elsewhere,
        "dwelling_id": None, "household_id": None, "relation": "",
    }  # fmt: skip
    stays = known is not None and known["lives_id"] == said["lives_id"]
    if ready.address_index:
        said["dwelling_id"] = dwellings.get((one.place.id, ready.address_index), NEW)
    elif stays and known is not None:
        said["dwelling_id"] = known["dwelling_id"]
    if one.household:
        said["household_id"] = households.of(one.household, known["household_id"] if known else None)
        said["relation"] = one.relation or (known["relation"] if known else "")
    elif stays and known is not None:
        said["household_id"], said["relation"] = known["household_id"], known["relation"]
    return said


def _judge(
    batch: Batch, ready: Ready, known: Known | None, households: Households, dwellings: dict[tuple[int, str], int]
) -> None:
    where = where_of(ready, known, households, dwellings)
    batch.where[ready.person.number] = where
    if known is None:
        batch.new.append(ready)
        return
    one = ready.person
    said = {"name": one.name, "born_on": one.born, "phone_index": ready.phone_index}
    if one.sex != "0":
        said["sex"] = one.sex
    facts = {name: value for name, value in said.items() if value and value != known[name]}
    if one.papers != known["papers"] and ready.paper_index:
        facts["papers"] = one.papers
    moved = {name: value for name, value in where.items() if value != known[name]}
    population = population_for(one)
    if population != known["population"]:
        moved["population"] = population
    if facts or moved:
        batch.changed[known["id"]] = (ready, facts, moved)
        batch.versions[known["id"]] = known["version"]
    else:
        batch.same += 1


def population_for(one: Person) -> str:
    return population_of(
        papers=one.papers, lives_here=one.lives is not None, registered_here=one.registered is not None
    )


def _too_old(batch: Batch, as_of: date) -> None:
    """A list of an earlier day does not undo what was written down of a later one."""
    ids = [number for number, (_ready, _facts, moved) in batch.changed.items() if moved]
    if not ids:
        return
    later = Stay.objects.filter(resident_id__in=ids, until__isnull=True, void=False, since__gt=as_of)
    for number, since in later.values_list("resident_id", "since"):
        ready, _facts, _moved = batch.changed.pop(number)
        sentence = f"这个人的居住、户籍在 {since} 已有变更，比名册的日期晚；请核对后用更新的名册"
        batch.refused.append(Refused(ready.person, "整行", sentence))

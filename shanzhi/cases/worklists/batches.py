"""One act on many cases (ActBatch): asked for once, done in chunks, and told row by row."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.pages import not_found
from shanzhi.areas.models import Area, Unit
from shanzhi.areas.paths import WIDTH
from shanzhi.cases.acts import Act
from shanzhi.cases.forms.specs import SPECS
from shanzhi.cases.forms.specs_deciding import area_of, unit_of
from shanzhi.cases.models import ActBatch, Case
from shanzhi.cases.selectors import by_number
from shanzhi.cases.services import acts_on_many
from shanzhi.cases.services.engine import limited, required
from shanzhi.jobs.services import enqueue
from shanzhi.lib.clocks import Span
from shanzhi.lib.errors import Invalid
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id

ACTS: Final = (Act.DISPATCH, Act.ACCEPT, Act.VERIFY, Act.REJECT, Act.HANDLE)
# What a batch of an act is called, where the button's own words are for one case.
VERBS: Final = {Act.DISPATCH: "分派", Act.HANDLE: "答复"}
MOST_ROWS: Final = 500
CHUNK: Final = 100
JOB: Final = "cases.batch"
GONE: Final = "没有找到这件事，或它不在你的范围内。"
PENDING: Final = None
RELATED: Final = ("area", "owner", "owner__parent", "handler_area", "handler_unit")


@dataclass(frozen=True)
class Wish:
    """What is done to each: the words, and for dispatching to whom. `own` gives each case to the place below the level
    in charge where it happened; an empty `limit` is the kind's own."""

    text: str = ""
    own: bool = False
    area: str = ""
    unit: str = ""
    helpers: tuple[str, ...] = ()
    limit: str = ""


def batch_acts(actor: Actor) -> list[Act]:
    """Acts that this person may do on many cases at once, the usual one first."""
    return [act for act in ACTS if actor.can(act.permission)]


def verb_of(act: Act) -> str:
    return VERBS.get(act, act.label)


class Arguments:
    """What the service takes for each case, looked up once for all of them."""

    def __init__(self, act: Act, wish: Wish) -> None:
        self.act, self.wish = act, wish
        self.places: dict[int, dict[str, Area]] = {}

    @cached_property
    def common(self) -> dict[str, Any]:
        """Invalid, with the field, for what can be right for no case."""
        missing = SPECS[self.act].words[2]
        text = required(self.wish.text, missing) if missing else limited(self.wish.text)
        if self.act != Act.DISPATCH:
            return {"text": text}
        if [self.wish.own, bool(self.wish.area), bool(self.wish.unit)].count(True) != 1:
            sentence = "请选一个网格、下级或单位来处理。"
            raise Invalid(sentence, code="target_required", fields={"target": [sentence]})
        area: Area | None = area_of(self.wish.area) if self.wish.area else None
        unit: Unit | None = unit_of(self.wish.unit) if self.wish.unit else None
        helpers = [unit_of(code, "helpers") for code in self.wish.helpers]
        return {"text": text, "area": area, "unit": unit, "helpers": helpers, "limit": self._limit()}

    def _limit(self) -> Span | None:
        try:
            return Span.parse(self.wish.limit) if self.wish.limit else None
        except ValueError as error:
            raise Invalid(str(error), code="limit", fields={"limit": [str(error)]}) from None

    def __call__(self, case: Case) -> dict[str, Any]:
        return {**self.common, "area": self._own(case)} if self.wish.own else self.common

    def _own(self, case: Case) -> Area:
        """The place directly below the level in charge where the case is."""
        if case.owner_id not in self.places:
            below = Area.objects.filter(parent_id=case.owner_id, valid_to=None)
            self.places[case.owner_id] = {area.path: area for area in below}
        found = self.places[case.owner_id].get(case.area_path[: len(case.owner_path) + WIDTH])
        if found is None:
            raise Invalid("这件事不在任何下级，请单独派。", code="no_place_below")
        return found


def batch_create(
    *, actor: Actor, act: str, cases: Sequence[tuple[str, int]], wish: Wish, key: str | None = None,
    at: datetime | None = None,
) -> ActBatch:  # fmt: skip
    """Do an act on these cases, each as it was seen (number, version); the same key gives the same batch.

    Up to a hundred are done at once; more become a job. What is wrong for all of them is Invalid and begins nothing.
    """
    at = at or timezone.now()
    chosen = next((one for one in ACTS if one.value == act), None)
    if chosen is None:
        sentence = "这一步不能成批办，请逐件办。"
        raise Invalid(sentence, code="act", fields={"act": [sentence]})
    actor.require(chosen.permission)
    wanted = dict(cases)
    if not wanted or len(wanted) > MOST_ROWS:
        sentence = f"一次最多办 {MOST_ROWS} 件，请分几批。" if wanted else "还没有选事件，请先在清单里勾选。"
        raise Invalid(sentence, code="cases", fields={"cases": [sentence]})
    _ = Arguments(chosen, wish).common
    with atomic():
        batch = ActBatch(id=new_id(), user_id=actor.user_id or 0, act=chosen, arguments=asdict(wish), created_at=at)
        body = {"act": act, "cases": sorted(wanted.items()), **asdict(wish)}
        earlier = claim(key=key, actor=actor, operation="cases.batch", body=body, result_id=batch.id)
        if earlier is not None:
            return ActBatch.objects.get(id=earlier)
        ids = dict(by_number(actor, list(wanted), most=MOST_ROWS).values_list("number", "id"))
        batch.rows = [
            [ids.get(number, 0), number, version, PENDING if number in ids else GONE]
            for number, version in wanted.items()
        ]
        batch.total, batch.refused = len(wanted), len(wanted) - len(ids)
        batch.job_id = new_id() if len(wanted) > CHUNK else None
        batch.save()
        if batch.job_id is not None:
            enqueue(JOB, actor=actor, args={"batch_id": str(batch.id)}, at=at, job_id=batch.job_id)
            return batch
        return batch_go_on(actor=actor, batch_id=batch.id, at=at)


def batch_go_on(
    *, actor: Actor, batch_id: int, at: datetime, progress: Callable[[int, int], None] = lambda done, total: None
) -> ActBatch:
    """Do what is still to be done, a hundred in each transaction; a second run does nothing twice."""
    while True:
        with atomic():
            batch = ActBatch.objects.select_for_update().get(id=batch_id)
            todo = [row for row in batch.rows if row[3] is PENDING][:CHUNK]
            if todo:
                _chunk(actor, batch, todo, at)
            if not todo or len(todo) < CHUNK:
                batch.ended_at = batch.ended_at or at
                batch.save(update_fields=["rows", "done", "refused", "ended_at"])
                return batch
            batch.save(update_fields=["rows", "done", "refused"])
        progress(batch.done + batch.refused, batch.total)


def _chunk(actor: Actor, batch: ActBatch, todo: Sequence[list[Any]], at: datetime) -> None:
    """Each row of `todo` gets its sentence."""
    found = Case.objects.filter(id__in=[row[0] for row in todo]).select_related(*RELATED).in_bulk()
    act = Act(batch.act)
    outcomes = acts_on_many(
        actor=actor, rows=[(found[row[0]], row[2]) for row in todo], act=act, at=at,
        arguments=Arguments(act, wish_of(batch.arguments)),
    )  # fmt: skip
    for row, outcome in zip(todo, outcomes, strict=True):
        row[3] = outcome.sentence
        batch.done += outcome.is_done
        batch.refused += not outcome.is_done


def wish_of(data: Mapping[str, Any]) -> Wish:
    return Wish(**{**data, "helpers": tuple(data.get("helpers", ()))})


def batch_get_for(actor: Actor, batch_id: int) -> ActBatch:
    """One's own, or NotFound."""
    found = ActBatch.objects.filter(id=batch_id, user_id=actor.user_id or 0).first()
    if found is None:
        raise not_found()
    return found

"""Reading what was learned: the newest model of each family, and what the administrator's page shows."""

from functools import lru_cache
from typing import Final

from django.db.models import Exists

from shanzhi.access.actor import Actor
from shanzhi.cases.models import SuggestionModel, SuggestionSwitch
from shanzhi.cases.suggesting import permissions
from shanzhi.jobs.models import Job
from shanzhi.lib.bayes import Model
from shanzhi.tenancy.context import current

HELD: Final = 16  # models a process keeps: about 5 MB each
LEARNING: Final = "cases.suggestions"


def newest_ids() -> dict[str, int]:
    """Family → id of its newest model; empty where suggestions are switched off. One statement."""
    off = SuggestionSwitch.objects.filter(is_on=False)
    rows = SuggestionModel.objects.filter(~Exists(off)).order_by("trained_at", "id").values_list("family", "id")
    return dict(rows)


def model_of(model_id: int) -> Model:
    """A model by its id, read once a process; ValueError if it is damaged, DoesNotExist if it is gone."""
    return _model_of(current(), model_id)


@lru_cache(maxsize=HELD)
def _model_of(county_id: int, model_id: int) -> Model:
    payload = SuggestionModel.objects.values_list("payload", flat=True).get(id=model_id)
    return Model.from_bytes(bytes(payload))


def switch_get() -> SuggestionSwitch | None:
    """The county's switch; None while nobody has touched it, and so it is on."""
    return next(iter(SuggestionSwitch.objects.all()[:1]), None)


def newest_for(actor: Actor) -> list[SuggestionModel]:
    """The newest model of each family without its weights, for whoever may see how good they are. One statement."""
    actor.require(permissions.SEE)
    rows = SuggestionModel.objects.order_by("trained_at", "id").defer("payload")
    found = {row.family: row for row in rows}
    return [found[family] for family in SuggestionModel.Family.values if family in found]


def learning_of(actor: Actor) -> Job | None:
    """The actor's learning that is under way."""
    open_states = (Job.State.QUEUED, Job.State.RUNNING)
    return next(iter(Job.objects.filter(kind=LEARNING, state__in=open_states, created_by=actor.user_id or 0)[:1]), None)

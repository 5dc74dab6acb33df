"""Writing what was learned, starting to learn, and the switch."""

from datetime import datetime
from typing import Final

from django.db.models import F
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.cases.models import SuggestionModel, SuggestionSwitch
from shanzhi.cases.suggesting import permissions
from shanzhi.cases.suggesting.selectors import LEARNING, learning_of, switch_get
from shanzhi.cases.suggesting.training import Learned
from shanzhi.jobs.models import Job
from shanzhi.jobs.services import enqueue
from shanzhi.lib.errors import Stale
from shanzhi.tenancy.idempotency import claim
from shanzhi.tenancy.ids import new_id
from shanzhi.trail.services import record

KEPT: Final = 5
CHANGED: Final = "推荐的开关刚被别人改过，请刷新后再看。"


def model_save(*, actor: Actor, family: str, learned: Learned, at: datetime) -> SuggestionModel:
    """Keep what was learned: from now on it is the one used. Of each family the five newest stay."""
    post = actor.main_post
    with atomic():
        model = SuggestionModel.objects.create(
            family=family,
            trained_at=at,
            trained_by=f"{actor.name}·{post.title}" if post else actor.name,
            cases=learned.cases,
            payload=learned.model.to_bytes(),
            accuracy=learned.accuracy,
        )
        newest = SuggestionModel.objects.filter(family=family).order_by("-trained_at", "-id")
        kept = list(newest.values_list("id", flat=True)[:KEPT])
        SuggestionModel.objects.filter(family=family).exclude(id__in=kept).delete()
    return model


def learning_start(*, actor: Actor, key: str | None = None, at: datetime | None = None) -> Job:
    """Learn anew in the background; while the actor's last one is under way, that one is returned."""
    actor.require(permissions.MANAGE)
    with atomic():
        running = learning_of(actor)
        if running is not None:
            return running
        job_id = new_id()
        earlier = claim(key=key, actor=actor, operation="cases.suggestions.learn", body={}, result_id=job_id)
        if earlier is not None:
            return Job.objects.get(id=earlier)
        return enqueue(LEARNING, actor=actor, args={}, at=at, job_id=job_id)


def switch_turn(*, actor: Actor, on: bool, version: int, at: datetime | None = None) -> SuggestionSwitch:
    """Turn suggestions on or off for the county. `version` is the one that was seen, 0 for none yet; Stale otherwise.

    Turning it to where it stands changes nothing.
    """
    actor.require(permissions.MANAGE)
    at, post = at or timezone.now(), actor.main_post
    who = f"{actor.name}·{post.title}" if post else actor.name
    with atomic():
        switch = switch_get()
        if switch is None:
            if version:
                raise Stale(CHANGED)
            switch = SuggestionSwitch.objects.create(is_on=on, changed_at=at, changed_by=who)
        elif switch.is_on == on:
            return switch
        else:
            seen = SuggestionSwitch.objects.filter(id=switch.id, version=version)
            if not seen.update(is_on=on, changed_at=at, changed_by=who, version=F("version") + 1):
                raise Stale(CHANGED)
            switch.refresh_from_db()
        code = "cases.suggestions.switched_on" if on else "cases.suggestions.switched_off"
        record(actor=actor, code=code, obj=switch, at=at, post=post)
    return switch

"""Learning: by itself every night, and when the administrator asks for it."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.urls import reverse

from shanzhi.access.actor import Actor
from shanzhi.cases.models import SuggestionModel
from shanzhi.cases.suggesting.selectors import LEARNING, switch_get
from shanzhi.cases.suggesting.services import model_save
from shanzhi.cases.suggesting.training import LEAST, Learned, learn
from shanzhi.cases.suggesting.words import share_words
from shanzhi.jobs.registry import JobRun, every, job
from shanzhi.lib.times import local
from shanzhi.tenancy.context import county, current

NIGHT: Final = range(1, 5)  # hours in China
A_NIGHT: Final = timedelta(hours=12)
Family = SuggestionModel.Family


@every(60, title="夜里重新学习类别和单位的推荐")
def learn_at_night(at: datetime) -> int:
    """Once a night, unless suggestions are switched off; returns how many families were learned.

    Run twice it learns once; run in two processes at once it may learn twice, of which the newer one is used.
    """
    if local(at).hour not in NIGHT:
        return 0
    with county(current()):
        switch = switch_get()
        recent = set(SuggestionModel.objects.filter(trained_at__gt=at - A_NIGHT).values_list("family", flat=True))
    if switch is not None and not switch.is_on:
        return 0
    saved = 0
    for family in Family.values:
        learned = learn(family, at=at) if family not in recent else None
        if learned is not None:
            model_save(actor=Actor.system(current()), family=family, learned=learned, at=at)
            saved += 1
    return saved


@job(LEARNING, title="重新学习推荐")
def learn_now(task: JobRun) -> dict[str, Any]:
    """Learn both families now. Cancelled between two portions of a thousand cases, it leaves the old models."""
    notes, whole = [], 100 * len(Family)
    for number, family in enumerate(Family):

        def progress(done: int, total: int, begin: int = 100 * number) -> None:
            task.progress(begin + (100 * done // total if total else 100), whole)

        learned = learn(family, at=task.at, progress=progress)
        if learned is not None:
            model_save(actor=task.actor, family=family, learned=learned, at=task.at)
        notes.append(_note(family, learned))
    task.progress(whole, whole)
    path = reverse("cases:suggestions", args=[task.county_id])
    return {"message": "已重新学习。", "notes": notes, "path": path, "path_label": "看推荐准不准"}


def _note(family: SuggestionModel.Family, learned: Learned | None) -> str:
    if learned is None:
        return f"{family.label}：办过的事还不到 {LEAST} 件，先不推荐。"
    tested, right = learned.accuracy["tested"], learned.accuracy["right_first"]
    share = share_words(right, tested)
    good = f"拿最新 {tested:,} 件试，首选对了 {right:,} 件（{share}）" if share else "没有留出来试的"
    return f"{family.label}：学了 {learned.cases:,} 件，{good}。"

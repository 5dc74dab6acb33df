"""Rewriting the paths that other tables keep, after a subtree was hung elsewhere.

The tree itself changes at once, in the act. The many rows that carry `area_path` follow in a job, in short
transactions; until then they keep the old path, which no other place ever gets, so that nobody sees what is not theirs.
Running the job again does nothing; a row that a slow transaction wrote with an old path is caught by the sweep.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.db.transaction import atomic

from shanzhi.access.actor import Actor
from shanzhi.areas import paths
from shanzhi.areas.models import Area, PathMove
from shanzhi.areas.registry import PathHolder, path_holders
from shanzhi.jobs.services import enqueue

REWRITE = "areas.rewrite_paths"
BATCH = 1000
SWEPT_FOR = timedelta(days=2)
Progress = Callable[[int, int], None]


def moves_note(area: Area, *, old: str, new: str, act_id: int, at: datetime, exact: bool = False) -> PathMove:
    """Note that the subtree `old` (or, if exact, that one place) is `new` from now on."""
    return PathMove.objects.create(area=area, old=old, new=new, exact=exact, act_id=act_id, created_at=at)


def moves_enqueue(actor: Actor, act_id: int) -> None:
    """Begin the rewriting once the act is committed; the queue's row is part of the act's transaction."""
    enqueue(REWRITE, actor=actor, args={"act_id": str(act_id)})


def paths_rewrite(act_id: int, *, at: datetime, progress: Progress) -> int:
    """Rewrite everything that one act moved, in batches of 1,000 rows; returns how many rows were rewritten.

    Killed at any point it goes on where it was: what has been rewritten no longer matches an old path.
    """
    with atomic():
        moves = list(PathMove.objects.filter(act_id=act_id).order_by("id"))
        total = sum(_rows(holder, move).count() for move in moves for holder in path_holders())
    done = 0
    for move in moves:
        for holder in path_holders():
            while count := _rewrite_batch(holder, move):
                done += count
                progress(min(done, total), total)
        with atomic():
            PathMove.objects.filter(id=move.id).update(swept_at=at)
    return done


def paths_sweep(*, at: datetime) -> int:
    """Rewrite rows with an old path that appeared after their job, or whose job never ran; returns how many."""
    with atomic():
        moves = list(PathMove.objects.filter(created_at__gte=at - SWEPT_FOR).order_by("id"))
    done = 0
    for move in moves:
        for holder in path_holders():
            while count := _rewrite_batch(holder, move):
                done += count
    return done


def _rows(holder: PathHolder, move: PathMove) -> Any:
    objects: Any = holder.model_class._default_manager
    if move.exact:
        return objects.filter(**{holder.field: move.old})
    low, high = paths.subtree(move.old)
    return objects.filter(**{f"{holder.field}__gte": low, f"{holder.field}__lt": high})


def _rewrite_batch(holder: PathHolder, move: PathMove) -> int:
    with atomic():
        rows = _rows(holder, move)
        ids = list(rows.values_list("id", flat=True)[:BATCH])
        if not ids:
            return 0
        rest = Substr(F(holder.field), len(move.old) + 1)
        count: int = rows.filter(id__in=ids).update(**{holder.field: Concat(Value(move.new), rest)})
        PathMove.objects.filter(id=move.id).update(rewritten=F("rewritten") + count)
        return count

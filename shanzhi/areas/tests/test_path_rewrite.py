"""Paths that other tables keep follow a merge: in batches, killed and begun again, and late rows too."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import checks
from django.utils import timezone

from shanzhi.accounts.models import Post
from shanzhi.areas import registry, services
from shanzhi.areas.jobs import rewrite_paths, sweep_paths
from shanzhi.areas.models import PathMove
from shanzhi.areas.registry import PathHolder, path_holder, path_holders
from shanzhi.areas.services import moving
from shanzhi.areas.tests.factories import GUANGLING, XIAOGUAN, YANGCUN, ZHANGPU, A, Tree, act
from shanzhi.jobs.models import Job
from shanzhi.jobs.registry import JobRun, JobStopped
from shanzhi.jobs.services import job_cancel
from shanzhi.jobs.testing import drain

path_holder("accounts.Post", "area_path")


@pytest.fixture
def merged(tree: Tree) -> list[int]:
    """Seven clerks of 广陵村, whose township has just been merged; their users in order."""
    people = [tree.person("village_clerk", GUANGLING, f"文书{number}") for number in range(7)]
    into = tree.area(YANGCUN)
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=into, version=1, **act())
    return [user.pk for user in people]


def quiet(done: int, total: int) -> None:
    """Progress that nobody watches."""


def stale() -> int:
    return Post.objects.filter(area_path__startswith="00010002").count()


def act_id() -> int:
    return int(Job.objects.get(kind=moving.REWRITE).args["act_id"])


def test_every_row_follows(merged: list[int], tree: Tree) -> None:
    assert stale() == 7
    assert services.paths_rewrite(act_id(), at=timezone.now(), progress=quiet) == 7
    assert stale() == 0
    assert set(Post.objects.values_list("area_path", flat=True)) == {tree.area(GUANGLING).path}


def test_twice_is_as_good_as_once(merged: list[int]) -> None:
    services.paths_rewrite(act_id(), at=timezone.now(), progress=quiet)
    before = list(Post.objects.order_by("id").values_list())
    assert services.paths_rewrite(act_id(), at=timezone.now(), progress=quiet) == 0
    assert list(Post.objects.order_by("id").values_list()) == before


def test_what_was_moved_is_written_down(merged: list[int]) -> None:
    now = timezone.now()
    services.paths_rewrite(act_id(), at=now, progress=quiet)
    moves = list(PathMove.objects.order_by("id").values_list("old", "new", "exact", "rewritten", "swept_at"))
    assert moves == [
        ("000100020001", "000100010003", False, 7, now),
        ("00010002", "00010001", True, 0, now),
    ]


def test_progress_counts_rows(merged: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(moving, "BATCH", 3)
    seen: list[tuple[int, int]] = []
    services.paths_rewrite(act_id(), at=timezone.now(), progress=lambda done, total: seen.append((done, total)))
    assert seen == [(3, 7), (6, 7), (7, 7)]


@pytest.mark.parametrize("batches", [1, 2])
def test_killed_between_batches_it_goes_on_where_it_was(
    merged: list[int], monkeypatch: pytest.MonkeyPatch, batches: int
) -> None:
    monkeypatch.setattr(moving, "BATCH", 3)
    left = [batches]

    def progress(done: int, total: int) -> None:
        left[0] -= 1
        if left[0] <= 0:
            raise JobStopped

    with pytest.raises(JobStopped):
        services.paths_rewrite(act_id(), at=timezone.now(), progress=progress)
    assert stale() == 7 - 3 * batches
    assert services.paths_rewrite(act_id(), at=timezone.now(), progress=quiet) == 7 - 3 * batches
    assert stale() == 0


def test_a_row_written_late_with_an_old_path_is_found_by_the_sweep(merged: list[int]) -> None:
    drain()
    late = Post.objects.order_by("id")[0]
    Post.objects.filter(id=late.id).update(area_path="000100020001")
    assert sweep_paths(timezone.now()) == 1
    assert stale() == 0


def test_a_row_of_the_abolished_place_itself_goes_to_the_successor(tree: Tree) -> None:
    tree.person("township_officer", ZHANGPU)
    into = tree.area(YANGCUN)
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=into, version=1, **act())
    drain()
    assert Post.objects.get().area_path == into.path


def test_the_sweep_forgets_old_moves(merged: list[int]) -> None:
    assert sweep_paths(timezone.now() + moving.SWEPT_FOR + timedelta(minutes=1)) == 0
    assert stale() == 7


def test_the_sweep_also_does_what_a_cancelled_job_left(merged: list[int], tree: Tree) -> None:
    job = Job.objects.get()
    Job.objects.filter(id=job.id).update(created_by=5)
    job_cancel(actor=tree.actor_with(5), job=job)
    drain()
    assert stale() == 7
    assert sweep_paths(timezone.now()) == 7
    assert stale() == 0


def test_paths_of_another_place_stay(merged: list[int], tree: Tree) -> None:
    other = tree.person("village_clerk", XIAOGUAN)
    drain()
    assert Post.objects.get(user_id=other.pk).area_path == tree.area(XIAOGUAN).path


def test_the_job_says_how_many(merged: list[int]) -> None:
    job = Job.objects.get()
    run = JobRun(job.id, A, job.kind, job.args, 0, 1, timezone.now())
    answer = rewrite_paths(run)
    assert answer["message"] == "已更新 7 条记录的所属区划。"
    assert answer["path"] == f"/{A}/areas/"


def test_a_move_of_nothing_is_a_job_of_nothing(tree: Tree) -> None:
    services.area_merge(actor=tree.system, area=tree.area(ZHANGPU), into=tree.area(YANGCUN), version=1, **act())
    drain()
    job = Job.objects.get()
    assert (job.state, job.total) == ("done", 0)


def test_a_holder_is_registered_once_and_named() -> None:
    before = path_holders()
    holder = path_holder("accounts.Post", "area_path")
    assert path_holders() == before
    assert holder.label == str(Post._meta.verbose_name)


def test_a_column_under_the_trail_is_refused_at_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_holders", {("areas.Area", "path"): PathHolder("areas.Area", "path")})
    found = registry.check_holders(None)
    assert [(error.id, error.level) for error in found] == [("areas.E1", checks.ERROR)]


def test_the_holders_of_this_project_are_sound() -> None:
    assert registry.check_holders(None) == []
    for holder in path_holders():
        field: Any = holder.model_class._meta.get_field(holder.field)
        assert type(field).__name__ == "PathField"

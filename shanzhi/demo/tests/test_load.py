"""The small demo in the database: through the services, whole or not at all, and never among real data."""

from collections import Counter
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_q.models import OrmQ

from shanzhi.accounts.models import Post, StandIn, User
from shanzhi.areas.households.selectors import households_of
from shanzhi.areas.models import Area, Unit
from shanzhi.cases.catalogue import State
from shanzhi.cases.models import Assignment, Case, Step
from shanzhi.demo import loading
from shanzhi.demo.acting import ELSEWHERE
from shanzhi.demo.staffing import INVENTED, SOON, VACANT
from shanzhi.demo.tests.loaded import HOUMIAO, YANGCUN, A, B, Loaded
from shanzhi.files.models import StoredFile
from shanzhi.lib.times import local
from shanzhi.notices.models import Delivery, Notice
from shanzhi.notices.services import notices_plan
from shanzhi.notices.subscriptions import OBJECT
from shanzhi.staffing.catalogue import LEADER, ROLES
from shanzhi.staffing.models import Assignment as Serving
from shanzhi.staffing.selectors import as_of, board_of, gaps_of, standing_of
from shanzhi.tenancy import outbox
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry, Seal, SealItem

pytestmark = pytest.mark.django_db


def run(*args: str, **options: Any) -> str:
    out = StringIO()
    call_command("demo", *args, stdout=out, **options)
    return out.getvalue()


def in_township(code: str) -> Any:
    area = Area.objects.get(code=code)
    return Case.objects.filter(area_path__gte=area.path, area_path__lt=area.path + "~")


def test_counties_with_their_real_places(small: Loaded) -> None:
    assert [row.name for row in County.objects.all()] == ["天长市", "台前县"]
    with county(A):
        levels = Counter(Area.objects.values_list("level", flat=True))
        assert (levels["township"], levels["village"], levels["grid"]) == (16, 175, 4)
    with county(B):
        houmiao = Area.objects.get(code=HOUMIAO)
        assert houmiao.name == "侯庙镇"
        assert houmiao.children.count() == 53


def test_each_grid_has_its_households(small: Loaded) -> None:
    for number in (A, B):
        with county(number):
            grids = list(Area.objects.filter(level="grid"))
            found = households_of(grids)
            assert {path: one.source for path, one in found.items()} == {grid.path: "演示数据" for grid in grids}


def test_cases_as_planned(small: Loaded) -> None:
    with county(A):
        cases = in_township(YANGCUN)
        assert cases.count() == 16
        assert cases.filter(state=State.CLOSED).count() == 12
        assert cases.filter(ended_at=None).count() == 4
        assert not cases.filter(state=State.REJECTED).exists()
        planned = sorted((story.title, story.body, story.deeds[0].at) for story in small.first.stories)
        assert sorted(cases.values_list("title", "body", "received_at")) == planned


def test_steps_as_planned(small: Loaded) -> None:
    with county(A):
        for story in small.first.stories:
            case = Case.objects.get(received_at=story.deeds[0].at)
            # A kind's stages are gone through on the way, and its rules dispatch; the plan does not know of them.
            steps = list(
                Step.objects.filter(case=case).exclude(act="stage").exclude(text=ELSEWHERE).order_by("version")
            )
            if story.solved:
                steps = steps[1:]  # reporting and handling on the spot are two steps of one deed
            by_rule = {step.version for step in steps if step.act == "accept" and step.to_state == State.DISPATCHED}
            deeds = [deed for deed in story.deeds if not (by_rule and deed.act in {"accept", "dispatch"})]
            steps = [step for step in steps if not (by_rule and step.act in {"accept", "dispatch"})]
            assert [step.at for step in steps] == [deed.at for deed in deeds]
            acts = ["return" if deed.satisfied is False else deed.act for deed in deeds]
            assert [step.act for step in steps][1:] == acts[1:]
            assert case.version == Step.objects.filter(case=case).count()


def test_numbers_run_with_time(small: Loaded) -> None:
    with county(A):
        numbers = list(Case.objects.order_by("received_at", "id").values_list("number", flat=True))
    assert numbers == sorted(numbers)


def test_open_cases_wait_for_somebody(small: Loaded) -> None:
    with county(A):
        for case in Case.objects.filter(ended_at=None):
            assert case.turn_area_id or case.turn_unit_id
            assert case.due_at is not None
        assert Case.objects.filter(ended_at=None, due_at__lt=small.first.end).exists()
        assert Assignment.objects.filter(ended_at=None).count() == 2


def test_people_and_posts(small: Loaded) -> None:
    with county(A):
        assert Post.objects.count() == len(small.first.seats)
        assert set(Post.objects.values_list("role", flat=True)) == {seat.role for seat in small.first.seats}
        keeper = User.objects.get(username="tianchang.security_admin")
        worker = Post.objects.get(user__username="tianchang.grid_worker")
        assert worker.granted_by == keeper.pk
        assert Post.objects.get(user=keeper).granted_by == 0
        unit = Unit.objects.get(name="水务站")
        assert Post.objects.filter(unit=unit, role="department_handler").count() == 1


def test_only_the_cast_can_sign_in(small: Loaded) -> None:
    users = User.objects.filter(home_county=A)
    able = {user.username for user in users if user.has_usable_password()}
    assert able == {seat.login for seat in small.first.cast}
    assert not any(user.must_change_password for user in users)


def test_a_photo_hangs_on_the_report(small: Loaded) -> None:
    with county(A):
        photos = list(StoredFile.objects.all())
        assert photos
        for photo in photos:
            step = Step.objects.get(id=photo.owner_id)
            assert (photo.owner_type, step.act) == ("cases.step", "report")
            assert photo.created_at == step.at
            assert photo.open("thumb").read(2) == b"\xff\xd8"


def test_everything_is_sealed(small: Loaded) -> None:
    for number in (A, B):
        with county(number):
            assert Seal.objects.count() == 1
            assert SealItem.objects.count() == Entry.objects.count() > 0


def test_trail_is_whole(small: Loaded) -> None:
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert out.getvalue().count("全部相符") == 2


def test_nothing_is_left_in_the_queue(small: Loaded) -> None:
    assert not [row for row in OrmQ.objects.all() if row.task["func"] == loading.DELIVER]
    for number in (A, B):
        with county(number):
            assert not OutboxEvent.objects.filter(delivered_at=None).exists()
            assert outbox.sweep(at=timezone.now() + timedelta(days=1)) == 0


def test_notices_for_open_cases_only(small: Loaded) -> None:
    with county(A):
        open_ids = set(Case.objects.filter(ended_at=None).values_list("id", flat=True))
        others = Notice.objects.exclude(object_type__in=(OBJECT, "duties.line", "clues.officer"))
        told = set(others.values_list("object_id", flat=True))
        assert told
        assert told <= open_ids
        assert all(notice.created_at <= small.first.end for notice in Notice.objects.all())


def test_no_notice_leaves_the_platform(small: Loaded) -> None:
    """Nothing waits to be sent, and a look at the notices finds nothing new, even of people with an address."""
    for number in (A, B):
        with county(number):
            assert Notice.objects.exists()
            assert notices_plan(at=small.first.end + timedelta(minutes=5)) == 0
            assert not Delivery.objects.exists()


def test_somebody_stands_in_today(small: Loaded) -> None:
    for plan in small.plans:
        with county(plan.number):
            standin = StandIn.objects.get()
            assert standin.state_on(local(plan.end).date()) == "running"
            assert standin.substitute.username == f"{plan.pack.login}.command_centre.2"
            assert standin.post.area.code == plan.townships[0].code
            assert Notice.objects.filter(recipient_id=standin.substitute_id, title__contains="代").exists()


def test_isolation(small: Loaded) -> None:
    with county(A):
        ours = set(Case.objects.values_list("id", flat=True))
    with county(B):
        theirs = set(Case.objects.values_list("id", flat=True))
        assert Case.objects.count() == 3
        assert set(Case.objects.values_list("state", flat=True)) == {State.CLOSED, State.VERIFIED}
    assert not ours & theirs


def test_second_run_changes_nothing(small: Loaded) -> None:
    def state() -> list[int]:
        counts = [User.objects.count(), County.objects.count(), OrmQ.objects.count()]
        for number in (A, B):
            with county(number):
                counts += [model.objects.count() for model in (Case, Step, Entry, Seal, Area, Post, Notice)]
        return counts

    before = state()
    assert "早已装好" in run("small")
    assert state() == before


def test_progress_is_told(small: Loaded) -> None:
    text = "\n".join(small.lines)
    assert "官方区划 1,318 行" in text
    assert "天长市（341181）：区划 192 个" in text
    assert "台前县（410927）：区划 387 个" in text
    assert text.count("留痕已封存") == 2


def test_keys_are_not_used_up(small: Loaded) -> None:
    with county(A):
        assert not IdempotencyKey.objects.exists()


def test_two_instructors_in_a_grid_and_the_others_by_level(small: Loaded) -> None:
    with county(A):
        held = Counter(Serving.objects.values_list("role", flat=True))
        grids = Area.objects.filter(level="grid").count()
        assert held["instructor"] == 2 * grids
        assert held["chief"] == 15  # of sixteen townships
        assert held["police"] == held["security"] == 3
        assert held["lawyer"] == 1
        for role, level in Serving.objects.values_list("role", "area__level"):
            assert level in ROLES[role].levels
            assert ROLES[role].own


def test_the_page_of_the_staff_has_something_to_show(small: Loaded) -> None:
    with county(A):
        at = timezone.now()
        top = Area.objects.get(level="county")
        figures = board_of(top, as_of(at)).figures
        assert figures.headless == 0  # every grid of the sources has its leader
        assert figures.soon[0] >= 1
        gaps = gaps_of(standing_of(top, as_of(at)))
        assert {gap.role for gap in gaps} == {"chief"}
        assert LEADER not in {gap.role for gap in gaps}
        chief = Serving.objects.get(role="chief", area__code=YANGCUN)
        assert chief.valid_to == local(small.first.end).date() + timedelta(days=26)


def test_no_number_of_the_staff_is_real_and_all_of_it_is_in_the_trail(small: Loaded) -> None:
    with county(A):
        rows = list(Serving.objects.all())
        assert all(row.phone.startswith(INVENTED[:7]) and len(row.phone) == 11 for row in rows)
        assert Entry.objects.filter(code="staffing.assignment.appointed").count() == 1
    assert any("不用登录的网格人员" in line for line in small.lines)


def test_gaps_in_the_staff_are_rare() -> None:
    assert 55 // VACANT == 2
    assert 55 // SOON == 2

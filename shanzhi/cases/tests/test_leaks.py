"""Nobody learns from a side door what the front door keeps: notices, panels, boards, relations, copies of words."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from shanzhi.accounts.models import Post
from shanzhi.cases.acts import Act
from shanzhi.cases.models import Case, Step
from shanzhi.cases.services import case_act
from shanzhi.cases.suggesting.duplicates import Matter, duplicates
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.cases.tests.test_whistles import whistle
from shanzhi.cases.watching import watch
from shanzhi.files.models import StoredFile
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import picture, upload
from shanzhi.jobs.testing import drain
from shanzhi.lib.clocks import Span, Unit
from shanzhi.notices.models import Notice
from tests.cast import Cast, Person, report
from tests.kinds import kind_add

SOME: dict[str, Any] = {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]}


def told(cast: Cast, *roles: str) -> list[str]:
    """Everything that these people were ever told."""
    people = [cast[role].user.id for role in roles]
    return [f"{row.title} {row.body}" for row in Notice.objects.filter(recipient_id__in=people)]


@pytest.fixture
def closed(cast: Cast) -> Case:
    kind_add("closed", SOME)
    return report(cast, kind="closed", body="独居老人需要照护")


OTHERS = ("branch_secretary", "command_centre", "county_leader", "grid_leader", "county_centre")


def test_only_roles_that_see_the_kind_are_told_of_its_steps(cast: Cast, closed: Case) -> None:
    drain()
    act(cast, "village_clerk", "escalate", closed, text="要镇里协调独居老人的事")
    drain()
    assert told(cast, "township_officer")
    assert told(cast, "village_clerk")
    assert told(cast, *OTHERS) == []


def test_only_they_are_warned_of_its_limits(cast: Cast, closed: Case) -> None:
    watch(timezone.now() + timedelta(days=30))
    assert told(cast, "village_clerk", "township_officer")
    assert told(cast, *OTHERS) == []


def test_the_reporter_is_told_whatever_the_role(cast: Cast, closed: Case) -> None:
    act(cast, "village_clerk", "reject", closed, text="重复反映")
    drain()
    assert any("不予受理" in words for words in told(cast, "grid_worker"))


WORDS = "只说给同事听的话"


def talked_about(cast: Cast) -> Case:
    """A resident's report, with everything that is said among staff said once."""
    case = report(cast, by="resident", source="resident")
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"])
    act(cast, "grid_worker", "start", case)
    act(cast, "grid_worker", "ask", case, amount=case_span(case), text=f"{WORDS}一")
    act(cast, "village_clerk", "refuse", case, text=f"{WORDS}二")
    act(cast, "township_officer", "supervise", case, text=f"{WORDS}三")
    act(cast, "grid_worker", "answer", case, text=f"{WORDS}四")
    whistle(cast, Case.objects.get(id=case.id), text=f"{WORDS}五")
    handler = cast.actor("department_handler")
    photo = photo_store(actor=handler, upload=upload(picture()))
    case_act(actor=handler, case=case, act=Act.ARRIVE, text=f"{WORDS}六", photo_ids=[photo.id])
    case_act(actor=handler, case=case, act=Act.FINISH, text=f"{WORDS}七")
    case_act(actor=cast.actor("village_clerk"), case=case, act=Act.NOTE, text=f"{WORDS}八")
    act(cast, "grid_worker", "release", case, text=f"{WORDS}九")
    return Case.objects.get(id=case.id)


def case_span(case: Case) -> Any:
    return Span(Unit(Case.objects.get(id=case.id).clock_unit), 86_400)


def read_by(person: Person, case: Case) -> str:
    client = person.client()
    pages = [client.get(address(case)), client.get(address(case) + "?pane=1")]
    api = client.get(f"/api/v1/{case.county_id}/cases/{case.number}").json()
    return "".join(text_of(one) for one in pages) + json.dumps(api, ensure_ascii=False)


def test_the_reporter_reads_nothing_of_what_staff_say_to_one_another(cast: Cast) -> None:
    case = talked_about(cast)
    drain()
    for number in "一二三四五六七八九":
        assert f"{WORDS}{number}" in read_by(cast["village_clerk"], case), number
    read = read_by(cast["resident"], case)
    assert WORDS not in read
    assert "吹哨" not in read
    assert cast["department_handler"].user.name not in read
    assert not any(WORDS in words for words in told(cast, "resident"))


def test_nor_sees_photos_that_a_called_unit_took(cast: Cast) -> None:
    case = talked_about(cast)
    step = Step.objects.get(case=case, act=Act.ARRIVE)
    photo = StoredFile.objects.get(owner_id=step.id)
    for url in (photo.url, photo.thumb_url, f"/api/v1/{case.county_id}/files/{photo.id}"):
        assert cast["village_clerk"].client().get(url).status_code == 200
        assert cast["resident"].client().get(url).status_code == 404, url


def test_a_post_elsewhere_makes_no_insider_of_a_reporter(cast: Cast) -> None:
    case = talked_about(cast)
    post = Post(user=cast["resident"].user, role="department_handler", unit=cast.units["t2"],
                area_path=cast.areas["t2"].path, valid_from=date(2020, 1, 1), granted_at=timezone.now())  # fmt: skip
    post.save()
    assert WORDS not in read_by(cast["resident"], case)


def test_a_reporter_who_works_where_it_was_given_is_one(cast: Cast) -> None:
    case = talked_about(cast)
    Post(user=cast["resident"].user, role="department_handler", unit=cast.units["t1"],
         area_path=cast.areas["t1"].path, valid_from=date(2020, 1, 1), granted_at=timezone.now()).save()  # fmt: skip
    assert f"{WORDS}八" in read_by(cast["resident"], case)


def test_what_another_person_reported_is_a_number_after_a_merge(cast: Cast) -> None:
    main = report(cast, body="邻居周某家又在打孩子，听得清清楚楚。")
    mine = report(cast, by="resident", source="resident", body="隔壁很吵，小孩在哭。")
    act(cast, "village_clerk", "merge", mine, into=main, text="同一家")
    page = text_of(cast["resident"].client().get(address(mine)))
    assert main.number in page
    assert "周某" not in page
    assert "周某" in text_of(cast["village_clerk"].client().get(address(mine)))


@pytest.mark.parametrize("name", ["supervise", "answer", "whistle", "finish"])
def test_covered_words_are_covered_in_panels_on_the_board_and_in_its_file(cast: Cast, name: str) -> None:
    case = talked_about(cast)
    step = Step.objects.filter(case=case, act=name).get()
    clerk = cast.actor("village_clerk")
    case_act(actor=clerk, case=case, act=Act.MODERATE, what=f"step:{step.version}", text="涉及他人")
    board = reverse("cases:whistles", args=[case.county_id])
    export = reverse("cases:whistles-export", args=[case.county_id])
    officer = cast["township_officer"]
    files = officer.client().get(export).content.decode()
    assert step.text not in read_by(officer, case) + text_of(officer.client().get(board)) + files


def test_covered_words_of_extensions_too(cast: Cast) -> None:
    case = talked_about(cast)
    for name in ("ask", "refuse"):
        step = Step.objects.get(case=case, act=name)
        what = f"step:{step.version}"
        case_act(actor=cast.actor("village_clerk"), case=case, act=Act.MODERATE, what=what, text="有姓名")
        assert step.text not in read_by(cast["township_officer"], case)


def test_a_role_elsewhere_shows_nothing_here(cast: Cast, closed: Case) -> None:
    secretary = cast["branch_secretary"]
    Post(user=secretary.user, role="village_clerk", area=cast.areas["v3"], area_path=cast.areas["v3"].path,
         valid_from=date(2020, 1, 1), granted_at=timezone.now()).save()  # fmt: skip
    here, there = closed, report(cast, by="other_worker", place="g3", kind="closed", body="另一位独居老人")
    client, base = secretary.client(), reverse("cases:list", args=[closed.county_id])
    assert (client.get(address(here)).status_code, client.get(address(there)).status_code) == (404, 200)
    for query in ("?tab=open", f"?tab=open&q={here.number}", "?tab=open&q=独居"):
        assert "独居老人需要照护" not in text_of(client.get(base + query))
    assert "另一位独居老人" in text_of(client.get(base + "?tab=open"))
    matter = Matter("独居老人需要照护", cast.areas["g1"], "closed")
    assert duplicates(secretary.actor, matter, at=timezone.now()) == []
    assert [one.case.id for one in duplicates(cast.actor("village_clerk"), matter, at=timezone.now())] == [here.id]
    drain()
    watch(timezone.now() + timedelta(days=30))
    assert not any("独居老人需要照护" in words for words in told(cast, "branch_secretary"))


def test_roles_of_one_level_that_reach_it_show_it(cast: Cast, closed: Case) -> None:
    secretary = cast["branch_secretary"]
    Post(user=secretary.user, role="village_clerk", area=cast.areas["v1"], area_path=cast.areas["v1"].path,
         valid_from=date(2020, 1, 1), granted_at=timezone.now()).save()  # fmt: skip
    client = secretary.client()
    assert client.get(address(closed)).status_code == 200
    assert "独居老人需要照护" in text_of(client.get(reverse("cases:list", args=[closed.county_id]) + "?tab=open"))

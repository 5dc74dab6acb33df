"""What a phone may keep: asked for by a header, masked, without what is shown once; everything else is not kept."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shanzhi.cases import services
from shanzhi.cases.models import Case
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.tests.pages import act, address, dispatched, fields, text_of
from tests.cast import Cast, report
from tests.kinds import kind_add

COPY = {"HTTP_X_PHONE_COPY": "1"}
HOME, NEW = "/341181/home/", "/341181/cases/new/"
KEPT = (HOME, NEW, "/341181/notices/", "/341181/waiting/")


def copy(client: Client, path: str) -> Any:
    return client.get(path, **COPY)


@pytest.mark.parametrize("path", KEPT)
def test_the_pages_of_a_phone_may_be_kept(cast: Cast, path: str) -> None:
    client = cast["grid_worker"].client()
    answer = copy(client, path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-cache"
    assert "X-Phone-Copy" in answer["Vary"]
    assert "data-copy=" in answer.content.decode()
    plain = client.get(path)
    assert plain["Cache-Control"] == "no-store"
    assert "data-copy" not in plain.content.decode()


@pytest.mark.parametrize("path", KEPT)
def test_nothing_of_a_desk_is_kept(cast: Cast, path: str) -> None:
    answer = copy(cast["village_clerk"].client(), path)
    assert "private" not in answer.get("Cache-Control", "no-store")
    assert "data-copy" not in answer.content.decode()


def test_a_case_and_its_acts_may_be_kept(cast: Cast) -> None:
    case, client = dispatched(cast), cast["grid_worker"].client()
    for path in (address(case), address(case, "handle-create"), address(case, "note-create")):
        assert copy(client, path)["Cache-Control"] == "private, no-cache", path


def test_a_message_is_not_used_up_by_a_copy(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    done = client.post(NEW, fields(cast))
    assert "已上报给" not in copy(client, done["Location"]).content.decode()
    page = client.get(done["Location"]).content.decode()
    assert "已上报给" in page
    assert 'data-draft-done="report"' in page


def test_who_called_is_masked_in_a_copy(cast: Cast) -> None:
    said = services.Report(body="路口井盖断裂", kind="facilities", source="phone")
    who = ContactIn("钱小凤", "13955501234", True)
    clerk = cast.actor("village_clerk")
    case = services.case_report(actor=clerk, report=said, area=cast.areas["g1"], contact=who)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "dispatch", case, area=cast.areas["g1"], limit=None)
    client = cast["grid_worker"].client()
    assert "钱小凤" in text_of(client.get(address(case)))
    kept = copy(client, address(case)).content.decode()
    assert "钱*凤" in kept
    assert "钱小凤" not in kept
    assert "139****1234" not in kept
    assert "查看电话" not in kept


def test_people_and_closed_questions_are_left_out_of_a_copy(cast: Cast) -> None:
    questions = [
        {"code": "owner", "label": "户主", "type": "person"},
        {"code": "inner", "label": "内部情况", "type": "text", "seen_by": ["grid_worker"]},
        {"code": "where", "label": "在哪一侧", "type": "text"},
    ]
    kind_add("asks", {"label": "有问题的", "fields": questions})
    answers = {"owner": {"name": "孙大海", "phone": "13955509876"}, "inner": "不能外传", "where": "东侧"}
    case = report(cast, kind="asks", answers=answers)
    client = cast["grid_worker"].client()
    page, kept = client.get(address(case)).content.decode(), copy(client, address(case)).content.decode()
    assert "不能外传" in page
    assert "东侧" in kept
    for secret in ("不能外传", "内部情况", "户主", "孙*海", "孙大海"):
        assert secret not in kept


def test_a_closed_kind_is_not_kept_at_all(cast: Cast) -> None:
    kind_add("closed", {"label": "只给网格的", "seen_by": ["grid_worker", "village_clerk"]})
    case = report(cast, kind="closed")
    client = cast["grid_worker"].client()
    assert copy(client, address(case))["Cache-Control"] == "no-store"
    assert copy(client, address(case, "note-create"))["Cache-Control"] == "no-store"


def test_what_is_refused_is_not_kept(cast: Cast) -> None:
    case = dispatched(cast)
    client = cast["other_worker"].client()
    answer = copy(client, address(case))
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "no-store"


def test_the_usual_kinds_lie_in_the_kept_form_with_their_questions(cast: Cast) -> None:
    lamps = {"label": "路灯", "order": 0, "fields": [{"code": "which", "label": "哪一盏", "type": "text"}]}
    kind_add("lamps", lamps)
    client = cast["grid_worker"].client()
    assert '<template data-kind="lamps">' not in client.get(NEW).content.decode()
    kept = copy(client, NEW).content.decode()
    inner = kept.split('<template data-kind="lamps">')[1].split("</template>")[0]
    assert 'name="a_which"' in inner
    assert 'name="asked" value="lamps"' in inner


def test_a_card_says_where_it_is_to_the_browser_alone(cast: Cast) -> None:
    case = dispatched(cast)
    Case.objects.filter(id=case.id).update(lon=1189512345, lat=327098765)
    page = cast["grid_worker"].client().get(HOME).content.decode()
    assert 'data-near="118.9512345 32.7098765"' in page
    Case.objects.filter(id=case.id).update(lon=None, lat=None)
    assert "data-near" not in cast["grid_worker"].client().get(HOME).content.decode()


def test_the_reveal_page_is_never_kept(cast: Cast) -> None:
    case = dispatched(cast)
    path = reverse("cases:reveals", args=[case.county_id, case.number])
    assert copy(cast["grid_worker"].client(), path).get("Cache-Control") == "no-store"

"""What a resident may ask, at its edges: each kind leads to its page, once decided is decided, the answer is on paper;
what was kept too long goes in batches; keys are turned; a group that is written wrong is refused with its sentence."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import NotFound
from shanzhi.packs.loading import load_files
from shanzhi.people.groups import FAMILY
from shanzhi.people.models import Dwelling, Membership, Request, Resident, Stay
from shanzhi.people.numbers import paper_index
from shanzhi.people.selectors.care import group_counts, member_page, memberships_of
from shanzhi.people.services import (
    membership_end,
    memberships_sweep,
    request_decide,
    request_take,
    resident_erase,
    retaining,
)
from shanzhi.people.tests.test_pages import sent, url, words
from shanzhi.people.tests.world import (
    ago,
    dwelling,
    groups,
    happen,
    member,
    resident,
    today,
)
from shanzhi.tenancy.context import county
from shanzhi.tenancy.keyring import forget_keys
from shanzhi.trail.models import Entry
from tests.cast import Cast

WAYS = {"copy": "copy", "looks": "looks-print", "correct": "facts", "erase": "erase", "explain": "resident"}


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


# --- requests -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WAYS)
def test_each_kind_leads_to_the_page_on_which_it_is_done(cast: Cast, clerk: Client, kind: str) -> None:
    row = resident(cast)
    made = clerk.post(url("request-new", row.id), sent(kind=kind, text="请按规定办"))
    asked = Request.objects.get()
    assert (asked.kind, asked.state, made["Location"]) == (kind, "open", url("request", asked.id))
    way = url(WAYS[kind], row.id)
    assert f'href="{way}' in clerk.get(made["Location"]).content.decode()
    assert clerk.get(way).status_code == 200
    clerk.post(url("request", asked.id), sent(version="1", done="1", answer="已办。"))
    after = clerk.get(made["Location"]).content.decode()
    assert 'class="btn btn-outline" href="' + way not in after, "what is decided leads nowhere"
    assert "<form" not in after.partition("<main")[2].partition("</main")[0]


def test_decided_twice_is_decided_once_and_the_words_stay_on_the_page(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    asked = request_take(actor=cast.actor("village_clerk"), resident=row.id, kind="erase", text="不想登记")
    first = clerk.post(url("request", asked.id), sent(version="1", done="0", answer="还住在本村，不能删。"))
    assert first.status_code == 302
    for version in ("1", "2"):
        again = clerk.post(url("request", asked.id), sent(version=version, done="1", answer="改成同意"))
        assert again.status_code == 409
    asked.refresh_from_db()
    assert (asked.state, asked.answer, asked.version) == ("refused", "还住在本村，不能删。", 2)
    assert Entry.objects.filter(code="people.request.refused", object_id=asked.id).count() == 1
    assert not Entry.objects.filter(code="people.request.done").exists()


def test_what_is_missing_of_an_answer_keeps_the_rest(cast: Cast, clerk: Client) -> None:
    asked = request_take(actor=cast.actor("village_clerk"), resident=resident(cast).id, kind="copy")
    for said, sentence in (
        ({"done": "", "answer": "已打印"}, "请选怎样办的。"), ({"done": "1", "answer": ""}, "请填答复。"),
        ({"done": "2", "answer": "已打印"}, "不在可选范围里，请重新选择。"),
    ):  # fmt: skip
        answer = clerk.post(url("request", asked.id), sent(version="1", **said))
        assert answer.status_code == 422
        assert said["answer"] in answer.content.decode()
        assert sentence in words(answer)
    assert Request.objects.get().state == "open"


def test_a_refusal_and_its_reason_are_on_the_paper_for_the_resident(cast: Cast, clerk: Client) -> None:
    row, actor = resident(cast), cast.actor("village_clerk")
    asked = request_take(actor=actor, resident=row.id, kind="correct", text="电话写错了")
    request_decide(actor=actor, number=asked.id, version=1, done=False, answer="没有带证明材料。")
    paper = words(clerk.post(url("copy", row.id), sent()))
    for said in ("电话写错了", "没有带证明材料。", "不同意"):
        assert said in paper, said


def test_an_open_request_lies_with_the_office_that_took_it_after_a_move(cast: Cast, clerk: Client) -> None:
    row = resident(cast)
    asked = request_take(actor=cast.actor("village_clerk"), resident=row.id, kind="copy")
    happen(cast, row, "moved", lives=cast.areas["g3"].code)
    happen(cast, row, "registered", registered=cast.areas["g3"].code)
    page = clerk.get(url("request", asked.id))
    assert page.status_code == 200
    assert clerk.get(url("resident", row.id)).status_code == 404
    done = clerk.post(url("request", asked.id), sent(version="1", done="0", answer="已转王庄村。"))
    assert done.status_code == 302
    assert cast["other_clerk"].client().get(url("request", asked.id)).status_code == 404


def test_a_request_of_another_place_is_not_erased_by_its_address(cast: Cast, clerk: Client) -> None:
    row, far = resident(cast), resident(cast, name="远", by="other_clerk", place="g3")
    asked = request_take(actor=cast.actor("other_clerk"), resident=far.id, kind="erase", text="请删")
    for query in (str(asked.id), "9" * 18, "7"):
        said = sent(version="1", mistaken="1", sure="on")
        assert clerk.post(f"{url('erase', row.id)}?request={query}", said).status_code == 404
    assert Resident.objects.count() == 2


# --- what need not be kept ------------------------------------------------------------------------------------------


def over(cast: Cast, count: int) -> list[Membership]:
    rows = []
    for number in range(count):
        person = resident(cast, name=f"某{number}", on=ago(900))
        one = member(cast, person, since=ago(800))
        membership_end(actor=cast.actor("village_clerk"), number=one.id, version=1, until=ago(365), reason="好了")
        rows.append(one)
    return rows


def test_more_than_a_batch_goes_in_one_night(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    groups(cast)
    monkeypatch.setattr(retaining, "BATCH", 2)
    rows = over(cast, 5)
    kept = member(cast, resident(cast, name="在册"))
    assert memberships_sweep(at=timezone.now()) == 5
    assert [one.id for one in Membership.objects.all()] == [kept.id]
    erased = Entry.objects.filter(code="people.membership.erased").values_list("object_id", flat=True)
    assert set(erased) == {one.id for one in rows}
    assert Resident.objects.count() == 6, "the people stay"


def test_the_sweep_of_one_county_leaves_the_other_alone(cast: Cast, cast_b: Cast) -> None:
    for one in (cast, cast_b):
        with county(one.county.id):
            groups(one)
            over(one, 1)
    with county(cast.county.id):
        assert memberships_sweep(at=timezone.now()) == 1
        assert not Membership.objects.exists()
    with county(cast_b.county.id):
        assert Membership.objects.count() == 1


def test_an_erased_number_can_be_registered_again_as_somebody_new(cast: Cast) -> None:
    row = resident(cast)
    number = row.paper_number
    resident_erase(actor=cast.actor("village_clerk"), number=row.id, version=1, mistaken=True)
    again = resident(cast, name="真的那个人", paper_number=number)
    assert (again.id != row.id, again.paper_number) == (True, number)
    with pytest.raises(NotFound):
        resident_erase(actor=cast.actor("village_clerk"), number=row.id, version=1, mistaken=True)


# --- strict groups, and groups that are written wrong ---------------------------------------------------------------


def test_whoever_may_not_know_of_a_strict_group_meets_it_nowhere(cast: Cast, clerk: Client) -> None:
    groups(cast)
    row = resident(cast)
    care = member(cast, row, "correction", by="township_officer")
    said = {"group": "correction", "since": str(today()), "reason": "听说的"}
    refused = clerk.post(url("care-begin", row.id), sent(**said))
    assert refused.status_code == 422
    for page in (url("group", "correction"), url("care-end", care.id)):
        assert clerk.get(page).status_code == 404
    actor = cast.actor("village_clerk")
    assert [one.group.code for one in group_counts(actor, cast.areas["v1"], today())] == ["alone"]
    assert memberships_of(actor, row) == []
    copy = words(clerk.post(url("copy", row.id), sent()))
    assert "矫正" not in copy, "the paper of this office holds what this office knows"
    officer = cast.actor("township_officer")
    [seen] = memberships_of(officer, row)
    page = member_page(officer, seen.group, cast.areas["t1"], today=today())
    assert [one.shown_name for one in page.rows] == ["张*平"]


GOOD = "label: 独居\nclass: age\nseen_by: [grid_worker]\nbasis: 本县关爱服务规定\n"
FAULTS = {
    "visited_by: [grid_worker]": "有走访周期（visit_every_days）的要写谁去走访（visited_by），没有的两样都不写。",
    "visit_every_days: 30": "有走访周期（visit_every_days）的要写谁去走访（visited_by），没有的两样都不写。",
    "visit_every_days: 30\nvisited_by: [village_clerk]": "去走访的岗位“village_clerk”也要写进可以看的岗位（seen_by）。",
    "visit_every_days: 30\nvisited_by: [auditor]": "岗位“auditor”不能看关爱对象",
    "questions: [{code: a, label: 甲}, {code: a, label: 乙}]": "两个问题用了同一个代码，请改一个。",
    "questions: [{code: a, label: 甲, type: choice}]": "问题“甲”：单选要写 choices，别的问题不写。",
    "questions: [{code: a, label: 甲, choices: [好]}]": "问题“甲”：单选要写 choices，别的问题不写。",
    "questions: [{code: a, label: ' 甲'}]": "要写一行文字，前后不留空格，不能空着。",
    "found_as: {kind: other, answers: {a: ''}}": "要写一行文字，前后不留空格，不能空着。",
}  # fmt: skip


@pytest.mark.parametrize("more", FAULTS)
def test_a_group_that_is_written_wrong_is_refused_with_its_sentence(cast: Cast, settings: Any, more: str) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    actor = Actor.system(cast.county.id)
    assert load_files({f"{FAMILY}/alone.yaml": GOOD.encode()}, actor=actor, whole=False).faults == []
    loaded = load_files({f"{FAMILY}/alone.yaml": (GOOD + more).encode()}, actor=actor, whole=False)
    [fault] = loaded.faults
    assert FAULTS[more] in str(fault)
    page = reverse("packs:edit", args=[341181, FAMILY, "alone"])
    answer = cast["system_admin"].client().post(page, sent(text=GOOD + more, expected="1"))
    assert answer.status_code == 422
    assert FAULTS[more] in words(answer)
    assert escape(more.splitlines()[0]) in answer.content.decode(), "what was typed stays"


# --- keys -----------------------------------------------------------------------------------------------------------


def seals(table: str, column: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {column} FROM {table}")
        return str(cursor.fetchone()[0])


def test_a_new_key_seals_every_number_anew_and_finds_the_same_people(cast: Cast, tmp_path: Path, settings: Any) -> None:
    settings.SHANZHI_KEY_FILE = tmp_path / "keys.json"
    forget_keys()
    groups(cast)
    home = dwelling(cast, door="12号")
    row = resident(cast, dwelling=home.id)
    member(cast, row)
    columns = [("people_resident", "paper_number"), ("people_resident", "phone"), ("people_dwelling", "door"),
               ("people_membership", "reason"), ("people_membership", '"group"')]  # fmt: skip
    before = [seals(*one) for one in columns]
    out = StringIO()
    call_command("new_key", stdout=out)
    call_command("rotate_keys", stdout=out)
    assert "people_resident.paper_number: 1 sealed anew" in out.getvalue()
    after = [seals(*one) for one in columns]
    assert not set(before) & set(after)
    now = Resident.objects.get()
    assert (now.paper_number, now.phone, Dwelling.objects.get().door) == (row.paper_number, row.phone, "12号")
    assert now.paper_index == paper_index(row.paper_number), "by the index of before the same person is known"
    with pytest.raises(Exception, match="已经登记过"):
        resident(cast, name="又一次", paper_number=row.paper_number)
    assert Stay.objects.count() == 1
    forget_keys()

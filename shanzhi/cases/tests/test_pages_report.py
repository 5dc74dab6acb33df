"""Reporting from a phone and at a desk: what is known is filled in, nothing typed is lost, nothing happens twice."""

import html as markup
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.models import Case, Step
from shanzhi.cases.tests.pages import address, field, fields, text_of
from shanzhi.files.models import StoredFile
from shanzhi.files.tests import pictures
from tests.cast import Cast
from tests.kinds import LABELS

NEW = "/341181/cases/new/"


@pytest.fixture(autouse=True)
def disk(settings: Any, tmp_path: Any) -> None:
    """Photos of a test lie in a folder of its own."""
    settings.VAR_DIR = tmp_path


def photo(seed: int = 1) -> Any:
    return pictures.upload(pictures.noise(40, 30, seed=seed), name=f"{seed}.jpg")


def the_case() -> Case:
    return Case.objects.get()


def test_a_stranger_is_led_to_the_login(cast: Cast, client: Client) -> None:
    assert client.get(NEW).status_code == 302
    assert client.post(NEW, fields(cast)).status_code == 302
    assert not Case.objects.exists()


def test_another_county_does_not_exist(cast: Cast, cast_b: Cast) -> None:
    assert cast_b["grid_worker"].client().post(NEW, fields(cast)).status_code == 404
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_do_not_report(cast: Cast, settings: Any, role: str) -> None:
    settings.SHANZHI_REQUIRE_TOTP = False
    assert cast[role].client().get(NEW).status_code == 403
    assert cast[role].client().post(NEW, fields(cast)).status_code == 403


def test_what_is_known_is_filled_in(cast: Cast) -> None:
    answer = cast["grid_worker"].client().get(NEW)
    html = answer.content.decode()
    assert field(html, "area") == cast.areas["g1"].code
    assert "张庄村第一网格" in html
    assert "上报给张庄村" in html
    assert "我处理不了，报给张庄村" in text_of(answer)
    assert 'data-draft="report"' in html
    assert 'value="report"' in html[html.index('name="outcome"') - 100 :][:300]


def test_every_category_can_be_chosen_without_scripts(cast: Cast) -> None:
    html = cast["grid_worker"].client().get(NEW).content.decode()
    for value in LABELS:
        assert f'name="kind" value="{value}"' in html
    assert "其他 11 类" in html
    assert html.index("<details") < html.index('value="drowning"')


def test_a_report_becomes_a_case(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    answer = client.post(NEW, fields(cast, urgent="on"), follow=True)
    case = the_case()
    assert answer.redirect_chain == [(address(case), 302)]
    assert f"已上报给张庄村，编号 {case.number}" in text_of(answer)
    assert 'data-draft-done="report"' in answer.content.decode()
    assert (case.lon, case.lat, case.accuracy) == (1189512345, 327098765, 12)
    assert (case.area_id, case.source, case.state) == (cast.areas["g1"].id, Source.SNAP, State.REPORTED)
    assert (case.place, case.kind, case.urgent) == ("张庄组路口", "facilities", True)
    assert case.title == "路口井盖断裂"
    assert "data-draft-done" not in client.get(address(case)).content.decode()  # said once


def test_what_is_solved_on_the_spot_waits_for_verification(cast: Cast) -> None:
    data = fields(cast, outcome="solved", solved="当场用木板盖住")
    cast["grid_worker"].client().post(NEW, data)
    assert the_case().state == State.HANDLED
    assert Step.objects.get(act="handle").text == "当场用木板盖住"


def test_words_in_a_hidden_answer_change_nothing(cast: Cast) -> None:
    cast["grid_worker"].client().post(NEW, fields(cast, outcome="report", solved="后来又改了主意"))
    assert the_case().state == State.REPORTED


def test_photos_are_kept_with_the_report(cast: Cast) -> None:
    cast["grid_worker"].client().post(NEW, fields(cast, photos=[photo(1), photo(2)]))
    step = Step.objects.get()
    owners = set(StoredFile.objects.values_list("owner_type", "owner_id"))
    assert owners == {("cases.step", step.id)}
    assert StoredFile.objects.count() == 2


def test_a_photo_that_knows_its_place_gives_it(cast: Cast) -> None:
    upload = pictures.upload(pictures.camera())
    cast["grid_worker"].client().post(NEW, fields(cast, lon="", lat="", accuracy="", photos=[upload]))
    case = the_case()
    assert case.lon == pytest.approx(118.9512345 * 1e7, abs=100)
    assert case.accuracy is None


def test_a_double_click_gives_one_case(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    data = fields(cast)
    first = client.post(NEW, {**data, "photos": [photo()]})
    second = client.post(NEW, {**data, "photos": [photo()]})
    assert first.url == second.url
    assert Case.objects.count() == 1
    assert StoredFile.objects.count() == 1


def test_another_report_under_a_used_key_is_refused_and_kept(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    data = fields(cast)
    client.post(NEW, data)
    answer = client.post(NEW, {**data, "body": "另一件事"})
    assert answer.status_code == 422
    assert "另一件事" in answer.content.decode()
    assert Case.objects.count() == 1


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no words": ({"body": ""}, "请写明是什么情况。"),
    "blanks": ({"body": "  \n "}, "请写明是什么情况。"),
    "too long": ({"body": "长" * 2001}, "最多写 2000 字，现在 2001 字，请删减。"),
    "no kind": ({"kind": ""}, "请选一个类别，拿不准就选“其他”。"),
    "unknown kind": ({"kind": "nonsense"}, "请选一个类别，拿不准就选“其他”。"),
    "long place": ({"place": "长" * 101}, "地点最多写 100 字，请删减。"),
    "no place chosen": ({"area": ""}, "请先选是哪个村或网格的事。"),
    "abroad": ({"lon": "2.35", "lat": "48.85"}, "位置不在国内，请重新取位置，或只写地点。"),
    "half a position": ({"lat": ""}, "位置不在国内，请重新取位置，或只写地点。"),
    "no number": ({"lon": "east"}, "位置没有取对，请重新取位置，或只写地点。"),
    "beyond the globe": ({"lon": "999"}, "位置没有取对，请重新取位置，或只写地点。"),
    "no result": ({"outcome": "solved", "solved": " "}, "请写明当场怎么处理的。"),
    "unknown outcome": ({"outcome": "nonsense"}, "请选怎么办。"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_field_is_named_and_everything_typed_is_kept(cast: Cast, name: str) -> None:
    changes, sentence = BAD[name]
    data = {**fields(cast, place="张庄组老槐树下", kind="drowning"), **changes}
    answer = cast["grid_worker"].client().post(NEW, data)
    assert answer.status_code == 422
    words = markup.unescape(answer.content.decode())
    assert sentence in words
    assert "处要改" in words
    for key in ("place", "body"):
        assert data[key].strip()[:90] in words
    assert field(words, "idempotency_key") == data["idempotency_key"]
    if data["kind"] == "drowning":
        assert 'value="drowning" required id="id_kind_5" checked' in words or 'value="drowning"' in words
        assert "<details" in words
        assert "open>" in words
    assert not Case.objects.exists()


def test_photos_survive_a_form_that_comes_back(cast: Cast) -> None:
    client = cast["grid_worker"].client()
    data = fields(cast, body="")
    answer = client.post(NEW, {**data, "photos": [photo(1), photo(2)]})
    drafts = list(StoredFile.objects.values_list("id", flat=True))
    assert len(drafts) == 2
    html = answer.content.decode()
    for draft in drafts:
        assert f'name="photo_ids" value="{draft}" checked' in html
    client.post(NEW, {**data, "body": "路口井盖断裂", "photo_ids": drafts})
    assert StoredFile.objects.filter(owner_type="cases.step").count() == 2


def test_a_program_that_calls_itself_a_photo_is_named_and_the_rest_is_kept(cast: Cast) -> None:
    bad = pictures.upload(pictures.PROGRAM, name="现场.jpg")
    answer = cast["grid_worker"].client().post(NEW, fields(cast, photos=[photo(), bad]))
    assert answer.status_code == 422
    words = text_of(answer)
    assert "第 2 张：" in words
    assert "路口井盖断裂" in words
    assert StoredFile.objects.count() == 1
    assert not Case.objects.exists()


def test_a_tenth_photo_is_too_many(cast: Cast) -> None:
    uploads = [photo(number) for number in range(1, 11)]
    answer = cast["grid_worker"].client().post(NEW, fields(cast, photos=uploads))
    assert answer.status_code == 422
    assert "最多 9 张照片" in text_of(answer)
    assert StoredFile.objects.count() == 9


def test_an_accuracy_that_is_no_number_is_unknown(cast: Cast) -> None:
    cast["grid_worker"].client().post(NEW, fields(cast, accuracy="about 12"))
    assert the_case().accuracy is None


@pytest.mark.parametrize(("place", "role"), [("g3", "grid_worker"), ("g4", "grid_worker"), ("v3", "village_clerk")])
def test_another_place_cannot_be_reported_for(cast: Cast, place: str, role: str) -> None:
    answer = cast[role].client().post(NEW, fields(cast, area=cast.areas[place].code))
    assert answer.status_code == 422
    assert "不在你的岗位范围内" in text_of(answer)
    assert not Case.objects.exists()


def test_a_code_that_never_was_is_one_sentence(cast: Cast) -> None:
    for code in ("999999999999", "\x00", "'"):
        answer = cast["grid_worker"].client().post(NEW, fields(cast, area=code))
        assert answer.status_code == 422
        assert not Case.objects.exists()


def test_an_abolished_place_is_no_choice(cast: Cast) -> None:
    area = cast.areas["g4"]
    type(area).objects.filter(id=area.id).update(valid_to=timezone.localdate())
    client = cast["village_clerk"].client()
    assert area.code not in client.get(NEW).content.decode()
    assert client.post(NEW, fields(cast, area=area.code)).status_code == 422


def test_a_desk_chooses_the_village_or_grid(cast: Cast) -> None:
    answer = cast["township_officer"].client().get(NEW)
    html = answer.content.decode()
    assert "上报一件" in html
    assert "请选村（社区）或网格" in html
    groups = {group.label: [label for _, label in group.options] for group in answer.context["groups"]}
    assert groups["张庄村"] == ["张庄村（不分网格）", "第一网格", "第二网格"]
    assert groups[""] == ["东镇"]
    assert "王庄村" not in groups


def test_a_desk_takes_a_report_down_and_is_in_charge(cast: Cast) -> None:
    client = cast["township_officer"].client()
    client.post(NEW, fields(cast, outcome="report"))
    case = the_case()
    assert (case.source, case.owner_id) == (Source.DESK, cast.areas["t1"].id)
    assert f"已上报给东镇，编号 {case.number}" in text_of(client.get(address(case)))


def test_a_county_desk_chooses_the_township_first(cast: Cast) -> None:
    client = cast["county_centre"].client()
    first = client.get(NEW)
    assert "先选乡镇（街道）" in text_of(first)
    assert '<form class="form"' not in first.content.decode()
    town = cast.areas["t2"].code
    second = client.get(f"{NEW}?township={town}")
    assert [group.label for group in second.context["groups"]] == ["", "王庄村"]
    data = fields(cast, area=cast.areas["g3"].code, township=town)
    bad = client.post(NEW, {**data, "body": ""})
    assert bad.status_code == 422
    assert [group.label for group in bad.context["groups"]] == ["", "王庄村"]
    client.post(NEW, data)
    assert the_case().owner_id == cast.areas["county"].id


def test_an_unknown_township_is_asked_again(cast: Cast) -> None:
    assert "先选乡镇" in text_of(cast["county_centre"].client().get(f"{NEW}?township=%00"))


def test_a_resident_reports_to_the_village_and_solves_nothing(cast: Cast) -> None:
    client = cast["resident"].client()
    html = client.get(NEW).content.decode()
    assert 'name="outcome"' not in html
    client.post(NEW, fields(cast, area=cast.areas["v1"].code, outcome="solved", solved="我自己修了"))
    case = the_case()
    assert (case.source, case.state, case.owner_id) == (Source.RESIDENT, State.REPORTED, cast.areas["v1"].id)


def test_a_worker_of_two_grids_chooses(cast: Cast) -> None:
    person = cast["grid_worker"]
    type(person.post)(
        user=person.user, role="grid_worker", area=cast.areas["g4"], area_path=cast.areas["g4"].path,
        valid_from=person.post.valid_from, granted_at=timezone.now(),
    ).save()  # fmt: skip
    client = person.client()
    html = client.get(NEW).content.decode()
    assert '<select class="form-select"' in html
    client.post(NEW, fields(cast, area=cast.areas["g4"].code))
    assert the_case().area_id == cast.areas["g4"].id


def test_after_a_lost_session_the_form_is_there_again(cast: Cast, client: Client) -> None:
    answer = client.post(NEW, fields(cast))
    assert answer.url.endswith(f"next={NEW}")
    assert 'data-draft="report"' in cast["grid_worker"].client().get(NEW).content.decode()


def test_words_of_people_are_never_markup(cast: Cast) -> None:
    data = fields(cast, body="<script>alert(1)</script>", place='"><b>x', kind="")
    html = cast["grid_worker"].client().post(NEW, data).content.decode()
    assert "<script>alert" not in html
    assert '"><b>x' not in html

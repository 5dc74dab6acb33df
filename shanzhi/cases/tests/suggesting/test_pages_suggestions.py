"""The fragment while somebody types, its JSON twin, and the page on which the administrator sees how good it is."""

import json
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.cases.models import SuggestionModel, SuggestionSwitch
from shanzhi.cases.suggesting.presenters import goodness
from shanzhi.cases.tests.pages import statements, text_of
from shanzhi.cases.tests.suggesting.history import past, taught
from shanzhi.jobs.models import Job
from shanzhi.jobs.testing import drain
from shanzhi.lib.tests.corpus import reports
from tests.cast import Cast, report

LIGHT = "村东头的路灯坏了，晚上看不清路"
COUNTY = [341181]


def typed(client: Client, **data: Any) -> Any:
    return client.post(reverse("cases:suggest", args=COUNTY), data)


def asked(client: Client, **data: Any) -> Any:
    return client.post("/api/v1/341181/suggestions", json.dumps(data), content_type="application/json")


@pytest.fixture(autouse=True)
def _one_factor(settings: Any) -> None:
    """Administrators without a second factor are led to it first; that is the tests' of accounts."""
    settings.SHANZHI_REQUIRE_TOTP = False


class TestFragment:
    def test_offers_a_kind_to_be_taken_by_one_tap(self, cast: Cast) -> None:
        taught(cast)
        answer = typed(cast["grid_worker"].client(), body=LIGHT, area=cast.areas["g1"].code)
        html = answer.content.decode()
        assert 'type="button" data-take="kind" value="facilities"' in html
        assert "很像“道路水电设施”，选它" in text_of(answer)
        assert not {"checked", "selected"} & set(html.split()), "nothing is chosen by itself"
        assert answer["Cache-Control"] == "no-store"

    def test_has_nothing_in_it_where_nothing_can_be_said(self, cast: Cast) -> None:
        for body in ("", "路灯", LIGHT, "😀" * 50):
            answer = typed(cast["grid_worker"].client(), body=body)
            assert (answer.status_code, answer.content) == (200, b"")

    def test_shows_what_was_probably_reported_before(self, cast: Cast) -> None:
        case = report(cast, body=LIGHT)
        answer = typed(cast["village_clerk"].client(), body=LIGHT, area=cast.areas["g1"].code)
        assert reverse("cases:case", args=[341181, case.number]) in answer.content.decode()
        assert "可能已经有人报过" in text_of(answer)
        assert "内容很像。待受理" in text_of(answer)

    def test_shows_nobody_what_they_may_not_see(self, cast: Cast) -> None:
        case = report(cast, body=LIGHT)
        for who in ("resident", "volunteer", "other_clerk"):
            answer = typed(cast[who].client(), body=LIGHT, area=cast.areas["g1"].code)
            assert case.number not in answer.content.decode(), who

    def test_a_place_outside_of_the_scope_is_as_none(self, cast: Cast) -> None:
        report(cast, by="other_worker", place="g3", body=LIGHT)
        for code in (cast.areas["g3"].code, "999999999999999", "x"):
            assert typed(cast["village_clerk"].client(), body=LIGHT, area=code).content == b""

    def test_names_the_unit_to_those_who_dispatch_only(self, cast: Cast) -> None:
        taught(cast, 60, families=("unit",), unit=cast.units["county"])
        sent = {"body": "自来水停了两天，水管破了", "area": cast.areas["v1"].code}
        said = text_of(typed(cast["township_officer"].client(), **sent))
        assert "这类事以前多由 县住建局 办。" in said
        assert "派给" not in said
        taken = typed(cast["township_officer"].client(), takes="unit", **sent).content.decode()
        assert f'data-take="target" value="unit:{cast.units["county"].id}"' in taken
        assert typed(cast["resident"].client(), **sent).content == b""

    def test_a_text_is_never_in_an_address(self, cast: Cast) -> None:
        assert (
            cast["grid_worker"].client().get(reverse("cases:suggest", args=COUNTY), {"body": LIGHT}).status_code == 405
        )

    def test_escapes_what_others_have_written(self, cast: Cast) -> None:
        report(cast, body="<script>alert(1)</script>路灯不亮，晚上看不清")
        answer = typed(cast["village_clerk"].client(), body="路灯不亮，晚上看不清路", area=cast.areas["g1"].code)
        assert "可能已经有人报过" in text_of(answer)
        assert b"<script" not in answer.content

    def test_is_for_those_who_report(self, cast: Cast) -> None:
        assert typed(Client(), body=LIGHT).status_code == 302
        for who in ("department_handler", "system_admin", "audit_admin"):
            assert typed(cast[who].client(), body=LIGHT).status_code == 403

    def test_costs_few_statements_however_long_the_past(self, cast: Cast) -> None:
        taught(cast, 100)
        report(cast, body=LIGHT)
        client, sent = cast["township_officer"].client(), {"body": LIGHT, "area": cast.areas["g1"].code}
        typed(client, **sent)
        with statements() as few:
            typed(client, **sent)
        for _ in range(5):
            report(cast, body=LIGHT)
        with statements() as more:
            typed(client, **sent)
        assert len(more) == len(few)
        assert len([one for one in few if "cases_" in one]) <= 2


class TestTwin:
    def test_says_the_same_in_json(self, cast: Cast) -> None:
        taught(cast)
        case = report(cast, body=LIGHT)
        answer = asked(cast["village_clerk"].client(), text=LIGHT, area=cast.areas["g1"].code)
        assert answer.status_code == 200
        assert answer.json() == {
            "kinds": [{"code": "facilities", "label": "道路水电设施", "words": "很像"}],
            "units": [],
            "duplicates": [
                {
                    "code": case.code, "number": case.number, "title": case.title, "state": "reported",
                    "words": "同一网格、刚刚、内容很像",
                }
            ],
        }  # fmt: skip

    def test_of_nothing_says_nothing(self, cast: Cast) -> None:
        nothing: dict[str, list[Any]] = {"kinds": [], "units": [], "duplicates": []}
        client = cast["grid_worker"].client()
        for text in ("", "。。。。。", "😀" * 30, "\u202e\u200b\ufeff" * 5, "字" * 2000):
            assert asked(client, text=text).json() == nothing, text

    def test_takes_a_position_and_refuses_what_is_none(self, cast: Cast) -> None:
        report(cast, body=LIGHT, lon=1_189_500_000, lat=327_000_000)
        client, place = cast["village_clerk"].client(), cast.areas["g1"].code
        near = asked(client, text=LIGHT, area=place, lon=118.9505, lat=32.7).json()["duplicates"]
        assert near[0]["words"].startswith("相距约 50 米")
        assert asked(client, text=LIGHT, area=place, lon=118.96, lat=32.7).json()["duplicates"] == []
        for wrong in ({"lon": 999}, {"lat": "x"}, {"text": "长" * 2001}, {"text": None}):
            assert asked(client, **{"text": LIGHT, **wrong}).status_code == 422

    def test_is_for_those_who_report(self, cast: Cast) -> None:
        assert asked(Client(), text=LIGHT).status_code == 401
        assert asked(cast["system_admin"].client(), text=LIGHT).status_code == 403


def test_the_part_of_a_form_asks_by_post_and_waits(cast: Cast) -> None:
    shell = {"county": cast.county}
    html = render_to_string("cases/parts/suggest.html", {"shell": shell})
    assert f'hx-post="{reverse("cases:suggest", args=COUNTY)}"' in html
    assert "delay:400ms" in html
    assert "takes" not in html.replace("lat,takes", "")
    assert html.strip().endswith("></div>"), "empty to the last blank, so that it takes no room"
    assert 'hx-vals=\'{"takes": "unit"}\'' in render_to_string(
        "cases/parts/suggest.html", {"shell": shell, "takes_unit": True}
    )


class TestAdministratorsPage:
    address = "/341181/suggestions/"

    def test_says_how_good_it_is_with_the_sizes_of_its_samples(self, cast: Cast) -> None:
        model = taught(cast)[0]
        text = text_of(cast["system_admin"].client().get(self.address))
        right, tested = model.accuracy["right_first"], model.accuracy["tested"]
        assert f"{right}/{tested} 件" in text
        assert "首选对的" in text
        assert "前三里有" in text
        assert "最常弄混的" in text
        assert "道路水电设施" in text
        assert "600" in text
        assert "（太少，仅供参考）" in text

    def test_before_anything_was_learned_says_so(self, cast: Cast) -> None:
        text = text_of(cast["system_admin"].client().get(self.address))
        assert "还没有学过" in text
        assert "重新学习" in text

    def test_a_rate_over_nothing_is_no_value(self, cast: Cast) -> None:
        model = SuggestionModel(family="kind", trained_at=timezone.now(), cases=40, payload=b"", accuracy={"tested": 0})
        shown = goodness(model, {})
        assert [tile.value for tile in shown.tiles] == ["", "", "", ""]
        model.save()
        text = text_of(cast["system_admin"].client().get(self.address))
        assert text.count("无数据") == 4
        assert "0%" not in text
        assert "100%" not in text

    def test_the_command_centre_reads_and_has_no_buttons(self, cast: Cast) -> None:
        taught(cast, 60)
        for who in ("command_centre", "county_centre"):
            text = text_of(cast[who].client().get(self.address))
            assert "首选对的" in text
            assert "重新学习" not in text
            assert "关掉推荐" not in text

    def test_nobody_else_reads_it(self, cast: Cast) -> None:
        for who in ("resident", "grid_worker", "village_clerk", "township_officer", "auditor", "security_admin"):
            assert cast[who].client().get(self.address).status_code == 403, who

    def test_learning_anew_leads_to_the_job_and_back(self, cast: Cast) -> None:
        past(cast, list(reports(60)))
        client = cast["system_admin"].client()
        answer = client.post(self.address + "learnings/", {"idempotency_key": "k"})
        job = Job.objects.get(kind="cases.suggestions")
        assert answer.headers["Location"] == reverse("jobs:job", args=[341181, job.id])
        assert "正在学习，看进度" in text_of(client.get(self.address))
        drain()
        page = text_of(client.get(answer.headers["Location"]))
        assert "已重新学习。" in page
        assert "看推荐准不准" in page
        assert "事项类别" in text_of(client.get(self.address))

    def test_the_switch_turns_off_and_on_and_says_by_whom(self, cast: Cast) -> None:
        taught(cast)
        client = cast["system_admin"].client()
        client.post(self.address + "switches/", {"on": "0", "version": "0"})
        text = text_of(client.get(self.address))
        assert "推荐已关掉" in text
        assert "赵系统·" in text
        assert typed(cast["grid_worker"].client(), body=LIGHT).content == b""
        client.post(self.address + "switches/", {"on": "1", "version": "1"})
        assert typed(cast["grid_worker"].client(), body=LIGHT).content != b""
        assert client.post(self.address + "switches/", {"on": "0", "version": "1"}).status_code == 409

    @pytest.mark.parametrize("version", ["", "x", "-1", "9" * 30, "١"])
    def test_a_version_that_is_none_counts_as_not_seen(self, cast: Cast, version: str) -> None:
        answer = cast["system_admin"].client().post(self.address + "switches/", {"on": "0", "version": version})
        assert answer.status_code == 302
        assert not SuggestionSwitch.objects.get().is_on

    def test_only_the_system_administrator_writes(self, cast: Cast) -> None:
        for who in ("county_centre", "security_admin", "county_leader"):
            for name in ("learnings/", "switches/"):
                assert cast[who].client().post(self.address + name, {"on": "0"}).status_code == 403
        assert not SuggestionSwitch.objects.exists()
        assert not Job.objects.exists()

    def test_stands_in_the_menu_of_those_who_may_read_it(self, cast: Cast) -> None:
        assert self.address in cast["system_admin"].client().get(self.address).content.decode()
        assert f'href="{self.address}"' not in cast["village_clerk"].client().get("/341181/cases/").content.decode()

"""The pages of definitions: found, read, compared, edited, retired; refused as the house refuses."""

from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser, words
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors import definition_find
from shanzhi.packs.services import definition_retire
from shanzhi.packs.tests.factories import A, publish
from shanzhi.tenancy.models import County
from shanzhi.trail.models import Entry

pytestmark = pytest.mark.django_db
LAMP = "definitions/sample/lamp/"


@pytest.fixture
def town(county_a: County) -> Town:
    return accounts.build_town(A)


@pytest.fixture
def desk(town: Town) -> Client:
    """The system administrator's browser."""
    return browser(accounts.person(town, "system_admin", "county", "李系统"))


@pytest.fixture
def officer(town: Town) -> Client:
    return browser(accounts.person(town, "township_officer", "town", "钱受理"))


def current() -> Definition:
    found = definition_find("sample", "lamp")
    assert found is not None
    return found


class TestReading:
    def test_the_list_by_family_text_and_state(self, town: Town, officer: Client) -> None:
        publish("lamp", origin="pack")
        publish("road", label="道路")
        answer = officer.get(town.url("definitions/"))
        assert answer.status_code == 200
        page = words(answer)
        assert "路灯" in page
        assert "道路" in page
        assert "装入规则包" not in page
        found = words(officer.get(town.url("definitions/?q=road&family=sample&state=edited")))
        assert "道路" in found
        assert "本地已改" in found
        assert "路灯" not in found
        assert "没有符合条件的规则" in words(officer.get(town.url("definitions/?q=xyz")))

    def test_an_empty_list_says_what_to_do(self, town: Town, desk: Client, officer: Client) -> None:
        assert "先装入一个规则包" in words(desk.get(town.url("definitions/")))
        assert "系统管理员装入后" in words(officer.get(town.url("definitions/")))

    def test_a_definition_with_its_versions(self, town: Town, desk: Client) -> None:
        publish(note="第一次")
        publish(label="新路灯", note="县里开会定的")
        page = words(desk.get(town.url(f"{LAMP}versions/")))
        for part in ("新路灯", "第 2 版", "第 1 版", "县里开会定的", "系统", "label: 新路灯", "修改", "停用"):
            assert part in page
        old = words(desk.get(town.url(f"{LAMP}versions/?version=1")))
        assert "这是第 1 版，现在用的是第 2 版" in old
        assert "停用</a>" not in old

    def test_a_family_shows_itself(self, town: Town, officer: Client) -> None:
        from shanzhi.access.actor import Actor
        from shanzhi.packs.services import definition_publish

        definition_publish(
            actor=Actor.system(A),
            family="department",
            code="zhujian",
            body={"name": "住建局", "matters": "道路和路灯"},
            origin="pack",
        )
        page = words(officer.get(town.url("definitions/department/zhujian/versions/")))
        assert "<dt>管什么</dt><dd>道路和路灯</dd>" in page
        assert "修改</a>" not in page

    def test_what_changed_between_two_versions(self, town: Town, officer: Client) -> None:
        publish(words=["甲"])
        publish(words=["乙"])
        publish(label="新")
        page = words(officer.get(town.url(f"{LAMP}changes/?from=1&to=2")))
        assert "words: [甲]" in page
        assert "words: [乙]" in page
        assert "新增" in page
        newest = words(officer.get(town.url(f"{LAMP}changes/")))
        assert "第 2 版 →" in newest
        assert "相同" in words(officer.get(town.url(f"{LAMP}changes/?from=2&to=2")))

    def test_a_version_is_saved_as_its_file(self, town: Town, officer: Client) -> None:
        publish()
        publish(label="新路灯")
        answer = officer.get(town.url(f"{LAMP}file/?version=1"))
        assert answer.content.decode() == "label: 路灯\n"
        assert answer["Content-Disposition"] == 'attachment; filename="lamp.yaml"'

    @pytest.mark.parametrize(
        "rest",
        ["sample/other/versions/", "nosuch/lamp/versions/", "sample/lamp/versions/?version=9", "nosuch/new/",
         "sample/lamp/versions/?version=x", "sample/other/text/", "sample/other/file/", "sample/other/retirement/",
         "sample/lamp/changes/?from=9"],
    )  # fmt: skip
    def test_what_is_not_there(self, town: Town, desk: Client, rest: str) -> None:
        publish()
        assert desk.get(town.url(f"definitions/{rest}")).status_code == 404


class TestRefusal:
    PAGES = ("", f"{LAMP[12:]}versions/", f"{LAMP[12:]}changes/", f"{LAMP[12:]}file/", "export/")
    EDITS = (f"{LAMP[12:]}text/", f"{LAMP[12:]}retirement/", f"{LAMP[12:]}return/", "sample/new/", "load/")

    def test_a_stranger_signs_in_first(self, town: Town) -> None:
        publish()
        for rest in (*self.PAGES, *self.EDITS):
            assert browser().get(town.url(f"definitions/{rest}")).status_code == 302

    def test_another_county_sees_nothing(self, town: Town, county_b: County) -> None:
        publish()
        from shanzhi.tenancy.context import county

        with county(county_b.id):
            other = accounts.build_town(county_b.id)
            client = browser(accounts.person(other, "system_admin", "county"))
        for rest in (*self.PAGES, *self.EDITS):
            assert client.get(town.url(f"definitions/{rest}")).status_code == 404
        assert client.get(other.url(f"{LAMP}versions/")).status_code == 404

    def test_who_only_reads_changes_nothing(self, town: Town, officer: Client) -> None:
        publish()
        for rest in self.EDITS:
            assert officer.get(town.url(f"definitions/{rest}")).status_code == 403
            assert officer.post(town.url(f"definitions/{rest}"), {"step": "publish"}).status_code == 403
        assert officer.post(town.url("definitions/load/apply/")).status_code == 403

    def test_a_resident_has_no_part_in_it(self, town: Town) -> None:
        publish()
        client = browser(accounts.person(town, "resident", "village"))
        for rest in (*self.PAGES, *self.EDITS):
            assert client.get(town.url(f"definitions/{rest}")).status_code == 403


class TestEditing:
    URL = f"{LAMP}text/"

    def post(self, desk: Client, town: Town, text: str, step: str = "look", **more: Any) -> Any:
        return desk.post(town.url(self.URL), {"text": text, "expected": 1, "step": step, **more})

    def test_look_then_publish_with_a_reason(self, town: Town, desk: Client) -> None:
        publish(origin="pack", pack="small")
        page = words(desk.get(town.url(self.URL)))
        assert "label: 路灯" in page
        assert 'name="expected" value="1"' in page
        text = "label: 新路灯\r\nlimit: 7\r\n"
        looked = self.post(desk, town, text)
        assert looked.status_code == 200
        for part in ("label: 新路灯", "limit: 7", "发布第 2 版", "为什么改"):
            assert part in words(looked)
        assert Version.objects.count() == 1
        answer = self.post(desk, town, text, "publish", note="县里开会定的", idempotency_key="k1")
        assert answer.status_code == 302
        version = Version.objects.get(number=2)
        assert (version.origin, version.note, version.published_by_name) == ("edited", "县里开会定的", "李系统")
        assert (version.pack, version.body) == ("small", {"label": "新路灯", "limit": 7})
        assert Entry.objects.filter(object_type="packs.definition", object_id=current().id).count() == 2
        again = self.post(desk, town, text, "publish", note="县里开会定的", idempotency_key="k1")
        assert again.status_code == 302, "sent twice, done once"
        assert Version.objects.count() == 2

    def test_a_reason_is_asked_for(self, town: Town, desk: Client) -> None:
        publish()
        answer = self.post(desk, town, "label: 新\n", "publish", note=" ")
        assert answer.status_code == 422
        assert "请写明为什么改" in words(answer)
        assert "label: 新" in words(answer)
        assert Version.objects.count() == 1

    def test_mistakes_are_listed_by_line_and_the_text_is_kept(self, town: Town, desk: Client) -> None:
        publish()
        answer = self.post(desk, town, "lable: 新\nlimit: 700\nunits: [无局]\n")
        page = words(answer)
        assert answer.status_code == 422
        assert "有 3 处要改" in page
        assert "第 1 行" in page
        assert "是不是“label”？" in page
        assert "“limit”不能大于 100" in page
        assert "units: [无局]" in page
        other = words(self.post(desk, town, "label: 新\nunits: [无局]\n"))
        assert 'data-line="2"' in other
        assert "没有叫“无局”的部门" in other

    def test_nothing_changed(self, town: Town, desk: Client) -> None:
        publish()
        answer = self.post(desk, town, "label:   '路灯'\n")
        assert answer.status_code == 422
        assert "内容没有变" in words(answer)

    def test_back_from_the_preview_keeps_the_text(self, town: Town, desk: Client) -> None:
        publish()
        answer = self.post(desk, town, "label: [ 写到一半\n", "write")
        assert answer.status_code == 200
        assert "label: [ 写到一半" in words(answer)

    def test_somebody_was_faster(self, town: Town, desk: Client) -> None:
        publish()
        publish(label="别人的路灯")
        answer = self.post(desk, town, "label: 我的路灯\n", "publish", note="改")
        page = words(answer)
        assert answer.status_code == 409
        assert "label: 我的路灯" in page
        assert "label: 别人的路灯" in page
        assert "刚刚发布了第 2 版" in page
        assert 'name="expected" value="2"' in page
        assert current().title == "别人的路灯"
        done = desk.post(
            town.url(self.URL), {"text": "label: 我的路灯\n", "expected": 2, "step": "publish", "note": "改"}
        )
        assert done.status_code == 302
        assert current().title == "我的路灯"

    def test_leading_lines_survive_the_way_through_the_form(self, town: Town, desk: Client) -> None:
        publish()
        page = words(self.post(desk, town, "\n\n# 注\nlabel: 新\n"))
        assert "\n\n\n# 注\nlabel: 新\n</textarea>" in page.replace("\r\n", "\n")

    def test_a_new_one(self, town: Town, desk: Client) -> None:
        url = town.url("definitions/sample/new/")
        assert "label: " in words(desk.get(url))
        wrong = desk.post(url, {"code": "Bad Code", "text": "label: 甲\n", "expected": 0, "step": "look"})
        assert wrong.status_code == 422
        assert "代码只用小写字母" in words(wrong)
        looked = desk.post(url, {"code": "lamp", "text": "label: 甲\n", "expected": 0, "step": "look"})
        assert 'name="code" value="lamp"' in words(looked)
        said = {"code": "lamp", "text": "label: 甲\n", "expected": 0, "step": "publish", "note": "新增"}
        assert desk.post(url, said).status_code == 302
        assert current().title == "甲"
        taken = desk.post(url, {**said, "text": "label: 乙\n"})
        assert taken.status_code == 409
        assert "label: 乙" in words(taken)

    def test_a_retired_one_comes_back_as_it_was(self, town: Town, desk: Client) -> None:
        publish()
        definition_retire(actor=town.system, family="sample", code="lamp")
        looked = self.post(desk, town, "label: 路灯\n")
        assert "内容没有变，发布后恢复使用" in words(looked)
        assert self.post(desk, town, "label: 路灯\n", "publish", note="又要用").status_code == 302
        assert not current().is_retired


class TestRetiring:
    def test_taken_out_of_use_and_back(self, town: Town, desk: Client) -> None:
        publish()
        url = town.url(f"{LAMP}retirement/")
        assert "已经开始的照原来的版本办完" in words(desk.get(url))
        assert desk.post(url, {"expected": 1}).status_code == 302
        assert current().is_retired
        assert desk.get(url).status_code == 409
        assert "已停用" in words(desk.get(town.url("definitions/?state=retired")))
        back = town.url(f"{LAMP}return/")
        assert "恢复后按第 1 版使用" in words(desk.get(back))
        assert desk.post(back).status_code == 302
        assert not current().is_retired
        assert desk.get(back).status_code == 409

    def test_somebody_published_meanwhile(self, town: Town, desk: Client) -> None:
        publish()
        publish(label="新")
        answer = desk.post(town.url(f"{LAMP}retirement/"), {"expected": 1})
        assert answer.status_code == 409
        assert not current().is_retired

"""The system administrator's pages: added with the secret shown once, changed, paused, removed, and the log."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from shanzhi.access.actor import Actor
from shanzhi.cases.acts import Act
from shanzhi.exchange.models import Hook, HookDelivery
from shanzhi.exchange.services import hook_add, hook_edit, hook_pause, hook_remove, hook_renew, hook_resume
from shanzhi.exchange.tests.hooks import is_signed, made, only, send, told
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.notices.tests.providers import HttpProvider
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from tests.cast import Cast

HOOKS, API = "/341181/hooks/", "/api/v1/341181"
SYSTEM = Actor.system(341181)
URL = "https://hooks.example.cn/shanzhi"
SECRET = re.compile(r"whsec_[\w-]{40,}")


@pytest.fixture
def admin(cast: Cast, settings: Any) -> Client:
    settings.SHANZHI_REQUIRE_TOTP = False
    return cast["system_admin"].client()


def added(name: str = "12345 平台", url: str = URL) -> Hook:
    return hook_add(actor=SYSTEM, name=name, url=url).hook


def text(answer: Any) -> str:
    return str(answer.content.decode())


class TestAdding:
    def test_the_secret_is_shown_once(self, admin: Client) -> None:
        assert "添加推送地址" in text(admin.get(f"{HOOKS}new/"))
        body = {"name": " 12345  平台 ", "url": URL, "idempotency_key": "k1"}
        answer = admin.post(f"{HOOKS}new/", body)
        (secret,) = SECRET.findall(text(answer))
        assert "no-store" in answer["Cache-Control"]
        hook = Hook.objects.get()
        assert (hook.name, hook.url, hook.secret, hook.is_active) == ("12345 平台", URL, secret, True)
        again = admin.post(f"{HOOKS}new/", body)
        assert Hook.objects.count() == 1
        assert "只显示一次" in text(again)
        for page in (again, admin.get(HOOKS), admin.get(f"{HOOKS}{hook.id}/"), admin.get(f"{HOOKS}log/")):
            assert not SECRET.search(text(page))
        assert Entry.objects.filter(object_id=hook.id, code="exchange.hook.added").count() == 1

    def test_it_is_sealed_in_the_database(self, admin: Client) -> None:
        secret = hook_add(actor=SYSTEM, name="x", url=URL).secret
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM exchange_hook")
            (stored,) = cursor.fetchone()
        assert secret not in stored
        assert "whsec_" not in stored

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({"name": "", "url": URL}, "请写推送给谁。"),
            ({"name": "x", "url": ""}, "请填对方的地址。"),
            ({"name": "x", "url": "http://hooks.example.cn/"}, "地址要以 https:// 开头。"),
            ({"name": "x", "url": "https://127.0.0.1/"}, "在内部网络里，不能推送到那里。"),
        ],
    )
    def test_refused_with_what_was_typed(self, admin: Client, body: dict[str, str], words: str) -> None:
        answer = admin.post(f"{HOOKS}new/", body)
        assert answer.status_code == 422
        assert words in text(answer)
        for value in body.values():
            assert value in text(answer)
        assert Hook.objects.count() == 0

    def test_at_most_twenty(self, admin: Client) -> None:
        for number in range(20):
            added(f"第{number}个")
        with pytest.raises(Conflict, match="最多 20 个"):
            added()

    def test_others_may_not(self, cast: Cast) -> None:
        with pytest.raises(Forbidden):
            hook_add(actor=cast.actor("security_admin"), name="x", url=URL)


class TestChanging:
    def test_another_address(self, admin: Client) -> None:
        hook = added()
        where = f"{HOOKS}{hook.id}/changes/"
        assert URL in text(admin.get(where))
        answer = admin.post(where, {"name": "新名字", "url": f"{URL}/2", "version": 1, "idempotency_key": "c1"})
        assert (answer.status_code, answer["Location"]) == (302, f"{HOOKS}{hook.id}/")
        hook.refresh_from_db()
        assert (hook.name, hook.url, hook.version) == ("新名字", f"{URL}/2", 2)
        stale = admin.post(where, {"name": "旧的", "url": URL, "version": 1})
        assert stale.status_code == 409
        assert "刚刚有人改过" in text(stale)
        assert 'value="旧的"' in text(stale)

    def test_another_secret(self, admin: Client, receiver: HttpProvider) -> None:
        hook, old = made(receiver)
        answer = admin.post(f"{HOOKS}{hook.id}/secrets/", {"version": 1, "idempotency_key": "s1"})
        (secret,) = SECRET.findall(text(answer))
        assert secret != old
        again = admin.post(f"{HOOKS}{hook.id}/secrets/", {"version": 1, "idempotency_key": "s1"})
        assert not SECRET.search(text(again))
        assert Hook.objects.get().secret == secret
        told_and_sent(admin, hook)
        (request,) = receiver.requests
        assert is_signed(request, secret)
        assert not is_signed(request, old)

    def test_paused_and_resumed(self, admin: Client) -> None:
        hook = added()
        assert "暂停后不再推送" in text(admin.get(f"{HOOKS}{hook.id}/pauses/"))
        assert admin.post(f"{HOOKS}{hook.id}/pauses/", {"version": 1}).status_code == 302
        assert "系统管理员暂停" in text(admin.get(f"{HOOKS}{hook.id}/"))
        assert admin.post(f"{HOOKS}{hook.id}/pauses/", {"version": 2}).status_code == 409
        assert admin.post(f"{HOOKS}{hook.id}/tests/").status_code == 409
        assert admin.post(f"{HOOKS}{hook.id}/resumptions/", {"version": 2}).status_code == 302
        assert admin.post(f"{HOOKS}{hook.id}/resumptions/", {"version": 3}).status_code == 409
        hook.refresh_from_db()
        assert (hook.is_active, hook.paused_why, hook.paused_at, hook.version) == (True, "", None, 3)
        codes = Entry.objects.filter(object_id=hook.id).values_list("code", flat=True)
        assert sorted(codes) == ["exchange.hook.added", "exchange.hook.paused", "exchange.hook.resumed"]

    def test_removal_asks_and_keeps_the_log(self, admin: Client) -> None:
        hook = added()
        assert "不能恢复" in text(admin.get(f"{HOOKS}{hook.id}/removals/"))
        assert Hook.objects.get().removed_at is None
        answer = admin.post(f"{HOOKS}{hook.id}/removals/", {"version": 1})
        assert answer["Location"] == HOOKS
        assert "还没有推送地址" in text(admin.get(HOOKS))
        for rest in ("", "changes/", "pauses/", "removals/"):
            assert admin.get(f"{HOOKS}{hook.id}/{rest}").status_code == 404

    def test_the_same_key_does_it_once(self, cast: Cast) -> None:
        hook = added()
        for _ in range(2):
            assert hook_pause(actor=SYSTEM, hook_id=hook.id, version=1, key="p").version == 2
        for _ in range(2):
            assert hook_resume(actor=SYSTEM, hook_id=hook.id, version=2, key="r").version == 3
        for _ in range(2):
            assert hook_edit(actor=SYSTEM, hook_id=hook.id, version=3, name="y", url=URL, key="e").version == 4
        with pytest.raises(Invalid):
            hook_edit(actor=SYSTEM, hook_id=hook.id, version=3, name="z", url=URL, key="e")

    def test_a_lost_race(self, cast: Cast) -> None:
        hook = added()
        hook_pause(actor=SYSTEM, hook_id=hook.id, version=1)
        for service in (hook_pause, hook_resume, hook_renew, hook_remove):
            with pytest.raises(Stale):
                service(actor=SYSTEM, hook_id=hook.id, version=1)

    def test_of_another_county(self, cast: Cast, cast_b: Cast, admin: Client) -> None:
        with county(410927):
            there = hook_add(actor=Actor.system(410927), name="x", url=URL).hook
        assert admin.get(f"{HOOKS}{there.id}/").status_code == 404
        with pytest.raises(NotFound):
            hook_remove(actor=cast.actor("system_admin"), hook_id=there.id, version=1)


def told_and_sent(admin: Client, hook: Hook) -> None:
    answer = admin.post(f"{HOOKS}{hook.id}/tests/", {"idempotency_key": f"t{hook.version}"})
    assert answer["Location"] == f"{HOOKS}{hook.id}/"
    send()


def test_a_test_goes_the_way_of_all_others(admin: Client, receiver: HttpProvider) -> None:
    hook, secret = made(receiver)
    OrmQ.objects.all().delete()
    told_and_sent(admin, hook)
    admin.post(f"{HOOKS}{hook.id}/tests/", {"idempotency_key": "t1"})  # sent twice
    assert HookDelivery.objects.count() == 1
    assert OrmQ.objects.count() == 1
    (request,) = receiver.requests
    assert request.headers["x-shanzhi-event"] == "test"
    assert request.body["service_request_id"] == ""
    assert "测试" in request.body["status_notes"]
    assert is_signed(request, secret)
    page = text(admin.get(f"{HOOKS}{hook.id}/"))
    assert "已送到" in page
    assert "应答 200" in page


class TestLog:
    @pytest.fixture
    def lines(self, cast: Cast, receiver: HttpProvider) -> dict[str, HookDelivery]:
        """One of each state."""
        made(receiver)
        found = {}
        for state, values in {
            "sent": {"state": "sent", "answer": 200, "attempts": 1, "next_at": None, "ended_at": timezone.now()},
            "failed": {"state": "failed", "error": "超过 5 秒没有应答。", "attempts": 6, "next_at": None},
            "sending": {"state": "sending"},
            "retrying": {"attempts": 2, "error": "对方没有收下（500）。", "answer": 500},
            "queued": {},
        }.items():
            told(cast)
            row = HookDelivery.objects.order_by("-id").first()
            assert row is not None
            HookDelivery.objects.filter(id=row.id).update(**values)
            found[state] = HookDelivery.objects.get(id=row.id)
        return found

    def states(self, answer: Any) -> list[str]:
        assert answer.status_code == 200
        return re.findall(r'data-label="推送">\s*<span[^>]*>([^<]+)<', text(answer))

    def test_states_in_words(self, admin: Client, lines: dict[str, HookDelivery]) -> None:
        words = {
            "sent": "已送到",
            "failed": "没有送到",
            "sending": "正在推送",
            "retrying": "等待重试",
            "queued": "等待推送",
        }
        assert self.states(admin.get(f"{HOOKS}log/")) == list(reversed(words.values()))
        for state, said in words.items():
            assert self.states(admin.get(f"{HOOKS}log/?state={state}")) == [said]
        page = text(admin.get(f"{HOOKS}log/"))
        for part in ("超过 5 秒没有应答。", "试了 6 次", "等待受理", lines["sent"].number, "应答 200"):
            assert part in page

    def test_filters(self, admin: Client, lines: dict[str, HookDelivery]) -> None:
        one, hook = lines["sent"], Hook.objects.get()
        other = added("另一个")
        assert len(self.states(admin.get(f"{HOOKS}log/?hook={hook.id}"))) == 5
        assert self.states(admin.get(f"{HOOKS}log/?hook={other.id}")) == []
        assert self.states(admin.get(f"{HOOKS}log/?q={one.number}")) == ["已送到"]
        assert self.states(admin.get(f"{HOOKS}log/?q=341181-{one.number}")) == ["已送到"]
        assert "没有符合条件的推送" in text(admin.get(f"{HOOKS}log/?q=9912-0001"))
        HookDelivery.objects.filter(id=one.id).update(created_at=timezone.now() - timedelta(days=40))
        day = timezone.localdate() - timedelta(days=30)
        assert len(self.states(admin.get(f"{HOOKS}log/?at_from={day}"))) == 4
        assert len(self.states(admin.get(f"{HOOKS}log/?at_to={day}"))) == 1
        for odd in ("hook=x", "hook=" + "9" * 25, "state=no", "at_from=x", "q=%00"):
            assert admin.get(f"{HOOKS}log/?{odd}").status_code == 200

    def test_paging(self, admin: Client, lines: dict[str, HookDelivery]) -> None:
        hook = Hook.objects.get()
        now = timezone.now()
        HookDelivery.objects.bulk_create(
            HookDelivery(hook=hook, event_id=n, status="open", notes="x", changed_at=now, created_at=now, state="sent",
                         ended_at=now) for n in range(60)
        )  # fmt: skip
        first = admin.get(f"{HOOKS}log/")
        assert len(self.states(first)) == 50
        found = re.search(r'href="([^"]+)" rel="next"', text(first))
        assert found
        second = admin.get(f"{HOOKS}log/" + found[1].replace("&amp;", "&").removeprefix(f"{HOOKS}log/"))
        assert len(self.states(second)) == 15

    def test_export(self, admin: Client, lines: dict[str, HookDelivery]) -> None:
        Hook.objects.update(name="=1+1")
        answer = admin.get(f"{HOOKS}log/export/?state=failed")
        head, line = answer.content.decode("utf-8-sig").strip().splitlines()
        assert head.startswith("时间,推送给谁,编号")
        assert "超过 5 秒没有应答。" in line
        assert "'=1+1" in line
        assert "whsec_" not in answer.content.decode()

    @pytest.mark.parametrize("state", ["sent", "failed"])
    def test_sent_again(
        self, admin: Client, lines: dict[str, HookDelivery], receiver: HttpProvider, state: str
    ) -> None:
        row = lines[state]
        HookDelivery.objects.exclude(id=row.id).update(next_at=None)
        answer = admin.post(f"{HOOKS}log/{row.id}/retries/?state={state}", {"idempotency_key": "a"})
        assert (answer.status_code, answer["Location"]) == (302, f"{HOOKS}log/?state={state}")
        admin.post(f"{HOOKS}log/{row.id}/retries/", {"idempotency_key": "a"})  # sent twice
        assert send() == 1
        assert receiver.requests[-1].body["service_request_id"] == row.number
        row.refresh_from_db()
        assert (row.state, row.attempts, row.error) == ("sent", 1, "")

    @pytest.mark.parametrize("state", ["queued", "sending", "retrying"])
    def test_what_is_on_its_way_is_not(self, admin: Client, lines: dict[str, HookDelivery], state: str) -> None:
        assert admin.post(f"{HOOKS}log/{lines[state].id}/retries/").status_code == 409

    def test_nor_what_has_no_address_any_more(self, admin: Client, lines: dict[str, HookDelivery]) -> None:
        hook_remove(actor=SYSTEM, hook_id=Hook.objects.get().id, version=1)
        assert admin.post(f"{HOOKS}log/{lines['failed'].id}/retries/").status_code == 409
        assert "再发一次" not in text(admin.get(f"{HOOKS}log/"))

    def test_nothing_yet(self, admin: Client) -> None:
        assert "还没有推送过" in text(admin.get(f"{HOOKS}log/"))


class TestApi:
    def post(self, browser: Client, path: str, body: Any = None, key: str = "") -> Any:
        headers = {"Idempotency-Key": key} if key else {}
        return browser.post(f"{API}{path}", body or {}, "application/json", headers=headers)

    def test_the_whole_life(self, admin: Client, receiver: HttpProvider, cast: Cast) -> None:
        body = {"name": "12345 平台", "url": receiver.url}
        answer = self.post(admin, "/hooks", body, "k1")
        assert answer.status_code == 201
        hook = answer.json()
        assert SECRET.fullmatch(hook["secret"])
        assert self.post(admin, "/hooks", body, "k1").json()["secret"] == ""
        assert [one["id"] for one in admin.get(f"{API}/hooks").json()["items"]] == [hook["id"]]
        assert "secret" not in admin.get(f"{API}/hooks/{hook['id']}").json()
        where = f"/hooks/{hook['id']}"
        assert self.post(admin, f"{where}/tests").json()["is_test"] is True
        told(cast, Act.ACCEPT)
        assert send() == 3
        rows = admin.get(f"{API}/hook-deliveries?state=sent").json()["items"]
        assert [row["state"] for row in rows] == ["sent"] * 3
        assert [row["is_test"] for row in rows] == [False, False, True]
        assert len(admin.get(f"{API}/hook-deliveries?number={rows[0]['service_request_id']}").json()["items"]) == 2
        assert self.post(admin, f"/hook-deliveries/{rows[0]['id']}/retries").json()["state"] == "queued"
        assert self.post(admin, f"{where}/pauses", {"version": 1}).json()["is_active"] is False
        assert self.post(admin, f"{where}/resumptions", {"version": 1}).json()["code"] == "stale"
        assert self.post(admin, f"{where}/resumptions", {"version": 2}).json()["version"] == 3
        change = {"name": "新名字", "url": receiver.url, "version": 3}
        assert self.post(admin, f"{where}/changes", change).json()["name"] == "新名字"
        assert SECRET.fullmatch(self.post(admin, f"{where}/secrets", {"version": 4}).json()["secret"])
        assert self.post(admin, f"{where}/removals", {"version": 5}).status_code == 200
        assert admin.get(f"{API}{where}").status_code == 404

    def test_refused(self, admin: Client) -> None:
        answer = self.post(admin, "/hooks", {"name": "x", "url": "http://a.cn/"})
        assert answer.status_code == 422
        assert answer.json()["fields"] == {"url": ["地址要以 https:// 开头。"]}
        assert only_missing(admin) == 404


def only_missing(admin: Client) -> int:
    with pytest.raises(HookDelivery.DoesNotExist):
        only()
    return int(admin.get(f"{API}/hooks/1").status_code)

"""Reports: taken as the standard says, at the place that was named, once, and only with a key that counts."""

import logging
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts.models import ApiToken
from shanzhi.accounts.services import token_revoke
from shanzhi.cases.models import Case, Contact, Receipt
from shanzhi.cases.taking.following import followed
from shanzhi.cases.taking.secrets import secret_read, secret_shown
from shanzhi.cases.tests.kinds import FULL
from shanzhi.exchange.models import Submission
from shanzhi.exchange.open311.submitting import submissions_purge
from shanzhi.exchange.tests.client import SUBMITTED, Client311, case_of, expire_keys, key_of
from shanzhi.tenancy.context import county
from shanzhi.trail.models import Entry
from tests.cast import Cast
from tests.kinds import kind_add

INSIDE = {"lat": "32.65", "long": "118.95"}  # of the real outline of 341181


def test_a_report_and_its_receipt(cast: Cast, api_key: str, client: Client311) -> None:
    row = client.report(
        api_key,
        first_name="小凤",
        last_name="钱",
        phone="139 5550 1234",
        email="q@example.cn",
        account_id="42",
        **INSIDE,
    )
    assert tuple(row) == SUBMITTED
    assert row["account_id"] == "42"
    assert "no-store" in client.last["Cache-Control"]
    case = case_of(row)
    assert (case.source, case.kind, case.body, case.place) == ("api", "facilities", "路灯不亮。", "张庄村村口")
    assert (case.lat, case.lon) == (32_6500000, 118_9500000)
    assert (case.area_id, case.owner_id) == (cast.areas["v1"].id, cast.areas["v1"].id)
    assert case.reporter_id is None
    assert case.reporter_name == "群众（12345 平台）"
    contact = Contact.objects.get(case=case)
    assert (contact.name, contact.phone, contact.wants_reply) == ("钱小凤", "13955501234", True)
    secret = secret_shown(Receipt.objects.get(case=case).secret)
    assert secret in row["service_notice"]
    assert case.number in row["service_notice"]
    assert reverse("cases:follow", args=[341181]) in row["service_notice"]
    told = followed(number=case.number, secret=secret, address="10.0.0.1", at=timezone.now())
    assert told.state == "等待受理"
    assert Entry.objects.filter(object_id=case.id).exists()
    assert client.get(f"requests/{case.number}")[0]["status"] == "open"


def test_little_is_enough(cast: Cast, api_key: str, client: Client311) -> None:
    row = client.report(api_key, description=None, address_string=None, address_id=cast.areas["g2"].code)
    assert row["account_id"] is None
    case = case_of(row)
    assert case.body == "道路水电设施（没有写情况）"
    assert (case.area_id, case.owner_id) == (cast.areas["g2"].id, cast.areas["v2"].id)
    assert not Contact.objects.filter(case=case).exists()
    assert Receipt.objects.filter(case=case).exists()


def test_the_key_may_stand_in_the_address_and_so_may_the_county(cast: Cast, api_key: str, client: Client311) -> None:
    client.county = None
    given = {"service_code": "facilities", "address_string": "张庄村"}
    rows = client.post(query=f"?api_key={api_key}&jurisdiction_id=341181", **given)
    assert client.last.status_code == 200
    assert case_of(rows[0]).area_id == cast.areas["v1"].id


class TestKeys:
    def refused(self, client: Client311, **arguments: Any) -> list[str]:
        client.post(service_code="facilities", address_string="张庄村", **arguments)
        assert client.last.status_code == 403
        assert Case.objects.count() == 0
        return client.errors()

    def test_missing_and_wrong(self, cast: Cast, client: Client311) -> None:
        assert "没有写 api_key" in self.refused(client)[0]
        for wrong in ("sz_", "sz_wrong", "xyz", "sz_" + "x" * 900, "sz_é"):
            assert "api_key 不对" in self.refused(client, api_key=wrong)[0]

    def test_expired_and_revoked(self, cast: Cast, api_key: str, client: Client311) -> None:
        token_revoke(actor=Actor.system(341181), token_id=ApiToken.objects.get().pk)
        self.refused(client, api_key=api_key)
        other = key_of(cast)
        expire_keys()
        self.refused(client, api_key=other)

    def test_of_another_county(self, cast: Cast, cast_b: Cast, api_key: str, client: Client311) -> None:
        with county(410927):
            there = key_of(cast_b)
        assert "不是这个县的" in self.refused(client, api_key=there)[0]
        client.county = 410927
        assert client.report(there)["service_request_id"]

    @pytest.mark.parametrize("role", ["system_admin", "audit_admin", "department_handler"])
    def test_of_somebody_who_may_not_report(self, cast: Cast, client: Client311, role: str) -> None:
        assert "没有上报事件的岗位" in self.refused(client, api_key=key_of(cast, role))[0]

    def test_is_in_no_log(self, cast: Cast, api_key: str, client: Client311, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        client.report(api_key, description="标记描述", phone="13955501234", first_name="标记姓名")
        client.post(query=f"?api_key={api_key}&jurisdiction_id=341181", service_code="no")
        client.post(query=f"?api_key={api_key}x&jurisdiction_id=341181", service_code="no")
        logged = [r.getMessage() for r in caplog.records if r.name != "django.db.backends"]
        assert logged
        text = "\n".join(logged)
        for secret in (api_key, "标记", "13955501234"):
            assert secret not in text


class TestPlaces:
    def area(self, client: Client311, api_key: str, **arguments: Any) -> int:
        given = {"service_code": "facilities", "description": "路灯不亮。", **arguments}
        rows = client.post(api_key=api_key, **given)
        assert client.last.status_code == 200, rows
        return case_of(rows[0]).area_id

    @pytest.mark.parametrize(
        ("words", "place"),
        [
            ("张庄村村口", "v1"),
            ("天长市东镇李庄村 12 号", "v2"),
            ("东镇街上", "t1"),
            ("天长市 西 镇 王庄村", "v3"),
            ("县医院门口", "county"),
            ("西镇张庄村", "t2"),  # no such village there: the township that was named
        ],
    )
    def test_by_name(self, cast: Cast, api_key: str, words: str, place: str) -> None:
        assert self.area(Client311(), api_key, address_string=words) == cast.areas[place].id

    def test_by_position_alone_the_county_takes_it(self, cast: Cast, api_key: str) -> None:
        assert self.area(Client311(), api_key, **INSIDE) == cast.areas["county"].id
        case = Case.objects.get()
        assert (case.owner_id, case.turn_area_id) == (cast.areas["county"].id,) * 2

    def test_the_code_goes_before_the_words(self, cast: Cast, api_key: str) -> None:
        given = {"address_id": cast.areas["v3"].code, "address_string": "张庄村"}
        assert self.area(Client311(), api_key, **given) == cast.areas["v3"].id

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ({}, "请写明地点"),
            ({"lat": "32.65"}, "一起写"),
            ({"lat": "32.65", "long": "x"}, "一起写"),
            ({"lat": "nan", "long": "118.95"}, "lat 要在"),
            ({"lat": "95", "long": "118.95"}, "lat 要在"),
            ({"lat": "39.9", "long": "116.4"}, "不在本县"),
            ({"lat": "39.9", "long": "116.4", "address_string": "张庄村"}, "不在本县"),
            ({"address_id": "999999999999"}, "address_id 不对"),
        ],
    )
    def test_refused(self, cast: Cast, api_key: str, client: Client311, arguments: Any, words: str) -> None:
        client.post(api_key=api_key, service_code="facilities", description="路灯不亮。", **arguments)
        assert client.last.status_code == 400
        assert words in client.errors()[0]
        assert Case.objects.count() == 0

    def test_a_long_address_is_kept_whole(self, cast: Cast, api_key: str) -> None:
        address = "张庄村" + "很长" * 60
        case = case_of(Client311().report(api_key, address_string=address))
        assert len(case.place) == 100
        assert address in case.body


class TestAttributes:
    @pytest.fixture(autouse=True)
    def full(self, cast: Cast) -> None:
        kind_add("full", {**FULL, "label": "什么都问的"})

    def post(self, client: Client311, api_key: str, **attributes: Any) -> Any:
        named = {f"attribute[{code}]": value for code, value in attributes.items()}
        return client.post(api_key=api_key, service_code="full", address_string="张庄村", **named)

    def test_of_each_type(self, cast: Cast, api_key: str, client: Client311) -> None:
        rows = self.post(
            client, api_key, what="路灯", lamp="A12", size="2.5", count="3", since="2026-11-01T23:30:00Z",
            story="昨天\n还好", spot="桥头", **{"signs][": None},
        )  # fmt: skip
        assert client.last.status_code == 200, rows
        assert case_of(rows[0]).answers == {
            "what": "路灯", "lamp": "A12", "size": "2.5", "count": 3, "since": "2026-11-02", "story": "昨天\n还好",
            "spot": "桥头",
        }  # fmt: skip

    def test_several_values(self, cast: Cast, api_key: str, client: Client311) -> None:
        given = {"attribute[what]": "路面", "attribute[signs][]": ["积水", "裂缝"], "attribute[deep]": "一尺"}
        rows = client.post(api_key=api_key, service_code="full", address_string="张庄村", **given)
        assert client.last.status_code == 200, rows
        assert case_of(rows[0]).answers == {"what": "路面", "signs": ["裂缝", "积水"], "deep": "一尺"}

    @pytest.mark.parametrize(
        ("attributes", "words"),
        [
            ({}, "请选“是什么”"),
            ({"what": "桥"}, "没有这个选项"),
            ({"what": "路灯"}, "请填“灯杆编号”"),
            ({"what": "路面", "count": "三"}, "要填数字"),
            ({"what": "路面", "since": "2199-01-01"}, "年份不对"),
            ({"what": "供电", "wire": "有"}, "95598"),
            ({"what": "路面", "no_such": "1"}, "没有 attribute[no_such]"),
            ({"what": "路面", "who": "张三"}, "没有 attribute[who]"),
            ({"what": "路面", "view": "1"}, "没有 attribute[view]"),
        ],
    )
    def test_refused(self, cast: Cast, api_key: str, client: Client311, attributes: Any, words: str) -> None:
        self.post(client, api_key, **attributes)
        assert client.last.status_code == 400
        assert any(words in sentence for sentence in client.errors())
        assert Case.objects.count() == 0

    def test_each_fault_is_told(self, cast: Cast, api_key: str, client: Client311) -> None:
        self.post(client, api_key, what="桥", count="三")
        assert len(client.errors()) == 2


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ({"service_code": None}, 400, "请写明 service_code"),
        ({"service_code": "no_such"}, 404, "没有这个 service_code"),
        ({"description": "长" * 2001}, 400, "最多写 2000 字"),
        ({"description": "长" * 4001}, 400, "description 最多 4000 字"),
        ({"phone": "12"}, 400, "电话不对"),
        ({"first_name": "名" * 41}, 400, "姓名最多写 40 字"),
    ],
)
def test_refused(cast: Cast, api_key: str, client: Client311, arguments: Any, status: int, words: str) -> None:
    client.post(**{"api_key": api_key, "service_code": "facilities", "address_string": "张庄村", **arguments})
    assert client.last.status_code == status
    assert words in client.errors()[0]
    assert Case.objects.count() == Submission.objects.count() == 0


def test_private_kinds_cant_be_reported(cast: Cast, api_key: str, client: Client311) -> None:
    kind_add("hidden", {"label": "不公开的", "public": False})
    client.post(api_key=api_key, service_code="hidden", address_string="张庄村")
    assert client.last.status_code == 404


def test_media_is_never_fetched(cast: Cast, api_key: str, client: Client311, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def no(*_: Any, **__: Any) -> None:
        raise AssertionError("an address that a stranger named was opened")

    monkeypatch.setattr(socket, "getaddrinfo", no)
    row = client.report(api_key, media_url="http://169.254.169.254/latest/meta-data/")
    assert "media_url 没有取用" in row["service_notice"]
    assert "169.254" not in row["service_notice"]
    assert "169.254" not in str(Case.objects.values())


class TestOnce:
    def test_by_the_header(self, cast: Cast, api_key: str, client: Client311) -> None:
        given = {"headers": {"Idempotency-Key": "a-1"}, "device_id": "d1"}
        first = client.report(api_key, **given)
        assert client.report(api_key, **given) == first
        assert Case.objects.count() == Submission.objects.count() == 1
        client.post(
            api_key=api_key, service_code="facilities", address_string="李庄村", headers={"Idempotency-Key": "a-1"}
        )
        assert client.last.status_code == 400
        assert "重复提交标识" in client.errors()[0]

    def test_two_systems_may_use_one_key(self, cast: Cast, api_key: str) -> None:
        client, other = Client311(), key_of(cast, "village_clerk", "另一个平台")
        headers = {"Idempotency-Key": "1"}
        assert client.report(api_key, headers=headers) != client.report(other, headers=headers)

    def test_by_device_and_words_within_a_minute(self, cast: Cast, api_key: str, client: Client311) -> None:
        first = client.report(api_key, device_id="d1")
        assert client.report(api_key, device_id="d1") == first
        assert client.report(api_key, device_id="d2") != first
        assert client.report(api_key, device_id="d1", description="另一件") != first
        assert client.report(api_key, device_id="d1", service_code="sanitation") != first
        assert Case.objects.count() == 4
        Submission.objects.update(at=timezone.now() - timedelta(seconds=61))
        assert client.report(api_key, device_id="d1") != first

    def test_without_a_device_each_is_another(self, cast: Cast, api_key: str, client: Client311) -> None:
        assert client.report(api_key) != client.report(api_key)
        assert client.report(api_key, description=None, device_id="d") != client.report(
            api_key, description=None, device_id="d"
        )

    def test_the_mark_says_nothing(self, cast: Cast, api_key: str) -> None:
        Client311().report(api_key, device_id="标记设备", description="标记描述")
        mark = Submission.objects.get().mark
        assert len(mark) == 64
        assert "标记" not in str(Submission.objects.values())


class TestLimits:
    def test_of_one_key(self, cast: Cast, api_key: str, client: Client311, settings: Any) -> None:
        settings.EXCHANGE = {**settings.EXCHANGE, "minute": 2, "hour": 3}
        client.report(api_key)
        client.report(api_key, device_id="d")
        client.post(api_key=api_key, service_code="facilities", address_string="张庄村")
        assert client.last.status_code == 429
        assert client.last["Retry-After"] == "60"
        assert "每分钟最多 2 件" in client.errors()[0]
        assert client.report(api_key, device_id="d")  # a repetition is none more
        assert client.report(key_of(cast, "village_clerk"))  # another key has a limit of its own
        Submission.objects.update(at=timezone.now() - timedelta(minutes=5))
        client.report(api_key)
        client.post(api_key=api_key, service_code="facilities", address_string="张庄村")
        assert client.last.status_code == 429
        Submission.objects.update(at=timezone.now() - timedelta(hours=2))
        client.report(api_key)

    def test_what_is_refused_counts_for_nothing(self, cast: Cast, api_key: str, settings: Any) -> None:
        settings.EXCHANGE = {**settings.EXCHANGE, "minute": 1}
        client = Client311()
        for _ in range(3):
            client.post(api_key=api_key, service_code="facilities")
        client.report(api_key)

    def test_old_marks_are_dropped(self, cast: Cast, api_key: str) -> None:
        Client311().report(api_key)
        assert submissions_purge(at=timezone.now() + timedelta(days=89)) == 0
        assert submissions_purge(at=timezone.now() + timedelta(days=91)) == 1
        assert Case.objects.count() == 1


@pytest.mark.parametrize("body", [b"\xff\xfe", b"a" * 3_000_000, b"=&=&%%%", b"service_code=%00&api_key=%00"])
def test_bodies_that_cant_be_read(cast: Cast, client: Client311, body: bytes) -> None:
    path = f"/open311/v2/requests.{client.form}?jurisdiction_id=341181"
    client.last = client.browser.post(path, body, content_type="application/x-www-form-urlencoded")
    assert client.last.status_code in (400, 403, 413)
    assert client.errors()


def test_a_broken_multipart(cast: Cast, client: Client311) -> None:
    path = f"/open311/v2/requests.{client.form}?jurisdiction_id=341181"
    client.last = client.browser.post(path, b"x", content_type="multipart/form-data; boundary=")
    assert client.last.status_code in (400, 403)
    assert client.errors()


def test_signs_that_xml_cant_hold(cast: Cast, api_key: str) -> None:
    client = Client311("xml")
    row = client.report(api_key, account_id="a\x01b<&>\"'\ufffe")
    assert row["account_id"] == "ab<&>\"'"


def test_a_browser_of_somebody_signed_in_changes_nothing(cast: Cast, api_key: str) -> None:
    client = Client311(browser=cast["village_clerk"].client())
    case = case_of(client.report(api_key))
    assert case.reporter_id is None
    assert secret_read(secret_shown(Receipt.objects.get(case=case).secret))
    assert isinstance(client.browser, Client)

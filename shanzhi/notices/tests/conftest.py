import json

import pytest

from shanzhi.files.tests.factories import member
from shanzhi.notices.channels import tokens
from shanzhi.notices.channels.kinds import KINDS
from shanzhi.notices.tests.providers import HttpProvider, MailServer
from shanzhi.notices.topics import TOPICS, Topic


@pytest.fixture
def me(county_a):
    return member()


@pytest.fixture
def other(county_a):
    return member("刘一")


@pytest.fixture(autouse=True)
def topics(monkeypatch):
    """Topics of our own, whatever the apps above declare; no token of an earlier test."""
    known = {
        "test.assigned": Topic("test.assigned", "派给我的", frozenset({"sms", "wechat"})),
        "test.whistle": Topic("test.whistle", "吹哨", frozenset({"sms"}), at_night=True),
        "system": TOPICS["system"],
    }
    for code in list(TOPICS):
        monkeypatch.delitem(TOPICS, code)
    for code, topic in known.items():
        monkeypatch.setitem(TOPICS, code, topic)
    tokens.forget()
    return known


class Box:
    """What the file channels wrote."""

    def __init__(self, folder):
        self.folder = folder

    def all(self):
        paths = sorted(self.folder.glob("*.jsonl"))
        return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]

    def last(self):
        return self.all()[-1]


@pytest.fixture
def open_up(settings, tmp_path):
    """Switch channels on by name; every other one is off."""

    def switch(*channels, by="file", site="https://shanzhi.example.gov.cn", **more):
        given = {**settings.MESSAGES, "folder": tmp_path / "messages", "site": site}
        for code in KINDS:
            given[code] = {**given[code], "by": by if code in channels else "off", **(more if code in channels else {})}
        settings.MESSAGES = given
        return Box(tmp_path / "messages")

    return switch


@pytest.fixture
def box(open_up):
    """All four channels, into a folder."""
    return open_up(*KINDS)


@pytest.fixture
def provider():
    server = HttpProvider()
    yield server
    server.close()


@pytest.fixture
def mail_server():
    server = MailServer()
    yield server
    server.close()

"""E-mail through a real mail server on this machine; and messages as lines of a file."""

import os
import stat

import pytest
from django.core.exceptions import ImproperlyConfigured

from shanzhi.notices.channels.base import SendError
from shanzhi.notices.channels.email import SmtpSender
from shanzhi.notices.channels.registry import check_settings, open_channels, sender
from shanzhi.notices.tests.factories import message

FROM = "善治 <no-reply@example.gov.cn>"


def to_me(**more):
    return message(to="w@example.cn", **more)


def refused(found):
    with pytest.raises(SendError) as error:
        found.send(to_me())
    return error.value


def test_a_letter(mail_server):
    assert SmtpSender(mail_server.url, FROM).send(to_me()) == "<77@example.gov.cn>"
    (letter,) = mail_server.letters
    assert letter["Subject"] == "派给你处理：张庄路口井盖断裂"
    assert (letter["To"], letter["From"]) == ("w@example.cn", FROM)
    assert letter["Message-ID"] == "<77@example.gov.cn>"
    text = letter.get_content()
    assert "https://shanzhi.example.gov.cn/341181/cases/1/" in text
    assert "天长市" in text


def test_no_header_can_be_slipped_in(mail_server):
    SmtpSender(mail_server.url, FROM).send(to_me(title="标题\r\nBcc: a@b.cn"))
    (letter,) = mail_server.letters
    assert letter["Bcc"] is None
    assert letter["Subject"] == "标题 Bcc: a@b.cn"


@pytest.mark.parametrize(("code", "again"), [(550, False), (553, False), (450, True), (421, True)])
def test_a_recipient_that_is_refused(mail_server, code, again):
    mail_server.refusals["w@example.cn"] = code
    error = refused(SmtpSender(mail_server.url, FROM))
    assert error.again == again
    assert "w@example.cn" not in error.sentence


@pytest.mark.parametrize(("answer", "again"), [("554 spam", False), ("452 full", True)])
def test_a_letter_that_is_refused(mail_server, answer, again):
    mail_server.after_data = answer
    error = refused(SmtpSender(mail_server.url, FROM))
    assert error.again == again
    assert answer[:3] in error.sentence


def test_nobody_there(mail_server):
    url = mail_server.url
    mail_server.close()
    error = refused(SmtpSender(url, FROM))
    assert (error.again, error.down) == (True, True)


@pytest.mark.parametrize(
    ("server", "options"),
    [
        ("smtp://mail.example.cn", {"port": 25, "use_tls": False, "use_ssl": False, "username": ""}),
        ("smtps://u%40x:p%2F@mail.example.cn", {"port": 465, "use_ssl": True, "username": "u@x", "password": "p/"}),
        ("smtp+tls://mail.example.cn:2587", {"port": 2587, "use_tls": True, "use_ssl": False}),
    ],
)
def test_servers(server, options):
    found = SmtpSender(server, FROM)._options()
    assert {name: found[name] for name in options} == options


def test_settings(open_up, mail_server):
    open_up("email", by="smtp", server=mail_server.url, **{"from": FROM})
    check_settings()
    assert sender("email").send(to_me())
    for wrong in ({"server": ""}, {"server": "mail.example.cn"}, {"from": ""}):
        open_up("email", by="smtp", **{"server": mail_server.url, "from": FROM, **wrong})
        with pytest.raises(ImproperlyConfigured, match="SHANZHI_SMTP"):
            check_settings()


def test_a_line_for_each_message(box):
    for number in (1, 2):
        assert sender("sms").send(message(id=number)) == ""
    first, second = box.all()
    assert (first["id"], second["id"], first["channel"]) == ("1", "2", "sms")
    assert first["to"] == "13855501234"
    assert first["params"]["place"] == "天长市"
    assert first["at"] == "2026-11-20T15:30:00+08:00"
    (path,) = box.folder.glob("*.jsonl")
    assert path.name == "2026-11-20.jsonl"
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600


def test_a_folder_that_can_not_be_written(box):
    box.folder.parent.mkdir(exist_ok=True)
    box.folder.write_text("a file where the folder should be")
    with pytest.raises(SendError, match="磁盘") as error:
        sender("sms").send(message())
    assert error.value.down


def test_channels_that_are_open_in_the_order_of_the_pages(open_up):
    open_up("email", "sms")
    assert open_channels() == ("sms", "email")
    open_up()
    assert open_channels() == ()
    check_settings()

"""The desk in a browser: the list, one clue, its acts, the letter."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shanzhi.clues.catalogue import Act, State
from shanzhi.clues.models import Clue, Step
from shanzhi.clues.specs import SPECS, Spec
from shanzhi.clues.tests.desk import BODY, LEAD, OFFICER, OTHER, SAID, Office
from shanzhi.clues.tests.test_tampering import Counter
from shanzhi.tenancy.keyset import SIZE

DESK = "/341181/clues/"


@pytest.fixture
def lead(office: Office) -> Client:
    return office.cast[LEAD].client()


@pytest.fixture
def officer(office: Office) -> Client:
    return office.cast[OFFICER].client()


def page_of(client: Client, path: str = DESK) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    return answer.content.decode()


def test_the_list_shows_no_text(office: Office, lead: Client) -> None:
    clue = office.give(whom="外号大头")
    page = page_of(lead)
    assert clue.shown_number in page
    for words in (BODY, "大头"):
        assert words not in page


def test_tabs_of_a_lead_and_of_an_officer(office: Office, lead: Client, officer: Client) -> None:
    labels = re.compile(r"duty-tabs.*?</nav>", re.DOTALL)
    mine, theirs = labels.search(page_of(lead)), labels.search(page_of(officer))
    assert mine is not None
    assert theirs is not None
    assert all(word in mine[0] for word in ("待分派", "我的", "全部在办", "已移送", "已办结"))
    assert "待分派" not in theirs[0]
    assert "全部在办" not in theirs[0]


def test_an_officer_who_asks_for_a_leads_tab_gets_the_own(office: Office, officer: Client) -> None:
    clue = office.give()
    assert clue.shown_number not in page_of(officer, f"{DESK}?tab=waiting")
    assert clue.shown_number not in page_of(officer, f"{DESK}?tab=open")


def test_the_filter_by_officer(office: Office, lead: Client) -> None:
    one, two = office.assign(office.give(), OFFICER), office.assign(office.give(), OTHER)
    page = page_of(lead, f"{DESK}?tab=open&officer={office.cast[OFFICER].user.pk}")
    assert one.shown_number in page
    assert two.shown_number not in page
    assert "没有符合条件的线索" in page_of(lead, f"{DESK}?tab=concluded&officer={office.cast[OTHER].user.pk}")
    assert page_of(lead, f"{DESK}?tab=open&officer=x")


def test_looking_for_a_number(office: Office, lead: Client, officer: Client) -> None:
    clue = office.give()
    answer = lead.post(DESK, {"number": clue.shown_number.lower()})
    assert (answer.status_code, answer["Location"]) == (302, f"{DESK}{clue.id}/")
    for client, number in ((officer, clue.number), (lead, "ABCDEFGH"), (lead, "")):
        answer = client.post(DESK, {"number": number})
        assert answer.status_code == 422
        assert "没有这个编号的线索" in answer.content.decode()


def test_pages_of_a_long_list(office: Office, lead: Client) -> None:
    for number in range(SIZE + 2):
        office.give(address=f"203.0.113.{number}")
    page = page_of(lead)
    follow = re.search(r'href="(\?[^"]*after=[^"]+)"', page)
    assert follow is not None
    rest = page_of(lead, DESK + follow[1].replace("&amp;", "&"))
    assert len(re.findall(r'data-label="编号"', rest)) == 2
    assert lead.get(f"{DESK}?after=broken").status_code == 302


def test_the_list_asks_no_more_for_more_rows(office: Office, lead: Client) -> None:
    def count() -> int:
        with connection.execute_wrapper(counter := Counter()):
            page_of(lead, f"{DESK}?tab=open")
        return counter.count

    office.assign(office.give(), OFFICER)
    page_of(lead)
    before = count()
    for _ in range(5):
        office.assign(office.give(), OFFICER, OTHER)
    assert count() == before


def test_one_clue_with_everything_that_happened(office: Office, lead: Client) -> None:
    clue = office.give(place="北河桥头", whom="外号大头", name="钱某", phone="13955550001", barred=(OTHER,))
    office.moved(clue, (Act.CHECK, Act.TRANSFER, Act.CONCLUDE, Act.TELL))
    page = page_of(lead, f"{DESK}{clue.id}/")
    cast = office.cast
    for words in (
        BODY, "北河桥头", "外号大头", "钱某", "13955550001", "天长市公安局", "天线移〔2026〕3 号", "查过了，属实", "结果：查实",
        "告诉举报人：正在查，请放心", f"分派给：{cast[OFFICER].user.name}", f"不让看的人：{cast[OTHER].user.name}",
        "举报人（凭回执）",
    ):  # fmt: skip
        assert words in page, words
    assert clue.secret not in page


def test_who_looked_is_shown(office: Office, lead: Client, officer: Client) -> None:
    clue = office.assign(office.give(), OFFICER)
    page_of(officer, f"{DESK}{clue.id}/")
    page = page_of(lead, f"{DESK}{clue.id}/")
    looks = page[page.index("谁看过") :]
    assert office.cast[OFFICER].user.name in looks
    assert office.cast[LEAD].user.name in looks


def test_one_clue_asks_no_more_for_more_steps(office: Office, lead: Client) -> None:
    clue = office.moved(office.give(), (Act.CHECK,))
    url = f"{DESK}{clue.id}/"
    page_of(lead, url)

    def count() -> int:
        with connection.execute_wrapper(counter := Counter()):
            page_of(lead, url)
        return counter.count

    page_of(lead, url)
    before = count()
    for number in range(5):
        office.act(OFFICER, clue, Act.NOTE, note=f"第 {number} 次")
    page_of(lead, url)
    assert count() == before


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.slug)
def test_strangers_find_no_page_of_an_act(office: Office, spec: Spec) -> None:
    clue = office.give()
    for who in (OFFICER, OTHER, "accountant", "auditor"):
        browser = office.cast[who].client()
        for url in (f"{DESK}{clue.id}/", f"{DESK}{clue.id}/letter/", f"{DESK}{clue.id}/{spec.slug}/"):
            assert browser.get(url).status_code == 404
        assert browser.post(f"{DESK}{clue.id}/{spec.slug}/", {"version": 0}).status_code == 404


# What has to be done before each act, and who does it.
BEFORE: dict[Act, tuple[Act, ...]] = {
    Act.WAIT: (Act.CHECK,), Act.RESUME: (Act.CHECK, Act.WAIT), Act.TRANSFER: (Act.CHECK,), Act.CONCLUDE: (Act.CHECK,),
    Act.REOPEN: (Act.CHECK, Act.CONCLUDE),
}  # fmt: skip


def ready(office: Office, spec: Spec) -> tuple[Clue, Client, dict[str, Any]]:
    """A clue on which the act is possible, the browser of whoever does it, and what they send."""
    clue = office.give()
    leads = spec.act in (Act.ASSIGN, Act.REOPEN)
    if spec.act is not Act.ASSIGN:
        clue = office.moved(clue, BEFORE.get(spec.act, ()))
    sent: dict[str, Any] = {**SAID.get(spec.act, {}), "version": clue.version}
    if spec.act is Act.ASSIGN:
        sent["officers"] = [office.id(OFFICER)]
    return clue, office.cast[LEAD if leads else OFFICER].client(), sent


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.slug)
def test_each_act_has_a_page(office: Office, spec: Spec) -> None:
    clue, browser, sent = ready(office, spec)
    url = f"{DESK}{clue.id}/{spec.slug}/"
    assert url in page_of(browser, f"{DESK}{clue.id}/")
    form = page_of(browser, url)
    for name in spec.fields:
        assert f'name="{name}"' in form
    answer = browser.post(url, {**sent, "idempotency_key": "k"})
    assert (answer.status_code, answer["Location"]) == (302, f"{DESK}{clue.id}/")
    assert spec.done in page_of(browser, f"{DESK}{clue.id}/")
    assert browser.post(url, {**sent, "idempotency_key": "k"}).status_code == 302
    assert Step.objects.filter(clue_id=clue.id, act=spec.act).count() == 1


@pytest.mark.parametrize("spec", [one for one in SPECS if "note" in one.fields], ids=lambda spec: spec.slug)
def test_who_was_slower_keeps_what_was_typed(office: Office, spec: Spec) -> None:
    clue, browser, sent = ready(office, spec)
    if spec.act is Act.ASSIGN:
        office.act(LEAD, clue, Act.NOTE, note="抢先")
    else:
        office.act(OFFICER, clue, Act.NOTE, note="抢先")
    answer = browser.post(f"{DESK}{clue.id}/{spec.slug}/", {**sent, "note": "我写了很久"})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "我写了很久" in page
    assert f'name="version" value="{clue.version + 1}"' in page
    again = browser.post(f"{DESK}{clue.id}/{spec.slug}/", {**sent, "note": "我写了很久", "version": clue.version + 1})
    assert again.status_code == 302


def test_what_is_wrong_keeps_what_was_typed(office: Office, officer: Client) -> None:
    clue = office.moved(office.give(), (Act.CHECK,))
    sent = {"version": clue.version, "organ": "police", "organ_name": "", "document": "文号一", "on": "不是日子"}
    answer = officer.post(f"{DESK}{clue.id}/transfers/", sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "文号一" in page
    assert "不是日子" in page
    answer = officer.post(f"{DESK}{clue.id}/transfers/", {**sent, "on": "2026-01-05"})
    assert "请写机关的全称" in answer.content.decode()
    assert officer.post(f"{DESK}{clue.id}/notes/", {"note": "x"}).status_code == 422  # no version


def test_the_state_forbids_the_page(office: Office, officer: Client, lead: Client) -> None:
    clue = office.assign(office.give(), OFFICER)
    assert officer.get(f"{DESK}{clue.id}/transfers/").status_code == 409
    assert officer.post(f"{DESK}{clue.id}/transfers/", {"version": 1, **SAID[Act.TRANSFER]}).status_code == 409
    assert officer.get(f"{DESK}{clue.id}/assignments/").status_code == 403
    assert lead.get(f"{DESK}{clue.id}/checks/").status_code == 403
    assert Clue.objects.get(id=clue.id).state == State.ASSIGNED


def test_assigning_offers_nobody_who_is_barred(office: Office, lead: Client) -> None:
    clue = office.assign(office.give(barred=(OTHER,)), OFFICER)
    form = page_of(lead, f"{DESK}{clue.id}/assignments/")
    assert office.id(OTHER) not in form
    assert re.search(rf'value="{office.id(OFFICER)}"[^>]*checked', form)


def test_the_letter_has_what_is_known(office: Office, officer: Client) -> None:
    clue = office.moved(office.give(place="北河桥头", whom="外号大头", name="钱某", phone="13955550001"), (Act.CHECK,))
    url = f"{DESK}{clue.id}/letter/"
    assert "＿＿＿＿" in page_of(officer, url)
    office.act(OFFICER, clue, Act.TRANSFER, **SAID[Act.TRANSFER])
    page = page_of(officer, url)
    for words in ("天长市公安局", "天线移〔2026〕3 号", "2026年1月5日", "李警官", BODY, "北河桥头", clue.shown_number):
        assert words in page
    for words in ("钱某", "13955550001"):  # who handed it in goes with no letter
        assert words not in page
    assert url in page_of(officer, f"{DESK}{clue.id}/")
    assert Step.objects.filter(clue_id=clue.id, act=Act.PRINT).exists()
    assert Step.objects.filter(clue_id=clue.id, at__lte=timezone.now()).exists()


def test_the_county_page_leads_to_the_form(office: Office, client: Client) -> None:
    assert 'href="/341181/clues/new/"' in client.get("/341181/").content.decode()

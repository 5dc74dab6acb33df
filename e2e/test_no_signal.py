"""The grid worker's phone where there is no signal: filled in, switched off, on again, and there once."""

import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from playwright.sync_api import Browser, Page, expect

from e2e.browsing import PHONE, Watched, eventually, overflow
from e2e.people import CLERK, GRID, A, People, fill_login
from e2e.phones import KEPT, Phone, phone, queue, wait_for_copies
from e2e.screens import (
    ASKED,
    FIRST_GRID,
    add_photos,
    answer,
    other_kind,
    picture,
    reported,
    send_button,
    tell,
    usual_kind,
)
from e2e.server import Site

pytestmark = pytest.mark.browser
HOME, NEW, WAITING, NOTICES = (f"/{A}/{path}" for path in ("home/", "cases/new/", "waiting/", "notices/"))
LEADER: Final = "tianchang.grid_leader"
VOLUNTEER: Final = "tianchang.volunteer"
SPOTS: Final = ((32.6605, 118.8311), (32.6612, 118.8327))


@pytest.fixture
def made(browser: Browser, tmp_path: Path, site: Site) -> Iterator[Phone]:
    with phone(browser.browser_type, tmp_path / "profile", site.url) as one:
        yield one


def sign_in(page: Page, people: People, login: str, password: str = "") -> None:
    page.goto("/accounts/login/")
    fill_login(page, login, password or people[login].password)
    expect(page).to_have_url(re.compile(HOME))


def ready(made: Phone, people: People, login: str = GRID) -> Page:
    """Signed in, and everything that is needed without a signal is in the phone."""
    page = made.start()
    sign_in(page, people, login)
    wait_for_copies(page, HOME, NEW, WAITING, NOTICES)
    assert eventually(page, lambda: bool(queue(page)["keys"]))
    return page


def write(page: Page, text: str, *photos: Any) -> None:
    """随手拍 on the page that the phone kept; afterwards it says that it is saved."""
    page.goto(NEW)
    expect(page.locator("body")).to_have_attribute("data-copy", re.compile("."))
    if photos:
        add_photos(page, *photos)
    tell(page, text, kind=usual_kind(page), place="老街中段")
    send_button(page).click()
    expect(page).to_have_url(re.compile(WAITING))


def states(page: Page) -> list[str]:
    return [one["state"] for one in queue(page)["items"]]


def sent(page: Page) -> bool:
    return eventually(page, lambda: not queue(page)["items"], 90)


def found(people: People, text: str) -> list[Any]:
    """Every case of these words, whoever may have made it twice."""
    page = people.call(CLERK, "/cases?tab=open&limit=200")
    return [one for one in page["items"] if text in one["title"]]


@pytest.mark.both
def test_two_reports_survive_a_switched_off_phone_and_arrive_once(made: Phone, people: People) -> None:
    page = ready(made, people)
    made.off()
    mark = secrets.randbelow(90_000) + 10_000
    texts = [f"西头 {mark} 号井盖裂了", f"东头 {mark} 号护栏倒了"]
    write(page, texts[0], picture("IMG_1.jpg", place=SPOTS[0], seed=1))
    write(page, texts[1], picture("IMG_2.jpg", place=SPOTS[1], seed=2), picture("IMG_3.jpg", seed=3))
    lying = queue(page)
    assert [(one["state"], one["open"], one["box"]) for one in lying["items"]] == [("waiting", False, True)] * 2
    assert (lying["sealed"], lying["photos"]) == (3, 3), "nothing of it can be read off the disk"
    made.stop()

    page = made.start(signal=False)
    page.goto(HOME)
    strip = page.locator("[data-strip]")
    expect(strip).to_contain_text("已保存，等待上传 2 条")
    expect(strip).to_contain_text("现在没有信号，有信号后自动上传")
    strip.get_by_role("link", name="查看").click()
    cards = page.locator("[data-item]")
    expect(cards).to_have_count(2)
    expect(cards.nth(1)).to_contain_text("照片已传 0/2")
    expect(cards.nth(1)).to_contain_text(texts[1])
    assert overflow(page) <= 0
    assert not any(found(people, text) for text in texts)

    made.on()
    assert sent(page), queue(page)
    expect(page.locator("[data-told=done]")).to_have_count(2)
    numbers = []
    for text, (lat, lon) in zip(texts, SPOTS, strict=True):
        (row,) = found(people, text)
        numbers.append(row["number"])
        case = people.call(CLERK, f"/cases/{row['number']}")
        assert abs(case["lat"] - lat) < 0.0002, "the picture's own place"
        assert abs(case["lon"] - lon) < 0.0002
        photos = case["steps"][-1]["photos"]
        assert len(photos) == texts.index(text) + 1
        for address in photos:
            body = page.request.get(address).body()
            assert body[:2] == b"\xff\xd8"
            assert b"Exif" not in body[:4000]
    assert numbers == sorted(numbers), "in the order in which they were written"


def test_a_weak_signal_loses_no_form(made: Phone, people: People) -> None:
    """The phone believes that it has a signal; the form that got no answer is caught and goes out later, once."""
    page = ready(made, people)
    page.goto(NEW)
    text = "河边的树枝挡路"
    tell(page, text, place="河边")
    made.line.cut()
    send_button(page).click()
    expect(page).to_have_url(re.compile(WAITING))
    expect(page.locator("[data-item]")).to_contain_text(text)
    made.line.mend()
    page.get_by_role("button", name="现在上传").click()
    assert sent(page)
    assert len(found(people, text)) == 1
    page.goto(NEW)
    expect(page.get_by_label("什么情况", exact=True)).to_have_value("")


def test_a_step_that_came_too_late_is_a_note(made: Phone, people: People) -> None:
    number = people.report(GRID, FIRST_GRID, "水管漏水，路面都湿了")
    people.act(CLERK, number, "acceptances")
    people.act(CLERK, number, "dispatches", area=FIRST_GRID, limit="24 hours")
    page = ready(made, people)
    case, handling = f"/{A}/cases/{number}/", f"/{A}/cases/{number}/handlings/"
    wait_for_copies(page, case, handling)
    made.off()
    page.goto(case)
    page.get_by_role("link", name="填写处理结果").click()
    page.get_by_label("怎么处理的").fill("关了总阀，等人来换。")
    add_photos(page, picture("IMG_4.jpg", seed=5))
    page.get_by_role("button", name="报处理结果").click()
    expect(page.locator("[data-item]")).to_contain_text(number)
    people.act(CLERK, number, "suspensions", text="等水务站的配件", until="2027-01-20")
    made.on()
    assert sent(page)
    told = page.locator("[data-told=note]")
    expect(told).to_contain_text("到晚了")
    expect(told).to_contain_text("已作为备注留在这件事上")
    told.get_by_role("link", name="看这件事").click()
    steps = page.locator(".tl")
    expect(steps).to_contain_text("没有信号时填的“填写处理结果”到晚了，没有办成，内容留在这里")
    expect(steps).to_contain_text("关了总阀，等人来换。")
    expect(steps.locator("img")).to_have_count(1)


def test_what_the_phone_did_not_know_to_ask_is_filled_in_afterwards(made: Phone, people: People) -> None:
    page = ready(made, people)
    made.off()
    page.goto(NEW)
    text, kind = "桥头好几天没有人管", other_kind(page)
    tell(page, text, kind=kind, answers=False)
    send_button(page).click()
    card = page.locator("[data-item]")
    expect(card).to_contain_text(text)
    made.on()
    expect(card).to_contain_text(f"还要补填“{kind}”的几个问题")
    assert not found(people, text)
    card.get_by_role("link", name="改一改").click()
    expect(page.get_by_label("什么情况", exact=True)).to_have_value(text)
    asked = page.locator("[data-question]:visible")
    if not eventually(page, lambda: asked.count() > 0, 10):
        page.reload()  # the line was bad once more, and what is asked was lost on it: the item is opened again
    for label, option in ASKED[kind].items():
        answer(page, label, option)
    send_button(page).click()
    expect(page).to_have_url(re.compile(r"/cases/\d{4}-\d+/"))
    expect(page.locator("#flashes")).to_contain_text("已上报给")
    assert len(found(people, text)) == 1
    assert not queue(page)["items"]


def test_signing_out_asks_and_leaves_only_ciphertext(made: Phone, people: People) -> None:
    page = ready(made, people)
    made.off()
    write(page, "村口的灯杆歪了", picture("IMG_5.jpg", seed=6))
    page.route("**/cases/new/", lambda route: route.abort())
    page.route("**/files/", lambda route: route.abort())  # there is a signal, but it is not sent yet
    made.on()
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出这台设备").click()
    dialog = page.locator("dialog[data-ask-drafts]")
    expect(dialog).to_contain_text("手机里还有 1 条没有上传")
    dialog.get_by_role("button", name="先不退出").click()
    assert len(queue(page)["keys"]) == 1
    page.get_by_role("button", name="退出这台设备").click()
    dialog.get_by_role("button", name="锁在手机里，退出登录").click()
    expect(page).not_to_have_url(re.compile("logout"))
    lying = queue(page)
    assert lying["keys"] == []
    assert [(one["open"], one["box"]) for one in lying["items"]] == [(False, True)]
    assert page.evaluate(KEPT) == [], "no page of the person stays"
    page.unroute_all()
    sign_in(page, people, LEADER)
    expect(page.locator("#flashes")).to_contain_text("这部手机里有别人还没上传的内容 1 条")
    expect(page.locator("[data-strip]")).to_be_hidden()
    page.goto(WAITING)
    expect(page.locator("[data-waiting-list]")).to_contain_text("另有别人没上传的内容 1 条")
    assert page.locator("[data-item]").count() == 0
    assert not found(people, "村口的灯杆歪了"), "nobody sends for somebody else"
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出这台设备").click()
    expect(page).not_to_have_url(re.compile("logout"))
    sign_in(page, people, GRID)
    assert sent(page)
    assert len(found(people, "村口的灯杆歪了")) == 1


def test_a_changed_password_keeps_everything(made: Phone, people: People, watched: Watched) -> None:
    page = ready(made, people, VOLUNTEER)
    made.off()
    write(page, "活动室门锁坏了")
    old, new = people[VOLUNTEER].password, "Neues-Kennwort-2027"
    for before, after in ((old, new), (new, old)):
        other = watched.context(PHONE).new_page()
        other.goto("/accounts/login/")
        fill_login(other, VOLUNTEER, before)
        other.goto("/accounts/password/change/")
        fields = other.locator("input[type=password]")
        for number, words in enumerate((before, after, after)[: fields.count()]):
            fields.nth(number).fill(words)
        other.locator("main form button").first.click()
        expect(other).not_to_have_url(re.compile("password/change"))
        if after == new:
            made.on()
            expect(page.locator("[data-waiting-list]")).to_contain_text("请重新登录")
            assert states(page) == ["login"]
            page.get_by_role("link", name="请重新登录").click()
            expect(page.locator("[data-others]")).to_contain_text("还没上传的内容 1 条")
            fill_login(page, VOLUNTEER, new)
            expect(page).to_have_url(re.compile(WAITING))
            assert sent(page)
    assert len(found(people, "活动室门锁坏了")) == 1


def test_one_that_is_not_wanted_any_more_is_thrown_away(made: Phone, people: People) -> None:
    page = ready(made, people)
    made.off()
    write(page, "写错了的一条")
    page.get_by_role("button", name="删除").click()
    page.get_by_role("button", name="先不删").click()
    expect(page.locator("[data-item]")).to_have_count(1)
    page.get_by_role("button", name="删除").click()
    page.get_by_role("button", name="删掉这一条").click()
    expect(page.locator("[data-item]")).to_have_count(0)
    assert queue(page)["photos"] == 0
    made.on()
    expect(page.locator("[data-waiting-list]")).to_contain_text("没有等待上传的内容")
    assert not found(people, "写错了的一条")


def test_a_desk_on_this_phone_finds_nothing_kept(made: Phone, people: People) -> None:
    page = ready(made, people)
    page.goto("/accounts/logout/")
    page.get_by_role("button", name="退出这台设备").click()
    expect(page).not_to_have_url(re.compile("logout"))
    page.goto("/accounts/login/")
    fill_login(page, CLERK, people[CLERK].password)
    expect(page.locator("#main")).to_be_visible()
    page.goto(f"/{A}/cases/")
    page.wait_for_timeout(3000)
    assert page.evaluate(KEPT) == []
    made.off()
    page.goto(HOME)
    expect(page.locator("body")).to_contain_text("现在没有信号")


def test_with_a_signal_nothing_is_different(made: Phone, people: People) -> None:
    page = ready(made, people)
    page.goto(NEW)
    tell(page, "信号好的时候报的一条", place="村部")
    send_button(page).click()
    number = reported(page)
    assert queue(page)["items"] == []
    expect(page.locator("[data-strip]")).to_be_hidden()
    assert [one["number"] for one in found(people, "信号好的时候报的一条")] == [number]

"""What a person does on the screens that most journeys pass, said once."""

import re
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageDraw
from playwright.sync_api import Locator, Page, expect

from e2e.browsing import eventually

HERE: Final = {"latitude": 32.66012, "longitude": 118.83034, "accuracy": 9}
NUMBER: Final = re.compile(r"\d{4}-\d{4,9}")
# What these kinds have to be told, and with what. Which of them a phone asks about without a signal depends on what was
# reported with it and around it lately.
ASKED: Final = {
    "道路水电设施": {"哪种设施": "路灯"}, "环境卫生": {"哪种情况": "垃圾没有清运"}, "农业灾情": {"什么灾": "积水"},
    "农村公路与交通标志": {"什么东西": "反光镜", "怎么了": "被遮挡"}, "消防与森林防火": {"什么隐患": "通道堵塞"},
    "民生求助": {"哪方面的事": "出行"}, "矛盾纠纷": {"什么纠纷": "邻里"}, "特殊人群走访": {"是哪类人": "独居老人"},
    "安全生产隐患": {"什么隐患": "其他", "单位或作坊名称": "木材厂"},
}  # fmt: skip
VILLAGE, FIRST_GRID = "341181104001", "341181104001001"


def picture(name: str = "IMG_1.jpg", *, place: tuple[float, float] | None = None, seed: int = 0) -> Any:
    """A photo as a phone takes it: 2,000 pixels wide, with the place (north, east) in it if one is given."""
    image = Image.new("RGB", (2000, 1500), (196, 214, 220))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 900, 2000, 1500), fill=(132, 140, 128))
    draw.ellipse((700 + 40 * seed, 900, 1300, 1300), fill=(40, 42, 46))
    exif = Image.Exif()
    if place is not None:
        gps = exif.get_ifd(0x8825)
        gps.update({1: "N", 2: degrees(place[0]), 3: "E", 4: degrees(place[1])})
        exif[0x8825] = gps
    out = BytesIO()
    image.save(out, "JPEG", exif=exif.tobytes(), quality=88)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def degrees(value: float) -> tuple[float, float, float]:
    minutes = (value - int(value)) * 60
    return float(int(value)), float(int(minutes)), round((minutes - int(minutes)) * 60, 4)


def add_photos(page: Page, *photos: Any) -> None:
    """From the album; waits until each has been shrunk and is shown."""
    page.locator("input.photo-in").last.set_input_files(list(photos))
    expect(page.locator("[data-photos] .photo img")).to_have_count(len(photos))


def tell(page: Page, text: str, *, kind: str = "道路水电设施", place: str = "", answers: bool = True) -> None:
    """The report itself, with what its kind asks; without scripts the questions come with the next page."""
    page.get_by_label("什么情况", exact=True).fill(text)
    chip = page.get_by_text(kind, exact=True).first
    if not chip.is_visible():
        page.locator("summary.opt").click()
    chip.click()
    for label, option in ASKED.get(kind, {}).items() if answers else ():
        answer(page, label, option)
    if place:
        page.get_by_label("具体地点").fill(place)


def answer(page: Page, label: str, option: str) -> None:
    """One question of a kind: out of a list, or by a chip where there are few to choose from."""
    asked = page.locator("[data-question]:visible").filter(has_text=label).first
    expect(asked).to_be_visible()
    if asked.locator("select").count():
        asked.locator("select").select_option(label=option)
    elif asked.locator("input[type=radio]").count():
        asked.get_by_role("radio", name=option, exact=True).check()
    else:
        asked.locator("input, textarea").first.fill(option)


def usual_kind(page: Page) -> str:
    """One of the three that a phone shows at once, and whose questions it has without a signal."""
    return next(kind for kind in ASKED if page.get_by_text(kind, exact=True).first.is_visible())


def other_kind(page: Page) -> str:
    """One that stands among all the others."""
    return next(kind for kind in ASKED if not page.get_by_text(kind, exact=True).first.is_visible())


def send_button(page: Page) -> Locator:
    return page.get_by_role("button", name=re.compile("^上报给"))


def reported(page: Page) -> str:
    """The number that the message after a report names."""
    flash = page.locator("#flashes")
    expect(flash).to_contain_text("已上报给")
    found = NUMBER.search(flash.inner_text())
    assert found, flash.inner_text()
    return found.group()


class Desk:
    """The work list beside the case, as an officer uses it."""

    def __init__(self, page: Page, county: str = "341181") -> None:
        self.page, self.list = page, f"/{county}/cases/"

    def open(self, number: str, tab: str = "mine") -> "Desk":
        """Find the case in a tab and open it beside the list."""
        self.page.goto(f"{self.list}?tab={tab}")
        self.page.locator(f"#r-{number} [data-open]").click()
        expect(self.case).to_contain_text(number)
        return self

    @property
    def case(self) -> Locator:
        return self.page.locator("#case")

    def act(self, label: str) -> None:
        """Use the button or link of an act in the case beside the list."""
        self.case.locator(".acts").get_by_text(label, exact=True).first.click()

    def expect_done(self, words: str) -> None:
        expect(self.page.locator("#flashes")).to_contain_text(words)

    def expect_state(self, label: str) -> None:
        expect(self.case.locator(".case-h .state")).to_have_text(label)


def notice(page: Page, words: str) -> None:
    """Follow the newest notice that says this, as soon as it has come."""

    def there() -> bool:
        page.goto("/341181/notices/")
        return page.get_by_role("link", name=re.compile(words)).count() > 0

    assert eventually(page, there), f"no notice says {words}"
    page.get_by_role("link", name=re.compile(words)).first.click()


def more(page: Page, label: str) -> None:
    """An act that stands behind "更多"."""
    page.locator(".acts summary", has_text="更多").click()
    page.locator(".menu-p").get_by_text(label, exact=True).click()


def called(page: Page, unit: str) -> str:
    """What a case says of a unit that was given it or called to it."""
    panel = page.locator("section", has=page.get_by_role("heading", name="承办和配合单位")).locator(".panel-b").first
    return " ".join(panel.locator("> div").filter(has_text=unit).first.inner_text().split())


def timeline(page: Page) -> list[str]:
    """Title and who of each step, newest first."""
    return [" ".join(text.split()) for text in page.locator(".tl > li").all_inner_texts()]


def figure(page: Page, county: str, name: str) -> int:
    """A number of the public start page."""
    page.goto(f"/{county}/")
    return int(page.locator(f"#figure-{name}").inner_text().replace(",", ""))

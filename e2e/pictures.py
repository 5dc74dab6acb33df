"""The pictures of the README, from the demo: `python -m e2e.pictures [FOLDER]`."""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PIL import Image
from playwright.sync_api import Page, expect

from e2e.browsing import DESK, PHONE, ROOT, TIMEOUT_MS, Watched, chromium, missing
from e2e.people import AUDIT, GRID, OFFICER, SYSTEM, A, People
from e2e.screens import HERE, add_photos, tell
from e2e.server import running
from shanzhi.demo.pictures import picture

FOLDER: Final = ROOT / "docs/screenshots"
LARGEST: Final = 250_000


def home(page: Page) -> None:
    page.goto(f"/{A}/home/")


def report(page: Page) -> None:
    """Filled in, before it is sent."""
    page.goto(f"/{A}/cases/new/")
    photo = {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": picture("facilities", "README")}
    add_photos(page, photo)
    page.get_by_role("button", name="取当前位置").click()
    expect(page.locator("[data-place-accuracy]")).to_contain_text("误差约")
    tell(page, "窨井盖碎成两半，夜里骑车容易摔。", place="杨村社区老街中段")
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")


def phone_case(page: Page) -> None:
    """One that waits for this person, with what happened so far."""
    page.goto(f"/{A}/home/")
    page.locator(".card-m").first.click()
    expect(page.locator(".tl > li").first).to_be_visible()


def work_list(page: Page) -> None:
    """The list beside a case on which this person can act."""
    page.goto(f"/{A}/cases/?tab=mine")
    number = page.locator("[data-row]").first.get_attribute("id") or ""
    page.goto(f"/{A}/cases/?tab=open&case={number.removeprefix('r-')}")
    expect(page.locator("#case .acts .btn-primary")).to_be_visible()


def start(page: Page) -> None:
    page.goto(f"/{A}/")


def places(page: Page) -> None:
    page.goto(f"/{A}/areas/341181104000/")


def trail(page: Page) -> None:
    """After a check, so that its outcome is seen."""
    page.goto(f"/{A}/trail/")
    page.get_by_role("button", name="现在核对").click()
    expect(page.locator("#job-page")).to_contain_text("都相符", timeout=10 * TIMEOUT_MS)
    page.goto(f"/{A}/trail/?type=cases.case")


def whistles(page: Page) -> None:
    """Who was called, who came when, and who did not."""
    page.goto(f"/{A}/cases/whistles/")
    expect(page.get_by_role("heading", name="吹哨报到")).to_be_visible()


def kind(page: Page) -> None:
    """What a kind asks, by when, and who gets it."""
    page.goto(f"/{A}/kinds/building/")
    expect(page.get_by_role("heading", name="违建与耕地保护")).to_be_visible()


PICTURES: Final[dict[str, tuple[str, bool, Callable[[Page], None]]]] = {
    "phone-home": (GRID, True, home),
    "phone-report": (GRID, True, report),
    "phone-case": (GRID, True, phone_case),
    "public-start": ("", True, start),
    "desk-list": (OFFICER, False, work_list),
    "desk-whistles": (OFFICER, False, whistles),
    "desk-kind": (OFFICER, False, kind),
    "areas": (SYSTEM, False, places),
    "trail": (AUDIT, False, trail),
}


def save(page: Page, path: Path) -> None:
    """As few colours as keep it below the limit."""
    page.wait_for_load_state("networkidle")
    image = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in (256, 128, 64):
        out = io.BytesIO()
        image.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
    path.write_bytes(out.getvalue())
    sys.stdout.write(f"{path.name} {image.width}×{image.height} {out.tell():,} bytes, {colours} colours\n")


def main() -> int:
    if lacking := missing():
        sys.stderr.write(f"{lacking}\n")
        return 1
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with running() as site, chromium() as browser:
        people = People(site)
        for name, (login, phone, draw) in PICTURES.items():
            watched = Watched(browser, site.url)
            options = {"device_scale_factor": 2 if phone else 1.5, "geolocation": HERE, "permissions": ["geolocation"]}
            if login:
                with people.at(watched, login, phone=phone, **options) as page:
                    draw(page)
                    save(page, folder / f"{name}.png")
            else:
                page = watched.context(PHONE if phone else DESK, **options).new_page()
                draw(page)
                save(page, folder / f"{name}.png")
            watched.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""What somebody may not see is in nothing of theirs: no figure, plot, table, map, file, JSON, wall or morning page.

The township's officer sees a kind that the county's leader does not; everything is compared before and after.
"""

import json
import re
from datetime import timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.utils import timezone

from shanzhi.cases.models import Case
from shanzhi.cases.tests.pages import act, text_of
from shanzhi.insight.tests.boards.test_board import closed
from shanzhi.insight.tests.boards.test_pages import outlined
from shanzhi.insight.tests.proof import built
from tests.cast import Cast, report
from tests.kinds import kind_add

BOARD, WALL, MORNING = "/341181/dashboard/", "/341181/wall/", "/341181/morning/"
API = "/api/v1/341181/dashboard"
PAGES = (BOARD, f"{BOARD}print/", WALL, MORNING)
SECRET = "暗访发现的线索"


def secrets(cast: Cast) -> None:
    """One of each fate of a kind that only the township's officer may see."""
    at = timezone.now() - timedelta(days=3)
    for place in ("g1", "g2", "v1"):
        report(cast, kind="clue", by="township_officer", place=place, body=SECRET, at=at)
    late = report(cast, kind="clue", by="township_officer", place="g1", body=SECRET)
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(days=1))
    today = report(cast, kind="clue", by="township_officer", place="g1", body=SECRET)
    end = timezone.localtime().replace(hour=23, minute=59, second=59)
    Case.objects.filter(id=today.id).update(due_at=end)
    rated = report(cast, kind="clue", by="township_officer", place="g1", body=SECRET, at=at)
    Case.objects.filter(id=rated.id).update(rated_at=at + timedelta(hours=1), satisfied=False)
    act(
        cast,
        "township_officer",
        "reject",
        report(cast, kind="clue", by="township_officer", body=SECRET),
        text="不归这里",
    )


def plain(html: str) -> str:
    """What stands in the middle of a page, without what differs from one moment to the next."""
    inside = html[max(html.find("<main"), 0) :]
    return re.sub(r"<time.*?</time>|\d\d:\d\d(:\d\d)?|(剩余|已超|刚超)[^<]*", "", inside, flags=re.DOTALL)


def seen(client: Client) -> dict[str, str]:
    """Everything that the boards say, plots and maps and addresses included."""
    out = {url: plain(client.get(url).content.decode()) for url in PAGES}
    found = client.get(API).json()
    found.pop("at")
    out["json"] = json.dumps(found, ensure_ascii=False)
    with ZipFile(BytesIO(client.get(f"{BOARD}export/").content)) as book:
        for name in book.namelist():
            if "sheet" in name.lower():
                out[name] = plain(book.read(name).decode())
    return out


@pytest.mark.parametrize("rolled", [False, True])
def test_a_kind_for_others_changes_nothing_anywhere(cast: Cast, rolled: bool) -> None:
    kind_add("clue", {"label": "线索", "seen_by": ["township_officer"]})
    outlined(cast, "county", "t1", "t2")
    closed(cast)
    late = report(cast)
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(days=2))
    leader, officer = cast["county_leader"].client(), cast["township_officer"].client()
    before, others = seen(leader), officer.get(API).json()
    secrets(cast)
    if rolled:
        built()
    after, changed = seen(leader), officer.get(API).json()
    for name, text in before.items():
        assert after[name] == text, name
    for key in ("figures", "opinions", "limits", "ages", "days", "places"):
        assert changed[key] != others[key], key  # so it would have been seen
    assert not any(SECRET in text or "线索" in text for text in after.values())
    assert SECRET in text_of(officer.get(WALL))


def test_what_lies_elsewhere_changes_nothing_here(cast: Cast, cast_b: Cast) -> None:
    report(cast)
    officer = cast["township_officer"].client()
    before = seen(officer)
    closed(cast, "g3")
    late = report(cast, place="g3", by="other_worker", body="西镇的路灯不亮")
    Case.objects.filter(id=late.id).update(due_at=timezone.now() - timedelta(days=2))
    assert seen(officer) == before
    assert cast_b["county_leader"].client().get("/410927/dashboard/").status_code == 200


def test_parts_of_a_split_case_and_merged_ones_are_no_cases_of_their_own(cast: Cast) -> None:
    whole = report(cast)
    leader = cast["county_leader"].client()
    before = leader.get(API).json()
    part = report(cast)
    Case.objects.filter(id=part.id).update(parent=whole, due_at=timezone.now() - timedelta(days=1))
    after = leader.get(API).json()
    for key in ("figures", "limits", "ages", "places", "days"):
        assert after[key] == before[key], key
    assert part.title not in text_of(leader.get(BOARD)).replace(whole.title, "", 1) or part.title == whole.title


@pytest.mark.parametrize("url", [*PAGES, f"{BOARD}export/"])
def test_who_is_not_signed_in_goes_to_the_login(cast: Cast, url: str) -> None:
    found = Client().get(url)
    assert found.status_code == 302
    assert "login" in found["Location"]
    assert cast.county.name not in found.content.decode()


def test_the_api_refuses_whom_the_page_refuses(cast: Cast, cast_b: Cast) -> None:
    assert Client().get(API).status_code == 401
    for who in ("village_clerk", "grid_worker", "resident", "department_handler", "accountant"):
        assert cast[who].client().get(API).status_code == 403, who
    assert cast_b["county_leader"].client().get(API).status_code == 404
    officer = cast["township_officer"].client()
    for place, status in (("t1", 200), ("v1", 200), ("t2", 404), ("v3", 404), ("county", 404), ("g1", 404)):
        assert officer.get(API, {"area": cast.areas[place].code}).status_code == status, place


@pytest.mark.parametrize("url", [*PAGES, f"{BOARD}export/", API])
def test_a_refusal_says_nothing_of_what_is_refused(cast: Cast, url: str) -> None:
    report(cast, place="g3", by="other_worker", body="西镇的路灯不亮")
    found = cast["township_officer"].client().get(url, {"area": cast.areas["t2"].code})
    assert found.status_code == 404
    missing = cast["township_officer"].client().get(url, {"area": "341181999000"})
    assert missing.status_code == 404
    for hidden in ("西镇", "路灯"):
        assert hidden not in found.content.decode()


@pytest.mark.parametrize("query", ["area=" + "9" * 400, "area=%F0%9F%90%BC", "area=341181101000%20OR%201"])
@pytest.mark.parametrize("url", [BOARD, MORNING, API])
def test_places_that_are_none(cast: Cast, url: str, query: str) -> None:
    assert cast["county_leader"].client().get(f"{url}?{query}").status_code in (400, 404, 422)


@pytest.mark.parametrize("url", [BOARD, MORNING, WALL])
def test_a_null_byte_is_as_nothing_at_all(cast: Cast, url: str) -> None:
    """Such a parameter is dropped before the page: the highest place of this person, never another."""
    found = cast["township_officer"].client().get(f"{url}?area=%00&period=%00&from=%00&since=%00&sort=%00")
    assert found.status_code == 200
    assert "东镇" in text_of(found)


@pytest.mark.parametrize(
    "query",
    ["period=range", "period=range&from=9999-01-01&to=9999-02-01", "period=range&from=0001-01-01&to=0001-02-01",
     "period=range&from=2026-02-29&to=2026-03-01", "period=range&from=2020-01-01&to=2026-01-01", "to=2026-01-01",
     "period=range&from=" + "9" * 400 + "&to=2026-01-01", "from=2026-01-02&to=2026-01-01"],
)  # fmt: skip
def test_days_that_make_no_period_are_refused_and_the_last_month_is_shown(cast: Cast, query: str) -> None:
    leader = cast["county_leader"].client()
    page = leader.get(f"{BOARD}?{query}")
    assert page.status_code == 422
    assert "日期没有选对" in text_of(page)
    month = leader.get(BOARD, {"period": "month"}).content.decode()
    assert re.findall(r"data-value>[^<]*", page.content.decode()) == re.findall(r"data-value>[^<]*", month)
    assert leader.get(f"{API}?{query}").status_code == 422
    assert leader.get(f"{WALL}?{query}").status_code == 200  # a wall has nobody to answer to
    for kept in ("print", "export"):  # a paper or a file of other days would be taken for these
        answer = leader.get(f"{BOARD}{kept}/?{query}")
        assert answer.status_code == 422
        assert "日期没有选对" in text_of(answer)


@pytest.mark.parametrize("query", ["period=" + "9" * 400, "period=decade", "sort=%27%3B--", "sort=-", "page=9"])
def test_words_that_mean_nothing_are_passed_over(cast: Cast, query: str) -> None:
    page = cast["county_leader"].client().get(f"{BOARD}?{query}")
    assert page.status_code == 200
    assert 'aria-sort="' not in page.content.decode()


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(cast: Cast, method: str) -> None:
    leader = cast["county_leader"].client()
    for url in (*PAGES, f"{BOARD}export/", API):
        assert getattr(leader, method)(url).status_code == 405, url
    assert leader.head(BOARD).content == b""

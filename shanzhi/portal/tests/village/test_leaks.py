"""Whatever private field holds the mark: no public page, answer or picture ever does. Private kinds do not exist."""

import json
import re

import pytest
from django.test import Client

from shanzhi.cases.models import Case, Contact, Step
from shanzhi.cases.tests.pages import text_of
from shanzhi.portal.tests.village.world import (
    CALLER,
    MARK,
    PHONE,
    SPOT,
    VILLAGE,
    A,
    act,
    api,
    closed,
    get,
    gone_through,
    marked,
    placed,
    private,
    public,
    publish,
    village,
)
from tests.cast import Cast, report
from tests.kinds import kind_add

pytestmark = pytest.mark.django_db
SUMMARY = "第一网格的路灯修好了"


def addresses(case: Case) -> list[str]:
    """Every public address that could tell of this case."""
    lists = ["", "?state=open", "?state=closed", f"?kind={case.kind}", "?q=问得多", f"?q={case.number}", "?sort=oldest"]
    pages = [village(), f"/{A}/", f"/{A}/villages/?q=张庄", public(case), f"/{A}/follow/"]
    pages += [village(rest=f"{name}/{query}") for name in ("cases", "map") for query in lists]
    return [
        *pages, api(f"villages/{VILLAGE}"), api(f"cases/{case.number}"),
        *(api(f"villages/{VILLAGE}/cases{query}") for query in lists),
    ]  # fmt: skip


def everything(case: Case) -> str:
    found = []
    for path in addresses(case):
        answer = Client().get(path)
        assert answer.status_code in (200, 302), path
        found.append(answer.content.decode())
        if path.startswith("/api/"):
            found.append(json.dumps(answer.json(), ensure_ascii=False))
    return "\n".join(found)


def spellings_of_the_spot() -> list[str]:
    """The exact place in every form in which it could be written down, to five figures behind the point."""
    lon, lat = (f"{value / 1e7:.7f}" for value in SPOT)
    return [lon, lat, lon[:-2], lat[:-2], str(SPOT[0]), str(SPOT[1])]


def test_nothing_private_of_a_case_that_went_its_whole_way(cast: Cast) -> None:
    case = gone_through(cast, marked(cast))
    publish(cast, case, SUMMARY)
    said = everything(case)
    assert SUMMARY in said
    assert case.number in said
    staff = {step.actor_name for step in Step.objects.filter(case=case)} | {cast["village_clerk"].user.name}
    for secret in (MARK, CALLER, PHONE, PHONE[:7], *spellings_of_the_spot(), *staff):
        assert secret not in said, secret


def test_the_mark_is_in_every_column_that_people_fill_in(cast: Cast) -> None:
    """Else the test above would prove less than it says."""
    case = Case.objects.get(id=gone_through(cast, marked(cast)).id)
    for column in ("title", "body", "place"):
        assert MARK in getattr(case, column)
    assert all(MARK in str(value) for value in case.answers.values())
    assert MARK in Contact.objects.get(case=case).name
    assert sum(MARK in step.text for step in Step.objects.filter(case=case)) >= 7


def test_nothing_in_the_pages_of_one_that_is_still_open(cast: Cast) -> None:
    case = marked(cast)
    act(cast, "village_clerk", "accept", case, text=f"{MARK}受理")
    assert MARK not in everything(case)


def test_an_account_s_name_is_nowhere(cast: Cast) -> None:
    case = report(cast, by="resident", source="resident")
    assert cast["resident"].user.name not in everything(closed(cast, case))


@pytest.mark.parametrize("body", [{"public": False}, {"seen_by": ["village_clerk", "grid_worker"]}])
def test_a_private_kind_is_the_same_as_nothing(cast: Cast, body: dict[str, object]) -> None:
    kind_add("closed", {"label": "保密类", **body})
    case = report(cast, kind="closed")
    for path, nothing in ((public(case), public("2611-9999")), (api(f"cases/{case.number}"), api("cases/2611-9999"))):
        one, other = get(path), get(nothing)
        assert one.status_code == other.status_code == 404
        words = [answer.content.decode().replace(case.number, "#").replace("2611-9999", "#") for answer in (one, other)]
        assert words[0] == words[1]
    for query in ("", f"?q={case.number}", "?kind=closed", "?q=保密"):
        assert case.number not in text_of(get(village(rest=f"cases/{query}"))).replace(f"“{case.number}”", "")
        assert get(api(f"villages/{VILLAGE}/cases{query}")).json()["items"] == []
    assert "保密类" not in text_of(get(village(rest="cases/")))


def test_a_summary_of_what_became_private_is_gone(cast: Cast) -> None:
    kind_add("closed", {"label": "保密类", "public": False})
    kind_add("open", {"label": "公开的"})
    case = publish(cast, report(cast), SUMMARY)
    act(cast, "village_clerk", "classify", case, kind="closed")
    assert Case.objects.get(id=case.id).summary == ""
    assert get(public(case)).status_code == 404
    act(cast, "village_clerk", "classify", case, kind="open")
    assert SUMMARY not in text_of(get(public(case)))


def test_another_public_kind_leaves_it(cast: Cast) -> None:
    case = publish(cast, report(cast), SUMMARY)
    act(cast, "village_clerk", "classify", case, kind="other")
    assert SUMMARY in text_of(get(public(case)))


class TestMerged:
    def test_it_leads_to_what_it_went_into(self, cast: Cast) -> None:
        case, main = report(cast), report(cast)
        act(cast, "village_clerk", "merge", case, into=main, text=f"{MARK}同一件")
        answer = get(public(case))
        assert (answer.status_code, answer["Location"]) == (302, f"{public(main)}?was={case.number}")
        words = text_of(get(public(main), was=case.number))
        assert f"编号 {case.number} 的事和这件合在一起办" in words
        assert MARK not in words
        assert get(api(f"cases/{case.number}")).json()["number"] == main.number
        assert case.number not in text_of(get(village(rest="cases/")))

    def test_nobody_claims_it_by_the_address(self, cast: Cast) -> None:
        main, other = report(cast), report(cast)
        for was in (other.number, "2611-9999", main.number, "x" * 300, "\x00"):
            assert "合在一起办" not in text_of(get(public(main), was=was))

    def test_nothing_where_it_went_into_what_is_private(self, cast: Cast) -> None:
        kind_add("closed", {"label": "保密类", "public": False})
        case, main = report(cast), report(cast, kind="closed")
        act(cast, "village_clerk", "merge", case, into=main, text="同一件")
        assert get(public(case)).status_code == 404
        assert get(api(f"cases/{case.number}")).status_code == 404

    def test_a_private_one_leads_nowhere(self, cast: Cast) -> None:
        case, main = private(cast), report(cast)
        act(cast, "village_clerk", "merge", case, into=main, text="同一件")
        assert get(public(case)).status_code == 404


def test_a_rejected_one_is_not_listed_and_says_no_more_than_that(cast: Cast) -> None:
    case = publish(cast, marked(cast), SUMMARY)
    act(cast, "village_clerk", "reject", case, text=f"{MARK}理由")
    assert case.number not in text_of(get(village(rest="cases/")))
    assert get(api(f"villages/{VILLAGE}/cases")).json()["items"] == []
    words = text_of(get(public(case)))
    assert "没有受理" in words
    assert SUMMARY not in words
    assert MARK not in words


def test_the_map_rounds(cast: Cast) -> None:
    publish(cast, placed(cast), SUMMARY)
    page = get(village(rest="map/")).content.decode()
    assert "<svg" in page
    assert not [one for one in spellings_of_the_spot() if one in page]
    assert not re.search(r"118\.9|32\.7", page)


def test_only_with_a_summary_anything_is_on_the_map(cast: Cast) -> None:
    case = placed(cast)
    assert case.number not in get(village(rest="map/")).content.decode()
    publish(cast, case, SUMMARY)
    assert case.number in get(village(rest="map/")).content.decode()
    publish(cast, case, "")
    assert case.number not in get(village(rest="map/")).content.decode()


def test_the_other_county_s_numbers_are_not_found(cast: Cast) -> None:
    case = report(cast)
    assert Client().get(f"/410927/public/cases/{case.number}/").status_code == 404
    assert Client().get(f"/api/v1/410927/public/cases/{case.number}").status_code == 404

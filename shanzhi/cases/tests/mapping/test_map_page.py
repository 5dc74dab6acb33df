"""The page of the map: list and overview of one part, filters as in the work list, places by name, without scripts."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shanzhi.cases.mapping.frames import box_text
from shanzhi.cases.models import Assignment
from shanzhi.cases.tests.mapping.world import BBOX, PAGE, WHOLE, at, copies, land, place_case
from shanzhi.cases.tests.pages import act, report, statements, text_of
from shanzhi.cases.tests.test_whistles import whistle
from tests.cast import Cast
from tests.kinds import kind_add

LIST = "/341181/cases/"
SMALL = box_text((*at(4, 4), *at(6, 6)))


def titles(answer: Any) -> list[str]:
    return [row.title for row, _ in answer.context["lines"]]


def test_the_list_is_what_is_seen(cast: Cast) -> None:
    land(cast)
    near = place_case(cast, 5, 5, body="近处的井盖")
    far = place_case(cast, 18, 18, place="g1", body="远处的路灯")
    report(cast, body="没有位置的事")
    client = cast["township_officer"].client()
    whole, part = client.get(PAGE), client.get(f"{PAGE}?bbox={SMALL}")
    assert set(titles(whole)) == {near.title, far.title}
    assert titles(part) == [near.title]
    assert part.context["total"] == "1"
    assert "另有 1 件没有位置，不在图上" in text_of(whole)
    assert whole.context["unplaced_url"].startswith(LIST)
    alone = client.get(f"{PAGE}?bbox={SMALL}&part=list")
    assert near.title in text_of(alone)
    assert far.title not in text_of(alone)
    assert "<html" not in alone.content.decode()


def test_without_scripts_there_is_an_overview_of_links(cast: Cast) -> None:
    land(cast)
    first = place_case(cast, 5, 5)
    copies(first, [{"lon": first.lon, "lat": first.lat}] * 4)
    alone = place_case(cast, 15, 15, body="单独一件")
    html = cast["township_officer"].client().get(PAGE).content.decode()
    svg = html[html.index('<svg class="cm-svg"') :].split("</svg>")[0]
    assert re.search(r'<a href="\?[^"]*bbox=[^"]*" aria-label="5 件，放大看">', svg)
    assert reverse("cases:case", args=[alone.county_id, alone.number]) in svg
    assert svg.count("cm-g-village") == 2
    assert "张庄村" in svg
    assert "王庄村" not in svg
    link = re.findall(r'href="(\?[^"]*bbox=[^"]*)" aria-label="5 件', svg)[0].replace("&amp;", "&")
    deeper = cast["township_officer"].client().get(f"{PAGE}{link}")
    assert len(titles(deeper)) == 5


def test_filters_are_those_of_the_work_list_and_lead_there_and_back(cast: Cast) -> None:
    land(cast)
    fire = place_case(cast, 5, 5, kind="fire", body="柴草起火")
    other = place_case(cast, 5, 6, body="井盖断裂")
    client = cast["township_officer"].client()
    page = client.get(f"{PAGE}?tab=open&kind=fire&bbox={BBOX}")
    assert titles(page) == [fire.title]
    assert page.context["list_url"] == f"{LIST}?tab=open&kind=fire"
    back = client.get(page.context["list_url"])
    assert back.context["map_url"] == f"{PAGE}?tab=open&kind=fire"
    assert 'data-shortcut="m"' in back.content.decode()
    assert 'data-shortcut="m"' in page.content.decode()
    act(cast, "village_clerk", "reject", other, text="不归村里管")
    assert titles(client.get(f"{PAGE}?tab=ended")) == [other.title]
    chip = next(chip for chip in page.context["bar"].chips if chip.name == "kind")
    assert all("bbox=118.9" in option.url for option in chip.options)


@pytest.mark.parametrize("bad", ["", "1,2,3", "a,b,c,d", "9,9,1,1", "nan,1,2,3", "1e999,1,2,3", "1,2,3,4,5", "\x00"])
def test_an_old_or_broken_rectangle_shows_everything(cast: Cast, bad: str) -> None:
    land(cast)
    case = place_case(cast, 5, 5)
    answer = cast["township_officer"].client().get(PAGE, {"bbox": bad})
    assert answer.status_code == 200
    assert titles(answer) == [case.title]


def test_a_county_without_outlines_or_cases_has_a_map_too(cast: Cast) -> None:
    client = cast["county_leader"].client()
    assert "这一块没有事件" in text_of(client.get(PAGE))
    case = place_case(cast, 5, 5)
    assert titles(client.get(PAGE)) == [case.title]


def test_who_may_open_it(cast: Cast, cast_b: Cast) -> None:
    assert cast["resident"].client().get(PAGE).status_code == 403
    assert cast["security_admin"].client().get(PAGE).status_code in (302, 403)
    assert cast_b["township_officer"].client().get(PAGE).status_code == 404
    assert Client().get(PAGE).status_code == 302


def test_kinds_that_a_reader_may_not_see_are_on_no_part_of_it(cast: Cast) -> None:
    land(cast)
    kind_add("closed", {"label": "特殊照护", "seen_by": ["village_clerk", "township_officer"]})
    case = place_case(cast, 5, 5, kind="closed", body="独居老人需要照护", spot="槐树巷深处")
    assert case.title in text_of(cast["township_officer"].client().get(PAGE))
    leader = cast["county_leader"].client()
    found = leader.post(PAGE, {"text": "槐树巷"})
    for answer in (leader.get(PAGE), leader.get(f"{PAGE}?tab=open&q=独居"), found):
        html = answer.content.decode()
        assert case.title not in html
        assert case.number not in html
    assert found.context["found"] == []


def test_places_are_found_by_name_by_code_and_by_where_cases_are(cast: Cast) -> None:
    land(cast)
    place_case(cast, 5, 5, spot="张庄组老槐树")
    client = cast["township_officer"].client()

    def names(text: str) -> list[str]:
        return [one.name for one, _, _ in client.post(PAGE, {"text": text}).context["found"]]

    assert names("张庄村") == ["张庄村"]
    assert names("老槐树") == ["张庄组老槐树"]
    assert "张庄村第一网格" in names("第一网格")
    assert names(cast.areas["v1"].code)[0] == "张庄村"
    assert names("王庄村") == []  # another township's
    assert names("张") == []
    answer = client.post(PAGE, {"text": "外星飞船"})
    assert "没有找到“外星飞船”" in text_of(answer)
    assert answer.status_code == 200
    (_, box, url) = client.post(PAGE, {"text": "老槐树"}).context["found"][0]
    assert url.startswith("?")
    assert titles(client.get(f"{PAGE}?bbox={box}")) == ["路口井盖断裂"]


def test_whistles_nobody_has_come_to_are_drawn(cast: Cast) -> None:
    land(cast)
    case = whistle(cast, place_case(cast, 5, 5), "t1", "county")
    html = cast["township_officer"].client().get(PAGE).content.decode()
    assert "吹哨后2 家没到" in html
    Assignment.objects.filter(case_id=case.id, unit=cast.units["t1"]).update(state="arrived")
    html = cast["township_officer"].client().get(PAGE).content.decode()
    assert "吹哨后1 家没到" in html


def test_the_statements_do_not_grow_with_the_cases(cast: Cast) -> None:
    land(cast)
    client = cast["township_officer"].client()
    first = place_case(cast, 5, 5)
    client.get(PAGE)
    with statements() as few:
        client.get(PAGE)
    copies(first, [{"lon": at(n % 20, 5)[0], "lat": at(5, n % 18)[1]} for n in range(200)])
    with statements() as many:
        client.get(PAGE)
    assert len(few) == len(many) <= 16
    with statements() as part:
        client.get(f"{PAGE}?bbox={box_text(WHOLE)}&part=list")
    assert len(part) <= 9


def test_pictures_from_elsewhere_only_with_a_key(cast: Cast, settings: Any) -> None:
    client = cast["township_officer"].client()
    plain = client.get(PAGE)
    assert "tianditu" not in plain["Content-Security-Policy"]
    assert 'data-key=""' in plain.content.decode()
    settings.SHANZHI_TIANDITU_KEY = "k3y"
    keyed = client.get(PAGE)
    assert "https://*.tianditu.gov.cn" in keyed["Content-Security-Policy"]
    assert 'data-key="k3y"' in keyed.content.decode()

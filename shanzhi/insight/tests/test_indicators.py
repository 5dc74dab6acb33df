"""Every figure has a definition, and opens exactly the records that it counts, in the scope of whoever reads it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import QueryDict
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.access.indicators import Asked, Indicator, declare, indicators, indicators_for
from shanzhi.areas.models import Area
from shanzhi.cases.listing import listing_of
from shanzhi.cases.models import Case
from shanzhi.cases.rates.facts import LABELS
from shanzhi.cases.rates.periods import MONTH, YEAR, Period, month_of, named
from shanzhi.cases.rates.registry import RATES
from shanzhi.cases.selectors import Tab, case_list_for
from shanzhi.insight.reading import by_area, figures
from shanzhi.insight.tests.proof import built, period
from shanzhi.insight.tests.world import fates
from shanzhi.insight.values import Value
from shanzhi.lib.times import local
from tests.cast import Cast, report

WANTED = "上报 受理 应办结 办结 按期办结 在办 超期 返工 派遣 退回 联系 评价"
STAFF_WORDS = ("登录", "打卡", "在岗", "走访次数", "巡查", "工作量", "活跃")


def opened(actor: Actor, url: str) -> set[int]:
    """The cases that the list at this address holds for this person."""
    listing = listing_of(actor, QueryDict(url.partition("?")[2]), timezone.now())
    assert listing.tab == Tab.COUNTED
    return set(case_list_for(actor, listing.wanted, now=timezone.now()).values_list("id", flat=True))


def links(indicator: Indicator, area: Area, during: Period) -> Iterator[tuple[str, str]]:
    for fact, _ in indicator.facts:
        yield fact, indicator.records(Asked(area.county_id, fact, area.code, during.first, during.last))


@pytest.mark.parametrize("code", indicators())
def test_a_figure_has_a_definition_and_records_behind_it(code: str) -> None:
    one = indicators()[code]
    assert len(one.definition) > 15
    assert one.definition.endswith("。")
    assert all((one.name, one.unit, one.counts_by, one.permission))
    assert one.few > 0 or not one.is_rate
    for fact, words in one.facts:
        assert fact in LABELS, "no list opens for it"
        assert words
    assert not any(word in one.definition + one.name for word in STAFF_WORDS)


def test_what_the_county_asks_for_is_there() -> None:
    names = {one.name for one in indicators().values()}
    assert set(WANTED.split()) <= names
    assert {rate.name for rate in RATES} <= names


def test_a_code_is_declared_once() -> None:
    with pytest.raises(ValueError, match="twice"):
        declare([indicators()["reported"]])


def test_whoever_may_not_see_rates_sees_no_figure(cast: Cast) -> None:
    assert indicators_for(cast.actor("grid_worker")) == {}
    assert indicators_for(cast.actor("village_clerk")) == indicators()


def test_each_figure_opens_exactly_its_records(cast: Cast) -> None:
    built()
    fates(cast)
    at, seen = timezone.now(), set()
    today = local(at).date()
    wide, narrow = named(YEAR, at), period(today - timedelta(days=10), 3)
    for who, name, during in (
        ("village_clerk", "v1", wide), ("township_officer", "t1", narrow), ("township_officer", "g1", wide)
    ):  # fmt: skip
        area, actor = cast.areas[name], cast.actor(who)
        counted = facts_of(figures(actor, area, during, at))
        for fact, url in {link for one in indicators().values() for link in links(one, area, during)}:
            assert len(opened(actor, url)) == counted[fact], (fact, area.name, during)
            seen.update([fact] if counted[fact] else [])
    assert seen == set(LABELS)


def facts_of(values: dict[str, Value]) -> dict[str, int]:
    """Numerators and denominators by the name of what they count; the same wherever it stands."""
    found: dict[str, int] = {}
    for code, one in indicators().items():
        for (fact, _), number in zip(one.facts, (values[code].numerator, values[code].denominator), strict=False):
            assert number is not None
            assert found.setdefault(fact, number) == number
    return found


def test_the_list_of_another_place_holds_what_is_there(cast: Cast) -> None:
    built()
    at, officer = timezone.now(), cast.actor("township_officer")
    cases = [report(cast, place="g1"), report(cast, place="g2", by="township_officer")]
    during = month_of(local(at).date())
    rows = by_area(officer, cast.areas["t1"], during, at)
    assert [(row.name, row.values["open"].text) for row in rows] == [("张庄村", "1"), ("李庄村", "1")]
    for row, case in zip(rows, cases, strict=True):
        assert row.area is not None
        (_, url), *_ = links(indicators()["open"], row.area, during)
        assert opened(officer, url) == {case.id}


def test_a_place_out_of_reach_opens_nothing_more_than_ones_own(cast: Cast) -> None:
    case = report(cast, place="g1")
    during = named(MONTH, timezone.now())
    (_, url), *_ = links(indicators()["reported"], cast.areas["t2"], during)
    assert opened(cast.actor("village_clerk"), url) == {case.id}, "the place is no filter of theirs"


def test_the_page_of_the_list_says_what_it_shows(cast: Cast) -> None:
    case = report(cast, place="g1")
    during = named(MONTH, timezone.now())
    (_, url), *_ = links(indicators()["reported"], cast.areas["g1"], during)
    client = cast["village_clerk"].client()
    text = client.get(url).content.decode()
    assert "统计到的" in text
    assert case.number in text
    assert "指标" in text
    assert client.get(f"{url}&q=没有这样的").status_code == 200
    assert "统计到的" not in client.get(f"/{cast.county.id}/cases/?tab=counted&figure=nothing").content.decode()
    found = client.get(f"/api/v1/{cast.county.id}/cases?{url.partition('?')[2].partition('&place')[0]}")
    assert [one["number"] for one in found.json()["items"]] == [case.number]


def test_what_stood_open_on_a_day_that_has_passed(cast: Cast) -> None:
    built()
    cases = fates(cast)
    at, actor = timezone.now(), cast.actor("village_clerk")
    during = period(local(at).date() - timedelta(days=10), 1)
    (_, url), *_ = links(indicators()["open"], cast.areas["v1"], during)
    stood = opened(actor, url)
    assert cases["reopened"].id in stood, "it stands open today, so it is counted as open since"
    assert cases["rejected"].id not in stood
    assert figures(actor, cast.areas["v1"], during, at)["open"].numerator == len(stood) > 0
    assert Case.objects.filter(id__in=stood, received_at__gte=during.end).count() == 0

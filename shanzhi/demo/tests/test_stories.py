"""Plans on paper: whole, plausible and the same everywhere."""

import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.conf import settings

from shanzhi.cases.catalogue import Source
from shanzhi.demo.packs import pack_get
from shanzhi.demo.plan import CountyPlan, plan_county
from shanzhi.demo.tests.loaded import DAY, plans_of
from shanzhi.lib.times import local
from tests.kinds import LABELS

FULL, OTHER = plans_of("counties")
YANGCUN = [story for story in FULL.stories if story.area.startswith("341181104")]
PRINT_DIGEST = """
import hashlib, datetime, django
django.setup()
from shanzhi.demo.tests.loaded import plans_of
from tests.kinds import LABELS
print(hashlib.sha256(repr(plans_of("counties", day=datetime.date(2026, 11, 20))).encode()).hexdigest())
"""


def test_as_many_as_the_figures_say() -> None:
    assert len(YANGCUN) == 236
    assert sum(story.is_closed for story in YANGCUN) == 220
    assert len(OTHER.stories) == 48


def test_spread_over_two_years() -> None:
    months = Counter(f"{story.deeds[0].at:%Y-%m}" for story in YANGCUN)
    assert len(months) >= 22
    assert max(months.values()) <= 40
    assert min(story.deeds[0].at for story in YANGCUN) > FULL.start
    assert FULL.end - min(story.deeds[0].at for story in YANGCUN) > timedelta(days=600)


@pytest.mark.parametrize("plan", [FULL, OTHER], ids=["341181", "410927"])
def test_every_deed_is_somebodys_and_before_the_end(plan: CountyPlan) -> None:
    logins = {seat.login for seat in plan.seats}
    for story in plan.stories:
        assert all(deed.who in logins for deed in story.deeds)
        assert all(plan.start < deed.at < plan.end for deed in story.deeds)
        assert all(one.at < other.at for one, other in pairwise(story.deeds))


def test_a_plausible_mix() -> None:
    kinds = Counter(story.kind for story in YANGCUN)
    assert len(kinds.keys() & LABELS.keys()) >= 12
    assert len(kinds.keys() - LABELS.keys()) >= 5
    assert kinds.most_common(1)[0][1] < 90
    assert {story.source for story in YANGCUN} == {
        Source.SNAP, Source.RESIDENT, Source.PHONE, Source.COUNTER, Source.BOX, Source.PAPER
    }  # fmt: skip
    acts = Counter(deed.act for story in YANGCUN for deed in story.deeds)
    assert acts["return"] >= 8
    assert acts["escalate"] >= 15
    assert 5 <= sum(story.urgent for story in YANGCUN) <= 90
    assert sum(bool(story.solved) for story in YANGCUN) >= 20
    assert any(deed.satisfied is False for story in YANGCUN for deed in story.deeds)
    assert any(deed.unit for story in YANGCUN for deed in story.deeds)


def test_lists_look_real() -> None:
    assert len({story.body for story in YANGCUN}) > 180
    assert all("{" not in story.title + story.body + story.place + story.solved for story in YANGCUN)
    assert all("{" not in deed.text for story in YANGCUN for deed in story.deeds)
    assert all(len(story.title) <= 30 for story in YANGCUN)
    assert not any(story.urgent for story in YANGCUN[220:])


def test_seasons() -> None:
    for story in YANGCUN[:220]:
        if story.kind == "drowning":
            assert 5 <= local(story.deeds[0].at).month <= 9
        if story.kind == "straw":
            assert local(story.deeds[0].at).month in {6, 7, 9, 10, 11}


def test_open_cases_stand_where_the_pack_says() -> None:
    wanted = FULL.pack.townships[0].open
    for case, story in zip(wanted, YANGCUN[220:], strict=True):
        last = story.deeds[-1]
        assert last.act == case.until
        assert timedelta(0) <= FULL.end - last.at - timedelta(hours=case.ago) < timedelta(hours=1)
        assert 6 <= local(story.deeds[0].at).hour < 22
        if case.hours and case.until in {"dispatch", "start"}:
            assert next(deed.hours for deed in story.deeds if deed.act == "dispatch") == case.hours


def test_callers_are_invented() -> None:
    """Numbers of a form that nobody has been given; nobody is named by a full name."""
    called = [story for story in (*FULL.stories, *OTHER.stories) if story.phone]
    assert len(called) >= 5
    for story in called:
        assert story.source in {Source.PHONE, Source.COUNTER, Source.PAPER}
        assert re.fullmatch(r"1380000\d{4}", story.phone)
        assert re.fullmatch(r"[\u4e00-\u9fff]{1}(先生|女士)", story.caller)


def test_what_happens_beside_open_cases() -> None:
    acts = Counter(deed.act for story in YANGCUN[220:] for deed in story.asides)
    assert acts >= Counter(
        whistle=2, arrive=3, finish=2, supervise=2, answer=1, suspend=1, ask=1, note=3, moderate=1, stage=2
    )
    logins = {seat.login for seat in FULL.seats}
    for story in FULL.stories:
        moments = [deed.at for deed in (*story.deeds, *story.asides)]
        assert moments == sorted(moments)
        assert all(deed.who in logins and deed.beside and "{" not in deed.text for deed in story.asides)


def test_a_report_that_repeats_another() -> None:
    again = next(story for story in OTHER.stories if any(deed.act == "merge" for deed in story.asides))
    before = OTHER.stories[OTHER.stories.index(again) - 1]
    assert (again.kind, again.title, again.area) == (before.kind, before.title, before.area)
    assert again.deeds[0].who != before.deeds[0].who
    assert again.body != before.body
    assert len(again.deeds) == 1


def test_photos() -> None:
    assert 12 <= sum(story.photo for story in YANGCUN) <= 20


def test_deeds_come_in_the_order_of_time() -> None:
    rows = list(FULL.deeds())
    assert [deed.at for _, deed in rows] == sorted(deed.at for _, deed in rows)
    assert len(rows) == sum(len(story.deeds) + len(story.asides) for story in FULL.stories)
    firsts = {}
    for index, deed in rows:
        firsts.setdefault(index, deed.act)
    assert set(firsts.values()) == {"report"}


def test_same_seed_and_day() -> None:
    assert plans_of("counties") == [FULL, OTHER]
    assert plans_of("counties", seed="other")[0].stories != FULL.stories
    assert plans_of("counties", day=DAY - timedelta(days=1))[0].stories != FULL.stories


def test_one_more_case_changes_no_other() -> None:
    pack = pack_get("counties")
    county = pack.counties[0]
    first = replace(county.townships[0], closed=221, photos=0)
    more = plan_county(pack, replace(county, townships=(first, *county.townships[1:])), day=DAY)
    plain = [replace(story, photo=False) for story in FULL.stories]
    assert [replace(story, photo=False) for story in more.stories[:220]] == plain[:220]
    assert [replace(story, photo=False) for story in more.stories[221:237]] == plain[220:236]


@pytest.mark.parametrize("day", [date(2024, 2, 29), date(2025, 1, 1), date(2026, 7, 31), date(2026, 12, 31)])
def test_any_day_will_do(day: date) -> None:
    for name in ("small", "counties"):
        for plan in plans_of(name, day=day):
            township = plan.pack.townships[0]
            mine = [story for story in plan.stories if story.area.startswith(township.code[:9])]
            assert sum(story.is_closed for story in mine) == township.closed
            assert all(deed.at < plan.end for story in mine for deed in story.deeds)


def test_the_same_in_every_process() -> None:
    """Neither hash seeds nor the locale of a process have a say."""
    digests = set()
    for hash_seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": hash_seed, "DJANGO_SETTINGS_MODULE": "shanzhi.config.settings"}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST], cwd=settings.ROOT, env=env, capture_output=True, text=True, check=True
        )
        digests.add(done.stdout.strip())
    assert len(digests) == 1

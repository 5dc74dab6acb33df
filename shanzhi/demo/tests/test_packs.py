"""The YAML of the demo: whole, plausible, and refused with a sentence when it is not."""

import re
from pathlib import Path
from string import Formatter

import pytest
import yaml

from shanzhi.access.permissions import ROLES
from shanzhi.cases.acts import Act
from shanzhi.demo import packs
from shanzhi.demo.packs import Situation, names, pack_get, situations, words
from shanzhi.demo.ways import HOURS, WAYS
from shanzhi.lib.errors import Invalid
from tests.kinds import LABELS

KNOWN = set("pnmsdvau")
KINDS = packs.FOLDER.parent / "county" / "case_kind"
FULL = pack_get("counties")
TOWNSHIP = FULL.counties[0].townships[0]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def every(one: Situation) -> list[str]:
    return [one.title, one.text, *one.places, *one.done]


def test_the_figures_of_the_source() -> None:
    """003: 55 grids, 290 workers, 341 volunteers; 236 reported, 220 closed, 16 open. One leader for each grid."""
    assert (TOWNSHIP.grids, TOWNSHIP.workers, TOWNSHIP.volunteers) == (55, 290, 341)
    assert (TOWNSHIP.closed, len(TOWNSHIP.open)) == (220, 16)
    assert TOWNSHIP.closed + len(TOWNSHIP.open) == 236


def test_packs_are_found_by_name() -> None:
    assert names() == ["counties", "small"]
    assert [county.code for county in FULL.counties] == ["341181", "410927"]
    assert FULL.divisions.is_file()


def test_unknown_pack() -> None:
    with pytest.raises(Invalid, match="没有名为 province 的演示包，现有：counties、small"):
        pack_get("province")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda pack: pack.pop("years"),
        lambda pack: pack.update(years="two"),
        lambda pack: pack["counties"][0].pop("login"),
        lambda pack: pack["counties"][0]["townships"][0].pop("workers"),
        lambda pack: pack["counties"][0]["townships"][0].update(colour="red"),
        lambda pack: pack["counties"][0]["townships"][0].update(at=[1]),
        lambda pack: pack["counties"][0]["townships"][0]["open"].append({"way": "grid"}),
        lambda pack: pack["counties"][0]["townships"][0]["open"][0].update(then=[{"act": "note"}]),
    ],
)
def test_broken_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil) -> None:
    for path in packs.FOLDER.glob("*.yaml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    broken = yaml.safe_load((tmp_path / "small.yaml").read_text(encoding="utf-8"))
    spoil(broken)
    (tmp_path / "small.yaml").write_text("# \n" + yaml.safe_dump(broken), encoding="utf-8")
    monkeypatch.setattr(packs, "FOLDER", tmp_path)
    with pytest.raises(Invalid) as refused:
        pack_get("small")
    assert refused.value.code == "pack_broken"
    assert "small.yaml" in refused.value.message


def test_there_are_enough_situations() -> None:
    assert len(situations()) >= 60
    assert len({one.text for one in situations()}) == len(situations())
    kinds = {one.kind for one in situations()}
    assert set(LABELS) < kinds <= {path.stem for path in KINDS.glob("*.yaml")}
    assert len(kinds) >= len(LABELS) + 8, "several beyond the fourteen"


@pytest.mark.parametrize("one", situations(), ids=lambda one: one.title)
def test_a_situation_is_whole(one: Situation) -> None:
    assert set().union(*map(placeholders, every(one))) <= KNOWN
    assert set().union(*map(placeholders, one.places)) <= {"n"}
    assert one.places
    assert one.done
    assert set(one.months) <= set(range(1, 13))
    assert one.weight > 0
    assert one.unit in {"", *TOWNSHIP.units}
    assert one.county in {"", *FULL.counties[0].departments}
    fields = {field["code"] for field in yaml.safe_load((KINDS / f"{one.kind}.yaml").read_text()).get("fields", [])}
    assert one.answers.keys() <= fields
    facts = dict.fromkeys(KNOWN, "一二三四五六七八九十")
    assert len(one.title.format(**facts)) <= 60
    assert len(one.text.format(**facts)) <= 200


@pytest.mark.parametrize("one", situations(), ids=lambda one: one.title)
def test_a_situation_is_plain_chinese(one: Situation) -> None:
    """No slogans, no English, no phone or ID numbers."""
    text = "".join(every(one))
    plain = re.sub(r"\{[a-z]\}", "", text)
    assert not re.search(r"\d{7,}", plain)
    assert not re.search(r"[a-zB-Z]{2,}", plain)
    assert not re.search("高质量|全面推进|坚持以|新时代|美好生活", plain)


def test_every_month_has_something_for_every_level() -> None:
    for month in range(1, 13):
        here = [one for one in situations() if month in one.months]
        assert len(here) >= 40
        assert any(one.unit for one in here)
        assert any(one.county for one in here)


def test_sentences_of_steps() -> None:
    bank = words()
    for way in WAYS.values():
        for move in way:
            if move.words in {"", "done", "close"}:
                continue
            assert bank[move.words], move.words
            assert all(placeholders(text) <= KNOWN for text in bank[move.words])
            if move.act in {"return", "escalate"} or move.words in {"unsatisfied", "handled_twice"}:
                assert all(bank[move.words]), f"{move.words} needs a reason"


def test_the_cast_is_that_of_the_contract() -> None:
    assert {part.role for part in FULL.cast} == set(ROLES)
    places = {part.place for part in FULL.cast}
    assert {"t1", "t2", "v1", "v2", "v3", "g1", "g2", "g3", "u1", "county"} <= places


def test_open_cases_of_packs_go_known_ways() -> None:
    for pack in map(pack_get, names()):
        for township in (one for county in pack.counties for one in county.townships):
            for case in township.open:
                assert case.until in {move.act for move in WAYS[case.way]}
                assert 0 <= case.hours <= 360
                assert case.until != "close" or [aside.act for aside in case.then] == ["reopen"]
                hours = [case.ago, *(aside.ago for aside in case.then)]
                assert hours == sorted(hours, reverse=True), "what comes beside comes later"
                assert all(aside.act in set(Act) for aside in case.then)
    assert all(0 < hours <= 360 for hours in HOURS)


def test_nothing_of_the_figures_closes_by_itself() -> None:
    """A verified case closes after seven days of silence: in the township with the figures none is left so."""
    assert all(case.until != "verify" for case in TOWNSHIP.open)


def test_several_open_cases_are_late() -> None:
    late = [case for case in TOWNSHIP.open if case.hours and case.ago > case.hours]
    assert len(late) >= 2

"""The county's pack: complete, loads anywhere, comes out byte for byte; and a kind that nobody has seen before."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.areas.models import Unit
from shanzhi.cases.kinds.registry import kind_at, kinds_now, labels_of, with_calendar
from shanzhi.cases.kinds.schema import KindBody
from shanzhi.cases.tests.kinds import UNSEEN, unseen
from shanzhi.cases.tests.pages import statements
from shanzhi.lib.clocks import Unit as ClockUnit
from shanzhi.lib.errors import NotFound
from shanzhi.packs.dumping import dump
from shanzhi.packs.exporting import export_pack
from shanzhi.packs.loading import load_files, load_pack
from shanzhi.packs.selectors import current_versions, forget_bodies
from shanzhi.packs.services import definition_publish, definition_retire
from tests.cast import Cast

PACK = settings.PACKS_DIR / "county"
CLASSIC = {
    "facilities", "sanitation", "dispute", "security", "fire", "drowning", "straw", "building", "care", "livelihood",
    "policy", "farming", "food", "other",
}  # fmt: skip


def system(cast: Cast) -> Actor:
    return Actor.system(cast.county.id)


def load(cast: Cast) -> Any:
    loaded = load_pack(PACK, actor=system(cast))
    assert not loaded.faults, "\n".join(map(str, loaded.faults))
    return loaded


def numbers() -> dict[str, int]:
    """What counts now, to compare before and after."""
    return {kind.code: kind.number for kind in kinds_now().values()}


def bodies() -> dict[str, KindBody]:
    return {kind.code: kind.body for kind in kinds_now().values()}


def test_the_pack_loads_where_no_township_has_any_of_its_units(cast: Cast) -> None:
    loaded = load(cast)
    assert len(loaded.published) == len(loaded.rows)
    assert set(bodies()) >= CLASSIC
    assert len(bodies()) >= 30
    assert Unit.objects.filter(area=cast.areas["county"], name="公安局").exists()


def test_loading_it_again_changes_nothing_and_exporting_gives_the_same_bytes(cast: Cast, tmp_path: Path) -> None:
    load(cast)
    assert load(cast).published == []
    written = export_pack(tmp_path, pack="county")
    shipped = {str(path.relative_to(PACK)): path.read_bytes() for path in PACK.rglob("*.yaml")}
    assert set(written) == set(shipped)
    assert {name: (tmp_path / name).read_bytes() for name in written} == shipped


def test_the_kinds_are_what_a_county_needs(cast: Cast) -> None:
    load(cast)
    kinds = bodies()
    assert len(current_versions("department")) == 14
    departments = {version.title for version in current_versions("department")}
    assert {kind.department for kind in kinds.values()} == departments
    units = {kind.span(clock).unit for kind in kinds.values() for clock in ("accept", "handle", "verify")}
    assert units == set(ClockUnit)
    assert sum(1 for kind in kinds.values() if any(field.type == "stop" for field in kind.fields)) >= 8
    assert [stage.label for stage in kinds["building"].stages if stage.code != "legal"] == [
        "现场勘查",
        "责令改正",
        "复查",
    ]
    for kind in kinds.values():
        assert {"handle", "reject", "verify"} <= set(kind.replies)
        assert kind.routes or "dispatch" in kind.acts_off, "somebody gets it, or it stays where it is"
        assert kind.hint
        assert not any(field.type == "photo" and field.required for field in kind.fields)
        assert all(field.say.startswith("请") for field in kind.fields if field.type == "stop")
    assert not kinds["care"].public
    assert kinds["care"].seen_by


def test_kinds_are_offered_in_their_order_and_the_last_is_other(cast: Cast) -> None:
    load(cast)
    assert list(kinds_now())[:3] == ["facilities", "sanitation", "dispute"]
    assert list(kinds_now())[-1] == "other"
    assert labels_of(kinds_now().values())[0] == ("facilities", "道路水电设施")


def test_kinds_and_calendar_are_one_statement_and_no_body_is_parsed_twice(cast: Cast) -> None:
    load(cast)
    with_calendar()
    with statements() as ran:
        kinds, calendar = with_calendar()
    assert len(ran) == 1
    assert not calendar.is_workday(date(2026, 10, 1))
    with statements() as ran:
        again = kinds_now()
    assert len(ran) == 1
    assert again["building"].body is kinds["building"].body
    with statements() as ran:
        assert kind_at(kinds["building"].version_id) is kinds["building"].body
    assert len(ran) == 0
    forget_bodies()
    assert kind_at(kinds["building"].version_id) == kinds["building"].body


def test_a_kind_is_no_version_of_another_family_or_county(cast: Cast) -> None:
    load(cast)
    department = current_versions("department")[0]
    with pytest.raises(NotFound):
        kind_at(department.id)
    with pytest.raises(NotFound):
        kind_at(1)


def test_a_retired_kind_is_offered_no_more_but_its_version_is_read(cast: Cast) -> None:
    load(cast)
    old = kinds_now()["noise"]
    definition_retire(actor=system(cast), family="case_kind", code="noise")
    assert "noise" not in kinds_now()
    assert kind_at(old.version_id).label == "噪声油烟"


def test_a_kind_never_seen_here_loads_without_code(cast: Cast) -> None:
    files = {"case_kind/drone.yaml": dump(unseen("镇城建中心", "派出所")).encode()}
    faulty = load_files(files, actor=system(cast), whole=False)
    assert [str(fault) for fault in faulty.faults] == [
        next(str(fault) for fault in faulty.faults if fault.sentence.startswith("全县没有叫“派出所”"))
    ]
    Unit.objects.create(area=cast.areas["t1"], kind="centre", code="P1", name="派出所", valid_from=date(2020, 1, 1))
    loaded = load_files(files, actor=system(cast), whole=False)
    assert not loaded.faults
    assert kinds_now()["drone"].label == "无人机扰民"


def test_a_unit_abolished_since_stops_the_pack_at_its_line_and_nothing_is_changed(cast: Cast) -> None:
    Unit.objects.create(
        area=cast.areas["t1"], kind="centre", code="P1", name="派出所", valid_from=date(2020, 1, 1),
        valid_to=date(2026, 3, 9),
    )  # fmt: skip
    before = numbers()
    loaded = load_pack(PACK, actor=system(cast))
    assert loaded.faults
    assert not loaded.published
    assert numbers() == before
    first = loaded.faults[0]
    assert "2026年3月9日已经撤销" in first.sentence
    line = (PACK / first.file).read_text(encoding="utf-8").splitlines()[first.line - 1]
    assert "派出所" in line


@pytest.mark.parametrize(
    ("code", "old", "new", "words"),
    [
        ("facilities", "what: [路灯]", "where_is: [路灯]", "条件里的“where_is”用不了"),
        ("building", "next: [order, legal]", "next: [look]", "环节绕成了圈"),
        ("facilities", "accept: 4 working hours", 'accept: "4"', "没有写单位"),
        ("facilities", "type: number", "type: numbr", "number"),
        ("building", "{number}", "{nummer}", "“{nummer}”不认识"),
    ],
)
def test_faults_name_the_file_and_the_line(cast: Cast, code: str, old: str, new: str, words: str) -> None:
    file = f"case_kind/{code}.yaml"
    text = re.sub("department: .*\n", "", (PACK / file).read_text(encoding="utf-8"))
    assert old in text
    text, before = text.replace(old, new, 1), numbers()
    loaded = load_files({file: text.encode()}, actor=system(cast), whole=False)
    found = next(fault for fault in loaded.faults if words in fault.sentence)
    assert new in text.splitlines()[found.line - 1] or "text: |" in text.splitlines()[found.line - 1]
    assert str(found).startswith(f"{file}:{found.line} ")
    assert numbers() == before


def test_editing_a_kind_leaves_what_began_under_the_old_version(cast: Cast) -> None:
    load(cast)
    old = kinds_now()["stalls"]
    body = old.body.model_dump(mode="json", exclude_defaults=True) | {"label": "摆摊设点"}
    definition_publish(
        actor=system(cast), family="case_kind", code="stalls", body=body, origin="edited", at=timezone.now(),
        expected=old.number,
    )  # fmt: skip
    new = kinds_now()["stalls"]
    assert (new.number, new.label) == (old.number + 1, "摆摊设点")
    assert kind_at(old.version_id).label == "占道经营与市场秩序"
    assert UNSEEN["label"] not in dict(labels_of(kinds_now().values())).values()

"""Places of rows: by code, by name with and without its ending, by address, within the scope."""

import pytest

from shanzhi.access.actor import PathRange, Scope
from shanzhi.areas.models import Area
from shanzhi.areas.paths import child
from shanzhi.people.importing import places
from shanzhi.people.importing.places import Places, Unplaced, stem
from tests.cast import SINCE, Cast


def loaded(cast: Cast, place: str = "county") -> Places:
    return Places.load(Scope(ranges=(PathRange.below(cast.areas[place].path),)))


@pytest.mark.parametrize(
    ("name", "short"),
    [("张庄村村民委员会", "张庄"), ("张庄村委会", "张庄"), ("张庄村", "张庄"), ("小关社区居委会", "小关"), ("小关社区", "小关"),
     ("村", "村"), ("大村", "大村")],
)  # fmt: skip
def test_endings_do_not_part_a_village_from_itself(name: str, short: str) -> None:
    assert stem(name) == short


@pytest.mark.parametrize("text", ["张庄村", "张庄", "张庄村村民委员会", "341181101201"])
def test_a_village_is_found_by_name_and_code(cast: Cast, text: str) -> None:
    assert loaded(cast).village(text).path == cast.areas["v1"].path


def test_one_of_two_villages_of_a_name_is_told_by_its_township_or_scope(cast: Cast) -> None:
    above = cast.areas["t2"]
    other = Area.objects.create(level="village", code="341181102299", name="张庄村", parent=above, ordinal=99,
                                path=child(above.path, 99), valid_from=SINCE)  # fmt: skip
    with pytest.raises(Unplaced, match="有 2 个叫"):
        loaded(cast).village("张庄村")
    assert loaded(cast).village("西镇张庄村").path == other.path
    assert loaded(cast, "t2").village("张庄").path == other.path


def test_another_townships_village_is_not_ones_own(cast: Cast) -> None:
    with pytest.raises(Unplaced, match="不在你的范围"):
        loaded(cast, "t1").village("王庄村")


def test_a_grid_lies_in_its_village_only(cast: Cast) -> None:
    found = loaded(cast)
    village = found.village("张庄村")
    assert found.grid(village, "第二网格")[0].path == cast.areas["g4"].path
    assert found.grid(village, cast.areas["g1"].code)[0].path == cast.areas["g1"].path
    assert found.grid(village, cast.areas["g2"].code) == (village, cast.areas["g2"].code)
    assert found.grid(village, "五组") == (village, "五组")


def test_addresses_name_a_village_a_place_outside_or_nothing_that_can_be_told(cast: Cast) -> None:
    found = loaded(cast)
    county = cast.areas["county"].name
    named = found.address(f"安徽省滁州市{county}东镇李庄村三组5号")
    assert named is not None
    assert named.path == cast.areas["v2"].path
    grid = found.address("张庄村第二网格")
    assert grid is not None
    assert grid.path == cast.areas["g4"].path
    assert found.address("江苏省南京市鼓楼区") is None
    for _twice in range(2):
        with pytest.raises(Unplaced, match="看不出是哪个村"):
            found.address(f"{county}东镇无名路")


def test_what_was_looked_up_does_not_grow_without_end(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "KEPT", 3)
    found = loaded(cast)
    for number in range(10):
        assert found.address(f"上海市{number}号") is None
    assert len(found._seen) <= 3


def test_abolished_places_are_unknown(cast: Cast) -> None:
    Area.objects.filter(id=cast.areas["v2"].id).update(valid_to=SINCE)
    with pytest.raises(Unplaced, match="请核对后填现行"):
        loaded(cast).village("李庄村")

"""Dwellings: one address once, with a position; whoever lives there goes along; torn down, never deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection

from shanzhi.files.models import StoredFile
from shanzhi.files.registry import may_see
from shanzhi.files.services import photo_store
from shanzhi.files.tests.pictures import picture
from shanzhi.lib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from shanzhi.people.models import Dwelling, Resident
from shanzhi.people.numbers import address_index, address_read
from shanzhi.people.services import Home, dwelling_change, dwelling_gone
from shanzhi.people.tests.world import ago, dwelling, happen, resident, stays, today
from shanzhi.trail.models import Entry
from tests.cast import Cast


def change(cast: Cast, row: Dwelling, *, by: str = "village_clerk", **said: Any) -> Dwelling:
    more = {name: said.pop(name) for name in ("photos", "keep_door", "key") if name in said}
    version = said.pop("version", Dwelling.objects.get(id=row.id).version)
    home = Home(**{"place": row.area.code, "road": row.road, "door": row.door, "use": row.use, **said})
    return dwelling_change(actor=cast.actor(by), number=row.id, version=version, home=home, **more)


def gone(cast: Cast, row: Dwelling, *, by: str = "village_clerk", **said: Any) -> Dwelling:
    said = {"on": today(), "version": Dwelling.objects.get(id=row.id).version, **said}
    return dwelling_gone(actor=cast.actor(by), number=row.id, **said)


def test_a_dwelling_with_its_position(cast: Cast) -> None:
    row = dwelling(cast, lon=118.83, lat=32.66, use="let")
    assert (row.lon, row.lat, row.use, row.area_path) == (1188300000, 326600000, "let", cast.areas["g1"].path)
    with connection.cursor() as cursor:
        cursor.execute("SELECT door FROM people_dwelling")
        assert "12" not in cursor.fetchone()[0][:3]
    assert Dwelling.objects.get().door == "12号"
    assert Entry.objects.filter(code="people.dwelling.added", object_id=row.id).count() == 1


@pytest.mark.parametrize(
    ("said", "field", "word"),
    [
        ({"road": "", "door": " "}, "road", "至少填一样"), ({"road": "长" * 61}, "road", "最多写 60 字"),
        ({"door": "长" * 61}, "door", "最多写 60 字"), ({"use": "castle"}, "use", "请选房屋用途"),
        ({"lon": 118.83}, "lat", "一起填"), ({"lat": 32.66}, "lon", "一起填"),
        ({"lon": 32.66, "lat": 118.83}, "lon", "填反"), ({"lon": 0.0, "lat": 0.0}, "lon", "不在中国"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(cast: Cast, said: dict[str, Any], field: str, word: str) -> None:
    with pytest.raises(Invalid) as refused:
        dwelling(cast, **said)
    assert list(refused.value.fields) == [field]
    assert word in refused.value.message
    assert not Dwelling.objects.exists()


def test_one_address_is_one_dwelling_however_it_is_written(cast: Cast) -> None:
    row = dwelling(cast, road="张庄组", door="3号-2")
    for road, door in (("张庄组", "３号－２"), ("张庄 组", "3号 2"), ("", "张庄组3号-2")):
        with pytest.raises(Conflict) as refused:
            dwelling(cast, road=road, door=door)
        assert refused.value.code == "dwelling_known"
        assert refused.value.more == {"dwelling": str(row.id)}
    assert dwelling(cast, place="g4", road="张庄组", door="3号-2").id != row.id
    assert dwelling(cast, road="张庄组", door="3号-3").id != row.id
    assert address_read("a 室（东）#1") == "A室东1"
    assert address_index("张庄组", "3号") == address_index("张庄", "组３号")


def test_a_key_writes_one(cast: Cast) -> None:
    assert dwelling(cast, key="k").id == dwelling(cast, key="k").id
    with pytest.raises(Invalid, match="重复提交标识"):
        dwelling(cast, door="13号", key="k")
    assert Dwelling.objects.count() == 1


def test_who_may_enter_where(cast: Cast) -> None:
    for number, who in enumerate(("village_clerk", "grid_worker", "grid_leader", "township_officer")):
        dwelling(cast, by=who, door=f"{number}号")
    for who in ("branch_secretary", "command_centre", "auditor", "system_admin"):
        with pytest.raises(Forbidden):
            dwelling(cast, by=who, door="9号")
    with pytest.raises(Forbidden, match="不在你的辖区"):
        dwelling(cast, place="g3")
    with pytest.raises(Invalid, match="没有这个代码"):
        dwelling(cast, place="t1")


def test_what_is_written_of_it_is_mended(cast: Cast) -> None:
    row = dwelling(cast)
    mended = change(cast, row, road="李庄组", use="empty", lon=118.83, lat=32.66)
    assert (mended.road, mended.door, mended.use, mended.version) == ("李庄组", "12号", "empty", 2)
    kept = change(cast, row, road="李庄组", door=" ", keep_door=True)
    assert (kept.door, kept.lon) == ("12号", None)
    bare = change(cast, row, road="李庄组", door="")
    assert bare.door == ""
    assert bare.address_index == address_index("李庄组", "")


def test_whoever_lives_there_goes_along_into_the_other_grid(cast: Cast) -> None:
    row = dwelling(cast)
    one = resident(cast, dwelling=row.id)
    away = resident(cast, name="外人", lives=cast.areas["g1"].code)
    change(cast, row, place=cast.areas["g4"].code)
    one.refresh_from_db()
    assert (one.lives, one.lives_path, one.dwelling_id) == (cast.areas["g4"], cast.areas["g4"].path, row.id)
    assert stays(one) == [(ago(400), today(), "first"), (today(), None, "corrected")]
    away.refresh_from_db()
    assert away.lives == cast.areas["g1"]
    with pytest.raises(Forbidden):
        change(cast, Dwelling.objects.get(), place=cast.areas["g3"].code)


def test_two_who_change_at_once(cast: Cast) -> None:
    row = dwelling(cast)
    change(cast, row, road="甲组", version=1, key="k")
    assert change(cast, row, road="甲组", version=1, key="k").version == 2
    with pytest.raises(Stale):
        change(cast, row, road="乙组", version=1)
    with pytest.raises(NotFound):
        change(cast, row, by="other_clerk", road="乙组")
    with pytest.raises(Forbidden):
        change(cast, row, by="branch_secretary", road="乙组")


def test_a_change_into_a_known_address_is_refused(cast: Cast) -> None:
    dwelling(cast)
    other = dwelling(cast, door="13号")
    with pytest.raises(Conflict, match="已经有房屋"):
        change(cast, other, door="12号")


def test_a_dwelling_with_people_is_not_torn_down(cast: Cast) -> None:
    row = dwelling(cast)
    one = resident(cast, dwelling=row.id)
    with pytest.raises(Conflict, match="还住着 1 人"):
        gone(cast, row)
    happen(cast, one, "moved", lives=cast.areas["g1"].code)
    with pytest.raises(Invalid, match="不能晚于今天"):
        gone(cast, row, on=today() + timedelta(days=1))
    done = gone(cast, row, on=ago(1), key="k")
    assert (done.gone_on, gone(cast, row, on=ago(1), version=1, key="k").gone_on) == (ago(1), ago(1))
    for act in (lambda: change(cast, row, road="甲组"), lambda: gone(cast, row)):
        with pytest.raises(Conflict, match="已经拆除"):
            act()
    with pytest.raises(Invalid, match="已经拆除"):
        resident(cast, name="又一个", dwelling=row.id)
    assert dwelling(cast).id != row.id  # a new house at the old address


def test_who_may_tear_down(cast: Cast) -> None:
    row = dwelling(cast)
    for who, error in (("other_clerk", NotFound), ("command_centre", Forbidden), ("auditor", NotFound)):
        with pytest.raises(error):
            gone(cast, row, by=who)
    with pytest.raises(Stale):
        gone(cast, row, version=9)


def photo(cast: Cast, who: str = "village_clerk", name: str = "a") -> StoredFile:
    upload = ContentFile(picture(colour=(len(name) * 7 % 255, 9, 9)), name=f"{name}.jpg")
    return photo_store(actor=cast.actor(who), upload=upload)


def test_a_photo_is_seen_by_whoever_sees_the_dwelling(cast: Cast) -> None:
    first = photo(cast)
    row = dwelling(cast, photos=(first.id,))
    assert row.photo == first
    seen = {who: may_see(cast.actor(who), "people.dwelling", row.id, first.id)
            for who in ("grid_worker", "command_centre", "other_clerk", "auditor", "system_admin")}  # fmt: skip
    assert seen == {"grid_worker": True, "command_centre": True, "other_clerk": False, "auditor": False,
                    "system_admin": False}  # fmt: skip
    second = photo(cast, name="abc")
    changed = change(cast, row, photos=(second.id,))
    assert changed.photo == second
    first.refresh_from_db()
    assert first.owner_id is None
    assert change(cast, row, road="李庄组").photo == second


def test_somebody_elses_photo_is_refused(cast: Cast) -> None:
    strange = photo(cast, "grid_worker")
    with pytest.raises(Conflict):
        dwelling(cast, photos=(strange.id,))
    assert not Dwelling.objects.exists()


def test_people_of_a_dwelling_are_those_who_live_there_now(cast: Cast) -> None:
    row = dwelling(cast)
    one, two = resident(cast, dwelling=row.id), resident(cast, name="李秀英", dwelling=row.id)
    happen(cast, one, "died")
    happen(cast, two, "left", lives_elsewhere="上海市")
    assert not Resident.objects.filter(dwelling=row).exists()

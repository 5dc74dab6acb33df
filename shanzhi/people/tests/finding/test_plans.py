"""Plans of every way to find somebody, as the application's role under forced row-level security."""

import pytest
from django.db import connection
from django.db.models import Model

from shanzhi.people.finding.selectors import find, search_get_for
from shanzhi.people.finding.services import search_keep
from shanzhi.people.models import Dwelling, Resident, Stay
from shanzhi.people.tests.importing.lists import AS_OF, id_number
from shanzhi.staffing.tests.test_plans import plan, sent
from shanzhi.tenancy.bulk import row_new, rows_insert
from tests.cast import Cast

GROWING = ("people_resident", "people_dwelling", "people_search", "people_stay")


def whole(text: str) -> list[str]:
    heads = tuple(f"{head} {name}" for head in ("SCAN", "Seq Scan on") for name in GROWING)
    return [line for line in (one.strip(" ->") for one in text.splitlines()) if line.startswith(heads)
            and "USING" not in line]  # fmt: skip


@pytest.fixture
def full(people: Cast) -> Cast:
    """Three thousand more, all over the county."""
    at = Resident.objects.first()
    assert at is not None
    places = [people.areas[name] for name in ("g1", "g2", "g3", "g4", "v1", "v2", "v3")]
    homes: list[Model] = [
        row_new(Dwelling, area_id=place.id, area_path=place.path, road=f"{n}组", door="1号", address_index=f"{n}",
                created_at=at.created_at) for n in range(150) for place in places
    ]  # fmt: skip
    rows = []
    for n in range(3000):
        place, name = places[n % 7], f"{chr(0x5F20 + n % 90)}{chr(0x4E00 + n % 800)}{chr(0x4E00 + n % 77)}"
        rows.append(row_new(
            Resident, name=name, given=name[1:], last=name[2:], initials="zxp"[: 1 + n % 3], papers="id",
            paper_index=f"p{n}", phone_index=f"f{n}", population="settled", created_at=at.created_at,
            lives_id=place.id, lives_path=place.path, registered_id=place.id, registered_path=place.path,
        ))  # fmt: skip
    stays = [row_new(Stay, resident_id=one.id, since=AS_OF, population="settled", change="first",
                     recorded_at=at.created_at) for one in rows]  # fmt: skip
    for part in (homes, rows, stays):
        rows_insert(part)  # type: ignore[arg-type]
    return people


@pytest.mark.parametrize("who", ["county_centre", "township_officer", "village_clerk", "grid_worker"])
@pytest.mark.parametrize(
    "text",
    [
        "张",
        "张小平",
        "小平",
        "平",
        "zxp",
        "13800000001",
        id_number(1),
        f"张小平 {id_number(1)[-4:]}",
        "张庄村3组1号",
        "张庄村",
    ],
)
def test_no_way_reads_a_whole_table(full: Cast, who: str, text: str) -> None:
    actor = full.actor(who)
    for sql in sent(lambda: find(actor, text)):
        assert whole(plan(sql)) == [], plan(sql)
    page = find(actor, text, size=2)
    if page.next_cursor:
        for sql in sent(lambda: find(actor, text, size=2, cursor=page.next_cursor or "")):
            assert whole(plan(sql)) == [], plan(sql)


@pytest.mark.parametrize(
    ("text", "index"),
    [("13800000001", "resident_phone"), (id_number(1), "resident_paper_once"), ("张小平", "resident_"),
     ("zxp", "resident_"), ("小平", "resident_")],
)  # fmt: skip
def test_each_way_enters_by_an_index_of_its_own(full: Cast, text: str, index: str) -> None:
    actor = full.actor("county_centre")
    plans = [plan(sql) for sql in sent(lambda: find(actor, text)) if "people_resident" in sql]
    assert plans
    assert all(index in text for text in plans), plans


def test_a_search_is_had_by_its_id(full: Cast) -> None:
    actor = full.actor("county_centre")
    kept = search_keep(actor=actor, text="张小平")
    for sql in sent(lambda: search_get_for(actor, kept.id, at=kept.created_at)):
        assert whole(plan(sql)) == []


def test_a_table_that_is_read_whole_is_noticed() -> None:
    assert whole("Sort\n  ->  Seq Scan on people_resident u0  (cost=1)") != []
    assert whole("Index Scan using resident_name on people_resident") == []
    assert connection.vendor in ("postgresql", "sqlite")

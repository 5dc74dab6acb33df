"""Every kind of word at its edges: what is found, what is masked, what another person's search or cursor opens."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Forbidden, Invalid, NotFound, TooMany
from shanzhi.lib.masks import paper_mask, phone_mask
from shanzhi.people.finding import services
from shanzhi.people.finding.asking import Kind, asked_of, plain
from shanzhi.people.finding.selectors import Hit, find, search_get_for
from shanzhi.people.finding.services import search_keep, searches_forget
from shanzhi.people.finding.shown import age_on, line_of
from shanzhi.people.models import Dwelling, Resident, Search
from shanzhi.people.tests.finding.test_find import COUNTY, GRID, TOWN, VILLAGE, names
from shanzhi.people.tests.importing.lists import bring, id_number, row
from shanzhi.people.tests.world import groups, happen, member, resident
from shanzhi.tenancy.ids import LARGEST
from shanzhi.tenancy.keyset import CursorInvalid
from tests.cast import Cast

TODAY = date(2026, 6, 1)

# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("张", (Kind.NAME,)), ("张三", (Kind.NAME,)), ("张小平", (Kind.NAME, Kind.ADDRESS)), ("z", (Kind.NAME,)),
        ("zx", (Kind.INITIALS, Kind.NAME)), ("Johnsmithson", (Kind.INITIALS, Kind.NAME)),
        ("张村", (Kind.ADDRESS, Kind.NAME)),
        ("3号", (Kind.ADDRESS,)), ("张三 123", (Kind.ADDRESS,)), ("张三 12345", (Kind.ADDRESS,)),
        ("123456", (Kind.ADDRESS,)),
        ("1234567", (Kind.PHONE,)), ("12345678901234", (Kind.ADDRESS,)), ("12345678901234567y", (Kind.ADDRESS,)),
        ("+86 13800000001", (Kind.ADDRESS,)), ("😀", (Kind.NAME,)), ("张％三", (Kind.NAME, Kind.ADDRESS)),
    ],
)  # fmt: skip
def test_words_on_either_side_of_each_border(text: str, kinds: tuple[Kind, ...]) -> None:
    assert asked_of(text).kinds == kinds


@pytest.mark.parametrize("dot", "·•‧・･")
def test_whichever_dot_a_keyboard_gives(people: Cast, dot: str) -> None:
    bring(people, [row(9, 姓名="买买提·吐尔逊", 户编号="")])
    assert plain(f"买{dot}吐") == "买·吐"
    assert names(people, f"买买提{dot}吐尔逊") == ["买买提·吐尔逊"]


def test_a_name_in_letters_is_found_however_long_it_is(people: Cast) -> None:
    bring(people, [row(9, 姓名="Anna Maria Schmidt", 户编号="")])
    for text in ("Anna Maria Schmidt", "anna maria", "ANNA", "annamariaschm"):
        assert names(people, text) == ["Anna Maria Schmidt"], text


@pytest.mark.parametrize("text", ["張小平", "张小评", "小平张", "张_平", "张%", "%", "_", "张小平张小平", "平小"])
def test_signs_stand_for_themselves(people: Cast, text: str) -> None:
    assert names(people, text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("阳小", ["欧阳小平"]),
        ("阳小平", ["欧阳小平"]),
        ("小平", 4),
        ("田芳", ["单田芳"]),
        ("芳", ["单田芳"]),
        ("欧小", []),
    ],
)
def test_a_part_is_looked_for_from_the_second_and_third_sign_on(
    people: Cast, text: str, found: list[str] | int
) -> None:
    got = names(people, text)
    assert (len(got) if isinstance(found, int) else got) == found


def test_a_part_behind_the_third_sign_is_not_found(people: Cast) -> None:
    bring(people, [row(9, 姓名="阿依古丽古丽娜", 户编号="")])
    assert names(people, "阿依") == names(people, "依古") == ["阿依古丽古丽娜"]
    assert names(people, "古丽娜") == names(people, "丽娜") == []


def test_a_paper_with_strokes_is_found_in_its_one_form(people: Cast) -> None:
    resident(people, name="外国人", papers="passport", paper_number="E1234-5678", phone="")
    for text in ("E12345678", "e1234 5678", "Ｅ１２３４５６７８"):
        assert names(people, text) == ["外国人"], text


def test_four_signs_of_a_number_tell_one_of_a_name(people: Cast) -> None:
    tails = {one.paper_number[-4:] for one in Resident.objects.filter(name="张小平")}
    assert len(tails) == 2
    for tail in tails:
        assert len(names(people, f"张小平 {tail.lower()}")) == 1
        assert len(names(people, f"张　{tail}")) == 1
    assert names(people, "张小平 0000") == []


def test_whoever_died_or_left_for_good_is_not_found(people: Cast) -> None:
    one = resident(people, name="赵去世", paper_number=id_number(40), phone="13811112222")
    assert names(people, "赵去世") == ["赵去世"]
    happen(people, one, "died")
    for text in ("赵去世", "zqs", id_number(40), "13811112222"):
        assert names(people, text) == [], text


# --- addresses ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["张庄村1号", "张庄村第一网格1号", "东镇张庄村第一网格 1号", "张庄 第一网格１号"])
def test_addresses_as_people_write_them(people: Cast, text: str) -> None:
    assert names(people, text) == ["张小平"]


def test_a_home_that_is_gone_or_a_door_that_nobody_has_finds_nobody(people: Cast) -> None:
    assert names(people, "张庄村99号") == []
    homes = [one.id for one in Dwelling.objects.all() if one.door == "1号"]
    Dwelling.objects.filter(id__in=homes).update(gone_on=TODAY)
    assert names(people, "张庄村第一网格1号") == []


def test_a_village_of_another_scope_is_no_place(people: Cast) -> None:
    assert names(people, "王庄村") == ["张小平"]
    for who in (TOWN, VILLAGE, GRID):
        assert names(people, "王庄村", who) == names(people, "王庄村1号", who) == []


def test_within_a_narrowed_place_an_address_lies_there(people: Cast) -> None:
    assert names(people, "3组4号", TOWN, area="v2") == ["欧阳小平"]
    assert names(people, "李庄村3组4号", TOWN, area="v1") == []


# --- what is shown --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("born", "age"),
    [(date(1980, 6, 1), 46), (date(1980, 6, 2), 45), (date(2026, 6, 1), 0), (date(2000, 2, 29), 26), (None, None)],
)
def test_full_years(born: date | None, age: int | None) -> None:
    assert age_on(born, TODAY) == age


def test_a_line_masks_numbers_and_says_both_places(people: Cast) -> None:
    away = Resident.objects.select_related("lives__parent", "registered__parent").get(name="刘外出")
    line = line_of(Hit(away, "姓名"), TODAY)
    assert line.place == "江苏省南京市（户籍张庄村第一网格）"
    assert (line.paper, line.phone) == (paper_mask(away.paper_number), phone_mask(away.phone))
    assert away.paper_number not in str(line)
    assert away.phone not in str(line)
    bare = Resident.objects.select_related("lives__parent", "registered__parent").get(name="无证人")
    assert (line_of(Hit(bare, "姓名"), TODAY).paper, line_of(Hit(bare, "姓名"), TODAY).age) == ("", 46)


def test_of_care_nothing_is_shown_nor_found(people: Cast) -> None:
    """Neither who belongs to a group nor its name answers to a search: a strict one least of all."""
    groups(people)
    one = Resident.objects.get(name="张平")
    member(people, one, "correction", by="township_officer", reason="社区矫正二〇二六")
    member(people, one, "alone", by="township_officer")
    for word in ("社区矫正", "社区矫正对象", "correction", "独居老人", "社区矫正二〇二六"):
        for who in (COUNTY, TOWN, GRID):
            assert names(people, word, who) == [], word
    client = people[TOWN].client()
    page = client.post("/341181/people/search/", {"text": "张平"}, follow=True).content.decode()
    assert "张平" in page
    assert "矫正" not in page
    assert "独居" not in page
    answer = client.post("/api/v1/341181/people/searches", {"text": "张平"}, "application/json").json()
    assert [item["name"] for item in answer["items"]] == ["张平"]
    assert "矫正" not in str(answer)


# --- searches and cursors -------------------------------------------------------------------------------------------


def test_a_search_is_ones_own_for_an_hour_to_the_second(people: Cast) -> None:
    actor, now = people.actor(TOWN), timezone.now()
    kept = search_keep(actor=actor, text="张", at=now)
    assert search_get_for(actor, kept.id, at=now + timedelta(minutes=59, seconds=59)).text == "张"
    for who, number, at in ((actor, kept.id, now + timedelta(hours=1)), (people.actor(VILLAGE), kept.id, now),
                            (actor, kept.id + 1, now), (actor, LARGEST + 1, now)):  # fmt: skip
        with pytest.raises(NotFound, match="请重新查找"):
            search_get_for(who, number, at=at)
    assert searches_forget(at=now + timedelta(hours=1)) == 0
    assert searches_forget(at=now + timedelta(hours=1, minutes=1, seconds=1)) == 1


def test_the_limit_is_of_one_person_and_of_the_last_hour(people: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "MOST", 3)
    actor, now = people.actor(TOWN), timezone.now()
    for _time in range(3):
        search_keep(actor=actor, text="张", at=now)
    with pytest.raises(TooMany) as refused:
        search_keep(actor=actor, text="张", at=now + timedelta(minutes=59))
    assert (refused.value.wait, refused.value.status) == (600, 429)
    assert Search.objects.count() == 3
    search_keep(actor=people.actor(VILLAGE), text="张", at=now)
    search_keep(actor=actor, text="张", at=now + timedelta(hours=1))


def test_nobody_and_the_system_search_for_nobody(people: Cast) -> None:
    for actor in (Actor.anonymous(341181), Actor.system(341181), people.actor("auditor")):
        with pytest.raises(Forbidden):
            search_keep(actor=actor, text="张")
    with pytest.raises(Invalid):
        search_keep(actor=people.actor(TOWN), text=" \0 ")
    with pytest.raises(NotFound):
        search_keep(actor=people.actor(TOWN), text="张", area=people.areas["v3"].code)
    assert not Search.objects.exists()


def test_a_cursor_of_the_whole_county_opens_nothing_beyond_the_scope(people: Cast) -> None:
    cursor = find(people.actor(COUNTY), "小平", size=1).next_cursor
    assert cursor is not None
    found = find(people.actor(VILLAGE), "小平", cursor=cursor)
    assert {hit.resident.lives_path[:12] for hit in found.rows} <= {people.areas["v1"].path}


def test_a_cursor_outlives_a_new_name_and_a_cut_one_is_refused(people: Cast) -> None:
    actor = people.actor(COUNTY)
    page = find(actor, "平", size=1)
    [hit] = page.rows
    Resident.objects.filter(id=hit.id).update(name="李改名", given="改名", last="名")
    assert find(actor, "平", size=9, cursor=page.next_cursor or "").rows
    with pytest.raises(CursorInvalid):
        find(actor, "平", cursor=(page.next_cursor or "")[:-2])


@pytest.mark.parametrize("size", [1, 2, 3])
def test_pages_of_an_address_and_of_a_village_are_whole(people: Cast, size: int) -> None:
    actor = people.actor(COUNTY)
    for text, count in (("李庄村", 3), ("张庄村", 4), ("李庄村3组", 2), ("zxp", 2), ("小平", 4)):
        found, cursor = list[int](), ""
        for _page in range(10):
            page = find(actor, text, cursor=cursor, size=size)
            assert len(page.rows) <= size
            found += [hit.id for hit in page.rows]
            cursor = page.next_cursor or ""
            if not cursor:
                break
        assert (len(found), len(set(found))) == (count, count), text

"""Good rows go in, the same list twice changes nothing, a newer list brings what changed."""

from datetime import date

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from shanzhi.areas.models import Area
from shanzhi.areas.paths import child
from shanzhi.jobs.testing import drain
from shanzhi.people.importing import running, services
from shanzhi.people.models import Dwelling, Household, RegisterFault, RegisterImport, Resident, Stay
from shanzhi.people.numbers import paper_index
from shanzhi.people.tests.importing.lists import AS_OF, HEADS, apply, bring, csv_bytes, id_number, row, send, xlsx_bytes
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast


def counted(sent: RegisterImport) -> tuple[int, ...]:
    return tuple(sent.counts[name] for name in ("rows", "new", "changed", "same", "bad"))


def test_a_list_goes_in_with_homes_households_and_stays(cast: Cast) -> None:
    rows = [row(1), row(2, 户编号="H1", 门牌="1号", 与户主关系="配偶", 性别="女", 身份证号=id_number(2, man=False))]
    sent = bring(cast, rows)
    assert (sent.state, counted(sent)) == ("applied", (2, 2, 0, 0, 0))
    first, second = Resident.objects.order_by("paper_index").filter(source=sent.id).order_by("relation")
    assert (first.name, first.given, first.last, first.initials) == ("张小二", "小二", "二", "zxe")
    assert (first.phone, first.paper_number, first.sex, first.population) == (
        "13800000001", id_number(1), "1", "settled",
    )  # fmt: skip
    assert first.lives_path == first.registered_path == cast.areas["g1"].path
    assert (first.household_id, first.dwelling_id) == (second.household_id, second.dwelling_id)
    home = Dwelling.objects.get(id=first.dwelling_id)
    assert (home.door, home.area_id) == ("1号", cast.areas["g1"].id)
    assert Household.objects.get(id=first.household_id).number.endswith("-000001")
    stay = Stay.objects.get(resident=first)
    assert (stay.since, stay.until, stay.change, stay.actor_name) == (AS_OF, None, "imported", sent.created_by_name)


def test_the_same_list_twice_changes_nothing(cast: Cast) -> None:
    rows = [row(n, 户编号=f"H{n // 3}", 与户主关系="子" if n % 3 else "户主") for n in range(1, 8)]
    bring(cast, rows)
    before = [list(model.objects.order_by("id").values()) for model in (Resident, Stay, Dwelling, Household)]
    entries = Entry.objects.filter(code="people.register.imported").count()
    again = bring(cast, rows)
    assert counted(again) == (7, 0, 0, 7, 0)
    after = [list(model.objects.order_by("id").values()) for model in (Resident, Stay, Dwelling, Household)]
    assert after == before
    assert Entry.objects.filter(code="people.register.imported").count() == entries


def test_a_check_writes_to_no_register(cast: Cast) -> None:
    sent = send(cast, csv_bytes([row(1), row(2, 姓名="")]))
    assert (sent.state, counted(sent)) == ("checked", (2, 1, 0, 0, 1))
    assert [model.objects.count() for model in (Resident, Household, Dwelling, Stay)] == [0, 0, 0, 0]


def test_a_newer_list_brings_what_changed_as_of_its_day(cast: Cast) -> None:
    bring(cast, [row(1), row(2), row(3)])
    later = date(2026, 3, 1)
    sent = bring(cast, [row(1, 联系电话="13955550000"), row(2, 村="李庄村", 组="", 门牌="9号"), row(3)], as_of=later)
    assert counted(sent) == (3, 0, 2, 1, 0)
    first, second = (Resident.objects.get(paper_index=one) for one in indexes(1, 2))
    assert (first.phone, first.version) == ("13955550000", 2)
    assert Stay.objects.filter(resident=first).count() == 1
    assert second.lives_path == cast.areas["v2"].path
    old, new = Stay.objects.filter(resident=second).order_by("id")
    assert (old.since, old.until, new.since, new.until) == (AS_OF, later, later, None)
    assert (new.lives_id, new.change) == (cast.areas["v2"].id, "imported")
    assert second.dwelling_id not in (None, old.dwelling_id)


def indexes(*serials: int) -> list[str]:
    return [paper_index(id_number(one)) for one in serials]


def test_what_a_list_does_not_say_stays(cast: Cast) -> None:
    bring(cast, [row(1)])
    sent = bring(cast, [row(1, 联系电话="", 门牌="", 户编号="", 与户主关系="", 出生日期="")])
    assert counted(sent) == (1, 0, 0, 1, 0)
    one = Resident.objects.get()
    assert (one.phone, bool(one.dwelling_id), one.relation) == ("13800000001", True, "0")


def test_who_moves_away_leaves_home_and_household(cast: Cast) -> None:
    bring(cast, [row(1)])
    heads, away = [*HEADS, "居住地"], [*row(1, 户编号="", 与户主关系=""), "上海市"]
    apply(cast, send(cast, csv_bytes([away], heads), as_of=date(2026, 2, 1)))
    one = Resident.objects.get()
    assert (one.lives_id, one.lives_elsewhere, one.population) == (None, "上海市", "away")
    assert (one.dwelling_id, one.household_id, one.relation) == (None, None, "")
    assert one.registered_path == cast.areas["g1"].path


def test_an_older_list_undoes_nothing(cast: Cast) -> None:
    bring(cast, [row(1)], as_of=date(2026, 3, 1))
    sent = bring(cast, [row(1, 村="李庄村", 组="")], as_of=date(2026, 2, 1))
    assert counted(sent) == (1, 0, 0, 0, 1)
    assert "已有变更" in RegisterFault.objects.get().sentence
    assert Resident.objects.get().lives_path == cast.areas["g1"].path


def test_the_dead_are_not_brought_back_by_a_list(cast: Cast) -> None:
    bring(cast, [row(1)])
    Resident.objects.update(population="dead", died_on=AS_OF)
    assert "登记去世" in RegisterFault.objects.get(source=bring(cast, [row(1)])).sentence


def test_somebody_of_another_township_is_not_taken(cast: Cast) -> None:
    bring(cast, [row(1, 村="王庄村", 组="")], who="other_officer")
    sent = bring(cast, [row(1)])
    assert counted(sent) == (1, 0, 0, 0, 1)
    assert "范围以外" in RegisterFault.objects.get(source=sent).sentence
    whole = bring(cast, [row(1)], who="county_centre", as_of=date(2026, 2, 2))
    assert counted(whole) == (1, 0, 1, 0, 0)


def test_without_a_paper_nobody_is_merged_with_another_of_the_name(cast: Cast) -> None:
    bare = row(1, 身份证号="")
    assert counted(bring(cast, [bare])) == (1, 1, 0, 0, 0)
    assert counted(bring(cast, [bare])) == (1, 0, 0, 1, 0)
    bring(cast, [row(2, 姓名="李四", 户编号="H2")])
    sent = bring(cast, [row(2, 姓名="李四", 身份证号="", 户编号="H2")])
    assert counted(sent) == (1, 0, 0, 0, 1)
    assert "同名、同出生日期" in RegisterFault.objects.get(source=sent).sentence
    elsewhere = bring(cast, [row(2, 姓名="李四", 身份证号="", 村="李庄村", 组="", 户编号="H7")])
    assert counted(elsewhere) == (1, 1, 0, 0, 0)


def test_a_head_in_the_register_is_not_put_aside_by_another(cast: Cast) -> None:
    bring(cast, [row(1), row(2, 户编号="H1", 与户主关系="子")])
    sent = bring(cast, [row(2, 户编号="H1")])
    assert "变更户主" in RegisterFault.objects.get(source=sent).sentence
    both = bring(cast, [row(2, 户编号="H1"), row(1, 户编号="H1", 与户主关系="父亲")], as_of=date(2026, 2, 1))
    assert counted(both) == (2, 0, 2, 0, 0)
    assert Resident.objects.get(relation="0").paper_index == indexes(2)[0]


def test_a_list_that_parts_a_household_opens_another(cast: Cast) -> None:
    bring(cast, [row(1), row(2, 户编号="H1", 与户主关系="子")])
    rows = [row(1, 户编号="A"), row(2, 户编号="B")]
    assert counted(bring(cast, rows, as_of=date(2026, 2, 1))) == (2, 0, 1, 1, 0)
    assert Household.objects.count() == 2
    assert counted(bring(cast, rows, as_of=date(2026, 2, 1))) == (2, 0, 0, 2, 0)


def test_everything_that_was_written_is_proved_by_the_trail(cast: Cast) -> None:
    bring(cast, [row(n) for n in range(1, 5)])
    bring(cast, [row(1, 村="李庄村", 组=""), row(2, 姓名="张改名")], as_of=date(2026, 2, 1))
    assert proved() == []
    Resident.objects.filter(name="张改名").update(name="张三")
    assert len(proved()) == 1


def proved() -> list[str]:
    """What the verifier says of the registers; what the cast made has no entries."""
    words = ("居民", "居住", "户 ", "房屋", "名册")
    return [one for one in verify_county(341181).findings if any(word in one for word in words)]


def test_a_place_that_was_added_since_the_check_heals_its_rows(cast: Cast) -> None:
    sent = send(cast, csv_bytes([row(1), row(2, 村="赵庄村", 组="")]))
    assert RegisterFault.objects.count() == 1
    above = cast.areas["t1"]
    Area.objects.create(level="village", code="341181101209", name="赵庄村", parent=above, ordinal=9,
                        path=child(above.path, 9), valid_from=AS_OF)  # fmt: skip
    assert counted(apply(cast, sent)) == (2, 2, 0, 0, 0)
    assert not RegisterFault.objects.exists()


def test_somebody_registered_since_the_check_is_a_new_fault(cast: Cast) -> None:
    sent = send(cast, csv_bytes([row(1)]))
    bring(cast, [row(1, 村="王庄村", 组="")], who="other_officer")
    assert counted(apply(cast, sent)) == (1, 0, 0, 0, 1)
    assert RegisterFault.objects.get(source=sent).number == 2


def test_a_workbook_goes_in_like_a_text(cast: Cast) -> None:
    sent = apply(cast, send(cast, xlsx_bytes([row(1), row(2, 身份证号=341181198001020019)]), name="名册.xlsx"))
    assert counted(sent) == (2, 1, 0, 0, 1)
    assert RegisterFault.objects.get().column == "证件号码"


def test_an_import_asks_no_more_for_more_rows(cast: Cast) -> None:
    def statements(count: int, first: int) -> int:
        sent = send(cast, csv_bytes([row(n, 户编号=f"H{n}") for n in range(first, first + count)]))
        actor, now = cast.actor("township_officer"), timezone.now()
        services.import_apply(actor=actor, sent=sent, version=sent.version)
        with CaptureQueriesContext(connection) as caught:
            running.apply_run(import_id=sent.id, actor=actor, at=now, progress=lambda done, total: None)
        drain()
        return len(caught)

    assert statements(3, 1) == statements(90, 100)

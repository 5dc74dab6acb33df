"""Packs: what is wrong is told with file and line, all of it at once, and then nothing has changed."""

import io
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Forbidden, Invalid, Stale
from shanzhi.packs.exporting import export_pack, pack_files
from shanzhi.packs.families import FAMILIES
from shanzhi.packs.loading import Loaded, load_files, load_pack
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors import body_of, definition_find
from shanzhi.packs.services import definition_retire
from shanzhi.packs.sources import LARGEST_ZIP, files_in, files_in_zip, zipped
from shanzhi.packs.tests import factories
from shanzhi.packs.tests.factories import A, files, publish, write
from shanzhi.trail.models import Entry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county_a")]
LAMP = "label: 路灯\nwords: [坏了, 不亮]\n"
ROAD = "label: 道路\nlimit: 7\n"

# Texts of sample/x.yaml with the line and a part of the sentence that they must give.
BROKEN: dict[str, tuple[str, int, str]] = {
    "a missing field": ("open: true\n", 1, "缺少“label”，请补上。"),
    "an unknown field": ("label: 甲\nlable: 乙\n", 2, "没有“lable”这一项，是不是“label”？"),
    "an unknown field far from any": ("label: 甲\nqqqqqq: 乙\n", 2, "可以写的有：days、label、"),
    "an unknown field inside": ("label: 甲\nparts:\n  - {code: a, label: 乙, lable: 丙}\n", 3, "是不是“label”？"),
    "a missing field inside": ("label: 甲\nparts:\n  - {code: a, label: 乙}\n  - {code: b}\n", 4, "缺少“label”"),
    "no content": ("label:\n", 1, "“label”没有内容"),
    "a number for text": ("label: 341181\n", 1, "“label”要写成文字；像数字的编号请加引号。"),
    "text for a number": ('label: 甲\nlimit: "7"\n', 2, "“limit”要写成整数，不加引号。"),
    "true for a number": ("label: 甲\nlimit: true\n", 2, "“limit”要写成整数"),
    "too large a number": ("label: 甲\nlimit: 700\n", 2, "“limit”不能大于 100。"),
    "too small a number": ("label: 甲\nlimit: 0\n", 2, "“limit”不能小于 1。"),
    "text for a truth": ('label: 甲\nopen: "true"\n', 2, "“open”要写 true 或 false。"),
    "yes for a truth": ("label: 甲\nopen: yes\n", 2, "请写 true 或 false"),
    "an unknown choice": ("label: 甲\nlevel: village\n", 2, "“level”不能是“village”，可以写：county、township。"),
    "a word for a list": ("label: 甲\nwords: 乙\n", 2, "“words”要写成一项一项的清单"),
    "a number in a list of text": ("label: 甲\nwords:\n  - 乙\n  - 12\n", 4, "“words”要写成文字"),
    "a list for a mapping": ("label: 甲\nreplies: [乙]\n", 2, "“replies”要写成“名称: 内容”"),
    "a word for a thing": ("label: 甲\nparts:\n  - 乙\n", 3, "“parts”要写成“名称: 内容”"),
    "no such day": ("label: 甲\ndays: [2026-02-30]\n", 2, "“days”要写成日期，如 2026-10-01。"),
    "a day with a time": ("label: 甲\ndays: [2026-02-03 10:00:00]\n", 2, "时间"),
    "too long a text": (f"label: {'长' * 21}\n", 1, "“label”最多 20 个字，请缩短。"),
    "an empty text": ("label: ''\n", 1, "“label”至少要 1 个字"),
    "the wrong pattern": ("label: 甲\nparts: [{code: A1, label: 乙}]\n", 2, "“code”不能写成“A1”"),
    "a rule of its own": ("label: 甲\ntext: 你傻吗\n", 2, "请换一个客气的说法。"),
    "a float": ("label: 甲\nlimit: 7.5\n", 2, "不能用小数“7.5”"),
    "a key twice": ("label: 甲\nopen: true\nlabel: 乙\n", 3, "“label”写了两遍"),
    "a tab": ("label: 甲\n\topen: true\n", 2, "制表符"),
    "an anchor": ("label: &a 甲\ntext: *a\n", 1, "不能用 & 和 *"),
    "a unit that is not there": ("label: 甲\nunits: [住建局]\n", 2, "没有叫“住建局”的部门"),
    "a rule of the family": ("label: 甲\nparts:\n  - code: a\n    label: 乙\n  - {code: bad, label: 丙}\n", 5, "bad"),
    "an empty file": ("", 1, "文件是空的"),
    "a list as a file": ("- 甲\n", 1, "最外层"),
    "too large a file": (f"label: 甲\ntext: {'x' * 1_100_000}\n", 1, "1 MB"),
}


def load(pack: Any, **more: Any) -> Loaded:
    return load_files(pack, actor=Actor.system(A), **more)


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_broken_file_is_named_with_its_line_and_nothing_changes(case: str) -> None:
    text, line, part = BROKEN[case]
    loaded = load(files(lamp=LAMP, x=text))
    assert [(fault.file, fault.line) for fault in loaded.faults] == [("sample/x.yaml", line)], loaded.faults
    assert part in loaded.faults[0].sentence
    assert loaded.faults[0].sentence.endswith("。")
    assert not Definition.objects.exists()
    assert not Version.objects.exists()
    assert loaded.published == []


@pytest.mark.parametrize(
    ("pack", "where", "part"),
    [
        ({"sample/lamp.yaml": LAMP.encode()}, "pack.yaml:1", "没有 pack.yaml"),
        ({"pack.yaml": b"code: small\n", "sample/a.yaml": LAMP.encode()}, "pack.yaml:1", "缺少“title”"),
        ({"pack.yaml": b"code: S\ntitle: x\n", "sample/a.yaml": LAMP.encode()}, "pack.yaml:1", "“code”"),
        ({"pack.yaml": b"code: s\ntitle: x\nx: 1\n", "sample/a.yaml": LAMP.encode()}, "pack.yaml:3", "没有“x”"),
        ({"pack.yaml": factories.HEADER.encode()}, "pack.yaml:1", "规则包是空的"),
        ({**files(), "nosuch/a.yaml": b"a: 1\n"}, "nosuch/a.yaml:1", "没有“nosuch”这一种规则"),
        ({**files(), "a.yaml": b"a: 1\n"}, "a.yaml:1", "种类/代码.yaml"),
        ({**files(), "sample/x/a.yaml": b"a: 1\n"}, "sample/x/a.yaml:1", "种类/代码.yaml"),
        ({**files(), "sample/a.yml": LAMP.encode()}, "sample/a.yml:1", ".yaml 结尾"),
        ({**files(), "sample/路灯.yaml": LAMP.encode()}, "sample/路灯.yaml:1", "文件名"),
        ({**files(), f"sample/{'a' * 41}.yaml": LAMP.encode()}, f"sample/{'a' * 41}.yaml:1", "文件名"),
        ({**files(), "sample/a.yaml": "label: 路灯".encode("gb18030")}, "sample/a.yaml:1", "UTF-8"),
    ],
)
def test_a_pack_of_the_wrong_shape_is_named(pack: Any, where: str, part: str) -> None:
    loaded = load(pack)
    assert [str(fault).split(" ")[0] for fault in loaded.faults] == [where]
    assert part in loaded.faults[0].sentence
    assert not Definition.objects.exists()


def test_all_faults_of_all_files_are_told_at_once_in_order() -> None:
    loaded = load(files(b="lable: 甲\nopen: 1\n", a="label: 甲\nunits: [无局]\n", c="label: [\n"))
    told = [(fault.file[7:], fault.line) for fault in loaded.faults]
    assert told == [("a.yaml", 2), ("b.yaml", 1), ("b.yaml", 1), ("b.yaml", 2), ("c.yaml", 1)]


def test_form_and_content_are_told_together_each_line_once() -> None:
    loaded = load(files(a="lable: 甲\nopen: yes\nlimit: 1.5\nlevel: village\n"))
    told = [(fault.line, fault.sentence) for fault in loaded.faults]
    assert [line for line, _ in told] == [1, 1, 2, 3, 4]
    assert "请写 true 或 false；如果是文字" in told[2][1], "the form's own sentence, not what followed from it"
    assert "不能用小数" in told[3][1]


def test_a_pack_is_loaded_in_one_go() -> None:
    loaded = load(files(road=ROAD, lamp=LAMP))
    assert loaded.faults == []
    assert [row.code for row in loaded.published] == ["lamp", "road"]
    found = definition_find("sample", "lamp")
    assert found is not None
    version = Version.objects.get(definition=found)
    assert (version.origin, version.pack, version.note) == ("pack", "small", "装入规则包“小规则包”")
    assert body_of(version).words == ["坏了", "不亮"]
    assert factories.applied_to == [("lamp", 1), ("road", 1)]


def test_the_same_pack_again_changes_nothing() -> None:
    load(files(lamp=LAMP, road=ROAD))
    before = Entry.objects.count(), Version.objects.count()
    loaded = load(files(lamp="words:   [坏了,   不亮]\nlabel: '路灯'\nopen: false\n", road=ROAD))
    assert (Entry.objects.count(), Version.objects.count()) == before
    assert [len(loaded.unchanged), len(loaded.published)] == [2, 0]


def test_a_changed_file_becomes_the_next_version_and_the_first_stays() -> None:
    load(files(lamp=LAMP, road=ROAD))
    loaded = load(files(lamp="label: 新路灯\n", road=ROAD))
    assert [row.code for row in loaded.changed] == ["lamp"]
    numbers = Version.objects.filter(code="lamp").order_by("number").values_list("number", "title")
    assert list(numbers) == [(1, "路灯"), (2, "新路灯")]


def test_a_dry_run_says_what_would_be_and_does_nothing() -> None:
    loaded = load(files(lamp=LAMP), dry_run=True)
    assert [row.code for row in loaded.published] == ["lamp"]
    assert not Definition.objects.exists()


def test_what_was_edited_here_stays_until_a_person_chooses() -> None:
    load(files(lamp=LAMP, road=ROAD))
    publish("lamp", label="本县的路灯")
    loaded = load(files(lamp="label: 包里的新路灯\n", road="label: 新道路\n"))
    assert [row.code for row in loaded.conflicts] == ["lamp"]
    assert [row.code for row in loaded.published] == ["road"]
    assert str(definition_find("sample", "lamp")) == "本县的路灯"
    load(files(lamp="label: 包里的新路灯\n"), replace=[("sample", "other")])
    assert str(definition_find("sample", "lamp")) == "本县的路灯"
    load(files(lamp="label: 包里的新路灯\n"), replace=[("sample", "lamp")])
    found = definition_find("sample", "lamp")
    assert found is not None
    assert (str(found), found.origin, found.current_number) == ("包里的新路灯", "pack", 3)


def test_an_edit_that_agrees_with_the_pack_is_no_conflict() -> None:
    publish("lamp", words=["坏了", "不亮"])
    loaded = load(files(lamp=LAMP))
    assert [len(loaded.conflicts), len(loaded.unchanged)] == [0, 1]


def test_what_was_retired_here_is_not_brought_back_by_itself() -> None:
    load(files(lamp=LAMP))
    definition_retire(actor=Actor.system(A), family="sample", code="lamp")
    assert [row.retired for row in load(files(lamp=LAMP)).unchanged] == [True]
    loaded = load(files(lamp="label: 新路灯\n"))
    assert [row.retired for row in loaded.conflicts] == [True]
    found = definition_find("sample", "lamp")
    assert found is not None
    assert found.is_retired
    load(files(lamp="label: 新路灯\n"), replace=True)
    found.refresh_from_db()
    assert not found.is_retired


def test_a_choice_made_before_another_edit_is_stale() -> None:
    load(files(lamp=LAMP))
    publish("lamp", label="改过")
    with pytest.raises(Stale):
        load(files(lamp="label: 新\n"), replace=True, seen={("sample", "lamp"): 1})
    assert load(files(lamp="label: 新\n"), replace=True, seen={("sample", "lamp"): 2}).published


def test_departments_that_come_along_may_be_relied_on() -> None:
    pack = {**files(x="label: 甲\nunits: [住建局]\n"), "department/zhujian.yaml": "name: 住建局\n".encode()}
    assert load(pack).faults == []
    pack["department/zhujian.yaml"] = "name: 镇里的局\nlevel: township\n".encode()
    assert len(load({**pack, "sample/x.yaml": "label: 甲\nunits: [镇里的局]\n".encode()}).faults) == 1


def test_what_can_not_be_published_undoes_the_rest() -> None:
    def applied(actor: Actor, version: Version, at: Any) -> None:
        if version.code == "road":
            raise Invalid("这个部门名称已经有了，请换一个。")

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(FAMILIES, "sample", replace(FAMILIES["sample"], applied=applied))
        loaded = load(files(lamp=LAMP, road=ROAD))
    assert [str(fault) for fault in loaded.faults] == ["sample/road.yaml:1 这个部门名称已经有了，请换一个。"]
    assert loaded.published == []
    assert not Definition.objects.exists()


def test_only_who_may_edit_loads() -> None:
    with pytest.raises(Forbidden):
        load_files(files(lamp=LAMP), actor=Actor(user_id=1, name="甲", county_id=A))
    with pytest.raises(Forbidden):
        load_files(files(lamp=LAMP), actor=Actor(user_id=1, name="甲", county_id=A), dry_run=True)


def test_a_directory_is_loaded_and_exported_to_the_same_bytes(tmp_path: Path, system: Actor) -> None:
    pack = files(lamp=LAMP, road=ROAD)
    source = write(tmp_path / "in", {**pack, ".hidden": b"\xff", "sample/.x.swp": b"x"})
    assert load_pack(source, actor=system).faults == []
    assert export_pack(tmp_path / "out", pack="small") == sorted(pack)
    assert {name: data for name, data in files_in(tmp_path / "out").items() if name != "pack.yaml"} == {
        name: data for name, data in pack.items() if name != "pack.yaml"
    }


def test_an_export_without_the_pack_has_what_was_made_here_too() -> None:
    load(files(lamp=LAMP))
    publish("own", label="本县自己的")
    publish("lamp", label="改过的")
    assert sorted(pack_files(pack="small")) == ["pack.yaml", "sample/lamp.yaml"]
    everything = pack_files()
    assert everything["sample/lamp.yaml"] == "label: 改过的\n"
    assert everything["sample/own.yaml"] == "label: 本县自己的\n"
    assert "local" in everything["pack.yaml"]


def test_no_directory_no_pack(tmp_path: Path, system: Actor) -> None:
    with pytest.raises(Invalid, match="找不到目录"):
        load_pack(tmp_path / "nowhere", actor=system)


def test_a_zip_is_read_with_or_without_its_folder() -> None:
    texts = {"pack.yaml": "a", "sample/x.yaml": "b"}
    data = zipped(texts)
    assert files_in_zip(data) == {"pack.yaml": b"a", "sample/x.yaml": b"b"}
    assert zipped(texts) == data
    inside = zipped({f"县/{name}": text for name, text in texts.items()} | {"__MACOSX/x": "", "县/.DS_Store": ""})
    assert files_in_zip(inside) == {"pack.yaml": b"a", "sample/x.yaml": b"b"}


def test_a_zip_that_is_none_or_too_much_is_refused() -> None:
    with pytest.raises(Invalid, match="打不开"):
        files_in_zip(b"PK\x03\x04 not a zip")
    with pytest.raises(Invalid, match=r"1\.5 MB"):
        files_in_zip(b"x" * (LARGEST_ZIP + 1))
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(40):
            archive.writestr(f"sample/{number}.yaml", b"\0" * 1_100_000)
    with pytest.raises(Invalid, match="20 MB"):
        files_in_zip(bomb.getvalue())
    broken = bytearray(zipped({"pack.yaml": "a" * 1000}))
    broken[40:50] = b"\xff" * 10
    with pytest.raises(Invalid, match="打不开"):
        files_in_zip(bytes(broken))

"""manage.py load_pack and export_pack: sentences for people, exit codes for programs."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from shanzhi.packs.models import Definition
from shanzhi.packs.shipped import SHIPPED
from shanzhi.packs.tests.factories import A, B, files, publish, write
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db
LAMP = "label: 路灯\nwords: [坏了, 不亮]\n"


def run(*args: Any, **options: Any) -> tuple[str, str, int]:
    """What it said, what it complained of, and its exit code."""
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command(*args, stdout=out, stderr=err, **options)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return out.getvalue(), err.getvalue(), code


@pytest.fixture
def only(db: None) -> County:
    """The one county of an installation, not entered."""
    return County.objects.create(id=A, code=str(A), name="天长市", joined_at="2026-01-01T00:00:00Z")


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write(tmp_path / "in", files(lamp=LAMP))


def count() -> int:
    with county(A):
        return Definition.objects.count()


def test_a_pack_goes_in_and_comes_out_as_it_was(only: County, pack: Path, tmp_path: Path) -> None:
    out, err, code = run("load_pack", pack)
    assert (err, code) == ("", 0)
    assert "已发布 sample/lamp.yaml 路灯" in out
    assert "新增 1，更新 0，相同 0，本地改过 0" in out
    out, _, _ = run("load_pack", pack, county=str(A))
    assert "新增 0，更新 0，相同 1" in out
    run("export_pack", tmp_path / "out", county=str(A), pack="small")
    assert (tmp_path / "out/sample/lamp.yaml").read_bytes() == LAMP.encode()


def test_faults_go_to_the_error_stream_and_exit_with_one(only: County, pack: Path) -> None:
    write(pack, {"sample/bad.yaml": "label: 甲\nlimt: 3\n".encode(), "sample/worse.yaml": b"a: yes\n"})
    out, err, code = run("load_pack", pack)
    assert (out, code) == ("", 1)
    assert "sample/bad.yaml:2 没有“limt”这一项，是不是“limit”？请改正。" in err
    assert "sample/worse.yaml:1 " in err
    assert "共 2 处错误，没有改变任何内容" in err
    assert count() == 0


def test_a_dry_run_writes_nothing(only: County, pack: Path) -> None:
    out, _, code = run("load_pack", pack, dry_run=True)
    assert "会发布 sample/lamp.yaml" in out
    assert "没有写入" in out
    assert (code, count()) == (0, 0)


def test_local_changes_are_named_and_kept(only: County, pack: Path) -> None:
    with county(A):
        publish("lamp", label="本县的")
    out, _, code = run("load_pack", pack)
    assert "本地改过，保留本地的：sample/lamp.yaml" in out
    assert "--replace-edited" in out
    assert code == 0
    out, _, _ = run("load_pack", pack, replace_edited=True)
    assert "已发布 sample/lamp.yaml" in out


def test_the_county_must_be_clear(counties: dict[int, County], pack: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=f"--county 写明是哪个县：{A}、{B}"):
        run("load_pack", pack)
    with pytest.raises(CommandError, match="没有这个县"):
        run("load_pack", pack, county="999999")
    with pytest.raises(CommandError, match="没有这个县"):
        run("export_pack", tmp_path, county="天长")
    run("load_pack", pack, county=str(B))
    assert count() == 0


def test_no_county_no_directory_no_place_to_write(db: None, pack: Path, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="还没有县"):
        run("load_pack", pack)
    County.objects.create(id=A, code=str(A), name="天长市", joined_at="2026-01-01T00:00:00Z")
    with pytest.raises(CommandError, match="找不到目录"):
        run("load_pack", tmp_path / "nowhere")
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="换一个目录"):
        run("export_pack", tmp_path / "file")


def test_shipped_packs_are_those_with_a_header(settings: Any, tmp_path: Path) -> None:
    settings.PACKS_DIR = tmp_path
    write(tmp_path / "one", files(lamp=LAMP))
    write(tmp_path / "two", {"notes.yaml": b"a: 1\n"})
    write(tmp_path / "three", {"pack.yaml": b"code: [\n"})
    assert list(SHIPPED) == ["small"]
    assert (SHIPPED["small"].title, SHIPPED["small"].directory, len(SHIPPED)) == ("小规则包", tmp_path / "one", 1)
    assert "other" not in SHIPPED

"""Packs in the browser: what loading would do is shown first, conflicts are chosen row by row."""

import base64
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanzhi.accounts.tests import factories as accounts
from shanzhi.accounts.tests.factories import Town, browser, words
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors import definition_find
from shanzhi.packs.sources import files_in_zip, zipped
from shanzhi.packs.tests.factories import A, files, publish, write
from shanzhi.tenancy.models import County

pytestmark = pytest.mark.django_db
LAMP, ROAD = "label: 路灯\n", "label: 道路\n"


@pytest.fixture
def town(county_a: County) -> Town:
    return accounts.build_town(A)


@pytest.fixture
def desk(town: Town) -> Client:
    return browser(accounts.person(town, "system_admin", "county", "李系统"))


@pytest.fixture
def shipped(settings: Any, tmp_path: Path) -> Path:
    settings.PACKS_DIR = tmp_path
    return write(tmp_path / "small", files(lamp=LAMP, road=ROAD))


def title(code: str) -> str:
    return str(definition_find("sample", code))


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page and its checked choices, as a browser would send them."""
    found = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    found |= dict(re.findall(r'<input type="radio" name="([^"]+)" value="([^"]+)"\s+checked', page))
    return found


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def test_a_shipped_pack_is_looked_at_and_loaded(town: Town, desk: Client, shipped: Path) -> None:
    page = words(desk.get(town.url("definitions/load/")))
    assert "小规则包" in page
    looked = desk.post(town.url("definitions/load/"), {"pack": "small"})
    assert looked.status_code == 200
    assert "新增 2 项，更新 0 项，相同" in words(looked)
    assert not Definition.objects.exists()
    answer = desk.post(town.url("definitions/load/apply/"), hidden(words(looked)))
    assert answer.status_code == 302
    assert title("lamp") == "路灯"
    version = Version.objects.get(code="lamp")
    assert (version.origin, version.pack, version.published_by_name) == ("pack", "small", "李系统")
    again = words(desk.post(town.url("definitions/load/"), {"pack": "small"}))
    assert "相同\n                2 项" in again
    assert "正在装入" not in again


def test_conflicts_are_chosen_row_by_row(town: Town, desk: Client, shipped: Path) -> None:
    publish("lamp", label="本县的路灯")
    publish("road", label="本县的道路")
    page = words(desk.post(town.url("definitions/load/"), {"pack": "small"}))
    assert page.count("保留本地改动") == 2
    assert "label: 本县的路灯" in page
    chosen = {**hidden(page), "choice:sample/road": "pack"}
    desk.post(town.url("definitions/load/apply/"), chosen)
    assert (title("lamp"), title("road")) == ("本县的路灯", "道路")


def test_somebody_edits_between_looking_and_loading(town: Town, desk: Client, shipped: Path) -> None:
    publish("lamp", label="本县的路灯")
    chosen = hidden(words(desk.post(town.url("definitions/load/"), {"pack": "small"})))
    publish("lamp", label="又改了")
    answer = desk.post(town.url("definitions/load/apply/"), {**chosen, "choice:sample/lamp": "pack"})
    assert answer.status_code == 409
    page = words(answer)
    assert "又有人改了规则" in page
    assert "label: 又改了" in page
    assert hidden(page)["choice:sample/lamp"] == "pack", "what was chosen is kept"
    assert title("lamp") == "又改了"
    assert desk.post(town.url("definitions/load/apply/"), hidden(page)).status_code == 302
    assert title("lamp") == "路灯"


def test_a_zip_is_uploaded(town: Town, desk: Client) -> None:
    data = zipped({name: data.decode() for name, data in files(lamp=LAMP).items()})
    looked = desk.post(town.url("definitions/load/"), {"file": upload("包.zip", data)})
    assert looked.status_code == 200
    assert desk.post(town.url("definitions/load/apply/"), hidden(words(looked))).status_code == 302
    assert title("lamp") == "路灯"


def test_one_file_is_uploaded_with_its_family(town: Town, desk: Client) -> None:
    url = town.url("definitions/load/")
    asked = desk.post(url, {"file": upload("lamp.yaml", LAMP.encode())})
    assert asked.status_code == 422
    assert "请选择这个文件是哪一种规则" in words(asked)
    looked = desk.post(url, {"file": upload("lamp.yaml", LAMP.encode()), "family": "sample"})
    assert "新增 1 项" in words(looked)
    desk.post(town.url("definitions/load/apply/"), hidden(words(looked)))
    assert title("lamp") == "路灯"


def test_mistakes_are_told_with_file_and_line(town: Town, desk: Client) -> None:
    data = zipped({"pack.yaml": "code: x\ntitle: 包\n", "sample/a.yaml": "lable: 甲\n", "sample/b.yaml": "a: [\n"})
    answer = desk.post(town.url("definitions/load/"), {"file": upload("p.zip", data)})
    page = words(answer)
    assert answer.status_code == 422
    assert "sample/a.yaml:1" in page
    assert "sample/b.yaml:1" in page
    assert "装入</button>" not in page
    gb = desk.post(
        town.url("definitions/load/"), {"file": upload("a.yaml", LAMP.encode("gb18030")), "family": "sample"}
    )
    assert "UTF-8" in words(gb)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("p.zip", b"PK not a zip", "打不开"),
        ("p.txt", b"x", "只能传 .zip 或 .yaml"),
        ("p.zip", b"", "文件是空的"),
        ("p.zip", b"x" * 1_600_000, "1.5 MB"),
    ],
)
def test_a_file_that_is_none_is_refused(town: Town, desk: Client, name: str, data: bytes, sentence: str) -> None:
    answer = desk.post(town.url("definitions/load/"), {"file": upload(name, data)})
    assert answer.status_code == 422
    assert sentence in words(answer)


@pytest.mark.parametrize(
    "said", [{}, {"content": "***"}, {"content": base64.b64encode(b"no zip").decode()}, {"pack": "nosuch"}]
)
def test_a_broken_second_step_is_refused(town: Town, desk: Client, said: dict[str, str]) -> None:
    answer = desk.post(town.url("definitions/load/apply/"), said)
    assert answer.status_code in (404, 422)
    assert not Definition.objects.exists()


def test_no_file_is_asked_for(town: Town, desk: Client) -> None:
    answer = desk.post(town.url("definitions/load/"), {})
    assert answer.status_code == 422
    assert "请选择文件" in words(answer)


def test_the_whole_is_saved_as_a_zip_that_loads_again(town: Town, desk: Client) -> None:
    publish("lamp", words=["坏了"])
    answer = desk.get(town.url("definitions/export/"))
    assert answer["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["pack.yaml", "sample/lamp.yaml"]
    assert files_in_zip(answer.content)["sample/lamp.yaml"] == "label: 路灯\nwords: [坏了]\n".encode()
    looked = words(desk.post(town.url("definitions/load/"), {"file": upload("p.zip", answer.content)}))
    assert "新增 0 项" in looked

"""The service worker and the manifests: what they say, and that each file that they name is there."""

import json
import re
from typing import Any

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from shanzhi.tenancy.models import County
from shanzhi.ui import installing


@pytest.fixture
def built(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> Any:
    """A worker as the build leaves it."""
    code = tmp_path / "worker.js"
    code.write_text("self.x=1;")
    find = finders.find
    monkeypatch.setattr(finders, "find", lambda path: str(code) if path == installing.WORKER else find(path))
    installing._worker.cache_clear()
    yield code
    installing._worker.cache_clear()


def shell_of(answer: Any) -> dict[str, Any]:
    found = re.match(r"self\.SHELL=(\{.*\});\n", answer.content.decode())
    assert found
    made: dict[str, Any] = json.loads(found[1])
    return made


def test_the_worker_begins_with_what_it_keeps(built: Any) -> None:
    answer = Client().get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/javascript")
    assert answer["Cache-Control"] == "no-cache"
    shell = shell_of(answer)
    assert shell["offline"] == "/parts/offline/"
    assert [url.split("/")[-1].split(".")[0] for url in shell["assets"]] == ["phone", "phone", "icons", "favicon"]
    assert answer.content.decode().endswith("self.x=1;")


def test_another_build_is_another_worker(built: Any) -> None:
    first = shell_of(Client().get("/sw.js"))["version"]
    built.write_text("self.x=2;")
    installing._worker.cache_clear()
    assert shell_of(Client().get("/sw.js"))["version"] != first


def test_without_a_build_there_is_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finders, "find", lambda path: None)
    installing._worker.cache_clear()
    assert Client().get("/sw.js").status_code == 404


@pytest.mark.django_db
def test_a_county_has_its_own_start_page(counties: dict[int, County]) -> None:
    answer = Client().get("/341181/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    body = answer.json()
    assert (body["name"], body["start_url"], body["scope"]) == ("善治·天长市", "/341181/home/", "/")
    assert body["display"] == "standalone"
    for icon in body["icons"]:
        assert finders.find(f"ui/{icon['src'].split('/ui/')[1]}"), icon


def test_without_a_county_it_starts_at_the_login() -> None:
    assert Client().get("/manifest.webmanifest").json()["start_url"] == "/accounts/"


@pytest.mark.django_db
def test_an_unknown_county_has_none(counties: dict[int, County]) -> None:
    assert Client().get("/999999/manifest.webmanifest").status_code == 404


def test_the_page_without_signal_may_be_kept() -> None:
    assert Client().get("/parts/offline/")["Cache-Control"] == "no-cache"

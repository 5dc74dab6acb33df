"""Where the two million cases are kept, and for how long."""

from pathlib import Path

import pytest

from dev import bench


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(bench, "KEPT", tmp_path)
    return tmp_path


def test_the_same_schema_and_world_find_the_same_folder(kept: Path) -> None:
    folder = bench.kept_folder(100)
    folder.mkdir(parents=True)
    (folder / "x").touch()
    assert bench.kept_folder(100) == folder
    assert (folder / "x").exists()


def test_other_ones_take_the_old_away(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = bench.kept_folder(100)
    old.mkdir(parents=True)
    monkeypatch.setattr(bench, "WORLD", ("world.py",))
    assert bench.kept_folder(100) != old
    assert not old.exists()
    assert bench.kept_folder(5).name.startswith("cases-5-")


def test_what_is_not_asked_for_starts_no_cluster(kept: Path) -> None:
    with bench.millions("case_page,case_create", 100) as found:
        assert found == {}
    assert list(kept.iterdir()) == []

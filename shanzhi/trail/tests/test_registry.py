"""What every tracked model of the house keeps to, and how rows and acts are called."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from shanzhi.accounts.models import Post
from shanzhi.tenancy.fields import is_county_model
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.findings import entry_name, object_name
from shanzhi.trail.models import Entry
from shanzhi.trail.tests.factories import START, make_event, only_events_tracked, recorded_event
from shanzhi.trail.trails import CODE_LABELS, TRACKED, Tracked, code_label, name_posts, post_names, tracked, type_label

SALT = b"s" * 16


def house() -> list[Tracked]:
    return list(TRACKED.values())


def test_cases_posts_areas_and_photos_leave_a_trail() -> None:
    assert {"accounts.post", "areas.area", "cases.case"} <= set(TRACKED)


@pytest.mark.parametrize("known", house(), ids=lambda known: known.type)
def test_every_tracked_model_belongs_to_a_county_and_has_chinese_words(known: Tracked) -> None:
    assert is_county_model(known.model)
    assert apps.get_model(known.type) is known.model
    assert any("一" <= character <= "鿿" for character in known.label), known.label


@pytest.mark.parametrize("known", house(), ids=lambda known: known.type)
def test_no_digest_covers_a_number_whose_text_is_not_certain(known: Tracked) -> None:
    for field in known.fields:
        assert not isinstance(field, models.FloatField | models.FileField), field
        assert field.concrete
    assert known.fields


@pytest.mark.parametrize("known", house(), ids=lambda known: known.type)
def test_the_id_and_the_county_are_covered_in_any_case(known: Tracked) -> None:
    one, other = known.model(id=1, county_id=341181), known.model(id=2, county_id=341181)
    assert known.digest(one, SALT) == known.digest(known.model(id=1, county_id=341181), SALT)
    assert known.digest(one, SALT) != known.digest(other, SALT)
    assert known.digest(one, SALT) != known.digest(one, b"t" * 16)


def test_each_label_is_in_chinese() -> None:
    for code, label in CODE_LABELS.items():
        assert code.count(".") >= 2, code
        assert not label.isascii(), code


@pytest.mark.parametrize(
    ("field", "typed", "read"),
    [
        ("valid_from", "2026-01-02", date(2026, 1, 2)),
        ("user_id", "7", 7),
        ("granted_at", "2026-11-21T15:30:00+08:00", datetime(2026, 11, 21, 7, 30, tzinfo=UTC)),
        ("role", "grid_worker", "grid_worker"),
    ],
)
def test_a_value_as_typed_and_as_read_back_have_one_digest(field: str, typed: Any, read: Any) -> None:
    known = tracked(Post)
    assert known.digest(Post(id=1, **{field: typed}), SALT) == known.digest(Post(id=1, **{field: read}), SALT)


def test_a_version_must_be_a_number() -> None:
    known = tracked(Post)
    assert known.version(Post(version=3)) == 3
    with pytest.raises(TypeError, match="version"):
        known.version(Post(version=models.F("version") + 1))
    with only_events_tracked() as events:
        assert events.version(OutboxEvent()) == 0


def test_codes_and_types_that_nobody_named_stay_readable() -> None:
    assert code_label("x.y.z") == "x.y.z"
    assert type_label("x.y") == "x.y"
    assert type_label("accounts.post") == "岗位"


def test_posts_are_named_by_whoever_owns_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shanzhi.trail.trails._post_names", [])
    assert post_names([1]) == {}
    asked: list[set[int]] = []

    def names(ids: Any) -> dict[int, str]:
        asked.append(set(ids))
        return {1: "网格员"}

    name_posts(names)
    assert post_names([]) == {}
    assert post_names([1, 1, 2]) == {1: "网格员"}
    assert asked == [{1, 2}]


@pytest.mark.django_db
def test_findings_name_what_is_there_and_what_is_not(county_a: County) -> None:
    with only_events_tracked():
        row, entry = recorded_event(1)
        assert object_name(entry) == f"outbox event test.thing.made（编号 {row.id}）"
        assert entry_name(entry).startswith(f"留痕记录 {entry.id}（test.thing.made，2026年11月21日 周六 15:31，")
        row_id, _ = row.id, row.delete()
        assert object_name(entry) == f"outbox event（编号 {row_id}）"
    assert object_name(Entry(object_type="gone.model", object_id=5)) == "gone.model（编号 5）"
    assert object_name(Entry(object_type="accounts.post", size=40)) == "岗位 40 条"


@pytest.mark.django_db
def test_a_row_without_code_is_named_by_its_name_or_id(county_a: County) -> None:
    with only_events_tracked() as events:
        row = make_event()
        for attribute, value, name in (
            ("code", "E-1", "outbox event E-1"),
            ("number", "N-1", "outbox event N-1"),
            ("name", "王庄村", "outbox event 王庄村"),
            ("username", "wang", "outbox event wang"),
        ):
            row.code = ""
            for other in ("number", "name", "username"):
                row.__dict__.pop(other, None)
            setattr(row, attribute, value)
            assert events.short_name(row) == name
        row.username = ""
        assert events.short_name(row) == f"outbox event {row.id}"
    assert START.tzinfo is UTC

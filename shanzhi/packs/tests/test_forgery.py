"""What somebody with the database in hand could try: each is named by the verifier."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from shanzhi.packs.history import digest_of, link_of, versions_agree
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.tests.factories import A, publish
from shanzhi.trail.verifying import verify_county

pytestmark = [pytest.mark.django_db, pytest.mark.sqlite, pytest.mark.usefixtures("county_a")]


@pytest.fixture(autouse=True)
def _open_to_the_owner() -> None:
    """On PostgreSQL the application may not even try."""
    if connection.vendor != "sqlite":
        pytest.skip("the database refuses it there")


def rechained(version: Version) -> None:
    """Make a forged version look right: new digest, new links from it on."""
    version.digest = digest_of(version.body)
    rows = list(Version.objects.filter(definition_id=version.definition_id).order_by("number"))
    link = ""
    for row in rows:
        one = version if row.id == version.id else row
        one.link = link = link_of(link, one)
        Version.objects.filter(id=one.id).update(body=one.body, digest=one.digest, note=one.note, link=link)


def body(version: Version) -> None:
    Version.objects.filter(id=version.id).update(body={"label": "假的"})


def note(version: Version) -> None:
    Version.objects.filter(id=version.id).update(note="假的理由")


def author(version: Version) -> None:
    Version.objects.filter(id=version.id).update(published_by_name="别人")


def body_and_digest(version: Version) -> None:
    forged = {"label": "假的"}
    Version.objects.filter(id=version.id).update(body=forged, digest=digest_of(forged))


def gone(version: Version) -> None:
    Version.objects.filter(id=version.id).delete()


@pytest.mark.parametrize("forge", [body, note, author, body_and_digest, gone])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_version_that_was_tampered_with_is_named(forge: Callable[[Version], None], number: int) -> None:
    versions = [publish(label=label) for label in ("一", "二", "三")]
    forge(versions[number - 1])
    said = "不见了" if forge is gone else "被改过"
    assert list(versions_agree(Definition.objects.all())) == [f"办事规则 sample/lamp 的第 {number} 版{said}。"]
    assert len(verify_county(A).findings) == 1


def test_a_whole_chain_made_anew_disagrees_with_the_definition() -> None:
    first = publish(label="一")
    publish(label="二")
    first.body = {"label": "假的"}
    rechained(first)
    assert list(versions_agree(Definition.objects.all())) == ["办事规则 sample/lamp 的版本和封存的指纹对不上。"]


def test_a_definition_moved_to_the_new_chain_disagrees_with_the_trail() -> None:
    first = publish(label="一")
    first.body = {"label": "假的"}
    rechained(first)
    Definition.objects.update(history=first.link, digest=first.digest)
    assert list(versions_agree(Definition.objects.all())) == []
    assert len(verify_county(A).findings) == 1


@pytest.mark.parametrize("change", [{"current_number": 1}, {"retired_at": "2026-01-01T00:00:00Z"}, {"current_id": 7}])
def test_a_definition_that_was_set_back_is_named(change: dict[str, Any]) -> None:
    publish(label="一")
    publish(label="二")
    assert verify_county(A).findings == []
    Definition.objects.update(**change)
    assert verify_county(A).findings


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest_of({"a": 1, "b": [1, 2]}) == digest_of({"b": [1, 2], "a": 1})
    assert digest_of({"b": [2, 1]}) != digest_of({"b": [1, 2]})

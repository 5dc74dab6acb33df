"""What counts now comes in one statement; a body is parsed once."""

import pytest

from shanzhi.access.actor import Actor
from shanzhi.accounts.tests.factories import statements
from shanzhi.lib.errors import NotFound
from shanzhi.packs import selectors
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import DefinitionFilter, body_of, current_versions, forget_bodies
from shanzhi.packs.selectors import bodies as kept
from shanzhi.packs.services import definition_retire
from shanzhi.packs.tests.factories import B, publish
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("county_a")]


def test_what_counts_now_is_one_statement_with_its_bodies() -> None:
    publish("lamp")
    publish("lamp", label="新路灯")
    publish("road", label="道路")
    definition_retire(actor=Actor.system(341181), family="sample", code="road")
    publish("water", label="供水")
    forget_bodies()
    with statements(1):
        versions = current_versions("sample", "department")
        labels = [body_of(version).label for version in versions]
    assert labels == ["新路灯", "供水"]
    with statements(1):
        again = current_versions("sample")
        assert [body_of(version) for version in again] == [body_of(version) for version in versions]
    assert current_versions("department") == []
    assert len(current_versions()) == 2


def test_a_new_version_is_seen_beside_the_ones_that_are_kept() -> None:
    publish("lamp")
    publish("road", label="道路")
    current_versions("sample")
    publish("lamp", label="新路灯")
    for count in (2, 1):  # the new one is fetched once
        with statements(count):
            assert [body_of(version).label for version in current_versions("sample")] == ["新路灯", "道路"]


def test_what_one_caller_hangs_on_a_version_is_not_anothers() -> None:
    publish("lamp")
    first, second = (current_versions("sample")[0] for _ in range(2))
    assert first == second
    first.title = "改在手里的"
    assert first.definition.title == "路灯"
    publish("lamp", label="新路灯")
    assert second.title == "路灯"
    assert second.definition.title == "新路灯"


def test_a_retired_one_comes_only_if_asked_for(system: Actor) -> None:
    publish("lamp")
    current_versions("sample")
    definition_retire(actor=system, family="sample", code="lamp")
    assert current_versions("sample") == []
    assert [version.code for version in current_versions("sample", retired=True)] == ["lamp"]


def test_a_body_is_read_once_by_id_or_version() -> None:
    version = publish("lamp")
    with statements(1):
        first = body_of(version.id)
        assert body_of(version.id) is first
        assert body_of(version) is first
    forget_bodies()
    with statements(0):
        assert body_of(version).label == "路灯"
    with pytest.raises(NotFound):
        body_of(1)


def test_an_old_version_keeps_its_body_beside_the_new_one() -> None:
    first = publish("lamp")
    second = publish("lamp", label="新路灯")
    assert (body_of(first.id).label, body_of(second.id).label) == ("路灯", "新路灯")


def test_another_county_has_its_own(county_b: County) -> None:
    version = publish("lamp")
    body_of(version)
    with county(B):
        assert current_versions("sample") == []
        with pytest.raises(NotFound):
            body_of(version.id)
        publish("lamp", number=B, label="台前的路灯")
        assert [body_of(one).label for one in current_versions("sample")] == ["台前的路灯"]
    assert [body_of(one).label for one in current_versions("sample")] == ["路灯"]


def test_only_so_many_bodies_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "KEPT", 2)
    versions = [publish(f"x{n}", label=f"第{n}") for n in range(3)]
    forget_bodies()
    assert [body_of(version.id).label for version in versions] == ["第0", "第1", "第2"]
    with statements(1):
        body_of(versions[0].id)
        body_of(versions[2].id)


def test_the_list_is_narrowed_by_text_family_and_state(system: Actor) -> None:
    publish("lamp", origin="pack")
    publish("road", label="道路")
    publish("gone", label="旧的")
    definition_retire(actor=system, family="sample", code="gone")

    def found(**wanted: str) -> list[str]:
        return [one.code for one in selectors.definition_list_for(system, DefinitionFilter(**wanted))]

    assert found() == ["lamp", "road"]
    assert found(state="pack") == ["lamp"]
    assert found(state="edited") == ["road"]
    assert found(state="retired") == ["gone"]
    assert found(state="all") == ["gone", "lamp", "road"]
    assert found(text="道") == ["road"]
    assert found(text="lam") == ["lamp"]
    assert found(family="department") == []
    assert selectors.counts_by_family(system) == {"sample": 2}
    assert not selectors.definition_list_for(Actor(user_id=1, name="甲", county_id=341181))


def test_versions_and_what_is_not_there(system: Actor) -> None:
    publish("lamp")
    publish("lamp", label="新路灯")
    definition = selectors.definition_get_for(system, "sample", "lamp")
    assert [one.number for one in selectors.versions_of(definition)] == [2, 1]
    assert selectors.version_at(definition, 1).title == "路灯"
    assert selectors.version_get(selectors.version_at(definition, 2).id).title == "新路灯"
    assert selectors.current_of([definition])[definition.id].number == 2
    for call in (
        lambda: selectors.version_at(definition, 3),
        lambda: selectors.version_get(1),
        lambda: selectors.definition_get_for(system, "sample", "other"),
        lambda: selectors.definition_get_for(system, "nosuch", "lamp"),
        lambda: selectors.definition_get_for(Actor(user_id=1, name="甲", county_id=341181), "sample", "lamp"),
    ):
        with pytest.raises(NotFound):
            call()
    assert Version.objects.count() == 2

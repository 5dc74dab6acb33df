"""Publishing, retiring, bringing back: versions only grow, and nobody overwrites what they did not see."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from shanzhi.access.actor import Actor
from shanzhi.accounts.tests import factories as accounts
from shanzhi.areas.models import Unit
from shanzhi.lib.errors import Forbidden, Invalid, NotFound, Stale
from shanzhi.packs.loading import load_files
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors import body_of, definition_find, version_get
from shanzhi.packs.services import Faulty, definition_publish, definition_restore, definition_retire
from shanzhi.packs.tests import factories
from shanzhi.packs.tests.factories import A, publish
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import OutboxEvent
from shanzhi.trail.models import Entry
from shanzhi.trail.verifying import verify_county
from tests.racing import together

AT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
inside = pytest.mark.usefixtures("county_a")


def codes() -> list[str]:
    return list(Entry.objects.filter(object_type="packs.definition").order_by("id").values_list("code", flat=True))


@inside
@pytest.mark.django_db
class TestPublish:
    def test_the_first_version(self) -> None:
        version = publish(at=AT, expected=0, note="  第一次  写 ", words=["坏了"])
        assert (version.number, version.title, version.note) == (1, "路灯", "第一次 写")
        assert (version.published_by_name, version.published_by_id, version.published_at) == ("系统", None, AT)
        assert version.body == {"label": "路灯", "words": ["坏了"]}, "defaults are not kept"
        found = definition_find("sample", "lamp")
        assert found is not None
        assert (found.current_number, found.version, found.history) == (1, 1, version.link)
        event = OutboxEvent.objects.get(code="packs.version.published")
        assert (event.subject_id, event.data) == (version.id, {"family": "sample", "code": "lamp"})
        assert codes() == ["packs.definition.published"]
        assert factories.applied_to == [("lamp", 1)]

    def test_the_next_version_leaves_the_first_as_it_was(self) -> None:
        first = publish()
        second = publish(expected=1, label="新路灯")
        assert second.number == 2
        assert body_of(version_get(first.id)).label == "路灯"
        assert str(definition_find("sample", "lamp")) == "新路灯"

    def test_the_same_again_publishes_nothing(self) -> None:
        first = publish()
        assert publish(open=False).id == first.id
        assert [Version.objects.count(), len(codes()), OutboxEvent.objects.count()] == [1, 1, 1]
        assert factories.applied_to == [("lamp", 1)]

    @pytest.mark.parametrize("expected", [0, 2])
    def test_another_version_than_the_one_seen_is_stale(self, expected: int) -> None:
        publish()
        with pytest.raises(Stale):
            publish(expected=expected, label="新")
        assert Version.objects.count() == 1

    def test_a_new_one_that_was_thought_to_be_there_is_stale(self) -> None:
        with pytest.raises(Stale):
            publish(expected=1)
        assert not Definition.objects.exists()

    def test_a_faulty_body_is_refused_with_all_that_is_wrong(self) -> None:
        with pytest.raises(Faulty) as caught:
            publish(lable="x", limit=0, parts=[{"code": "a"}])
        assert set(caught.value.fields) == {"lable", "limit", "parts.0.label"}
        assert caught.value.status == 422
        with pytest.raises(Faulty, match="逐条改正"):
            publish(units=["无局"])
        with pytest.raises(Faulty):
            publish(text="看不见\x07")
        assert not Definition.objects.exists()

    def test_a_wrong_code_family_or_note_is_refused(self) -> None:
        with pytest.raises(Invalid, match="代码只用小写字母"):
            publish("Lamp/..")
        with pytest.raises(Invalid, match="200"):
            publish(note="长" * 201)
        with pytest.raises(NotFound, match="nosuch"):
            definition_publish(actor=Actor.system(A), family="nosuch", code="x", body={}, origin="edited")
        with pytest.raises(ValueError, match="origin"):
            publish(origin="other")

    def test_the_hook_runs_in_the_same_transaction(self) -> None:
        with pytest.raises(RuntimeError), transaction.atomic():
            publish(label="不让发布")
        assert not Definition.objects.exists()
        assert not OutboxEvent.objects.exists()

    def test_only_who_may_edit_publishes(self) -> None:
        town = accounts.build_town(A)
        admin = accounts.actor_of(town, accounts.person(town, "system_admin", "county", "李系统"))
        clerk = accounts.actor_of(town, accounts.person(town, "village_clerk", "village"))
        said: dict[str, Any] = {"family": "sample", "code": "lamp", "body": {"label": "甲"}, "origin": "edited"}
        with pytest.raises(Forbidden):
            definition_publish(actor=clerk, **said)
        version = definition_publish(actor=admin, **said)
        assert (version.published_by_id, version.published_by_name) == (admin.user_id, "李系统")
        assert version.published_by_post == "天长市 系统管理员"
        with pytest.raises(Forbidden):
            definition_retire(actor=clerk, family="sample", code="lamp")
        with pytest.raises(Forbidden):
            definition_restore(actor=clerk, family="sample", code="lamp")


@inside
@pytest.mark.django_db
class TestRetire:
    def test_retired_and_brought_back(self, system: Actor) -> None:
        publish()
        for _ in range(2):
            definition = definition_retire(actor=system, family="sample", code="lamp", at=AT)
        assert definition.retired_at == AT
        for _ in range(2):
            definition = definition_restore(actor=system, family="sample", code="lamp")
        assert not definition.is_retired
        assert definition.current_number == 1
        assert codes() == [f"packs.definition.{word}" for word in ("published", "retired", "restored")]
        assert factories.applied_to == [("lamp", 1), ("lamp", 1)]

    def test_publishing_brings_back(self, system: Actor) -> None:
        publish()
        definition_retire(actor=system, family="sample", code="lamp", expected=1)
        version = publish()
        assert version.number == 2, "the same words again, but published anew"
        found = definition_find("sample", "lamp")
        assert found is not None
        assert not found.is_retired

    def test_stale_or_unknown(self, system: Actor) -> None:
        publish()
        with pytest.raises(Stale):
            definition_retire(actor=system, family="sample", code="lamp", expected=2)
        with pytest.raises(NotFound):
            definition_retire(actor=system, family="sample", code="other")
        with pytest.raises(NotFound):
            definition_restore(actor=system, family="sample", code="other")

    def test_what_no_longer_fits_is_not_brought_back(self, system: Actor) -> None:
        unit = accounts.build_town(A).units["dept"]
        publish(units=["市住建局"])
        definition_retire(actor=system, family="sample", code="lamp")
        Unit.objects.filter(id=unit.id).update(valid_to=AT.date())
        with pytest.raises(Faulty) as caught:
            definition_restore(actor=system, family="sample", code="lamp")
        assert list(caught.value.fields) == ["units.0"]


@inside
@pytest.mark.django_db
class TestProof:
    def test_the_chain_agrees_with_the_trail(self) -> None:
        publish()
        publish(label="新")
        publish("road", label="道路")
        assert verify_county(A).findings == []

    def test_versions_are_never_altered(self) -> None:
        version = publish()
        if connection.vendor == "postgresql":
            for change in (lambda: Version.objects.filter(id=version.id).update(title="x"), version.delete):
                with pytest.raises(DatabaseError), transaction.atomic():
                    change()
        else:
            Version.objects.filter(id=version.id).update(body={"label": "改过"})
            assert any("第 1 版被改过" in str(finding) for finding in verify_county(A).findings)

    @pytest.mark.sqlite
    def test_a_version_that_is_gone_or_forged_is_named(self) -> None:
        if connection.vendor != "sqlite":
            pytest.skip("the database refuses it there")
        publish()
        second = publish(label="新")
        Version.objects.filter(id=second.id).update(note="另一个理由")
        assert any("第 2 版被改过" in str(finding) for finding in verify_county(A).findings)
        Version.objects.filter(id=second.id).delete()
        assert any("第 2 版不见了" in str(finding) for finding in verify_county(A).findings)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_of_two_first_versions_one_is_stale(self) -> None:
        results = together(*[lambda n=n: publish(expected=0, label=f"第{n}") for n in range(3)])  # type: ignore[misc]
        assert sorted(type(result).__name__ for result in results) == ["Stale", "Stale", "Version"]
        with county(A):
            assert Version.objects.count() == 1

    def test_of_two_edits_of_one_version_one_is_stale(self) -> None:
        with county(A):
            publish()
        results = together(*[lambda n=n: publish(expected=1, label=f"第{n}") for n in range(3)])  # type: ignore[misc]
        assert sorted(type(result).__name__ for result in results) == ["Stale", "Stale", "Version"]
        with county(A):
            numbers = list(Version.objects.order_by("number").values_list("number", flat=True))
            assert numbers == [1, 2]
            assert verify_county(A).findings == []

    def test_an_edit_against_a_retirement_leaves_a_whole_history(self) -> None:
        with county(A):
            publish()
        together(
            lambda: publish(label="新"),
            lambda: definition_retire(actor=Actor.system(A), family="sample", code="lamp"),
        )
        with county(A):
            assert verify_county(A).findings == []
            assert definition_find("sample", "lamp").version == 3  # type: ignore[union-attr]

    def test_packs_loaded_at_once_make_one_version_each(self) -> None:
        pack = factories.files(lamp="label: 路灯\n", road="label: 道路\n")
        results = together(*[lambda: load_files(pack, actor=Actor.system(A))] * 3)
        assert sorted(len(result.published) for result in results) == [0, 0, 2]
        with county(A):
            assert Version.objects.count() == 2

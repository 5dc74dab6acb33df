"""Whatever is done in whatever order: versions only grow, the chain holds, what counts is what was published last."""

from contextlib import ExitStack
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from shanzhi.access.actor import Actor
from shanzhi.lib.errors import Stale
from shanzhi.packs.exporting import pack_files
from shanzhi.packs.history import versions_agree
from shanzhi.packs.loading import load_files
from shanzhi.packs.models import Definition, Version
from shanzhi.packs.selectors import body_of, current_versions, forget_bodies
from shanzhi.packs.services import definition_restore, definition_retire
from shanzhi.packs.tests.factories import A, files, publish
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.models import Entry

CODES = ("lamp", "road", "water")
LABELS = ("甲", "乙", "丙")
codes, labels = st.sampled_from(CODES), st.sampled_from(LABELS)


class Rules(RuleBasedStateMachine):
    """`said` is what each definition says by the model: label, number, origin, whether it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.stack.enter_context(transaction.atomic())
        if not County.objects.filter(id=A).exists():
            County.objects.create(id=A, code=str(A), name="天长市", joined_at=timezone.now())
        self.stack.enter_context(county(A))
        forget_bodies()
        self.system = Actor.system(A)
        self.said: dict[str, dict[str, Any]] = {}
        self.entries = 0

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.stack.close()
        forget_bodies()

    def note(self, code: str, label: str, origin: str) -> None:
        """What a publication does to the model; the same content as now does nothing."""
        was = self.said.get(code)
        if was and was["label"] == label and was["counts"]:
            return
        self.entries += 1
        number = was["number"] + 1 if was else 1
        self.said[code] = {"label": label, "number": number, "origin": origin, "counts": True}

    @rule(code=codes, label=labels)
    def edit(self, code: str, label: str) -> None:
        seen = self.said[code]["number"] if code in self.said else 0
        publish(code, label=label, expected=seen)
        self.note(code, label, "edited")

    @rule(code=codes, label=labels, off=st.sampled_from([-1, 1]))
    def edit_what_is_not_current(self, code: str, label: str, off: int) -> None:
        seen = (self.said[code]["number"] if code in self.said else 0) + off
        with pytest.raises(Stale):
            publish(code, label=label, expected=seen)

    @rule(code=codes)
    def retire(self, code: str) -> None:
        if code in self.said:
            definition_retire(actor=self.system, family="sample", code=code)
            self.entries += self.said[code]["counts"]
            self.said[code]["counts"] = False

    @rule(code=codes)
    def restore(self, code: str) -> None:
        if code in self.said:
            definition_restore(actor=self.system, family="sample", code=code)
            self.entries += not self.said[code]["counts"]
            self.said[code]["counts"] = True

    @rule(pack=st.dictionaries(codes, labels, min_size=1), replace=st.booleans())
    def load(self, pack: dict[str, str], replace: bool) -> None:
        texts = {code: f"label: {label}\n" for code, label in pack.items()}
        loaded = load_files(files(**texts), actor=self.system, replace=replace)
        assert loaded.faults == []
        published = []
        for code, label in sorted(pack.items()):
            was = self.said.get(code)
            same = was is not None and was["label"] == label
            own = was is not None and (was["origin"] == "edited" or not was["counts"])
            if same or (own and not replace):
                continue
            published.append(code)
            self.note(code, label, "pack")
        assert [row.code for row in loaded.published] == published

    @rule(code=codes)
    def load_what_is_broken(self, code: str) -> None:
        other = next(one for one in CODES if one != code)
        loaded = load_files(files(**{code: "lable: 甲\n", other: "label: 新\n"}), actor=self.system, replace=True)
        assert [fault.file for fault in loaded.faults] == [f"sample/{code}.yaml"] * 2

    @rule()
    def another_process(self) -> None:
        forget_bodies()

    @invariant()
    def what_counts_is_what_was_said_last(self) -> None:
        found = {version.code: body_of(version).label for version in current_versions("sample")}
        assert found == {code: one["label"] for code, one in self.said.items() if one["counts"]}

    @invariant()
    def numbers_have_no_gaps_and_the_chain_holds(self) -> None:
        definitions = list(Definition.objects.all())
        assert {one.code: one.current_number for one in definitions} == {
            code: one["number"] for code, one in self.said.items()
        }
        for one in definitions:
            numbers = list(Version.objects.filter(definition=one).order_by("number").values_list("number", flat=True))
            assert numbers == list(range(1, one.current_number + 1))
            assert one.origin == self.said[one.code]["origin"]
        assert list(versions_agree(definitions)) == []

    @invariant()
    def each_act_left_one_entry_and_one_event(self) -> None:
        assert Entry.objects.filter(object_type="packs.definition").count() == self.entries
        assert OutboxEvent.objects.filter(code__startswith="packs.").count() == self.entries

    @invariant()
    def what_is_exported_loads_without_a_change(self) -> None:
        texts = {name: text.encode() for name, text in pack_files().items()}
        if len(texts) > 1:
            again = load_files(texts, actor=self.system, dry_run=True, replace=True)
            assert (again.faults, again.published) == ([], [])


@pytest.mark.django_db
class TestHistories(Rules.TestCase):  # type: ignore[name-defined,misc]
    settings = settings(max_examples=15, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck))

"""A pack out of one county and into another says the same there; out of that one it has the same bytes."""

from contextlib import ExitStack
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shanzhi.access.actor import Actor
from shanzhi.packs.exporting import pack_files
from shanzhi.packs.families import FAMILIES
from shanzhi.packs.loading import load_files
from shanzhi.packs.models import Version
from shanzhi.packs.selectors import body_of, current_versions, forget_bodies
from shanzhi.packs.services import definition_publish
from shanzhi.packs.sources import files_in_zip, zipped
from shanzhi.packs.tests.factories import A, B, SampleBody
from shanzhi.packs.tests.test_dumping import bodies
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County

codes = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,12}", fullmatch=True)


def settled(body: SampleBody) -> SampleBody:
    """Without what a county would have to know of."""
    kept = [part for part in body.parts if part.code != "bad"]
    return body.model_copy(update={"units": [], "parts": kept})


def said() -> dict[str, Any]:
    return {version.code: body_of(version) for version in current_versions("sample")}


@pytest.mark.django_db
class TestRoundTrips:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(made=st.dictionaries(codes, bodies.map(settled), min_size=1, max_size=4))
    def test_from_county_to_county(self, db: None, made: dict[str, SampleBody]) -> None:
        with ExitStack() as stack:
            stack.enter_context(transaction.atomic())
            for number in (A, B):
                County.objects.get_or_create(
                    id=number, defaults={"code": str(number), "name": "县", "joined_at": timezone.now()}
                )
            self.carry({code: body for code, body in made.items() if body.label != "不让发布"})
            transaction.set_rollback(True)
        forget_bodies()

    def carry(self, made: dict[str, SampleBody]) -> None:
        with county(A):
            for code, body in made.items():
                stored = FAMILIES["sample"].stored(body)
                definition_publish(actor=Actor.system(A), family="sample", code=code, body=stored, origin="edited")
            forget_bodies()
            assert said() == made
            texts = pack_files()
        with county(B):
            loaded = load_files(files_in_zip(zipped(texts)), actor=Actor.system(B))
            if not made:
                return
            assert loaded.faults == []
            forget_bodies()
            assert said() == made
            assert {name: text for name, text in pack_files().items() if name != "pack.yaml"} == {
                name: text for name, text in texts.items() if name != "pack.yaml"
            }
            digests = set(Version.objects.values_list("code", "digest"))
        with county(A):
            assert set(Version.objects.values_list("code", "digest")) == digests

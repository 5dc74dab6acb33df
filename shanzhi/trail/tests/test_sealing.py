import json
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.merkle import root
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from shanzhi.trail import sealing
from shanzhi.trail.bundle import append_seals, bundle_path, last_number, read_bundle, seal_line
from shanzhi.trail.models import Entry, Seal, SealItem
from shanzhi.trail.sealing import GENESIS, copy_out, seal_county
from shanzhi.trail.selectors import latest_seal
from shanzhi.trail.tests.factories import START, recorded_event

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("events")]
A, B = 341181, 410927


def test_a_seal_is_the_root_over_the_entries_that_had_none(county_a: County) -> None:
    entries = [recorded_event(n)[1] for n in range(3)]
    assert seal_county(A, at=START) == 3
    seal = Seal.objects.get()
    assert (seal.number, seal.count, bytes(seal.previous)) == (1, 3, GENESIS)
    assert bytes(seal.root) == root([bytes(entry.leaf) for entry in sorted(entries, key=lambda entry: entry.id)])
    assert bytes(seal.digest) == seal.computed_digest()
    assert list(SealItem.objects.order_by("position").values_list("position", flat=True)) == [0, 1, 2]


def test_seals_form_a_chain_and_nothing_is_sealed_twice(county_a: County) -> None:
    recorded_event(1)
    seal_county(A, at=START)
    assert seal_county(A, at=START) == 0
    late = recorded_event(2)[1]
    assert seal_county(A, at=START + timedelta(minutes=1)) == 1
    first, second = Seal.objects.order_by("number")
    assert bytes(second.previous) == bytes(first.digest)
    assert SealItem.objects.get(seal=second).entry_id == late.id
    assert latest_seal() == second


def test_more_than_one_seal_holds_is_sealed_in_one_go(county_a: County, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PER_SEAL", 2)
    for n in range(5):
        recorded_event(n)
    assert seal_county(A, at=START) == 5
    assert list(Seal.objects.order_by("number").values_list("count", flat=True)) == [2, 2, 1]


def test_an_entry_that_committed_late_is_still_sealed(county_a: County) -> None:
    early = recorded_event(1)[1]
    recorded_event(2)
    SealItem.objects.all()
    waiting = Entry.objects.filter(id__gt=early.id)
    assert waiting.count() == 1
    seal_county(A, at=START)
    # an id smaller than what is sealed already, as if its transaction had been open all the while
    entry = Entry.objects.get(id=early.id)
    entry.id, entry._state.adding = early.id - 1, True
    entry.leaf = entry.computed_leaf()
    entry.save()
    assert seal_county(A, at=START) == 1
    assert SealItem.objects.filter(entry_id=early.id - 1, seal__number=2).exists()


def test_old_ids_are_left_to_the_full_round(county_a: County) -> None:
    recorded_event(1)
    tomorrow = START + timedelta(days=30_000)
    assert seal_county(A, at=tomorrow) == 0
    assert seal_county(A, at=tomorrow, everything=True) == 1


def test_each_county_has_its_own_chain(counties: dict[int, County]) -> None:
    for number in (A, B):
        with county(number):
            recorded_event(1)
    assert (seal_county(A, at=START), seal_county(B, at=START)) == (1, 1)
    with county(B):
        assert Seal.objects.get().number == 1
    assert read_bundle(bundle_path(A))[0]["county"] == A
    assert read_bundle(bundle_path(B))[0]["county"] == B


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_do_no_harm(counties: dict[int, County], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "PER_SEAL", 3)
    with county(A):
        for n in range(20):
            recorded_event(n)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            seal_county(A, at=START)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shows it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    seal_county(A, at=START)
    with county(A):
        seals = list(Seal.objects.order_by("number"))
        assert sum(seal.count for seal in seals) == SealItem.objects.count() == Entry.objects.count() == 20
        assert [seal.number for seal in seals] == list(range(1, len(seals) + 1))
        assert [bytes(seal.previous) for seal in seals] == [GENESIS, *(bytes(seal.digest) for seal in seals[:-1])]
    assert [line["number"] for line in read_bundle(bundle_path(A))] == [seal.number for seal in seals]


def test_each_seal_leaves_the_database_as_one_line(county_a: County, var_dir: Path) -> None:
    recorded_event(1)
    seal_county(A, at=START)
    path = var_dir / "seals" / "341181.jsonl"
    seal = Seal.objects.get()
    assert json.loads(path.read_text()) == seal_line(seal)
    assert json.loads(path.read_text())["digest"] == seal.digest_hex


def test_what_a_crash_left_out_of_the_bundle_is_made_up_for(county_a: County, var_dir: Path) -> None:
    for n in range(3):
        recorded_event(n)
        seal_county(A, at=START)
    path = bundle_path(A)
    lines = path.read_text().splitlines(keepends=True)
    path.write_text(lines[0] + lines[1][:40])
    assert last_number(A) == 1
    assert read_bundle(path) == [json.loads(lines[0])]
    assert copy_out(A) == 2
    assert path.read_text() == "".join(lines)
    assert copy_out(A) == 0


def test_a_bundle_that_is_no_bundle_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    assert read_bundle(path) == []
    for text in ("not json\n", "[]\n", '{"number": "1"}\n'):
        path.write_text(text)
        with pytest.raises(ValueError, match="第 1 行"):
            read_bundle(path)


@given(numbers=st.lists(st.integers(1, 30), max_size=20))
def test_the_bundle_only_ever_grows_upwards(numbers: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shanzhi.trail.bundle.bundle_path", lambda county_id: folder / f"{county_id}.jsonl")
        folder = tmp_path_factory.mktemp("bundle")
        for number in numbers:
            seal = Seal(county_id=A, number=number, root=b"r", count=1, previous=b"p", digest=b"d", sealed_at=START)
            append_seals(A, [seal])
        written = [line["number"] for line in read_bundle(folder / f"{A}.jsonl")]
    assert written == sorted(set(written))
    assert max(written, default=0) == max(numbers, default=0)

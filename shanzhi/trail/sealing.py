"""Sealing: entries that lie under no seal yet are closed under a Merkle root that is chained to the one before."""

from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError
from django.db.models import Exists, OuterRef, QuerySet
from django.db.transaction import atomic

from shanzhi.lib.merkle import root
from shanzhi.tenancy.context import county
from shanzhi.tenancy.ids import id_at
from shanzhi.trail.bundle import append_seals, last_number
from shanzhi.trail.models import Entry, Seal, SealItem

PER_SEAL: Final = 10_000
RECENT: Final = timedelta(days=1)
GENESIS: Final = bytes(32)


def seal_county(county_id: int, *, at: datetime, everything: bool = False) -> int:
    """Seal what the county has unsealed, then copy new seals out of the database; returns how many entries.

    Commits overtake each other, so entries are found by what has no seal item, not by a last id. Each minute only
    ids of the last day are looked at; with `everything` all are (once a day, for what was loaded or waited longer).
    Two at once: the second one's seal number or items are refused by the database and it stops without harm.
    """
    floor = 0 if everything else id_at(int((at - RECENT).timestamp() * 1000))
    sealed = 0
    with county(county_id, atomic=False):
        while True:
            try:
                count = _seal_once(county_id, at=at, floor=floor)
            except IntegrityError:
                break
            sealed += count
            if count < PER_SEAL:
                break
    copy_out(county_id)
    return sealed


def _seal_once(county_id: int, *, at: datetime, floor: int) -> int:
    with county(county_id):
        if not _unsealed(floor).exists():  # on SQLite this takes no lock from those who write
            return 0
    with atomic():
        last = Seal.objects.order_by("-number").first()
        rows = [(row[0], bytes(row[1])) for row in _unsealed(floor).order_by("id").values_list("id", "leaf")[:PER_SEAL]]
        if not rows:
            return 0
        seal = Seal(
            number=last.number + 1 if last else 1,
            root=root([leaf for _, leaf in rows]),
            count=len(rows),
            previous=bytes(last.digest) if last else GENESIS,
            sealed_at=at,
        )
        seal.stamp()
        seal.digest = seal.computed_digest()
        seal.save()  # the unique number makes a second sealer wait here, and then fail
        SealItem.objects.bulk_create(
            [
                SealItem(seal=seal, entry_id=entry_id, position=position, leaf=leaf)
                for position, (entry_id, leaf) in enumerate(rows)
            ],
            batch_size=2_000,
        )
        return len(rows)


def _unsealed(floor: int) -> "QuerySet[Entry]":
    items = SealItem.objects.filter(county_id=OuterRef("county_id"), entry_id=OuterRef("id"))
    return Entry.objects.filter(~Exists(items), id__gte=floor)


def copy_out(county_id: int) -> int:
    """Append the seals that the outside bundle lacks; what a crash left out is made up for at the next run."""
    newest = last_number(county_id)
    with county(county_id):
        seals = list(Seal.objects.filter(number__gt=newest).order_by("number"))
    return append_seals(county_id, seals) if seals else 0

"""Sealing anew what was sealed with an older key: every encrypted field of every model, and what apps hold beside."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.apps import apps
from django.db import models
from django.db.models import ExpressionWrapper, F
from django.db.transaction import atomic

from shanzhi.tenancy.context import county
from shanzhi.tenancy.fields import EncryptedTextField, is_county_model
from shanzhi.tenancy.keyring import FIELDS, key_ring, opened
from shanzhi.tenancy.models import County

BATCH: Final = 500
Holder = Callable[[], int]
_holders: dict[str, Holder] = {}


def holder(name: str, reseal: Holder) -> None:
    """Something sealed that is no EncryptedTextField: `reseal()` seals what is old anew and returns how many."""
    _holders[name] = reseal


def reseal_all() -> Iterator[tuple[str, int]]:
    """Table and column (or holder) with how many texts were sealed anew; done again, it finds nothing."""
    for field in encrypted_fields():
        yield field.place, sum(reseal_field(field))
    for name, reseal in _holders.items():
        yield name, reseal()


def encrypted_fields() -> list[EncryptedTextField]:
    found = [field for model in apps.get_models() for field in model._meta.local_fields]
    return [field for field in found if isinstance(field, EncryptedTextField) and field.model._meta.managed]


def rings() -> list[str]:
    """The settings that name key files, the one of all the others first."""
    return sorted({FIELDS, *(field.ring for field in encrypted_fields())}, key=lambda ring: (ring != FIELDS, ring))


def reseal_field(field: EncryptedTextField) -> Iterator[int]:
    """How many were sealed anew, batch by batch, each in a transaction of its own."""
    if not is_county_model(field.model):
        yield from _batches(field)
        return
    for number in list(County.objects.values_list("id", flat=True)):
        with county(number, atomic=False):
            yield from _batches(field)


def _batches(field: EncryptedTextField) -> Iterator[int]:
    last: Any = None
    while True:
        with atomic():
            rows = _rows(field)
            if last is not None:
                rows = rows.filter(pk__gt=last)
            batch = list(rows.order_by("pk").values_list("pk", "_sealed")[:BATCH])
            yield sum(_reseal(field, pk, seal) for pk, seal in batch)
        if len(batch) < BATCH:
            return
        last = batch[-1][0]


def _rows(field: EncryptedTextField) -> Any:
    """Rows with the seal itself as `_sealed`."""
    raw = ExpressionWrapper(F(field.name), output_field=models.TextField())
    rows = field.model._default_manager.filter(**{f"{field.name}__isnull": False})
    return rows.annotate(_sealed=raw)


def _reseal(field: EncryptedTextField, pk: Any, seal: str) -> bool:
    """The text itself does not change, so nobody's version does; whoever wrote another text meanwhile has won."""
    if key_ring(field.ring).is_current(seal):
        return False
    text = opened(seal, field.place, field.ring)
    return bool(_rows(field).filter(pk=pk, _sealed=seal).update(**{field.name: text}))

"""Second factors under a new key: allauth keeps the sealed secrets inside a JSON column."""

from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.db.transaction import atomic

from shanzhi.tenancy.keyring import key_ring


def factors_reseal() -> int:
    """Seal one-time-code secrets and recovery seeds with the newest key; returns in how many factors that was needed.

    One factor a transaction, its row locked where the database can: a code that is used meanwhile is not lost.
    """
    return sum(_reseal(number) for number in list(Authenticator.objects.values_list("pk", flat=True)))


def _reseal(number: int) -> bool:
    with atomic():
        row = Authenticator.objects.select_for_update().filter(pk=number).first()
        if row is None:
            return False
        anew = {name: _anew(value) if name in ("secret", "seed", "migrated_codes") else value for name, value in
                row.data.items()}  # fmt: skip
        if anew == row.data:
            return False
        row.data = anew
        row.save(update_fields=["data"])
    return True


def _anew(value: Any) -> Any:
    if isinstance(value, list):
        return [_anew(one) for one in value]
    adapter: Any = get_adapter()
    return value if key_ring().is_current(value) else adapter.encrypt(adapter.decrypt(value))

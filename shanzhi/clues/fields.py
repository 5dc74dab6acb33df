"""Texts under the clues' own key."""

from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper

from shanzhi.lib.sealing import KeyRing, SealError
from shanzhi.tenancy.fields import EncryptedTextField
from shanzhi.tenancy.keyring import key_ring

RING: Final = "SHANZHI_CLUE_KEY_FILE"
DAMAGED: Final = "（这一段打不开：被改动过，或者密钥文件不对）"


def ring() -> KeyRing:
    return key_ring(RING)


def mark_of(words: str, place: str) -> str:
    """A keyed digest: finds by equality what the database must not say."""
    return ring().blind(words, place)


class SealedField(EncryptedTextField):
    """A seal that does not open is read as words that say so: one damaged text must not close the desk.

    Nothing that was read is ever written back, and the record's check names the text that was altered.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "ring": RING})

    def from_db_value(self, value: str | None, expression: Any, connection: BaseDatabaseWrapper) -> str | None:
        try:
            return super().from_db_value(value, expression, connection)
        except SealError:
            return DAMAGED

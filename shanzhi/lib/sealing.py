"""Texts that lie in the database sealed: who copies the database, or a backup of it, reads none of them.

A seal is base64 of: format (1 byte), cipher (1), number of the key (2, big-endian), nonce (12), ciphertext with its
tag of 16 bytes. The first four bytes and the place (table and column) are authenticated with the text, so that a seal
that was moved to another column, or whose key number was changed, does not open. Nonces are random: at 2^32 texts
under one key the chance of a repetition reaches 2^-33; a new key long before that costs one command.

Keys are numbered from 1 in a file outside the database. The newest seals, every one opens, none is ever taken out:
an old backup needs it. The blind index has a key of its own that is never renewed, else nothing would be found again.
"""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

FORMAT: Final = 1
HEADER: Final = 4
NONCE: Final = 12
TAG: Final = 16
KEY_BYTES: Final = 32
HIGHEST: Final = 0xFFFF


class Suite(StrEnum):
    """The cipher of new seals; SM4-GCM (GB/T 32907) where the commercial cryptography rules ask for it."""

    AES = "aes-256-gcm"
    SM4 = "sm4-gcm"


CODES: Final = {Suite.AES: 1, Suite.SM4: 2}  # as they stand in a seal
SUITES: Final = {code: suite for suite, code in CODES.items()}
_ALGORITHMS: Final[dict[Suite, tuple[Any, int]]] = {Suite.AES: (algorithms.AES256, 32), Suite.SM4: (algorithms.SM4, 16)}


class SealError(ValueError):
    """A sealed text does not open, or a key file can't be used; the message says which and what to do."""


class UnknownKey(SealError):
    """The seal names a key that is not in the key file."""


class Tampered(SealError):
    """Changed, cut off, moved from another column, or sealed under another key of the same number."""


@dataclass(frozen=True)
class KeyRing:
    """`keys` by number, each of 32 bytes; `index_key` for blind indexes; `suite` for new seals."""

    keys: Mapping[int, bytes]
    index_key: bytes
    suite: Suite = Suite.AES

    @cached_property
    def newest(self) -> int:
        return max(self.keys)

    def derived(self, purpose: str) -> bytes:
        """32 bytes for one purpose, always the same for this installation: from the key that is never renewed."""
        info = b"shanzhi.derived." + purpose.encode()
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self.index_key)

    @cached_property
    def _derived(self) -> dict[tuple[Suite, int], Any]:
        return {}

    def _algorithm(self, suite: Suite, number: int) -> Any:
        """Each cipher gets a key of its own from the numbered one: none is used with two ciphers."""
        found = self._derived.get((suite, number))
        if found is None:
            algorithm, length = _ALGORITHMS[suite]
            info = b"shanzhi.sealing." + suite.encode()
            found = algorithm(HKDF(algorithm=SHA256(), length=length, salt=None, info=info).derive(self.keys[number]))
            self._derived[suite, number] = found
        return found

    def seal(self, text: str, place: str) -> str:
        """Sealed under the newest key for `place` (table.column). The same text never looks the same twice."""
        header = bytes((FORMAT, CODES[self.suite])) + self.newest.to_bytes(2, "big")
        nonce = secrets.token_bytes(NONCE)
        body, bound = text.encode("utf-8", "surrogatepass"), header + place.encode()
        algorithm = self._algorithm(self.suite, self.newest)
        if self.suite == Suite.AES:  # the same in one call: half a million people are sealed at once
            return base64.b64encode(header + nonce + AESGCM(algorithm.key).encrypt(nonce, body, bound)).decode()
        work = Cipher(algorithm, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(bound)
        sealed = work.update(body) + work.finalize()
        return base64.b64encode(header + nonce + sealed + work.tag).decode()

    def open(self, sealed: str, place: str) -> str:
        """The text again; UnknownKey or Tampered if it can't be had."""
        raw = _raw(sealed)
        suite, number = SUITES[raw[1]], int.from_bytes(raw[2:HEADER], "big")
        if number not in self.keys:
            raise UnknownKey(f"{place}: sealed with key {number}, which the key file lacks; put that key back")
        body, tag = raw[HEADER + NONCE : -TAG], raw[-TAG:]
        work = Cipher(self._algorithm(suite, number), modes.GCM(raw[HEADER : HEADER + NONCE], tag)).decryptor()
        work.authenticate_additional_data(raw[:HEADER] + place.encode())
        try:
            return (work.update(body) + work.finalize()).decode("utf-8", "surrogatepass")
        except InvalidTag:
            raise Tampered(f"{place}: changed since it was sealed, or sealed with another key {number}") from None

    def is_current(self, sealed: str) -> bool:
        """Whether it was sealed under the newest key with the cipher of now."""
        raw = _raw(sealed)
        return SUITES[raw[1]] == self.suite and int.from_bytes(raw[2:HEADER], "big") == self.newest

    def blind(self, text: str, place: str) -> str:
        """64 hexadecimal digits, the same for the same text at the same place: finds a sealed text by equality.

        HMAC-SHA-256: without the key nobody can try out all phone numbers.
        """
        words = place.encode() + b"\0" + text.encode("utf-8", "surrogatepass")
        return hmac.new(self.index_key, words, hashlib.sha256).hexdigest()


def _raw(sealed: str) -> bytes:
    try:
        raw = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError):
        raise Tampered("not a sealed text") from None
    if len(raw) < HEADER + NONCE + TAG or raw[0] != FORMAT or raw[1] not in SUITES:
        raise Tampered("not a sealed text")
    return raw


def read_ring(path: Path, suite: Suite = Suite.AES) -> KeyRing:
    """The keys of a file; SealError if it is missing or anything in it is not as `make_ring` wrote it."""
    try:
        body = json.loads(path.read_text(encoding="ascii"))
        keys = {int(number): base64.b64decode(key, validate=True) for number, key in body["keys"].items()}
        index_key = base64.b64decode(body["index"], validate=True)
    except OSError as error:
        raise SealError(f"the key file {path} can't be read ({error.strerror}); put it back from its copy") from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SealError(f"the key file {path} is damaged; put it back from its copy") from None
    sizes = {len(key) for key in (*keys.values(), index_key)}
    if not keys or sizes != {KEY_BYTES} or not all(0 < number <= HIGHEST for number in keys):
        raise SealError(f"the key file {path} is damaged; put it back from its copy")
    return KeyRing(keys, index_key, suite)


def make_ring(path: Path) -> bool:
    """Make the file with its first key, mode 600, unless it is there; returns whether it was made.

    It appears whole or not at all, also when two programs start at once: the one that comes second keeps the first's.
    """
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = _draft(path, {1: secrets.token_bytes(KEY_BYTES)}, secrets.token_bytes(KEY_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    finally:
        draft.unlink()
    return True


def add_key(path: Path) -> int:
    """Add a key, which seals from now on; returns its number."""
    ring = read_ring(path)
    number = ring.newest + 1
    if number > HIGHEST:
        raise SealError(f"the key file {path} holds {HIGHEST} keys; no more numbers are left")
    keys = {**ring.keys, number: secrets.token_bytes(KEY_BYTES)}
    _draft(path, keys, ring.index_key).replace(path)
    return number


def _draft(path: Path, keys: Mapping[int, bytes], index_key: bytes) -> Path:
    """The file under a name of its own, on the disk."""
    body = {
        "keys": {str(number): base64.b64encode(key).decode() for number, key in sorted(keys.items())},
        "index": base64.b64encode(index_key).decode(),
    }
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        json.dump(body, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return draft

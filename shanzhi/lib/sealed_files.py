"""Files that lie on the disk sealed: who copies the disk, or a backup of it, sees no picture and reads no list.

A sealed file is a head of 24 bytes — "SZF" and the format (4 bytes), cipher (1), nothing (1), number of the key
(2, big-endian), salt (16) — and pieces of 64 KiB, each with its tag of 16 bytes. Every file has a key of its own,
derived (HKDF, RFC 5869) from the numbered key, the salt and the file's place, so no nonce is ever used twice under
one key. A piece's nonce is its number and whether it is the last one (the STREAM construction of Hoang, Reyhanitabar,
Rogaway and Vizár, 2015, as in age): pieces can't be reordered, left out or cut off unseen, and any of them can be read
without those before it. A file of no bytes is one empty piece.
"""

import io
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shanzhi.lib.sealing import CODES, SUITES, KeyRing, Suite, Tampered, UnknownKey

MAGIC: Final = b"SZF\x01"
SALT: Final = 16
HEAD: Final = len(MAGIC) + 4 + SALT
TAG: Final = 16
PIECE: Final = 64 * 1024
_LENGTHS: Final = {Suite.AES: 32, Suite.SM4: 16}
Work = Callable[[bytes, bytes], bytes]


def seal_pieces(ring: KeyRing, chunks: Iterable[bytes], place: str) -> Iterator[bytes]:
    """The sealed bytes under the newest key, for `place` (whose file it is), a piece at a time."""
    salt = secrets.token_bytes(SALT)
    yield MAGIC + bytes((CODES[ring.suite], 0)) + ring.newest.to_bytes(2, "big") + salt
    seal, _ = _works(ring, ring.suite, ring.newest, salt, place)
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > PIECE:  # the last piece is known only when nothing follows
            yield seal(_nonce(number, last=False), bytes(held[:PIECE]))
            del held[:PIECE]
            number += 1
    yield seal(_nonce(number, last=True), bytes(held))


def is_current(ring: KeyRing, head: bytes) -> bool:
    """Whether a file that begins so was sealed under the newest key with the cipher of now; Tampered if it is none."""
    suite, number, _ = _head(head)
    return (suite, number) == (ring.suite, ring.newest)


class SealedReader(io.RawIOBase):
    """The plain bytes of a sealed file, from anywhere in it.

    UnknownKey if the ring lacks its key, Tampered if what is read was changed, cut off or is another place's file.
    """

    def __init__(self, ring: KeyRing, file: BinaryIO, place: str) -> None:
        super().__init__()
        self._file, self._place, self._at = file, place, 0
        self._sealed = file.seek(0, os.SEEK_END)
        file.seek(0)
        suite, number, salt = _head(file.read(HEAD))
        if number not in ring.keys:
            raise UnknownKey(f"{place}: sealed with key {number}, which the key file lacks; put that key back")
        _, self._open = _works(ring, suite, number, salt, place)
        body = self._sealed - HEAD
        self._pieces = max(1, -(-body // (PIECE + TAG)))
        self.size = body - self._pieces * TAG
        self._held: tuple[int, bytes] | None = None
        if self.size < 0:
            raise Tampered(f"{place}: cut off")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        if base + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        number, skipped = divmod(self._at, PIECE)
        if number >= self._pieces:
            return 0
        found = self._piece(number)[skipped : skipped + len(buffer)]
        buffer[: len(found)] = found
        self._at += len(found)
        return len(found)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        if self._held is None or self._held[0] != number:
            self._file.seek(HEAD + number * (PIECE + TAG))
            body = self._file.read(PIECE + TAG)
            try:
                self._held = number, self._open(_nonce(number, last=number == self._pieces - 1), body)
            except InvalidTag:
                raise Tampered(f"{self._place}: changed or cut off since it was sealed") from None
        return self._held[1]


def open_sealed(ring: KeyRing, file: BinaryIO, place: str) -> BinaryIO:
    """A buffered `SealedReader` that owns `file`; the first piece is opened at once, so that a bad file raises here."""
    reader = SealedReader(ring, file, place)
    reader.read(1)
    reader.seek(0)
    return io.BufferedReader(reader, buffer_size=PIECE)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


def _head(head: bytes) -> tuple[Suite, int, bytes]:
    if len(head) < HEAD or not head.startswith(MAGIC) or head[4] not in SUITES:
        raise Tampered("not a sealed file")
    return SUITES[head[4]], int.from_bytes(head[6:8], "big"), head[8:HEAD]


def _works(ring: KeyRing, suite: Suite, number: int, salt: bytes, place: str) -> tuple[Work, Work]:
    """Sealing and opening of one piece under the file's own key."""
    info = b"shanzhi.files." + suite.encode() + b"\0" + place.encode()
    key = HKDF(algorithm=SHA256(), length=_LENGTHS[suite], salt=salt, info=info).derive(ring.keys[number])
    if suite == Suite.AES:
        cipher = AESGCM(key)
        return lambda nonce, body: cipher.encrypt(nonce, body, None), lambda nonce, body: cipher.decrypt(
            nonce, body, None
        )

    def seal(nonce: bytes, body: bytes) -> bytes:
        work = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        return work.update(body) + work.finalize() + work.tag

    def unseal(nonce: bytes, body: bytes) -> bytes:
        work = Cipher(algorithms.SM4(key), modes.GCM(nonce, body[-TAG:])).decryptor()
        return work.update(body[:-TAG]) + work.finalize()

    return seal, unseal

"""What is sealed opens again whole and from anywhere; whatever is altered, moved or cut off does not."""

import io
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.sealed_files import HEAD, PIECE, TAG, SealedReader, is_current, open_sealed, seal_pieces
from shanzhi.lib.sealing import KeyRing, Suite, Tampered, UnknownKey

KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
RING = KeyRing({1: KEYS[1]}, b"i" * 32)
PLACE = "files.341181/99.whole"
SIZES = (0, 1, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE, 3 * PIECE + 7)


def sealed(body: bytes, ring: KeyRing = RING, *, step: int = 10_000) -> bytes:
    chunks = (body[at : at + step] for at in range(0, len(body), step))
    return b"".join(seal_pieces(ring, chunks, PLACE))


def opened(raw: bytes, ring: KeyRing = RING, place: str = PLACE) -> bytes:
    with open_sealed(ring, io.BytesIO(raw), place) as file:
        return file.read()


@pytest.mark.parametrize("suite", list(Suite))
@pytest.mark.parametrize("size", SIZES)
def test_whatever_its_size_it_opens_again(size: int, suite: Suite) -> None:
    body, ring = secrets.token_bytes(size), KeyRing({1: KEYS[1]}, b"i" * 32, suite)
    raw = sealed(body, ring)
    assert opened(raw, ring) == body
    assert len(raw) == HEAD + size + TAG * max(1, -(-size // PIECE))
    assert body[:40] not in raw or size < 4


@given(st.data())
def test_it_can_be_read_from_anywhere(data: st.DataObject) -> None:
    body = bytes(range(256)) * 600
    reader = SealedReader(RING, io.BytesIO(sealed(body)), PLACE)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(body) + 10))
        count = data.draw(st.integers(0, 3 * PIECE))
        assert reader.seek(at) == reader.tell() == at
        read = bytearray()
        while len(read) < count and (more := reader.read(count - len(read))):
            read += more
        assert bytes(read) == body[at : at + count]
    assert reader.seek(0, io.SEEK_END) == reader.size == len(body)


@given(st.integers(min_value=0), st.integers(0, 7))
def test_no_changed_bit_passes(at: int, bit: int) -> None:
    body = b"a" * (PIECE + 100)
    raw = bytearray(sealed(body))
    at %= len(raw)
    if at == 5:  # means nothing yet
        return
    raw[at] ^= 1 << bit
    with pytest.raises((Tampered, UnknownKey)):
        opened(bytes(raw))


@pytest.mark.parametrize("left", [0, 3, HEAD - 1, HEAD, HEAD + 5, HEAD + PIECE + TAG, HEAD + PIECE + TAG + 9])
def test_nothing_is_cut_off_unseen(left: int) -> None:
    with pytest.raises(Tampered):
        opened(sealed(b"b" * (2 * PIECE + 50))[:left])


def test_pieces_can_not_change_places() -> None:
    raw, size = sealed(b"c" * PIECE + b"d" * PIECE + b"e"), PIECE + TAG
    first, second = raw[HEAD : HEAD + size], raw[HEAD + size : HEAD + 2 * size]
    with pytest.raises(Tampered):
        opened(raw[:HEAD] + second + first + raw[HEAD + 2 * size :])


def test_nothing_can_be_added_behind() -> None:
    raw = sealed(b"f" * PIECE)
    with pytest.raises(Tampered):
        opened(raw + raw[HEAD:])


def test_a_file_under_another_name_does_not_open() -> None:
    with pytest.raises(Tampered):
        opened(sealed(b"x"), place="files.341181/98.whole")


def test_the_same_bytes_never_look_the_same() -> None:
    assert sealed(b"same") != sealed(b"same")


def test_a_newer_key_seals_and_the_older_still_opens() -> None:
    old, both = sealed(b"x" * 70_000), KeyRing(KEYS, b"i" * 32)
    assert opened(old, both) == b"x" * 70_000
    assert not is_current(both, old[:HEAD])
    new = sealed(b"x", both)
    assert is_current(both, new[:HEAD])
    with pytest.raises(UnknownKey, match="key 2"):
        opened(new)


def test_what_is_not_sealed_is_told_from_what_is() -> None:
    with pytest.raises(Tampered, match="not a sealed file"):
        opened(b"\xff\xd8\xff\xe0 a picture that lies open on the disk")
    with pytest.raises(Tampered):
        is_current(RING, b"")


def test_a_reader_ends_its_file_and_knows_no_place_before_the_beginning() -> None:
    held = io.BytesIO(sealed(b"abc"))
    reader = SealedReader(RING, held, PLACE)
    with pytest.raises(ValueError, match="before the beginning"):
        reader.seek(-1)
    assert reader.seek(1) == reader.seek(0, io.SEEK_CUR) == 1
    reader.close()
    assert held.closed

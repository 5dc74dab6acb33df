import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shanzhi.trail.members import Member, members_root, pack, unpack

MEMBERS = st.lists(
    st.builds(
        Member,
        object_id=st.integers(0, 2**63 - 1),
        version=st.integers(0, 2**31 - 1),
        digest=st.binary(min_size=32, max_size=32),
    ),
    max_size=30,
)


@given(MEMBERS)
def test_what_was_packed_is_read_back(members: list[Member]) -> None:
    data = pack(members)
    assert len(data) == 44 * len(members)
    assert list(unpack(data)) == members


@given(MEMBERS, st.data())
def test_any_changed_byte_changes_the_root(members: list[Member], data: st.DataObject) -> None:
    packed = pack(members)
    if packed:
        at = data.draw(st.integers(0, len(packed) - 1))
        changed = bytearray(packed)
        changed[at] ^= data.draw(st.integers(1, 255))
        assert members_root(bytes(changed)) != members_root(packed)


@given(MEMBERS, st.integers(1, 43))
def test_what_was_cut_is_refused_and_has_another_root(members: list[Member], cut: int) -> None:
    packed = pack(members)
    if packed:
        with pytest.raises(struct.error):
            list(unpack(packed[:-cut]))
        assert members_root(packed[:-cut]) != members_root(packed)

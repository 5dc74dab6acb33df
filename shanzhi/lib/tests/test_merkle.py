import hashlib

from hypothesis import given
from hypothesis import strategies as st

from shanzhi.lib.merkle import leaf_hash, node_hash, root

LEAVES = st.lists(st.binary(max_size=8).map(leaf_hash), min_size=1, max_size=40)


def recursive(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(recursive(leaves[:split]), recursive(leaves[split:]))


@given(LEAVES)
def test_root_equals_the_recursive_definition(leaves: list[bytes]) -> None:
    assert root(leaves) == recursive(leaves)


@given(LEAVES, st.data())
def test_a_changed_leaf_changes_the_root(leaves: list[bytes], data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves]
    changed[at] = leaf_hash(b"changed" + changed[at])
    assert root(changed) != root(leaves)


@given(LEAVES)
def test_a_missing_or_added_leaf_changes_the_root(leaves: list[bytes]) -> None:
    assert root(leaves[:-1]) != root(leaves)
    assert root([*leaves, leaves[-1]]) != root(leaves)


def test_known_vectors() -> None:
    assert root([]) == hashlib.sha256(b"").digest()
    assert leaf_hash(b"") == bytes.fromhex("6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d")
    assert node_hash(b"", b"") != leaf_hash(b"")

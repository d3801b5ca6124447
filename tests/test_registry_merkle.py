"""The tree of RFC 6962 beside one written from the RFC alone: roots, proofs, and everything that is no proof."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256

import pytest

from kaoping.registry import merkle

# ---------------------------------------------------------------- the RFC, word by word


def half(size: int) -> int:
    """The largest power of two smaller than a size."""
    k = 1
    while k * 2 < size:
        k *= 2
    return k


def joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def tree(entries: list[bytes]) -> bytes:
    """RFC 6962, 2.1: MTH."""
    if not entries:
        return sha256().digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = half(len(entries))
    return joined(tree(entries[:k]), tree(entries[k:]))


def path(m: int, entries: list[bytes]) -> list[bytes]:
    """RFC 6962, 2.1.1: PATH."""
    if len(entries) == 1:
        return []
    k = half(len(entries))
    if m < k:
        return [*path(m, entries[:k]), tree(entries[k:])]
    return [*path(m - k, entries[k:]), tree(entries[:k])]


def subproof(m: int, entries: list[bytes], b: bool) -> list[bytes]:
    """RFC 6962, 2.1.2: SUBPROOF; PROOF is the one with b = true."""
    if m == len(entries):
        return [] if b else [tree(entries)]
    k = half(len(entries))
    if m <= k:
        return [*subproof(m, entries[:k], b), tree(entries[k:])]
    return [*subproof(m - k, entries[k:], False), tree(entries[:k])]


class TooShortError(Exception):
    """A proof ends before its tree does."""


def taken(proof: list[bytes]) -> bytes:
    if not proof:
        raise TooShortError
    return proof.pop(0)


def root_by_path(leaf: bytes, m: int, size: int, proof: list[bytes]) -> bytes:
    """The root that a path leads to: the definition of PATH read backwards. Takes what it uses out of `proof`."""
    if size == 1:
        return leaf
    k = half(size)
    if m < k:
        below = root_by_path(leaf, m, k, proof)
        return joined(below, taken(proof))
    below = root_by_path(leaf, m - k, size - k, proof)
    return joined(taken(proof), below)


def roots_by_proof(old: bytes, m: int, size: int, proof: list[bytes], b: bool = True) -> tuple[bytes, bytes]:
    """Both roots that a proof of consistency leads to: SUBPROOF read backwards."""
    if m == size:
        top = old if b else taken(proof)
        return top, top
    k = half(size)
    if m <= k:
        before, after = roots_by_proof(old, m, k, proof, b)
        return before, joined(after, taken(proof))
    before, after = roots_by_proof(old, m - k, size - k, proof, False)
    left = taken(proof)
    return joined(left, before), joined(left, after)


def really_includes(leaf: bytes, m: int, size: int, proof: list[bytes], top: bytes) -> bool:
    rest = list(proof)
    try:
        return 0 <= m < size and root_by_path(leaf, m, size, rest) == top and not rest
    except TooShortError:
        return False


def really_consistent(m: int, old: bytes, size: int, top: bytes, proof: list[bytes]) -> bool:
    rest = list(proof)
    try:
        return 0 < m <= size and roots_by_proof(old, m, size, rest) == (old, top) and not rest
    except TooShortError:
        return False


# ---------------------------------------------------------------- entries and what is known of them

MOST = 64
ENTRIES = [f"条目 {at}".encode() for at in range(MOST)]
LEAVES = [merkle.leaf(sha256, each) for each in ENTRIES]
ROOTS = [tree(ENTRIES[:size]) for size in range(MOST + 1)]

KNOWN = {  # of Certificate Transparency's own tests
    b"": "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    b"\x00": "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    b"\x10": "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    b" !": "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    b"01": "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    b"@ABC": "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    b"PQRSTUVW": "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    b"`abcdefghijklmno": "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}
"""A list of eight entries, and the root after each of them."""


def test_the_root_of_nothing() -> None:
    assert merkle.root(sha256, []).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_roots_that_others_found() -> None:
    entries = list(KNOWN)
    for size, expected in enumerate(KNOWN.values(), 1):
        leaves = [merkle.leaf(sha256, each) for each in entries[:size]]
        assert merkle.root(sha256, leaves).hex() == tree(entries[:size]).hex() == expected


def test_roots_of_all_sizes() -> None:
    assert [merkle.root(sha256, LEAVES[:size]) for size in range(MOST + 1)] == ROOTS


def test_a_tree_that_grows_leaf_by_leaf_has_the_same_roots() -> None:
    peaks: list[bytes] = []
    for size, leaf in enumerate(LEAVES):
        merkle.grow(sha256, peaks, size, leaf)
        assert merkle.crown(sha256, peaks) == ROOTS[size + 1]
        assert len(peaks) == (size + 1).bit_count()


def test_an_inner_node_is_no_leaf() -> None:
    """What two leaves are joined to cannot be passed off as an entry: `node` is told from `leaf`."""
    forged = merkle.leaf(sha256, LEAVES[0] + LEAVES[1])
    assert forged != ROOTS[2]
    assert merkle.root(sha256, [forged]) != ROOTS[2]


# ---------------------------------------------------------------- proofs


def places() -> Iterator[tuple[int, int]]:
    return ((index, size) for size in range(1, MOST + 1) for index in range(size))


def spoilt(proof: list[bytes], at: int) -> Iterator[list[bytes]]:
    """Proofs that differ from a true one in one thing; which bit, `at` says."""
    for place, each in enumerate(proof):
        flipped = bytearray(each)
        flipped[at % 32] ^= 1 << at % 8
        yield [*proof[:place], bytes(flipped), *proof[place + 1 :]]
        yield [*proof[:place], *proof[place + 1 :]]
        yield [*proof[:place], each, *proof[place:]]
        if place and proof[place - 1] != each:
            yield [*proof[: place - 1], each, proof[place - 1], *proof[place + 1 :]]
    yield [*proof, ROOTS[0]]
    yield [ROOTS[0], *proof]


def test_inclusion_of_every_leaf_in_every_size() -> None:
    for index, size in places():
        proof = merkle.inclusion(sha256, LEAVES[:size], index)
        assert proof == path(index, ENTRIES[:size])
        assert merkle.includes(sha256, LEAVES[index], index, size, proof, ROOTS[size])


def test_inclusion_spoilt_in_one_thing_fails() -> None:
    tried = 0
    for index, size in places():
        proof = path(index, ENTRIES[:size])
        for wrong in spoilt(proof, index * 7 + size):
            tried += 1
            assert not merkle.includes(sha256, LEAVES[index], index, size, wrong, ROOTS[size])
        assert not merkle.includes(sha256, LEAVES[index], index, size, proof, ROOTS[size - 1])
        assert not merkle.includes(sha256, merkle.leaf(sha256, b"forged"), index, size, proof, ROOTS[size])
    assert tried > 30_000


def test_inclusion_holds_in_no_other_place() -> None:
    for index, size in places():
        proof = path(index, ENTRIES[:size])
        for other in {*range(-1, size + 2), 1 << 70} - {index}:
            assert not merkle.includes(sha256, LEAVES[index], other, size, proof, ROOTS[size])


def test_inclusion_in_another_size_fails_under_the_root_of_that_size() -> None:
    for index, size in places():
        proof = path(index, ENTRIES[:size])
        for other in range(MOST + 1):
            found = merkle.includes(sha256, LEAVES[index], index, other, proof, ROOTS[other])
            assert found == (other == size)


def test_a_root_does_not_say_its_size() -> None:
    """A path is as good for each size in which it goes the same way: so the size is signed together with the root.

    Where a path is followed although the size is wrong, the RFC read backwards follows it too.
    """
    followed = 0
    for index, size in places():
        proof = path(index, ENTRIES[:size])
        for other in range(max(index, size - 9), size + 9):
            found = merkle.includes(sha256, LEAVES[index], index, other, proof, ROOTS[size])
            assert found == really_includes(LEAVES[index], index, other, proof, ROOTS[size])
            followed += found and other != size
    assert followed > 0


def pairs() -> Iterator[tuple[int, int]]:
    return ((old, size) for size in range(1, MOST + 1) for old in range(1, size + 1))


def test_consistency_of_every_two_sizes() -> None:
    for old, size in pairs():
        proof = merkle.consistency(sha256, LEAVES[:size], old)
        assert proof == subproof(old, ENTRIES[:size], True)
        assert merkle.consistent(sha256, old, ROOTS[old], size, ROOTS[size], proof)


def test_everything_goes_on_from_nothing_and_from_nothing_else() -> None:
    for size in range(MOST + 1):
        assert merkle.consistent(sha256, 0, ROOTS[0], size, ROOTS[size], [])
        assert not merkle.consistent(sha256, 0, ROOTS[1], size, ROOTS[size], [])
        assert not merkle.consistent(sha256, 0, ROOTS[0], size, ROOTS[size], [ROOTS[1]])


def test_consistency_spoilt_in_one_thing_fails() -> None:
    tried = 0
    for old, size in pairs():
        proof = subproof(old, ENTRIES[:size], True)
        for wrong in spoilt(proof, old * 11 + size):
            tried += 1
            assert not merkle.consistent(sha256, old, ROOTS[old], size, ROOTS[size], wrong)
        assert not merkle.consistent(sha256, old, ROOTS[old - 1], size, ROOTS[size], proof)
        assert not merkle.consistent(sha256, old, ROOTS[old], size, ROOTS[size - 1], proof)
        if old < size:
            assert not merkle.consistent(sha256, size, ROOTS[size], old, ROOTS[old], proof)
    assert tried > 30_000


@pytest.mark.parametrize("both", [False, True], ids=["one size is wrong", "both are"])
def test_consistency_of_other_sizes(both: bool) -> None:
    """Under the roots of other sizes a proof fails; under its own it is followed where the RFC read backwards does."""
    for old, size in pairs():
        proof = subproof(old, ENTRIES[:size], True)
        for step in range(-6, 7):
            m, n = old + step, size + (step if both else 0)
            if step == 0 or not 0 < m <= n:
                continue
            assert merkle.consistent(sha256, m, ROOTS[old], n, ROOTS[size], proof) == really_consistent(
                m, ROOTS[old], n, ROOTS[size], proof
            )
            if n <= MOST and old < size:
                assert not merkle.consistent(sha256, m, ROOTS[m], n, ROOTS[n], proof)


def test_a_history_that_was_rewritten_is_no_continuation() -> None:
    for old, size in pairs():
        if old == size:
            continue
        for changed in {0, old // 2, old - 1}:
            other = [*ENTRIES[:changed], b"forged", *ENTRIES[changed + 1 : size]]
            leaves = [merkle.leaf(sha256, each) for each in other]
            proof = merkle.consistency(sha256, leaves, old)
            assert not merkle.consistent(sha256, old, ROOTS[old], size, tree(other), proof)

"""The tree of RFC 6962 over a list that only grows: its root, and proofs that something is in it or that it only grew.

All functions take `sha`, a constructor of hashes as in `hashlib` (SHA-256, or another where an office asks for it).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

Hash = Callable[..., Any]


def leaf(sha: Hash, content: bytes) -> bytes:
    """The hash of an entry's content as a leaf."""
    digest: bytes = sha(b"\0" + content).digest()
    return digest


def node(sha: Hash, left: bytes, right: bytes) -> bytes:
    """The hash of two subtrees as one."""
    digest: bytes = sha(b"\1" + left + right).digest()
    return digest


def root(sha: Hash, leaves: Sequence[bytes]) -> bytes:
    """The root over the hashes of leaves; of none, the hash of nothing."""
    peaks: list[bytes] = []
    for size, each in enumerate(leaves):
        grow(sha, peaks, size, each)
    return crown(sha, peaks)


def grow(sha: Hash, peaks: list[bytes], size: int, new: bytes) -> None:
    """Add a leaf to the roots of the full subtrees (largest first) of a tree of `size` leaves: changes `peaks`."""
    while size & 1:
        new = node(sha, peaks.pop(), new)
        size >>= 1
    peaks.append(new)


def crown(sha: Hash, peaks: Sequence[bytes]) -> bytes:
    """The root of a tree from the roots of its full subtrees."""
    if not peaks:
        nothing: bytes = sha(b"").digest()
        return nothing
    top = peaks[-1]
    for each in reversed(peaks[:-1]):
        top = node(sha, each, top)
    return top


# ---------------------------------------------------------------- proofs


def inclusion(sha: Hash, leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from leaf `index` to the root, lowest first (RFC 6962, 2.1.1)."""
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*inclusion(sha, leaves[:half], index), root(sha, leaves[half:])]
    return [*inclusion(sha, leaves[half:], index - half), root(sha, leaves[:half])]


def consistency(sha: Hash, leaves: Sequence[bytes], old: int) -> list[bytes]:
    """The hashes that show the tree over the first `old` leaves to be the beginning of this one (RFC 6962, 2.1.2)."""
    if not 0 < old < len(leaves):
        return []
    return _subproof(sha, leaves, old, whole=True)


def _subproof(sha: Hash, leaves: Sequence[bytes], old: int, *, whole: bool) -> list[bytes]:
    if old == len(leaves):
        return [] if whole else [root(sha, leaves)]
    half = _half(len(leaves))
    if old <= half:
        return [*_subproof(sha, leaves[:half], old, whole=whole), root(sha, leaves[half:])]
    return [*_subproof(sha, leaves[half:], old - half, whole=False), root(sha, leaves[:half])]


def _half(size: int) -> int:
    """The largest power of two below a size."""
    return 1 << ((size - 1).bit_length() - 1)


def includes(sha: Hash, leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], top: bytes) -> bool:
    """Whether a path shows that the leaf stands at `index` among `size` under the root `top` (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf_hash
    for each in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node(sha, each, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(sha, found, each)
        place, last = place >> 1, last >> 1
    return last == 0 and found == top


def consistent(sha: Hash, old: int, old_top: bytes, size: int, top: bytes, path: Sequence[bytes]) -> bool:
    """Whether a path shows the tree of `old` leaves under `old_top` to be the beginning of the one of `size` under
    `top` (RFC 9162, 2.1.4.2).
    """
    if old == size:
        return not path and old_top == top
    if old == 0:
        return not path and size > 0 and old_top == crown(sha, ())
    if not 0 < old < size or not path:
        return False
    steps = [old_top, *path] if old & (old - 1) == 0 else list(path)
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    before = after = steps[0]
    for each in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            before, after = node(sha, each, before), node(sha, each, after)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            after = node(sha, after, each)
        place, last = place >> 1, last >> 1
    return last == 0 and before == old_top and after == top

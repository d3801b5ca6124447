"""Checkpoints: how many entries a registry had, and the root over them, signed. Whoever keeps one can tell
later whether anything before it was changed.

The form is that of C2SP tlog-checkpoint, a signed note: the name of the registry, the number of entries, the root in
base64, a blank line, and a line for each signature.
"""

from __future__ import annotations

import base64
import re

from msgspec import Struct

from kaoping.diagnostic import phrase
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Public, Signer
from kaoping.registry.people import People
from kaoping.registry.store import Store
from kaoping.registry.suite import Suite

_NOTE = re.compile(r"(?P<text>(?P<origin>[^\n]+)\n(?P<size>0|[1-9][0-9]{0,17})\n(?P<root>[A-Za-z0-9+/]{43}=)\n)")
_SIGNATURE = re.compile(r"\n— (?P<name>[^\s+]+) (?P<packed>[A-Za-z0-9+/]+=*)")

_SHOWN = re.compile(
    r"^[ \t]*(?P<origin>\S[^\n]*)\n[ \t]*(?P<size>0|[1-9][0-9]{0,17})[ \t]*\n"
    r"[ \t]*(?P<root>[A-Za-z0-9+/]{43}=)[ \t]*\n\s*"
    r"(?P<signatures>(?:[ \t]*— [^\s+]+ [A-Za-z0-9+/]+=*[ \t]*(?:\n|\Z))+)",
    re.MULTILINE,
)


class Checkpoint(Struct, frozen=True):
    """A checkpoint read: `signatures` are (name, mark and signature)."""

    text: str
    origin: str
    size: int
    root: bytes
    signatures: tuple[tuple[str, bytes], ...]

    def signed_by(self, public: Public, suite: Suite) -> bool:
        """Whether one of the signatures is good and that of a key."""
        mark = public.mark(suite)
        return any(
            name == public.name and packed[:4] == mark and suite.verify(public.key, self.text.encode(), packed[4:])
            for name, packed in self.signatures
        )


def made(store: Store, people: People, signer: Signer) -> str:
    """The checkpoint over all entries there are, signed, kept, and given as text. Inside `writing()`.

    One that is kept already, with the signature of somebody else, is given with both; what is kept stays as it is.
    """
    size = store.size()
    name = people.name(signer.public.hex())  # the registry's: the file of a key may have been renamed
    public = Public(name, signer.public)
    kept = store.checkpoints(size).get(size)
    if kept is not None and parsed(kept).signed_by(public, store.suite):
        return kept
    text = f"{people.origin}\n{size}\n{base64.b64encode(store.root(size)).decode()}\n"
    packed = base64.b64encode(public.mark(store.suite) + signer.sign(text.encode())).decode()
    if kept is not None:
        return f"{kept}— {name} {packed}\n"
    note = f"{text}\n— {name} {packed}\n"
    store.connection.execute("INSERT INTO checkpoints VALUES (?, ?)", (size, note))
    return note


def named(store: Store, people: People) -> str:
    """The hash of the last checkpoint, "" where there is none yet. Inside `writing()`.

    The next run names it: a checkpoint that an entry names was sound when that was written, and is still the same, so
    that of a hundred thousand only those named by none have to be checked. `RegistryError` where it is not sound.
    """
    note = store.last_checkpoint()
    if not note:
        return ""
    found = parsed(note)
    if found.root != store.root(found.size) or not signers(found, people):
        raise RegistryError("not_whole", path=store.path, what=phrase("registry.fault.checkpoint"))
    return hash_of(store.suite, note)


def hash_of(suite: Suite, note: str) -> str:
    """What an entry calls a checkpoint, in hexadecimal."""
    return str(suite.sha(note.encode()).hexdigest())


def parsed(note: str) -> Checkpoint:
    """The checkpoint in a text, wherever it stands in it. `RegistryError` where there is none."""
    found = _NOTE.search(note.replace("\r\n", "\n"))
    if found is None:
        raise RegistryError("no_checkpoint")
    rest = note.replace("\r\n", "\n")[found.end() :]
    signatures = []
    while each := _SIGNATURE.match(rest):
        try:
            signatures.append((each["name"], base64.b64decode(each["packed"], validate=True)))
        except ValueError:
            raise RegistryError("no_checkpoint") from None
        rest = rest[each.end() :]
    return Checkpoint(
        found["text"], found["origin"], int(found["size"]), base64.b64decode(found["root"]), tuple(signatures)
    )


def as_signed(kept: str) -> str:
    """The checkpoint in a text that somebody kept, which may be what stands below results: indented, without the blank
    line. The text itself where there is none.
    """
    found = _SHOWN.search(kept.replace("\r\n", "\n"))
    if found is None:
        return kept
    signatures = "".join(f"{line.strip()}\n" for line in found["signatures"].splitlines())
    return f"{found['origin'].rstrip()}\n{found['size']}\n{found['root']}\n\n{signatures}"


def signers(checkpoint: Checkpoint, people: People) -> list[str]:
    """The names of those whom the registry let sign checkpoints when it had so many entries, and whose signature it
    bears.
    """
    names = {name for name, _ in checkpoint.signatures}
    return [
        person.name
        for person in people.persons.values()
        if person.name in names
        and person.could_close(checkpoint.size)
        and checkpoint.signed_by(Public(person.name, bytes.fromhex(person.key)), people.suite)
    ]

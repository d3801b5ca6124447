"""Keys: who somebody is. The private one lies in a file of its own, closed by a passphrase; the public one is a line.

The line is that of signed notes (C2SP signed-note): `NAME+HASH+KEY`, the hash in hexadecimal, the key in base64 after a
byte for its kind.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from msgspec import Struct

from kaoping.folders import settings_folder
from kaoping.registry.errors import RegistryError
from kaoping.registry.suite import Suite

_KIND = {"sha256-ed25519": 1}  # the others have the kind for "none of these": 0xff and their name


class Signer(Struct, frozen=True):
    """Somebody who can sign: a name, the public key, the private one and what opens it."""

    name: str
    public: bytes
    private: bytes
    passphrase: str
    suite: Suite

    def sign(self, message: bytes) -> bytes:
        """The signature of a message."""
        return self.suite.sign(self.private, self.passphrase, message)


class Public(Struct, frozen=True):
    """The name and the public key of somebody."""

    name: str
    key: bytes

    def line(self, suite: Suite) -> str:
        """The key in the form in which it is handed on."""
        packed = _kind(suite) + self.key
        return f"{self.name}+{self.mark(suite).hex()}+{base64.b64encode(packed).decode()}"

    def mark(self, suite: Suite) -> bytes:
        """The four bytes by which a signature says whose it is."""
        digest: bytes = suite.sha(f"{self.name}\n".encode() + _kind(suite) + self.key).digest()
        return digest[:4]


def _kind(suite: Suite) -> bytes:
    known = _KIND.get(suite.name)
    return bytes([known]) if known else b"\xff" + suite.name.encode() + b"\0"


def parsed(line: str, suite: Suite) -> Public:
    """The public key in a line. `RegistryError` where it is none, or one of another kind."""
    parts = line.strip().split("+", 2)
    try:
        packed = base64.b64decode(parts[2], validate=True)
    except (IndexError, ValueError):
        raise RegistryError("no_key", text=line.strip()[:80]) from None
    kind = _kind(suite)
    found = Public(parts[0], packed.removeprefix(kind))
    if not packed.startswith(kind) or found.mark(suite).hex() != parts[1] or not fit(found.name):
        raise RegistryError("no_key", text=line.strip()[:80])
    return found


def fit(name: str) -> bool:
    """Whether somebody may be called so: letters of any script, digits, `_` and `-`, up to 60."""
    return 0 < len(name) <= 60 and all(each.isalnum() or each in "_-" for each in name) and name.isprintable()


# ---------------------------------------------------------------- files


def folder() -> Path:
    """Where keys are kept: `KAOPING_KEYS`, else the user's settings."""
    named = os.environ.get("KAOPING_KEYS")
    return Path(named) if named else settings_folder() / "keys"


def new_key(name: str, passphrase: str, suite: Suite) -> Public:
    """A new pair of keys in two files, `NAME.key` and `NAME.pub`; `RegistryError` where there is one of that name."""
    must_be_new(name)
    if not passphrase:
        raise RegistryError("passphrase_empty")
    private = suite.new_key(passphrase)
    public = Public(name, suite.public_key(private, passphrase))
    file = folder() / f"{name}.key"
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    written = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(written, "wb") as opened:
        opened.write(private)
        opened.flush()
        os.fsync(opened.fileno())
    (folder() / f"{name}.pub").write_text(public.line(suite) + "\n", "utf-8")
    return public


def must_be_new(name: str) -> None:
    """`RegistryError` where nobody can be called so, or there is a key of that name here."""
    if not fit(name):
        raise RegistryError("key_name", name=name)
    file = folder() / f"{name}.key"
    if file.exists():
        raise RegistryError("key_exists", name=name, path=file)


def private_file(name: str) -> Path:
    """The file of a private key. `RegistryError` where there is none of that name here, or others may read it."""
    file = folder() / f"{name}.key"
    if not fit(name) or not file.is_file():
        raise RegistryError("no_own_key", name=name, path=folder())
    if os.name == "posix" and file.stat().st_mode & 0o077:
        raise RegistryError("key_open", name=name, path=file)
    return file


def signer(name: str, passphrase: str, suite: Suite) -> Signer:
    """Who signs under a name. `RegistryError` where there is no such key here, others may read it, or it stays
    closed.
    """
    private = private_file(name).read_bytes()
    return Signer(name, suite.public_key(private, passphrase), private, passphrase, suite)

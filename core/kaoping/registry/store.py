"""The file of a registry: opening it, reading it, and writing to it, one whole step at a time."""

from __future__ import annotations

import errno
import hmac
import os
import secrets
import sqlite3
import zlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from kaoping.registry import merkle, schema
from kaoping.registry.entries import Entry, canonical, content, read
from kaoping.registry.errors import RegistryError
from kaoping.registry.suite import ED25519, Suite, suite_named

WAIT = 30.0
"""Seconds to wait for another process that is writing."""


class Store:
    """An open registry.

    Reading takes no lock. Everything written inside one `writing()` stands there whole or not at all.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection, suite: Suite) -> None:
        """Use `opened` or `created`."""
        self.path, self.connection, self.suite = path, connection, suite

    # ------------------------------------------------------------ reading

    def rows(self, asked: str, told: Sequence[object] = ()) -> list[Any]:
        """What a query finds; `RegistryError` where the file does not let itself be read."""
        with told_of(self.path):
            return self.connection.execute(asked, told).fetchall()

    def entries(self, kinds: Collection[str], scheme: str | None = None) -> list[Entry]:
        """The entries of some kinds, in order; those that speak of schemes only where they speak of this one."""
        asked = f"SELECT sequence, content FROM entries WHERE kind IN ({', '.join('?' * len(kinds))})"
        told = sorted(kinds)
        if scheme is not None:
            asked, told = asked + " AND (scheme IS NULL OR scheme = ?)", [*told, scheme]
        return [self._read(*row) for row in self.rows(f"{asked} ORDER BY sequence", told)]

    def entry(self, sequence: int) -> Entry | None:
        """The entry of a number, None where there is none."""
        found = self.rows("SELECT sequence, content FROM entries WHERE sequence = ?", (sequence,))
        return self._read(*found[0]) if found else None

    def _read(self, sequence: int, stored: str) -> Entry:
        try:
            return read(stored)
        except ValueError:
            raise RegistryError("not_whole", path=self.path, what=sequence) from None

    def size(self) -> int:
        """How many entries there are."""
        size: int = self.rows("SELECT coalesce(max(sequence), 0) FROM entries")[0][0]
        return size

    def leaves(self, size: int | None = None) -> list[bytes]:
        """The hashes of the first `size` entries as they were written down."""
        limit = -1 if size is None else size
        return [row[0] for row in self.rows("SELECT hash FROM entries ORDER BY sequence LIMIT ?", (limit,))]

    def root(self, size: int | None = None) -> bytes:
        """The root of the tree over the first `size` entries, as it was written down."""
        peaks, _ = self._end(self.size() if size is None else size)
        return merkle.crown(self.suite.sha, peaks)

    def content(self, digest: str) -> bytes | None:
        """What is kept under a hash in hexadecimal; None where nothing is, `RegistryError` where something else is."""
        found = self.rows("SELECT content FROM contents WHERE hash = ?", (bytes.fromhex(digest),))
        if not found:
            return None
        try:
            kept = zlib.decompress(found[0][0])
        except zlib.error:
            kept = b""
        if self.suite.sha(kept).hexdigest() != digest:
            raise RegistryError("not_whole", path=self.path, what=digest)
        return kept

    def secret(self) -> bytes:
        """What makes the commitments to results unguessable."""
        found = self.rows("SELECT value FROM settings WHERE name = 'secret'")
        if not found:
            raise RegistryError("not_whole", path=self.path, what="secret")
        value: bytes = found[0][0]
        return value

    def nonce(self, secret: bytes, *about: str) -> bytes:
        """What makes something unguessable to those without the secret; the same for the same, so that the same comes
        to the same.
        """
        return hmac.new(secret, canonical(about), self.suite.sha).digest()

    def checkpoints(self, since: int = 0) -> dict[int, str]:
        """The checkpoints made here over `since` entries and more, by the number of entries."""
        return dict(self.rows("SELECT size, text FROM checkpoints WHERE size >= ? ORDER BY size", (since,)))

    def last_checkpoint(self) -> str:
        """The checkpoint over the most entries; "" where there is none."""
        found = self.rows("SELECT text FROM checkpoints ORDER BY size DESC LIMIT 1")
        return str(found[0][0]) if found else ""

    # ------------------------------------------------------------ writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the registry for a read and the writing that follows from it; what fails leaves nothing behind."""
        with told_of(self.path):
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
                self.connection.execute("COMMIT")
            finally:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")

    def next_entry(self, kind: str, body: dict[str, Any], by: str = "") -> Entry:
        """The entry that would come now, not signed yet. Inside `writing()`.

        Raises `RegistryError` where the clock stands before the last entry.
        """
        size = self.size()
        last = self.entry(size)
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        if last is not None and now < last.time:
            raise RegistryError("clock", now=now, last=last.time)
        _, previous = self._end(size)
        return Entry(size + 1, previous.hex(), now, kind, body, by)

    def append(self, entry: Entry) -> int:
        """Write an entry down. Inside `writing()`."""
        size = entry.sequence - 1
        stored = content(entry)
        peaks, _ = self._end(size)
        digest = merkle.leaf(self.suite.sha, stored)
        merkle.grow(self.suite.sha, peaks, size, digest)
        self.connection.execute(
            "INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)",
            (entry.sequence, entry.kind, entry.body.get("scheme"), digest, b"".join(peaks), stored.decode()),
        )
        return entry.sequence

    def keep(self, kind: str, kept: bytes) -> str:
        """Keep something under its hash, once; gives the hash in hexadecimal. Inside `writing()`."""
        digest: bytes = self.suite.sha(kept).digest()
        if not self.rows("SELECT 1 FROM contents WHERE hash = ?", (digest,)):
            self.connection.execute("INSERT INTO contents VALUES (?, ?, ?)", (digest, kind, zlib.compress(kept, 6)))
        return digest.hex()

    def _end(self, size: int) -> tuple[list[bytes], bytes]:
        """The roots of the full subtrees of the first `size` entries, and the hash of the last of them."""
        if size == 0:
            return [], bytes(32)
        found = self.rows("SELECT peaks, hash FROM entries WHERE sequence = ?", (size,))
        if not found:
            raise RegistryError("not_whole", path=self.path, what=size)
        peaks, last = found[0]
        return [peaks[at : at + 32] for at in range(0, len(peaks), 32)], last


# ---------------------------------------------------------------- opening


def created(path: Path, suite: Suite = ED25519) -> Store:
    """A new, empty registry; FileExistsError where there is a file already."""
    with told_of(path):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            connection = _connected(path)
            schema.migrate(connection)
            connection.execute("INSERT INTO settings VALUES ('suite', ?)", (suite.name.encode(),))
            connection.execute("INSERT INTO settings VALUES ('secret', ?)", (secrets.token_bytes(32),))
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    return Store(path, connection, suite)


def opened(path: Path) -> Store:
    """The registry in a file; `RegistryError` where it is none, or a newer version made it, OSError where it cannot be
    read.
    """
    path.open("rb").close()  # what keeps it from being read, in the words of the system
    with told_of(path):
        try:
            connection = _connected(path)
            application = connection.execute("PRAGMA application_id").fetchone()[0]
            version = connection.execute("PRAGMA user_version").fetchone()[0]
        except sqlite3.DatabaseError as reason:
            if reason.sqlite_errorcode & 0xFF != sqlite3.SQLITE_NOTADB:
                raise
            raise RegistryError("no_registry", path=path) from None
        if application != schema.APPLICATION:
            raise RegistryError("no_registry", path=path)
        if version > schema.VERSION:
            raise RegistryError("newer", path=path, version=version, known=schema.VERSION)
        if version < schema.VERSION:
            schema.migrate(connection)
        row = connection.execute("SELECT value FROM settings WHERE name = 'suite'").fetchone()
    name = row[0].decode("utf-8", "replace") if row else ""
    suite = suite_named(name)
    if suite is None:
        raise RegistryError("no_suite", path=path, name=name)
    return Store(path, connection, suite)


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT, isolation_level=None)
    # write-ahead logging had a fault that loses entries before 3.51.3
    journal = "WAL" if sqlite3.sqlite_version_info >= (3, 51, 3) else "DELETE"
    for setting in (
        f"journal_mode = {journal}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "recursive_triggers = ON",
        "secure_delete = ON",
    ):
        connection.execute(f"PRAGMA {setting}")
    return connection


_CAUSES = {
    sqlite3.SQLITE_FULL: errno.ENOSPC,
    sqlite3.SQLITE_READONLY: errno.EROFS,
    sqlite3.SQLITE_CANTOPEN: errno.EACCES,
    sqlite3.SQLITE_PERM: errno.EACCES,
    sqlite3.SQLITE_IOERR: errno.EIO,
}


@contextmanager
def told_of(path: Path) -> Iterator[None]:
    """What the disk refuses is an OSError that names the file; what another process holds, a `RegistryError`."""
    try:
        yield
    except OSError as reason:
        reason.filename = reason.filename or str(path)
        raise
    except sqlite3.OperationalError as reason:
        cause = getattr(reason, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # text that is none has no code
        if cause == sqlite3.SQLITE_BUSY:
            raise RegistryError("busy", path=path, seconds=int(WAIT)) from None
        if cause in _CAUSES:
            number = _CAUSES[cause]
            raise OSError(number, os.strerror(number), str(path)) from None
        raise RegistryError("damaged", path=path, why=reason) from None  # a table or a column is missing
    except sqlite3.DatabaseError as reason:
        if getattr(reason, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise RegistryError("damaged", path=path, why=reason) from None
        raise

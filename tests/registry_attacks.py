"""What somebody can do who has the file of a registry, knows how it is made, and has nobody's key."""

from __future__ import annotations

import base64
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from hmac import new as hmac
from pathlib import Path
from random import Random
from typing import Any

Row = tuple[Any, ...]
Attack = Callable[[sqlite3.Connection, Random], int]
"""Does something to a registry and says with which entry a fault has to be found; 0: with any, or none."""


@contextmanager
def unguarded(path: Path) -> Iterator[sqlite3.Connection]:
    """A registry without its triggers, which stand there again afterwards as if nothing had been."""
    file = sqlite3.connect(path, isolation_level=None)
    file.execute("PRAGMA synchronous = OFF")
    file.execute("BEGIN")
    guards = file.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in guards:
        file.execute(f"DROP TRIGGER {name}")
    yield file
    there = {row[0] for row in file.execute("SELECT name FROM sqlite_schema")}
    for name, sql in guards:
        if name.rpartition("_no_")[0] in there or (name == "entries_in_order" and "entries" in there):
            file.execute(sql)
    file.execute("COMMIT")
    file.close()


# ---------------------------------------------------------------- how a registry is made, in few words


def written(entry: dict[str, Any]) -> str:
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def leaf(text: str) -> bytes:
    return sha256(b"\0" + text.encode()).digest()


def grown(peaks: list[bytes], size: int, new: bytes) -> list[bytes]:
    peaks = list(peaks)
    while size & 1:
        new, size = sha256(b"\1" + peaks.pop() + new).digest(), size >> 1
    return [*peaks, new]


def crown(peaks: list[bytes]) -> bytes:
    top = peaks[-1]
    for each in peaks[-2::-1]:
        top = sha256(b"\1" + each + top).digest()
    return top


def size_of(file: sqlite3.Connection) -> int:
    found: int = file.execute("SELECT max(sequence) FROM entries").fetchone()[0]
    return found


def entry_of(file: sqlite3.Connection, sequence: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        file.execute("SELECT content FROM entries WHERE sequence = ?", (sequence,)).fetchone()[0]
    )
    return found


def peaks_after(file: sqlite3.Connection, size: int) -> list[bytes]:
    if size == 0:
        return []
    packed = file.execute("SELECT peaks FROM entries WHERE sequence = ?", (size,)).fetchone()[0]
    return [packed[at : at + 32] for at in range(0, len(packed), 32)]


def rewrite(file: sqlite3.Connection, sequence: int, entry: dict[str, Any], *columns: str) -> None:
    """Put an entry in the place of another, with those of its columns made anew."""
    text = written(entry)
    made = {"content": text, "kind": entry["kind"], "scheme": entry["body"].get("scheme"), "hash": leaf(text)}
    made["peaks"] = b"".join(grown(peaks_after(file, sequence - 1), sequence - 1, leaf(text)))
    for name in ("content", *columns):
        file.execute(f"UPDATE entries SET {name} = ? WHERE sequence = ?", (made[name], sequence))


def recompute(file: sqlite3.Connection, start: int, checkpoints: bool) -> None:
    """Chain and tree made anew from an entry on, and the checkpoints too, with the signatures that they had."""
    previous = bytes(32)
    if start > 1:
        previous = file.execute("SELECT hash FROM entries WHERE sequence = ?", (start - 1,)).fetchone()[0]
    peaks = peaks_after(file, start - 1)
    roots, rows = {}, file.execute("SELECT content FROM entries WHERE sequence >= ?", (start,)).fetchall()
    made = []
    for at, (text,) in enumerate(rows, start):
        entry = {**json.loads(text), "sequence": at, "previous": previous.hex()}
        text = written(entry)
        previous = leaf(text)
        peaks = grown(peaks, at - 1, previous)
        roots[at] = crown(peaks)
        scheme = entry["body"].get("scheme")
        made.append((at, entry["kind"], scheme, previous, b"".join(peaks), text))
    file.execute("DELETE FROM entries WHERE sequence >= ?", (start,))
    file.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", made)
    for size, text in file.execute("SELECT size, text FROM checkpoints WHERE size >= ?", (start,)).fetchall():
        if checkpoints and size in roots:
            lines = text.split("\n")
            lines[2] = base64.b64encode(roots[size]).decode()
            file.execute("UPDATE checkpoints SET text = ? WHERE size = ?", ("\n".join(lines), size))
        else:
            file.execute("DELETE FROM checkpoints WHERE size = ?", (size,))


def edited(file: sqlite3.Connection, chance: Random, sequence: int) -> dict[str, Any]:
    """An entry with something else in it."""
    entry = entry_of(file, sequence)
    name = chance.choice(["time", "body", "by", "kind", "signature"])
    match name:
        case "time":
            entry["time"] = entry["time"][:-3] + ("01Z" if entry["time"][-3:] != "01Z" else "02Z")
        case "body":
            key = chance.choice(sorted(entry["body"]))
            entry["body"][key] = 7 if entry["body"][key] != 7 else "x"
        case "kind":
            entry["kind"] = chance.choice(sorted({"approve", "withdraw", "snapshot", "x"} - {entry["kind"]}))
        case _:
            entry[name] = ("0" if entry[name][:1] != "0" else "1") + entry[name][1:]
    return entry


def somewhere(file: sqlite3.Connection, chance: Random) -> int:
    """The number of an entry: of any, or of one that a person signed."""
    kinds = chance.choice(["kind = kind", "kind NOT IN ('run', 'snapshot')"])
    return int(chance.choice(file.execute(f"SELECT sequence FROM entries WHERE {kinds}").fetchall())[0])


# ---------------------------------------------------------------- entries


def edit(file: sqlite3.Connection, chance: Random) -> int:
    at = somewhere(file, chance)
    columns = chance.choice([(), ("kind", "scheme"), ("hash",), ("hash", "peaks"), ("kind", "scheme", "hash", "peaks")])
    rewrite(file, at, edited(file, chance, at), *columns)
    return at


def edit_a_letter(file: sqlite3.Connection, chance: Random) -> int:
    at = somewhere(file, chance)
    content = bytearray(file.execute("SELECT content FROM entries WHERE sequence = ?", (at,)).fetchone()[0].encode())
    content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
    file.execute("UPDATE entries SET content = CAST(? AS TEXT) WHERE sequence = ?", (bytes(content), at))
    return at


def edit_a_column(file: sqlite3.Connection, chance: Random) -> int:
    at = somewhere(file, chance)
    name, value = chance.choice(
        [("kind", "approve'"), ("kind", "x"), ("scheme", "另一个"), ("hash", chance.randbytes(32)), ("hash", b""),
         ("peaks", chance.randbytes(32)), ("peaks", b""), ("content", ""), ("content", "[" * 5000)]
    )  # fmt: skip
    file.execute(f"UPDATE entries SET {name} = ? WHERE sequence = ?", (value, at))
    return at


def edit_the_link(file: sqlite3.Connection, chance: Random) -> int:
    at = somewhere(file, chance)
    columns = chance.choice([(), ("hash",), ("hash", "peaks")])
    rewrite(file, at, {**entry_of(file, at), "previous": chance.randbytes(32).hex()}, *columns)
    return at


def edit_and_recompute(file: sqlite3.Connection, chance: Random) -> int:
    at = chance.choice([somewhere(file, chance), 1, 2, size_of(file)])
    rewrite(file, at, edited(file, chance, at))
    recompute(file, at, chance.random() < 0.5)
    return 0


def delete(file: sqlite3.Connection, chance: Random) -> int:
    at = chance.randrange(1, size_of(file))
    file.execute("DELETE FROM entries WHERE sequence = ?", (at,))
    match chance.randrange(3):
        case 1:
            moved(file, at, -1)
        case 2:
            recompute(file, at, chance.random() < 0.5)
            return 0
    return at


def moved(file: sqlite3.Connection, start: int, by: int) -> None:
    """Other numbers for the entries from one on."""
    file.execute("UPDATE entries SET sequence = -sequence WHERE sequence >= ?", (start,))
    file.execute("UPDATE entries SET sequence = ? - sequence WHERE sequence < 0", (by,))


def insert(file: sqlite3.Connection, chance: Random) -> int:
    """An entry made after another one, somewhere in the middle or at the end."""
    end = size_of(file)
    at = chance.choice([chance.randrange(2, end), end + 1])
    entry = edited(file, chance, somewhere(file, chance))
    moved(file, at, 1)
    previous = file.execute("SELECT hash FROM entries WHERE sequence = ?", (at - 1,)).fetchone()[0]
    text = written({**entry, "sequence": at, "previous": previous.hex(), "time": entry_of(file, at - 1)["time"]})
    peaks = grown(peaks_after(file, at - 1), at - 1, leaf(text))
    row = (at, entry["kind"], entry["body"].get("scheme"), leaf(text), b"".join(peaks), text)
    file.execute("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", row)
    if at <= end and chance.random() < 0.5:
        recompute(file, at, chance.random() < 0.5)
        return 0
    if at > end and chance.random() < 0.5:  # closed with a signature that was good for something else
        text = file.execute("SELECT text FROM checkpoints ORDER BY size DESC").fetchone()[0]
        head, signature = text.split("\n")[0], text.split("\n\n")[1]
        note = f"{head}\n{at}\n{base64.b64encode(crown(peaks)).decode()}\n\n{signature}"
        file.execute("INSERT INTO checkpoints VALUES (?, ?)", (at, note))
    return at


def swap(file: sqlite3.Connection, chance: Random) -> int:
    at, other = sorted(chance.sample(range(1, size_of(file) + 1), 2))
    if chance.random() < 0.3:
        other = at + 1 if at < size_of(file) else at - 1
        at, other = min(at, other), max(at, other)
    if chance.random() < 0.5:
        file.execute("UPDATE entries SET sequence = -1 WHERE sequence = ?", (at,))
        file.execute("UPDATE entries SET sequence = ? WHERE sequence = ?", (at, other))
        file.execute("UPDATE entries SET sequence = ? WHERE sequence = -1", (other,))
    else:
        one, two = entry_of(file, at), entry_of(file, other)
        rewrite(file, at, two, "kind", "scheme", "hash", "peaks")
        rewrite(file, other, one, "kind", "scheme", "hash", "peaks")
        if chance.random() < 0.5:
            recompute(file, at, chance.random() < 0.5)
            return 0
    return at


def truncate(file: sqlite3.Connection, chance: Random) -> int:
    end = size_of(file)
    last = end - chance.choice([1, 2, 5, chance.randrange(1, end)])
    for table, column in (("entries", "sequence"), ("results", "run"), ("checkpoints", "size")):
        file.execute(f"DELETE FROM {table} WHERE {column} > ?", (last,))
    return 0


# ---------------------------------------------------------------- what stands beside the entries


def change_contents(file: sqlite3.Connection, chance: Random) -> int:
    hashes = [row[0] for row in file.execute("SELECT hash FROM contents ORDER BY hash")]
    one, other = chance.sample(hashes, 2)
    packed = file.execute("SELECT content FROM contents WHERE hash = ?", (one,)).fetchone()[0]
    match chance.randrange(6):
        case 0:
            file.execute("DELETE FROM contents WHERE hash = ?", (one,))
        case 1:
            changed = bytearray(packed)
            changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
            file.execute("UPDATE contents SET content = ? WHERE hash = ?", (bytes(changed), one))
        case 2:
            changed_text = zlib.decompress(packed) + b" "
            file.execute("UPDATE contents SET content = ? WHERE hash = ?", (zlib.compress(changed_text), one))
        case 3:
            asked = "UPDATE contents SET content = (SELECT content FROM contents WHERE hash = ?) WHERE hash = ?"
            file.execute(asked, (other, one))
        case 4:
            file.execute("UPDATE contents SET hash = ? WHERE hash = ?", (chance.randbytes(32), one))
        case _:
            file.execute("UPDATE contents SET content = ? WHERE hash = ?", (packed + b"more", one))
    return 0


def change_results(file: sqlite3.Connection, chance: Random) -> int:
    rows = file.execute("SELECT run, place, subject, record FROM results").fetchall()
    run, place, subject, record = chance.choice(rows)
    here = (run, place)
    where = "WHERE run = ? AND place = ?"
    better = record.replace(b"5", b"9") if b"5" in record else record + b" "
    match chance.randrange(8):
        case 0:
            file.execute(f"UPDATE results SET record = ? {where}", (better, *here))
        case 1:  # with the secret, which lies in the file
            secret = file.execute("SELECT value FROM settings WHERE name = 'secret'").fetchone()[0]
            told = json.loads(file.execute("SELECT content FROM entries WHERE sequence = ?", (run,)).fetchone()[0])[
                "body"
            ]
            about = ["result", told["script"], told["data"], subject]
            nonce = hmac(secret, json.dumps(about, separators=(",", ":"), ensure_ascii=False).encode(), sha256).digest()
            made_of = hmac(nonce, better, sha256).digest()
            file.execute(f"UPDATE results SET record = ?, commitment = ? {where}", (better, made_of, *here))
        case 2:
            file.execute(f"UPDATE results SET commitment = ? {where}", (chance.randbytes(32), *here))
        case 3:
            file.execute(f"UPDATE results SET subject = subject || 'x' {where}", here)
        case 4:
            file.execute(f"DELETE FROM results {where}", here)
        case 5:
            file.execute(f"UPDATE results SET place = 99 {where}", here)
        case 6:
            other = (place + 1) % 5
            file.execute(f"UPDATE results SET place = -1 {where}", here)
            file.execute(f"UPDATE results SET place = ? {where}", (place, run, other))
            file.execute(f"UPDATE results SET place = ? {where}", (other, run, -1))
        case _:
            run = chance.choice([run, 1, size_of(file) + 5])
            row = (run, 99, subject, record, chance.randbytes(32))
            file.execute("INSERT INTO results VALUES (?, ?, ?, ?, ?)", row)
    return int(run)


def change_checkpoints(file: sqlite3.Connection, chance: Random) -> int:
    rows = file.execute("SELECT size, text FROM checkpoints ORDER BY size").fetchall()
    size, text = chance.choice(rows)
    match chance.randrange(7):
        case 0:
            file.execute("DELETE FROM checkpoints")
            return 0
        case 1:
            file.execute("UPDATE checkpoints SET text = '' WHERE size = ?", (size,))
        case 2:
            file.execute("UPDATE checkpoints SET text = ? WHERE size = ?", (text.replace("某", "另"), size))
        case 3:
            file.execute("UPDATE checkpoints SET text = ? WHERE size = ?", (text.split("\n\n")[0] + "\n", size))
        case 4:
            head, rest = text.split("\n\n")
            at = chance.randrange(12, 60)
            letter = "A" if rest[at] != "A" else "B"
            changed = f"{head}\n\n{rest[:at]}{letter}{rest[at + 1 :]}"
            file.execute("UPDATE checkpoints SET text = ? WHERE size = ?", (changed, size))
        case 5:
            other = chance.choice([row for row in rows if row[0] != size])
            file.execute("UPDATE checkpoints SET text = ? WHERE size = ?", (other[1], size))
        case _:
            size = 3
            file.execute("INSERT INTO checkpoints VALUES (3, ?)", (text,))
    return int(size)


def change_settings(file: sqlite3.Connection, chance: Random) -> int:
    name = chance.choice(["secret", "suite"])
    value = chance.choice([b"", chance.randbytes(32), b"sm3-sm2"])
    if chance.random() < 0.3:
        file.execute("DELETE FROM settings WHERE name = ?", (name,))
    else:
        file.execute("UPDATE settings SET value = ? WHERE name = ?", (value, name))
    return 0


def change_the_schema(file: sqlite3.Connection, chance: Random) -> int:
    changes = [
        "DROP INDEX entries_by_kind", "CREATE TRIGGER more AFTER INSERT ON results BEGIN SELECT 1; END",
        "CREATE VIEW more AS SELECT * FROM entries", "CREATE TABLE more (x)", "PRAGMA application_id = 1",
        "ALTER TABLE entries ADD COLUMN more TEXT", "PRAGMA user_version = 9", "DROP TABLE entries",
        "DROP TABLE results", "DROP TABLE checkpoints", "DROP TABLE contents", "DROP TABLE settings",
    ]  # fmt: skip
    file.execute(chance.choice(changes))
    return 0


ATTACKS: list[Attack] = [
    edit, edit, edit_a_letter, edit_a_column, edit_the_link, edit_and_recompute, delete, insert, swap, truncate,
    change_contents, change_results, change_checkpoints, change_settings, change_the_schema,
]  # fmt: skip
EXACT = (edit, edit_a_letter, edit_a_column, edit_the_link, change_results, change_checkpoints)
"""Those that change one thing: its entry is named first. With the others it may be the next one."""

"""What a registry has to say: its people, its entries, versions and runs, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kaoping.messages import Catalogue
from kaoping.report.width import on_a_line, padded, width

if TYPE_CHECKING:
    from kaoping.registry.blame import Origin
    from kaoping.registry.entries import Entry
    from kaoping.registry.people import People
    from kaoping.registry.runs import Difference, Reproduced, Run
    from kaoping.registry.snapshots import Snapshot
    from kaoping.registry.verify import Verified
    from kaoping.registry.versions import Register, Version
    from kaoping.results import Provenance, Results

MOVING = ("total", "rank", "grade", "mark", "vetoed", "outcome")
"""The roles of columns that are told of everybody who moved."""
_HASH = 12


def time_text(time: str) -> str:
    """A time as a registry has it, for people: `2010-03-01 12:00 UTC`."""
    return f"{time[:10]} {time[11:16]} UTC"


def people_text(people: People, words: Catalogue) -> str:
    """Whom a registry trusts with what, and whom no longer."""
    lines = [words("registry.people.trusted", name=people.origin, count=people.approvals)]
    for each in people.persons.values():
        roles = words("report.comma").join(words(f"registry.role.{role}") for role in each.roles)
        key = "revoked" if each.until is not None else "person"
        lines.append("  " + words(f"registry.people.{key}", name=each.name, roles=roles, key=each.key[:_HASH]))
    return "\n".join(lines)


# ---------------------------------------------------------------- entries


def log_text(entries: Iterable[Entry], found: Register, words: Catalogue) -> str:
    """Entries, a line each: number, time, who, what. Nobody's reason makes lines that look like entries."""
    void = {each.sequence for each in found.void}
    rows = []
    for each in entries:
        said = words("registry.log.void") if each.sequence in void else ""
        by = found.people.name(each.by) if each.by else ""
        rows.append((f"#{each.sequence}", time_text(each.time), by, on_a_line(said + _said(each, found, words))))
    wide = [max((width(row[at]) for row in rows), default=0) for at in range(3)]
    return "\n".join("  ".join([*(padded(row[at], wide[at]) for at in range(3)), row[3]]) for row in rows)


def _said(entry: Entry, found: Register, words: Catalogue) -> str:
    """What an entry says, in a sentence."""
    body = dict(entry.body)
    version = found.versions.get(entry.sequence if entry.kind == "publish" else body.get("version"))  # type: ignore[arg-type]
    facts: dict[str, object] = {**body, "label": version.label if version else body.get("label") or body.get("scheme")}
    facts["roles"] = words("report.comma").join(words(f"registry.role.{each}") for each in body.get("roles", ()))
    if entry.kind == "revoke":
        facts["name"] = found.people.name(str(body.get("key")))
    facts["count"] = body.get("approvals", body.get("subjects"))
    text = words(f"registry.log.{entry.kind}", **facts)
    if entry.kind == "run":
        text += words("registry.log.trial") if body.get("trial") else ""
        text += words("registry.log.replaces", number=body["replaces"]) if body.get("replaces") else ""
    return text


# ---------------------------------------------------------------- versions and runs


def version_text(version: Version, words: Catalogue) -> str:
    """All that is known of a version."""
    body = version.body
    lines = [f"{on_a_line(version.label)}  {words(f'registry.state.{version.state}')}"]
    until = words("registry.version.until", until=version.until) if version.until else ""
    facts = [
        ("title", body["title"] or version.scheme),
        ("effective", f"{version.effective}{until}"),
        ("published", _by(version.author_name, version.time, version.reason, words)),
        *((each.kind, _by(each.name, each.time, each.reason, words)) for each in version.decisions),
    ]
    facts += [("script", version.script), ("examples", str(body["examples"])), ("made_with", _made_with(body, words))]
    if body["others"]:
        facts.append(("others", words("report.comma").join(body["others"])))
    return "\n".join([*lines, *_facts(facts, words)])


def _by(name: str, time: str, reason: str, words: Catalogue) -> str:
    return words("registry.version.by", name=name, time=time_text(time), reason=reason)


def run_text(run: Run, snapshot: Snapshot, by: str, replaced: int, words: Catalogue) -> str:
    """All that is known of a run but its results."""
    body = run.body
    trial = words("registry.log.trial") if body["trial"] else ""
    subjects = snapshot.body["subjects"]
    facts = [
        ("run_of", f"{run.label}{trial}"),
        ("recorded", words("registry.run.by", name=by, time=time_text(run.time))),
        ("data", words("registry.run.data", number=snapshot.sequence, day=snapshot.day, count=subjects)),
        *(("file", f"{name}  {digest}") for name, digest in snapshot.body["files"].items()),
        ("script", body["script"]),
        ("made_with", _made_with(body, words)),
        ("root", body["root"]),
    ]  # fmt: skip
    if body.get("left_out"):  # runs written down before did not say
        facts.append(("left_out", words("registry.run.left_out", count=body["left_out"])))
    if body["replaces"]:
        facts.append(("replaces", words("registry.run.number", number=body["replaces"])))
    if replaced:
        facts.append(("replaced", words("registry.run.number", number=replaced)))
    return "\n".join([words("registry.run.number", number=run.sequence), *_facts(facts, words)])


def correction_text(entry: Entry, details: Mapping[str, Any] | None, by: str, words: Catalogue) -> str:
    """All that is known of a correction; its details may have been taken out of the registry."""
    facts = [
        ("recorded", words("registry.run.by", name=by, time=time_text(entry.time))),
        ("corrects", words("registry.run.number", number=entry.body["run"])),
        ("evidence", entry.body["evidence"]),
    ]
    if details is None:
        facts.append(("details", words("registry.run.gone")))
    else:
        facts += [("reason", details["reason"]), ("subject", details["subject"])]
        facts += [("cell", f"{each['column']} {each['before']} → {each['after']}") for each in details["cells"]]
    return "\n".join([words("registry.run.correction", number=entry.sequence), *_facts(facts, words)])


def _facts(facts: Sequence[tuple[str, str]], words: Catalogue) -> Iterator[str]:
    titles = [words(f"registry.fact.{name}") for name, _ in facts]
    wide = max(width(each) for each in titles)
    for title, (_, text) in zip(titles, facts, strict=True):
        yield on_a_line(f"  {padded(title, wide)}  {text}".rstrip())


def _made_with(body: Mapping[str, Any], words: Catalogue) -> str:
    plugins = [f"{each['name']} {each['version']} {each['hash'][:_HASH]}" for each in body["plugins"]]
    language = words("registry.version.language", version=body["language"])
    return words("report.comma").join([f"kaoping {body['kaoping']}", language, *plugins])


def provenance_lines(provenance: Provenance, words: Catalogue) -> list[str]:
    """Below results: which version and run they are of, and the checkpoint, four lines to keep elsewhere."""
    lines = []
    if provenance.version and not provenance.run:
        lines.append(words("registry.run.version", label=provenance.version))
    if provenance.run:
        key = "registered" if provenance.version else "registered_script"
        trial = words("registry.log.trial") if provenance.trial else ""
        lines.append(words(f"registry.run.{key}", number=provenance.run, label=provenance.version, trial=trial))
    note = [line for line in provenance.checkpoint.splitlines() if line]
    return [*lines, *([words("registry.run.checkpoint"), *(f"  {line}" for line in note)] if note else [])]


# ---------------------------------------------------------------- what moved, what differs


def moved_text(results: Results, moved: Sequence[Difference], subject: str, words: Catalogue) -> str:
    """Everybody who moved, a line each: of the one corrected every value, of others totals, ranks, grades and what
    follows from them.
    """
    roles = {column.name: column.role for column in results.columns}
    people: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for each in moved:
        role = roles.get(each.column, "")
        if each.id != subject and role not in MOVING and each.column not in ("", "findings"):
            continue
        names[each.id] = each.name
        people.setdefault(each.id, []).append(_difference(each, role, words))
    if not people:
        return words("registry.moved.nobody")
    lines = [words("registry.moved.head", count=len(people))]
    for id_, said in people.items():
        who = f"{id_} {names[id_]}".strip()
        lines.append(
            "  " + on_a_line(words("registry.moved.line", who=who, what=words("registry.moved.stop").join(said)))
        )
    return "\n".join(lines)


def _difference(each: Difference, role: str, words: Catalogue) -> str:
    title = words(f"report.{role}") if role and each.column == role else each.column
    if each.column == "findings":
        title = words("registry.moved.findings")
    elif not each.column:
        return words("registry.moved.gone" if each.then else "registry.moved.came")
    return f"{title} {_value(each.then, words)} → {_value(each.now, words)}"


def _value(text: str, words: Catalogue) -> str:
    return words(f"report.{text}") if text in ("yes", "no") else text or "-"


def reproduced_text(run: Run, engine: str, found: Reproduced, words: Catalogue) -> str:
    """Whether a run came out as it did then, and every value that did not."""
    head = words(
        f"registry.again.{'equal' if found.equal else 'differs'}",
        number=run.sequence, label=run.label, count=found.subjects, engine=engine,
    )  # fmt: skip
    lines = [on_a_line(head)]
    lines += [words(f"registry.again.changed_{each}") for each in found.changed]
    for each in found.differences:
        who = f"{each.id} {each.name}".strip()
        lines.append("  " + on_a_line(words("registry.moved.line", who=who, what=_difference(each, "", words))))
    return "\n".join(lines)


def blame_text(origins: Sequence[Origin], words: Catalogue) -> str:
    """Every clause and statement with the version that it comes from."""
    rows = []
    for each in origins:
        text = " ".join(each.statement.span.text.split("\n", 1)[0].split())
        changed = each.changed.label.rpartition("@")[2]
        brought = each.brought.label.rpartition("@")[2]
        mark = f"@{changed}" + (words("registry.blame.since", number=brought) if brought != changed else "")
        rows.append((mark, str(each.changed.effective), each.changed.author_name, "  " * each.depth + on_a_line(text)))
    wide = [max((width(row[at]) for row in rows), default=0) for at in range(3)]
    return "\n".join("  ".join([*(padded(row[at], wide[at]) for at in range(3)), row[3]]).rstrip() for row in rows)


def verified_text(found: Verified, origin: str, kept: bool, words: Catalogue) -> str:
    """Whether a registry is what it was, and everything that is wrong with it."""
    if not found.faults:
        lines = [words("registry.verified.sound", name=origin, count=found.size)]
        lines.append(words("registry.verified.root", root=found.root.hex()))
        return "\n".join([*lines, words(f"registry.verified.{'kept' if kept else 'not_kept'}")])
    lines = [words("registry.verified.faults", name=origin, count=len(found.faults))]
    for each in found.faults:
        said = words(f"registry.fault.{each.kind}", **each.facts)
        lines.append(
            "  " + on_a_line(words("registry.verified.at", number=each.sequence, text=said) if each.sequence else said)
        )
    return "\n".join(lines)

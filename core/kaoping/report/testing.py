"""What examples do not notice: survivors as text and JSON, and the words for a change."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kaoping.messages import Catalogue

if TYPE_CHECKING:
    from kaoping.source import Span
    from kaoping.testing.coverage import Coverage
    from kaoping.testing.mutants import Mutant
    from kaoping.testing.score import Score, Survivor

_CUT = 70


def change(mutant: Mutant, words: Catalogue) -> str:
    """A change in words: `界限:600 → 599.99`."""
    key = "replaced" if mutant.after else "removed" if mutant.before else "dropped"
    kind = words(f"testing.kind.{mutant.kind}")
    before, after = (_word(each, words) for each in (mutant.before, mutant.after))
    return words(f"testing.change.{key}", kind=kind, before=before, after=after)


def _word(text: str, words: Catalogue) -> str:
    """A word of the platform in the reader's language; what the author wrote as it is."""
    key = f"testing.word.{text.replace(' ', '_')}"
    return words(key) if text.isascii() and words.has(key) else text


def score_text(path: str, score: Score, words: Catalogue) -> str:
    """The score of a script, and every survivor with its clause, line and statement."""
    counts = {fate: score.count(fate) for fate in ("killed", "survived", "refused", "same")}
    lines = [words("testing.score.head", path=path, percent=score.percent, **counts)]
    for each in score.survivors:
        mutant = each.mutant
        facts = {"clause": mutant.clause or "—", "line": mutant.span.position[0], "change": change(mutant, words)}
        lines.append(words("testing.score.survivor", **facts))
        lines.append(words("testing.score.statement", text=_line(mutant)))
    return "\n".join(lines)


def coverage_text(path: str, found: Coverage, words: Catalogue) -> str:
    """The part of the sides of the rules that examples reach, and every side that none does, by clause."""
    reached = len(found.points) - len(found.missing)
    lines = [words("testing.coverage.head", path=path, percent=found.percent, reached=reached, all=len(found.points))]
    for each in found.missing:
        facts = {"clause": each.clause or "—", "line": each.span.position[0], "text": _cut(each.span)}
        lines.append(words("testing.coverage.missing", **facts, side=words(f"testing.side.{each.side}")))
        if each.hint:
            lines.append(words("testing.coverage.hint", hint=each.hint))
    return "\n".join(lines)


def coverage_record(path: str, found: Coverage) -> dict[str, Any]:
    """The same for machines."""
    missing = [
        {
            "clause": each.clause,
            "line": each.span.position[0],
            "text": _cut(each.span),
            "side": each.side,
            "reached_by": each.hint,
        }
        for each in found.missing
    ]
    return {"script": path, "coverage": found.percent, "sides": len(found.points), "missing": missing}


def score_record(path: str, score: Score, words: Catalogue, examples: list[str]) -> dict[str, Any]:
    """The same for machines; for each survivor an example that would notice it."""
    return {
        "script": path,
        "score": score.percent,
        "killed": score.count("killed"),
        "survived": score.count("survived"),
        "refused": score.count("refused"),
        "same": score.count("same"),
        "survivors": [_record(each, words, example) for each, example in zip(score.survivors, examples, strict=True)],
    }


def records_json(records: list[dict[str, Any]]) -> str:
    """The records of several scripts."""
    return json.dumps({"scripts": records}, ensure_ascii=False, indent=2) + "\n"


def _record(survivor: Survivor, words: Catalogue, example: str) -> dict[str, Any]:
    mutant = survivor.mutant
    return {
        "clause": mutant.clause,
        "line": mutant.span.position[0],
        "kind": mutant.kind,
        "before": mutant.before,
        "after": mutant.after,
        "change": change(mutant, words),
        "statement": _line(mutant),
        "example": example,
    }


def _line(mutant: Mutant) -> str:
    return _cut(mutant.statement)


def _cut(span: Span) -> str:
    """The first line of a place, as long as fits."""
    text = " ".join(span.text.split("\n", 1)[0].split())
    return text if len(text) <= _CUT else text[:_CUT] + "…"

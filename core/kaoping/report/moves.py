"""Whether a change of rules can move anybody, as text, as JSON and as a part of a page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kaoping.messages import Catalogue
from kaoping.report.page import escaped
from kaoping.report.proof import narrowed_text, proof_record, spelled, tried_text
from kaoping.report.width import visible, wrapped

if TYPE_CHECKING:
    from kaoping.prove.versions import Move, Moves

Names = tuple[str, str]
COLUMNS = 100


def moves_text(found: Moves, names: Names, words: Catalogue) -> str:
    """A line for each way; what shows it in the same line."""
    lines = [words("diff.moves.head", of=_of(found, words))]
    for said in [*(_said(each, found, words) for each in found.moves), *_besides(found, names, words)]:
        for number, line in enumerate(wrapped(visible(said), COLUMNS - 4)):
            lines.append(("    " if number else "  ") + line)
    return "\n".join(lines) + "\n"


def moves_content(found: Moves, names: Names, words: Catalogue) -> str:
    """The same for a page, data cell by cell."""
    parts = [f"<h2>{escaped(words('diff.moves.head', of=_of(found, words)))}</h2>"]
    for each in found.moves:
        if each.shown is None:
            parts.append(f"<p>{escaped(_said(each, found, words))}</p>")
            continue
        cells = [*_cells(each, words), (_of(found, words), _from_to(each, words))]
        rows = "".join(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>" for name, value in cells)
        parts.append(f"<p>{escaped(_way(each, found, words))}</p>\n<dl>{rows}</dl>")
    parts += [f"<p>{escaped(said)}</p>" for said in _besides(found, names, words)]
    return "\n".join(parts)


def moves_record(found: Moves) -> dict[str, Any]:
    """The same for programs."""
    return {
        "of": found.of,
        "reason": found.reason or None,
        "name": found.name or None,
        "shifted": found.shifted,
        "ways": [{"way": each.way, **proof_record(each.answer, each.shown)} for each in found.moves],
    }


def move_title(of: str, way: str, words: Catalogue) -> str:
    """What an example that shows a move is called."""
    return words(f"diff.moves.{way}", of=words(f"diff.moves.of_{of}"))


def _of(found: Moves, words: Catalogue) -> str:
    return words(f"diff.moves.of_{found.of}")


def _said(move: Move, found: Moves, words: Catalogue) -> str:
    way, answer, comma = move_title(found.of, move.way, words), move.answer, words("report.comma")
    if answer.verdict == "proved":
        by = words(f"command.prove.by_{answer.by}", count=answer.tried)
        return words("diff.moves.proved", way=way, by=by)
    if move.shown is None:
        why = words("diff.moves.left_out" if answer.why == "left_out" else f"command.prove.why_{answer.why}")
        return words("diff.moves.undecided", way=way, tried=tried_text(answer, words), why=why)
    cells = comma.join(f"{name} = {value}" for name, value in _cells(move, words)) or words("diff.moves.nothing")
    among = len(answer.subjects)
    key = "refuted_among" if among > 1 else "refuted"
    return words(f"diff.moves.{key}", way=way, cells=cells, moved=_from_to(move, words), among=among)


def _way(move: Move, found: Moves, words: Catalogue) -> str:
    return words("diff.moves.there_is", way=move_title(found.of, move.way, words))


def _cells(move: Move, words: Catalogue) -> list[tuple[str, str]]:
    assert move.shown is not None
    return [(name, spelled(value, words)) for name, value in move.shown.cells]


def _from_to(move: Move, words: Catalogue) -> str:
    """The result before and after; of several subjects whose."""
    assert move.shown is not None
    after, before = (
        words("report.comma").join(
            spelled(value, words) for name, value in move.shown.values if (len(name.split(".")) > 1) == old
        )
        for old in (False, True)
    )
    moved = words("diff.moves.from_to", before=before, after=after)
    return f"{move.shown.subject} {moved}" if len(move.answer.subjects) > 1 else moved


def _besides(found: Moves, names: Names, words: Catalogue) -> list[str]:
    """Which data were narrowed, or why nothing was compared."""
    if found.reason in ("errors", "results"):
        return [words(f"diff.moves.{found.reason}", of=_of(found, words))]
    if found.reason:
        return [words(f"command.stop.prove_{found.reason}.text", name=found.name, script=names[1], other=names[0])]
    shifted = [words("diff.moves.shifted", new=names[1])] if found.shifted else []
    return [*narrowed_text(found.moves[0].answer, words), *shifted]

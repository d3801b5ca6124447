"""The answer to a question, for people and for programs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kaoping.messages import Catalogue

if TYPE_CHECKING:
    from kaoping.prove.prove import Answer
    from kaoping.prove.shown import Counterexample

MOST_SHOWN = 8
"""So many expressions without a formula are named."""


def proof_text(asked: str, answer: Answer, shown: Counterexample | None, words: Catalogue) -> str:
    """The answer in words; what refutes it first as what comes out, then as an example to paste."""
    comma = words("report.comma")
    narrowed = [f"  {each}" for each in narrowed_text(answer, words)]
    if answer.verdict == "proved":
        head = words("command.prove.proved", asked=asked)
        return "\n".join([head, f"  {words(f'command.prove.by_{answer.by}', count=answer.tried)}", *narrowed])
    if answer.verdict == "undecided":
        lines = [words("command.prove.undecided", asked=asked), f"  {tried_text(answer, words)}"]
        lines += ["  " + words(f"command.prove.why_{answer.why}")]
        for text, why in answer.left_out[:MOST_SHOWN]:
            lines.append("    " + words(f"command.prove.left_out_{why}", text=text))
        if len(answer.left_out) > MOST_SHOWN:
            lines.append("    " + words("command.prove.more", count=len(answer.left_out) - MOST_SHOWN))
        return "\n".join([*lines, *narrowed])
    assert shown is not None
    values = comma.join(f"{name} = {spelled(value, words)}" for name, value in shown.values)
    lines = [words("command.prove.refuted", asked=asked), "  " + words("command.prove.comes_out", values=values)]
    lines += narrowed
    if shown.example:
        return "\n".join([*lines, "  " + words("command.prove.example"), "", shown.example])
    cells = comma.join(f"{name} = {spelled(value, words)}" for name, value in shown.cells)
    return "\n".join([*lines, "  " + words("command.prove.cells", cells=cells)])


def tried_text(answer: Answer, words: Catalogue) -> str:
    """What was tried in vain; beyond so many subjects together nothing was."""
    tried = words("command.prove.tried", count=answer.tried)
    return tried + words("command.prove.together", count=answer.together) if answer.together else tried


def narrowed_text(answer: Answer, words: Catalogue) -> list[str]:
    """Which cells were compared only where both versions allow them, and that not everybody was: lines, or none."""
    cells = [f"{name} {ends}".rstrip() for name, ends in answer.narrowed]
    lines = [words("command.prove.narrowed", cells=words("report.comma").join(cells))] if cells else []
    return [*lines, words("command.prove.apart")] if answer.apart else lines


def spelled(value: str, words: Catalogue) -> str:
    """A value of a counterexample in the language of the reader."""
    return words(f"report.{value}") if value in ("yes", "no") else value


def proof_json(asked: str, answer: Answer, shown: Counterexample | None) -> str:
    """The answer as JSON."""
    return json.dumps({"question": asked, **proof_record(answer, shown)}, ensure_ascii=False, indent=2) + "\n"


def proof_record(answer: Answer, shown: Counterexample | None) -> dict[str, object]:
    """The answer for programs."""
    found: dict[str, object] = {
        "verdict": answer.verdict,
        "by": answer.by or None,
        "tried": answer.tried,
        "why": answer.why or None,
        "left_out": [{"text": text, "why": why} for text, why in answer.left_out if answer.verdict == "undecided"],
        "together": answer.together or None,
        "narrowed": [{"name": name, "both": ends or None} for name, ends in answer.narrowed],
        "apart": answer.apart,
    }
    if shown is not None:
        found |= {
            "subject": shown.subject,
            "values": dict(shown.values),
            "cells": dict(shown.cells),
            "example": shown.example or None,
        }
    return found

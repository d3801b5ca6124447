"""What a word was probably meant to be: run-together words taken apart, near spellings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from itertools import islice

from kaoping_dsl.tokens import Token
from kaoping_dsl.words import Language, Table, tables

_LONGEST = 40  # what is longer is no word
_HEAD = re.compile(r"(?:^|;)[^\S\n]*(\w+)", re.MULTILINE)
_MOST_HEADS = 1000


def spelled(key: str, language: Language) -> str:
    """A keyword or a sign as the author would write it."""
    for name, table in tables().items():
        if name in (
            "mistaken",
            "mistaken_statement",
            "mistaken_type",
            "bound",
            "function",
            "idle",
            "implied",
            "suggested",
        ):
            continue
        for word in table.words:
            if word.key == key:
                return word.spelling(language)
    return key


def language_of(tokens: Iterable[Token], otherwise: Language) -> Language:
    """The language of the first keyword among some tokens."""
    found = next((token for token in tokens if token.word), None)
    return otherwise if found is None or found.word is None else "zh" if found.text in found.word.zh else "en"


def language_of_text(text: str) -> Language:
    """The language that most statements of a script begin in."""
    statement = tables()["statement"].single
    heads = [match[1] for match in islice(_HEAD.finditer(text), _MOST_HEADS) if match[1] in statement]
    chinese = sum(not head.isascii() for head in heads)
    return "zh" if 2 * chinese > len(heads) or (not heads and not text.isascii()) else "en"


def near(text: str, table: Table, accepted: frozenset[str] | None = None) -> str | None:
    """The keyword of a table that a word was probably meant to be."""
    if len(text) > _LONGEST:
        return None
    language: Language = "en" if text.isascii() else "zh"
    words = [word for word in table.words if accepted is None or word.key in accepted]
    for word in words:
        if any(spelling.startswith(text + " ") for spelling in (*word.en, *word.zh)):
            return word.spelling(language)
    meant = {spelling: word for word in words for spelling in (*word.en, *word.zh) if len(spelling) > 1}
    found = get_close_matches(text, meant, 1, 0.6 if text.isascii() else 0.65)
    return meant[found[0]].spelling(language) if found else None


def run_together(text: str, table: Table, accepted: frozenset[str] = frozenset()) -> str | None:
    """`加分20` as `加分 20`, `否决若重大事故` as `否决 若 重大事故`: a word that begins with a keyword of a table."""
    if len(text) > _LONGEST:
        return None
    for spelling in sorted(table.single, key=len, reverse=True):
        rest = text[len(spelling) :]
        if not rest or not text.startswith(spelling) or spelling.isascii() == rest[0].isascii() == True:  # noqa: E712
            continue
        spread = spread_out(rest)
        if table.single[spelling].key == "cap" and (found := _limited().match(rest)):
            spread = f"{found[1]} {found[2]}"
        if len(spelling) > 1 or rest[0].isdigit() or spread != rest or table.single[spelling].key in accepted:
            return f"{spelling} {spread}"
    return None


@cache
def _limited() -> re.Pattern[str]:
    words = [word for word in tables()["value"].words if word.key in ("bonus", "penalty")]
    return re.compile(f"({'|'.join(spelling for word in words for spelling in (*word.en, *word.zh))})([0-9]+)$")


def range_word(text: str) -> str | None:
    """`到`, `至` where such a word opens the second half of a range: `到40`, `分至90分`."""
    found = _range_words().match(text)
    return found[1] if found else None


@cache
def _range_words() -> re.Pattern[str]:
    words = next(word for word in tables()["mistaken"].words if word.key == "..")
    return re.compile(f"([^\\W\\d]{{0,2}}?(?:{'|'.join((*words.en, *words.zh))}))(?:[0-9]|$)")


@cache
def _joints() -> tuple[re.Pattern[str], re.Pattern[str]]:
    def spellings(*keys: str) -> str:
        words = [word for word in tables()["inline"].words if word.key in keys]
        found = {spelling for word in words for spelling in word.zh if " " not in spelling}
        return "|".join(sorted(found, key=len, reverse=True))

    opening = re.compile(f"({spellings('if', 'unless', 'per')})(.+)", re.DOTALL)
    joining = re.compile(f"(.+?)({spellings('then', 'else', 'and', 'or', 'if')})(.+)", re.DOTALL)
    return opening, joining


def spread_out(text: str) -> str:
    """A run of words with spaces around the keywords in it: `若重大事故则甲` as `若 重大事故 则 甲`."""
    opening, joining = _joints()
    if len(text) > _LONGEST:
        return text
    if match := opening.fullmatch(text):
        return f"{match[1]} {spread_out(match[2])}"
    if match := joining.fullmatch(text):
        return f"{match[1]} {match[2]} {spread_out(match[3])}"
    return text

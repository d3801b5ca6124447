"""Conditions as documents write them: bounds behind a number, what is shared or listed, words for signs."""

from __future__ import annotations

import re

from kaoping.diagnostic import Finding, Fix, error
from kaoping_dsl.signs import COMPARISONS, Failure
from kaoping_dsl.spelling import range_word, spelled
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import tables

_NUMBERS = {"NUMBER", "PERCENT"}
_TWO_BOUNDS = re.compile(r"(\D+?)(不足|不满|未满|未到|不到)?([0-9]+(?:\.[0-9]+)?)(\D*)")
_EQUAL = ["NAME", "=", "NAME"]
_BEFORE_CONDITIONS = {"if", "unless", "and", "or", "where", "("}


def bound_in_words(failure: Failure) -> Finding | None:
    """`评定 优秀 90分以上`, `满意度 90%以上`, `若 总分 60到80`: a number with its comparison behind it."""
    token, after = failure.token, failure.after
    if token is None or after is None or token.end != after.start:
        return None
    if (token.kind, after.kind) not in (("NUMBER", "UNIT"), ("PERCENT", "NAME")):
        return None
    place, code, variant = token.span.to(after.span), "KP109", "behind"
    if span := _within(token.text.removesuffix("%"), after.text):
        beyond = failure.tokens[failure.at + 2 : failure.at + 3]
        if token.kind == "PERCENT":  # 80%以上不足90%: the second sign is a token of its own
            if [each.text for each in beyond] != ["%"]:
                return None
            place, span = token.span.to(beyond[0].span), f"{token.text}{span[len(token.text) - 1 :]}%"
        right, code, variant = f"{spelled('in', failure.language)} {span}", "KP113", "within"
    elif any(sign.isdecimal() for sign in after.text) and not range_word(after.text):
        return None
    else:
        right = f"{meant} {token.text}" if (meant := _bound(after.text)) else ""
    named = failure.before is not None and failure.before.kind == "NAME" and failure.accepted & COMPARISONS
    if not (right and named):  # what is compared does not stand before it
        if right and failure.kind == "grade" and "if" in failure.accepted:
            right = f"{spelled('if', failure.language)} {spelled('total', failure.language)} {right}"
        elif (word := range_word(after.text)) and "in" in failure.accepted and len(word) < len(after.text):
            right = f"{spelled('in', failure.language)} {token.text}..{after.text[len(word) :]}"
            code, variant = "KP113", "within"
        else:
            return None
    return error(code, place, variant, found=place.text, right=right, fix=Fix(place, right))


def _bound(unit: str) -> str | None:
    words = tables()["bound"].single
    key = next((word.key for end, word in words.items() if unit.endswith(end)), None)
    return {"from": ">=", "up to": "<="}.get(key or "")


def _within(number: str, behind: str) -> str | None:
    """The range of `60分以上90分以下`, `80分以上不足90分`."""
    found = _TWO_BOUNDS.fullmatch(behind)
    if found is None or _bound(found[1]) != ">=" or not (found[2] or _bound(found[4]) == "<="):
        return None
    return f"{number}{'..<' if found[2] else '..'}{found[3]}"


def word_meant(failure: Failure) -> Finding | None:
    """`若 等次 是 优秀`, `取整 四舍五入`: keywords that mean another one where they stand."""
    token = failure.token
    if token is None or token.word is None:
        return None
    right = None
    if token.kind == "yes" and "=" in failure.accepted and failure.kind not in ("let", "total", "item", "param"):
        right = "="
    elif token.kind == "down to" and any(each.kind in _BEFORE_CONDITIONS for each in failure.tokens[1 : failure.at]):
        right = ">="
    elif token.kind in ("half up", "half even") and failure.kind == "rounded":
        right = spelled("nearest", failure.language)
    if right is None:
        return None
    return error("KP112", token.span, "meant", found=token.text, right=right, fix=Fix(token.span, right))


def one_of_several(failure: Failure) -> Finding | None:
    """`若 级别 = 省、市`: one of several values is `in` a list of them."""
    tokens, at = failure.tokens, failure.at
    if failure.token is None or failure.token.kind != "," or [each.kind for each in tokens[at - 3 : at]] != _EQUAL:
        return None
    end = at
    while [each.kind for each in tokens[end : end + 2]] == [",", "NAME"]:
        end += 2
    if end == at or at < 4 or tokens[at - 4].kind not in _BEFORE_CONDITIONS:
        return None
    if end < len(tokens) and tokens[end].kind not in ("and", "or", ")"):
        return None
    place = tokens[at - 3].span.to(tokens[end - 1].span)
    values = ", ".join(each.text for each in tokens[at - 1 : end] if each.kind == "NAME")
    right = f"{tokens[at - 3].text} {spelled('in', failure.language)} [{values}]"
    return error("KP113", failure.token.span, "several", found=place.text, right=right)


def conditions_listed(failure: Failure) -> Finding | None:
    """`一票否决 若 计生、综治、事故`: whether one is enough or all are needed is said between conditions."""
    tokens, at = failure.tokens, failure.at
    if failure.token is None or at < 2 or tokens[at - 2].kind not in _BEFORE_CONDITIONS:
        return None
    names = [tokens[at - 1]]
    while [each.kind for each in tokens[at : at + 2]] == [",", "NAME"]:
        names.append(tokens[at + 1])
        at += 2
    shared = tokens[at : at + 2]
    bound = " ".join(["", *(each.text for each in shared)]) if _is_bound(shared) else ""
    listed = failure.token.span.text == "、" or at + 2 * bool(bound) == len(tokens)
    if len(names) < 2 or names[0].kind != "NAME" or not listed:
        return None
    one, all_ = (
        f" {spelled(word, failure.language)} ".join(f"{each.text}{bound}" for each in names) for word in ("or", "and")
    )
    return error("KP113", failure.token.span, "conditions", right=one, other=all_)


def _is_bound(tokens: list[Token]) -> bool:
    """`< 60`, which all that is listed before it is compared with."""
    return len(tokens) == 2 and tokens[0].kind in COMPARISONS and tokens[1].kind in _NUMBERS


def not_in_words(failure: Failure) -> Finding | None:
    """`若 没有 培训`: the word that turns a condition round, before a name."""
    token, before = failure.token, failure.before
    if token is None or before is None or before.kind != "NAME" or token.kind != "NAME":
        return None
    word = tables()["mistaken"].single.get(before.text)
    if word is None or word.key != "not" or failure.tokens[failure.at - 2].kind not in _BEFORE_CONDITIONS:
        return None
    no, there = spelled("not", failure.language), spelled("has", failure.language)
    right, other = f"{no} {token.text}", f"{no} {there} {token.text}"
    return error("KP112", before.span, "not", found=before.text, right=right, other=other)


def presence_asked(failure: Failure) -> Finding | None:
    """`若 意见 = 有`: whether something is there is asked without a comparison."""
    tokens = failure.tokens[: failure.at]
    if [each.kind for each in tokens[-3:]] != ["NAME", "=", "has"] or "NAME" not in failure.accepted:
        return None
    if tokens[-4:-3] == [] or tokens[-4].kind not in _BEFORE_CONDITIONS:
        return None
    name, _, word = tokens[-3:]
    fix = Fix(word.span, f"「{word.text}」")
    return error("KP114", word.span, "has", found=word.text, right=f"{word.text} {name.text}", fix=fix)

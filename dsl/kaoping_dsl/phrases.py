"""Phrases of documents: parts of a statement in the order, or with the words, in which a document has them."""

from __future__ import annotations

import re

from kaoping.diagnostic import Finding, Fix, error
from kaoping.numerals import numeral
from kaoping.source import Span
from kaoping_dsl import habits
from kaoping_dsl.signs import Failure, date_written
from kaoping_dsl.spelling import run_together, spelled
from kaoping_dsl.tokens import Token
from kaoping_dsl.words import tables

_NUMBERS = {"NUMBER", "PERCENT"}
_OPERATORS = {"+", "-", "TIMES", "DIVIDED"}
_IN_FORMULA = {"NAME", ".", "(", ")", "UNIT"} | _NUMBERS | _OPERATORS
_OF_A_FORMULA = {","} | _NUMBERS | _OPERATORS
_CAP = re.compile(r"(.+?)(?:累计|合计|总计)?(?:不超过|不得超过|最多|至多|最高|封顶)为?([0-9]+(?:\.[0-9]+)?)分?")
_SINCE = re.compile(
    r"(?:起自|自|从|由)?([0-9]{4})[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?(?:起|开始)?(?:施行|执行|实施|生效|适用)?"
)
_SHARE = re.compile(r"\s*([^\W\d]\w*?)\s*(?:占|×|\*|的)?\s*([0-9]+(?:\.[0-9]+)?%)\s*")
_SLASHED = re.compile(r"[0-9]{4}/[0-9]{1,2}/[0-9]{1,2}")
_LOWERED = re.compile(r"降(?:低|级)?([一二两三四1-4])个?(?:等次|等级|档次|等|档|级)")
_WHOLE = re.compile(r"(?:结果|总分|得分)?(?:四舍五入)?(?:保留|取|到|取到|保留到)整数位?")
_FIGURES = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4}
_BARRED = re.compile(r"不[得能可](?:被)?(?:评|评为|评定|评定为|定为|确定为|列为)")
_UNITS = {"万元", "亿元", "千元", "个月", "小时", "分钟", "平方米", "公里", "公顷", "points"}
"""What is not only a name after a number."""
_NAMED = {"scheme", "subject", "item", "group", "total", "outcome", "records", "class", "input", "field"}


_EARLIER = {"上年", "去年", "上年度", "上一年", "上一年度", "前一年", "上季度", "上月", "上半年"}
_ROW = re.compile("(?:连续|最近|近)([一二两三四五六七八九十0-9]{1,3})(?:个)?(?:年度?|季度?|半年|月度?|期|次)")


def over_time(failure: Failure) -> Finding | None:
    """`上年 等次 = 优秀`, `连续两年 优秀`: what was before is asked of `上期(…)`, what has held of `连续(…)`."""
    token, before = failure.token, failure.before
    if token is None or before is None or before.kind != "NAME" or token.kind != "NAME":
        return None
    place = before.span.to(token.span)
    if before.text in _EARLIER:
        right = f"{_word('function', 'previous', failure)}({token.text})"
        return error("KP112", place, "earlier", found=before.text, right=right, fix=Fix(place, right))
    if row := _ROW.fullmatch(before.text):
        number = numeral(row[1]) or row[1]
        streak, grade = _word("function", "streak", failure), _word("value", "grade", failure)
        right, plain = (f"{streak}({each}) >= {number}" for each in (f"{grade} = {token.text}", token.text))
        return error("KP112", place, "streak", found=before.text, right=right, plain=plain)
    return None


def _word(table: str, key: str, failure: Failure) -> str:
    return next(word for word in tables()[table].words if word.key == key).spelling(failure.language)


def amount_with_reason(failure: Failure) -> Finding | None:
    """`加分 3 获奖`: for each, or if there is any?"""
    token = failure.token
    if failure.kind not in ("add", "deduct", "bonus", "penalty") or failure.at != 2 or token is None:
        return None
    if token.kind != "NAME" or len(token.text) < 2 or token.text in _UNITS or failure.tokens[1].kind not in _NUMBERS:
        return None
    if run_together(token.text, tables()["inline"], failure.accepted) is not None:  # 每表彰
        return None
    start = failure.tokens[0].span.to(failure.tokens[1].span).text
    per, if_ = (f"{start} {spelled(each, failure.language)} {token.text}" for each in ("per", "if"))
    return error("KP111", token.span, "reason", found=token.text, per=per, right=if_, counted=f"{if_} > 0")


def amount_first(failure: Failure) -> Finding | None:
    """`加分 省级表彰 3`: first how many points, then for what."""
    token = failure.token
    if failure.kind not in ("add", "deduct", "bonus", "penalty") or failure.at != 2 or token is None:
        return None
    if token.kind not in _NUMBERS or failure.tokens[1].kind != "NAME":
        return None
    word, per = failure.tokens[0].text, spelled("per", failure.language)
    right = f"{word} {token.text} {per} …"
    return error("KP111", token.span, "amount", found=token.text, right=right)


def step_without_mode(failure: Failure) -> Finding | None:
    """`扣 0.5 每 3次 迟到`, `扣 0.5 每 3次 的 迟到`: what of a part of a step?"""
    token, after = failure.token, failure.after
    numbers = [each.kind for each in failure.tokens[: failure.at]]
    if token is None or token.kind not in ("NAME", "of") or not failure.before:
        return None
    counted = token.text if token.kind == "NAME" else after.text if after and after.kind == "NAME" else "(…)"
    size = 2 if numbers[-1] == "UNIT" else 1
    if numbers[-size] not in _NUMBERS or numbers[-size - 1 : -size] != ["per"]:
        return None
    step = failure.tokens[failure.at - size].span.to(failure.before.span)
    per, of = spelled("per", failure.language), spelled("of", failure.language)
    modes = [spelled(mode, failure.language) for mode in ("full", "started", "part")]
    forms = [f"{per} {mode} {step.text} {of} {counted}" for mode in modes]
    return error("KP111", step, "step", found=step.text, full=forms[0], started=forms[1], part=forms[2])


def formula_after_of(failure: Failure) -> Finding | None:
    """`每 满 1% 的 90% - 办结率`: a formula after `of` stands in brackets."""
    token, tokens = failure.token, failure.tokens
    if token is None or (token.kind not in _NUMBERS and token.kind not in _OPERATORS):
        return None
    start = failure.at
    while start and tokens[start - 1].kind in _IN_FORMULA:
        start -= 1
    if not start or tokens[start - 1].kind != "of" or not any(each.kind == "per" for each in tokens[:start]):
        return None
    end = failure.at
    while end < len(tokens) and tokens[end].kind in _IN_FORMULA:
        end += 1
    place = tokens[start].span.to(tokens[end - 1].span)
    right = f"({place.text})"
    return error("KP111", token.span, "bracket", found=tokens[start - 1].text, right=right, fix=Fix(place, right))


def share_in_head(failure: Failure) -> Finding | None:
    """`限额 优秀 30%`: the share stands on a line of its own below."""
    token = failure.token
    if failure.kind not in ("select", "limit") or failure.at != 2 or token is None:
        return None
    digits = re.search("[0-9]+%?", token.text)
    after = failure.after.text if failure.after and failure.after.text == "%" else ""
    if digits is None and failure.after and habits.says_nothing(token.text):  # 不超过 20%
        digits, after = re.search("[0-9]+%?", failure.after.text), " "
    if digits is None:
        return None
    place = token.span.to(failure.after.span) if after and failure.after else token.span
    after = after.strip()
    joint = spelled("from" if failure.kind == "select" else "else", failure.language)
    below = f"{spelled('top', failure.language)} {digits[0]}{after}"
    return error("KP111", place, "share", found=place.text, right=joint, below=below)


def labels_listed(failure: Failure) -> Finding | None:
    """`选项 警告 记过 撤职`: a comma stands between two options."""
    token = failure.token
    if token is None or token.kind != "NAME" or "," not in failure.accepted:
        return None
    start = next((i for i in range(failure.at, -1, -1) if failure.tokens[i].kind == "one of"), None)
    if start is None or {each.kind for each in failure.tokens[start + 1 :]} - {"NAME", ","}:
        return None
    names = [each for each in failure.tokens[start + 1 :] if each.kind == "NAME"]
    if len(names) < 2:
        return None
    place = names[0].span.to(names[-1].span)
    right = "、".join(each.text for each in names) if failure.language == "zh" else ", ".join(n.text for n in names)
    return error("KP113", token.span, "labels", right=right, fix=Fix(place, right))


def unit_in_brackets(failure: Failure) -> Finding | None:
    """`次数（项）`: a unit stands behind its type, without brackets."""
    token, after = failure.token, failure.after
    if token is None or token.kind != "(" or "places" not in failure.accepted or after is None:
        return None
    closing = failure.tokens[failure.at + 2 : failure.at + 3]
    if after.kind not in ("NAME", "UNIT") or not closing or closing[0].kind != ")" or failure.before is None:
        return None
    place = token.span.to(closing[0].span)
    gap = Span(token.source, failure.before.end, closing[0].end)
    return error("KP115", place, "unit", found=place.text, right=after.text, fix=Fix(gap, f" {after.text}"))


def name_with_brackets(failure: Failure) -> Finding | None:
    """`方案 乡镇（街道）考核`: a name with brackets in it stands in corner brackets."""
    token, before, tokens = failure.token, failure.before, failure.tokens
    if token is None or token.kind != "(" or before is None or before.kind != "NAME" or before.end != token.start:
        return None
    if failure.kind not in _NAMED or failure.at != (0 if failure.kind == "field" else 1) + 1:
        return None
    end = next((i for i in range(failure.at, len(tokens)) if tokens[i].kind == ")"), None)
    if end is None:
        return None
    while end + 1 < len(tokens) and tokens[end + 1].start == tokens[end].end and tokens[end + 1].kind == "NAME":
        end += 1
    place = before.span.to(tokens[end].span)
    if failure.kind == "total" and any(each.kind in _OF_A_FORMULA for each in tokens[failure.at :]):
        return habits.total_without_name(failure, before.start, " = ")
    return error("KP103", place, "name", found=place.text, fix=Fix(place, f"「{place.text}」"))


def since_in_words(failure: Failure) -> Finding | None:
    """`条 "补充" 自2026年7月1日起施行`: from which day on a clause holds."""
    tokens = failure.tokens
    if failure.kind != "clause" or len(tokens) < 3 or tokens[1].kind != "STRING":
        return None
    place = tokens[2].span.to(tokens[-1].span)
    found = _SINCE.fullmatch("".join(place.text.split()))
    if found is None:
        return None
    right = f"{spelled('since', failure.language)} {found[1]}-{int(found[2]):02}-{int(found[3]):02}"
    return error("KP111", place, "since", found=place.text, right=right, fix=Fix(place, right))


def cap_in_words(failure: Failure) -> Finding | None:
    """`加分不超过 50`, `减分累计最多50分`: a cap on all of them is a statement of its own."""
    found = _CAP.fullmatch("".join(token.text for token in failure.tokens))
    word = tables()["statement"].single.get(found[1]) if found else None
    if found is None or word is None or word.key not in ("bonus", "penalty"):
        return None
    place = failure.tokens[0].span.to(failure.tokens[-1].span)
    right = " ".join([spelled("cap", failure.language), spelled(word.key, failure.language), found[2]])
    return error("KP110", place, "cap", found=place.text, right=right, fix=Fix(place, right))


def implied_behind(failure: Failure) -> Finding | None:
    """`扣 1 每 迟到 扣完为止`: what an item does anyway."""
    token, before = failure.token, failure.before
    if token is None or before is None or token.text not in tables()["implied"].single:
        return None
    gap = Span(token.source, before.end, token.end)
    return error("KP112", token.span, "implied", found=token.text, fix=Fix(gap, ""))


def comma_between_parts(failure: Failure) -> Finding | None:
    """`加分 3 每 表彰,至多 9`: the parts of a statement follow one another without commas."""
    token, before, after = failure.token, failure.before, failure.after
    if token is None or token.kind != "," or before is None or after is None or after.kind == ",":
        return None
    if before.kind in ("(", "[", ",") or failure.kind in ("grades", "given", "expect") or _depth(failure):
        return None
    return error("KP113", token.span, "comma", fix=Fix(Span(token.source, before.end, after.start), " "))


def _depth(failure: Failure) -> int:
    kinds = [token.kind for token in failure.tokens[: failure.at]]
    return sum(kinds.count(opening) - kinds.count(closing) for opening, closing in ("()", "[]"))


def otherwise_first(failure: Failure) -> Finding | None:
    """`评定 其余 不合格`: first the grade, then for whom."""
    token, after = failure.token, failure.after
    if failure.kind != "grade" or token is None or token.kind != "otherwise" or failure.at != 1:
        return None
    if after is None or after.kind != "NAME" or len(failure.tokens) != 3:
        return None
    place, right = token.span.to(after.span), f"{after.text} {token.text}"
    return error("KP111", place, "swapped", found=token.text, right=right, fix=Fix(place, right))


def shares_listed(failure: Failure) -> Finding | None:
    """`总分 得分 = 自评20%、领导80%`: a share of each stands before it, and they are added up."""
    equals = next((at for at, each in enumerate(failure.tokens[: failure.at]) if each.kind == "="), None)
    if failure.kind not in ("total", "let", "item") or equals is None or equals + 1 == len(failure.tokens):
        return None
    place = failure.tokens[equals + 1].span.to(failure.tokens[-1].span)
    parts = [_SHARE.fullmatch(each) for each in re.split("[、,，;；+]", place.text)]
    shares = [each for each in parts if each is not None]
    if len(shares) < max(2, len(parts)):
        return None
    right = " + ".join(f"{each[2]} {spelled('of', failure.language)} {each[1]}" for each in shares)
    return error("KP109", place, "shares", found=place.text, right=right, fix=Fix(place, right))


def grades_barred(failure: Failure) -> Finding | None:
    """`不得评 优秀、良好`: barred from a grade is barred from those above it, too."""
    if failure.kind != "bar" or failure.at != 2 or failure.token is None or failure.token.kind != ",":
        return None
    names = [each for each in failure.tokens[1:] if each.kind == "NAME"]
    end = next((at for at, each in enumerate(failure.tokens) if at > 1 and each.kind not in ("NAME", ",")), None)
    if end is None or len(names) < 2:
        return None
    place = failure.tokens[1].span.to(failure.tokens[end - 1].span)
    return error("KP113", failure.token.span, "barred", found=place.text)


def statement_in_words(failure: Failure) -> Finding | None:
    """`降一等次 若 …`, `不得评为 优秀 若 …`, `保留整数`: statements in the words of documents."""
    first = failure.tokens[0]
    if found := _LOWERED.fullmatch(first.text):
        right = f"{spelled('downgrade', failure.language)} {_FIGURES.get(found[1], found[1])}"
    elif _BARRED.fullmatch(first.text) and not first.word:
        right = spelled("bar", failure.language)
    elif first.text in ("降为", "降至", "降到", "降低为"):
        bar, downgrade = (spelled(each, failure.language) for each in ("bar", "downgrade"))
        return error("KP110", first.span, "lowered", found=first.text, bar=bar, downgrade=downgrade)
    elif _WHOLE.fullmatch(first.text):
        right = f"{spelled('round', failure.language)} 0"
    else:
        return None
    return error("KP110", first.span, "near", found=first.text, right=right, fix=Fix(first.span, right))


def date_with_slashes(failure: Failure) -> Finding | None:
    """`日期 2026/1/1..2026/12/31`: a date that reads as a quotient, where none can stand."""
    first, last = failure.tokens[0], failure.tokens[-1]
    whole = first.span.to(last.span)
    for found in _SLASHED.finditer(whole.text):
        place = Span(whole.source, whole.start + found.start(), whole.start + found.end())
        if place.start <= failure.place.start < place.end:
            return date_written(place)
    return None


def number_without_equals(failure: Failure) -> Finding | None:
    """`结果运用 奖金 2000`: `=` stands between a name and its value."""
    token = failure.token
    if token is None or token.kind not in _NUMBERS or failure.at != 2 or "=" not in failure.accepted:
        return None
    if failure.kind not in ("outcome", "let", "total", "param") or failure.tokens[1].kind != "NAME":
        return None
    return error("KP111", token.span, "equals", found=token.text, fix=Fix(_before(token), "= "))


def _before(token: Token) -> Span:
    return Span(token.source, token.start, token.start)


def values_of_several(failure: Failure) -> Finding | None:
    """`参数 甲, 乙 = 5`: several names can share a type, never a value."""
    token, names = failure.token, [each for each in failure.tokens[1 : failure.at] if each.kind == "NAME"]
    if failure.kind != "param" or token is None or token.kind != "=" or len(names) < 2:
        return None
    return error("KP111", token.span, "several", found=names[0].text)

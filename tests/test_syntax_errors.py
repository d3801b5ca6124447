"""Mistakes of form, as authors make them: what is said, where, and what cures it."""

from __future__ import annotations

import time
import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaoping.diagnostic import Finding, Fix
from kaoping.scheme import Adjustment, Assume, Broken, Cap, Clause, Grade, Input, Item, Let, Line, Records, Veto
from kaoping.source import Source
from kaoping_dsl.parse import parse, parse_expression

EVERYTHING = (Path(__file__).parent / "everything.kp").read_text(encoding="utf-8")

# script · code and variant · column of the finding · the script with the fix applied, None where there is none to offer
MISTAKES: list[tuple[str, str, int, str | None]] = [
    # words run together, condition before consequence
    ("一票否决若重大事故", "KP110.joined", 1, "一票否决 若 重大事故"),
    ("若重大事故则一票否决", "KP110.turned", 1, "一票否决 若 重大事故"),
    ("若 重大事故 则 一票否决", "KP110.turned", 1, "一票否决 若 重大事故"),
    ("加分20 每 表彰", "KP110.joined", 1, "加分 20 每 表彰"),
    ("加分 20 每表彰", "KP112.joined", 7, "加分 20 每 表彰"),
    ("penalty 1 per 上访 其中未到场", "KP112.joined", 18, "penalty 1 per 上访 其中 未到场"),
    ("veto if 重大事故 cap bonus 50", "KP125", 14, "veto if 重大事故 ; cap bonus 50"),
    # keywords misspelt, and words that are none
    ("vetto if 重大事故", "KP110.near", 1, "veto if 重大事故"),
    ("一票否诀 若 重大事故", "KP110.near", 1, "一票否决 若 重大事故"),
    ("输入 得分 : 分值 0..100", "KP110.near", 1, "数据 得分 : 分值 0..100"),
    ("veto when 重大事故", "KP112.meant", 6, "veto if 重大事故"),
    ("否决 当 重大事故", "KP112.meant", 4, "否决 若 重大事故"),
    ("grade 合格 if 得分 大于 60", "KP112.meant", 16, "grade 合格 if 得分 > 60"),
    ("let 甲 = 乙 和 丙", "KP112.meant", 11, "let 甲 = 乙 and 丙"),
    ("bonus 20 per 表彰 up 50", "KP112.near", 17, "bonus 20 per 表彰 up to 50"),
    ("round 2 四舍五人", "KP124.place", 9, None),
    ("item 甲 5 averaged by 旬", "KP124.place", 22, None),
    # what is missing
    ("veto 重大事故", "KP119.missing", 6, "veto if 重大事故"),
    ("downgrade 1", "KP119.absent", 12, None),
    ("得分 = 5", "KP110.assignment", 1, "令 得分 = 5"),
    ("total 得分 items * 100", "KP111.equals", 10, "total 得分 = items * 100"),
    ("select 先进 合格", "KP111.missing", 11, "select 先进 from 合格"),
    ("let 甲 = if 乙 3 else 4", "KP111.missing", 14, "let 甲 = if 乙 then 3 else 4"),
    ("let 甲 = if 乙 then 3", "KP118.else", 20, None),
    ("let 甲 = 乙 +", "KP118.value", 12, None),
    ("scheme", "KP118.name", 7, None),
    ("title 方案", "KP111.text", 7, 'title "方案"'),
    ('条 一 "标题"', "KP111.text", 3, '条 "一" "标题"'),
    ("let 甲 = case 乙 [国家: 3, 省 2]", "KP111.one_of", 26, None),
    # types
    ("input 得分", "KP115.missing", 9, None),
    ("input 得分 score 0..100", "KP115.colon", 10, "input 得分 : score 0..100"),
    ("input 得分 : scores 0..100", "KP115.near", 12, "input 得分 : score 0..100"),
    ("input 得分 : 分数 0..100", "KP115.near", 12, "input 得分 : score 0..100"),
    ("分类 类别 : A, B", "KP115.labels", 9, "分类 类别 : 选项 A, B"),
    ("数据 甲 : 选项 A/B", "KP113.spelling", 12, "数据 甲 : 选项 A,B"),
    ("等次 优秀、良好", "KP113.spelling", 6, "等次 优秀>良好"),
    ("令 甲 = 乙 除以 丙", "KP112.meant", 9, "令 甲 = 乙 / 丙"),
    ("input 得分 : 什么 0..100", "KP115.unknown", 12, None),
    # brackets and quotation marks
    ("let 甲 = (乙 + 丙", "KP105", 9, "let 甲 = (乙 + 丙)"),
    ("let 甲 = 乙 + 丙)", "KP105.extra", 14, "let 甲 = 乙 + 丙"),
    ("let 甲 = min(乙, 丙]", "KP105.other", 17, "let 甲 = min(乙, 丙)"),
    ("title “方案", "KP104", 7, "title “方案”"),
    ('title “方案"', "KP104", 7, "title “方案”"),
    ("item 「GDP(亿元) 20", "KP104.name", 6, "item 「GDP(亿元) 20」"),
    # operators
    ("grade 合格 if 得分 == 600", "KP113.spelling", 16, "grade 合格 if 得分 = 600"),
    ("grade 合格 if 得分 => 600", "KP113.spelling", 16, "grade 合格 if 得分 >= 600"),
    ("grade 合格 if 得分 =< 600", "KP113.spelling", 16, "grade 合格 if 得分 <= 600"),
    ("let 甲 = 乙 && 丙", "KP113.spelling", 11, "let 甲 = 乙 and 丙"),
    ("grade 合格 if 60 <= 得分 < 90", "KP113.chain", 22, None),
    ("input 得分 : score 0-100", "KP113.range", 19, "input 得分 : score 0..100"),
    ("input 得分 : score 0～100", "KP113.range", 19, "input 得分 : score 0..100"),
    ("let 甲 = 乙 + 丙 default 0", "KP113.default", 15, None),
    # numbers, units, percent signs
    ("bonus 1,000 if 达标", "KP107.comma", 7, "bonus 1000 if 达标"),
    ("item 领导责任 九十", "KP107.numeral", 11, "item 领导责任 90"),
    ("let 甲 = .5", "KP107.point", 9, "let 甲 = 0.5"),
    ("let 甲 = 1234567890123456789", "KP107.digits", 9, None),
    ("let 甲 = 0.1234567", "KP107.places", 9, None),
    ("let 甲 = 60 % of 乙", "KP109.percent", 9, "let 甲 = 60% of 乙"),
    ("let 甲 = 乙 % 2", "KP109.remainder", 11, None),
    ("let 甲 = 3 起", "KP109.space", 9, "let 甲 = 3起"),
    ("let 甲 = 1个百分点", "KP109.points", 9, "let 甲 = 1%"),
    ("grade 合格 if 得分 >= 90分以上", "KP109.bound", 19, None),
    # dates and periods
    ("let 甲 = 乙 >= 2009-6-1", "KP108.form", 14, "let 甲 = 乙 >= 2009-06-01"),
    ("let 甲 = 乙 >= 2009年6月1日", "KP108.form", 14, "let 甲 = 乙 >= 2009-06-01"),
    ("let 甲 = 乙 >= 2009-02-30", "KP108.no_such_day", 14, None),
    ("let 甲 = 乙 >= 6月31日", "KP108.no_such_day", 14, None),
    ("let 甲 = 乙 >= 1899-12-31", "KP108.years", 14, None),
    ("period 2009年", "KP108.period", 8, "period 2009"),
    ("period 2009Q5", "KP108.period", 8, None),
    # names
    ("let 甲 = 最近 + 1", "KP114", 9, "let 甲 = 「最近」 + 1"),
    ("item 320国道 5", "KP114.digit", 6, "item 「320国道」 5"),
    ("let 甲 = 乙 丙", "KP112.two", 11, None),
    # characters
    ("let ⼤事 = 1", "KP102", 5, "let 大事 = 1"),
    ("let 甲 = 乙。", "KP103", 10, None),
    ("veto if 重大\u200b事故", "KP101", 11, "veto if 重大事故"),
    ("veto if 重大事故 # \u202e注", "KP101", 16, "veto if 重大事故 # 注"),
    # said twice, in the wrong place
    ("bonus 20 if 甲 if 乙", "KP120", 18, None),
    ("top 3 by 得分", "KP116.home", 1, None),
    ("deduct 1 if 甲", "KP116.home", 1, None),
    ("given 甲 = 1", "KP116.home", 1, None),
    ("得分 : score 0..10", "KP116.field", 1, None),
    ('expect 甲.grade by "一"', "KP124.reason", 8, None),
]


def _name(finding: Finding) -> str:
    return f"{finding.code}.{finding.variant}" if finding.variant else finding.code


def _applied(text: str, fix: Fix | None) -> str | None:
    return text[: fix.span.start] + fix.replacement + text[fix.span.end :] if fix else None


@pytest.mark.parametrize(("text", "name", "column", "cured"), MISTAKES, ids=[text for text, *_ in MISTAKES])
def test_a_mistake_is_named_where_it_is_and_cured(text: str, name: str, column: int, cured: str | None) -> None:
    # The broken line stands third, between whole ones, so that the line is checked as well.
    before, after = "scheme 方案\n# 注\n", "\nveto if 另一事\n"
    scheme, findings = parse(Source("a.kp", before + text + after))
    assert [_name(finding) for finding in findings] == [name]
    assert findings[0].span.position == (3, column)
    whole = _applied(before + text + after, findings[0].fix)
    assert whole == (None if cured is None else before + cured + after)
    if cured and name not in ("KP104.name", "KP104"):
        assert parse(Source("a.kp", before + cured + after))[1] == []
    if name != "KP101":
        assert isinstance(scheme.statements[-1], Veto)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_mistake_has_words_that_use_only_its_facts(language: str) -> None:
    words = tomllib.loads((files("kaoping") / "messages" / language / "syntax.toml").read_text(encoding="utf-8"))
    for text, *_ in MISTAKES:
        for finding in parse(Source("a.kp", text))[1]:
            entry = words[finding.code]
            said = {**entry, **entry.get("variant", {}).get(finding.variant, {})}
            assert not finding.variant or finding.variant in entry["variant"], text
            for part in ("title", "text", "help"):
                gaps = {gap for _, gap, _, _ in Formatter().parse(said[part]) if gap}
                assert gaps <= finding.facts.keys(), (text, part)


def test_twelve_mistakes_in_twelve_statements_are_twelve_findings() -> None:
    seeded = {5, 9, 12, 17, 23, 28, 31, 36, 40, 44, 47, 52}
    broken = [text for text, name, _, _ in MISTAKES if name[:5] not in ("KP101", "KP104", "KP116")]
    lines = [
        broken[number % len(broken)] if number in seeded else f'require 甲{number} >= {number} "第{number}项"'
        for number in range(1, 301)
    ]
    _, findings = parse(Source("a.kp", "\n".join(lines)))
    assert [finding.span.position[0] for finding in findings] == sorted(seeded)


# ---------------------------------------------------------------- blocks


def _found(text: str) -> list[tuple[str, tuple[int, int]]]:
    return [(_name(finding), finding.span.position) for finding in parse(Source("a.kp", text))[1]]


def test_the_block_below_a_broken_statement_is_read() -> None:
    scheme, findings = parse(Source("a.kp", "item 甲 五分 上\n  item 乙 5\n  deduct 1 if 丙\n"))
    broken = scheme.statements[0]
    assert isinstance(broken, Broken)
    assert broken.names == ("甲",)
    assert [type(statement) for statement in broken.body] == [Item, Line]
    assert len(findings) == 1


def test_a_broken_input_spares_its_names() -> None:
    scheme, _ = parse(Source("a.kp", "input 甲, 「乙 1」 : 什么\n"))
    assert scheme.statements == (Broken(("甲", "乙 1")),)


def test_what_is_indented_under_a_statement_without_a_block_is_reported_once_and_kept() -> None:
    text = "veto if 甲\n    bonus 3 if 乙\n    bonus 4 if 丙\ncap bonus 5\n"
    scheme, findings = parse(Source("a.kp", text))
    assert [type(statement) for statement in scheme.statements] == [Veto, Adjustment, Adjustment, Cap]
    assert [(_name(f), f.span.position) for f in findings] == [("KP117.indented", (2, 5))]
    assert _applied(text, findings[0].fix) == "veto if 甲\nbonus 3 if 乙\n    bonus 4 if 丙\ncap bonus 5\n"


def test_an_indentation_in_line_with_nothing_above() -> None:
    assert _found("item 甲 10\n    item 乙 5\n  item 丙 5\n") == [("KP117.unaligned", (3, 3))]


def test_a_statement_below_the_wrong_one() -> None:
    assert _found('item 甲 5\n  clause "一"\n    veto if 乙\n') == [("KP116.inside", (3, 5))]
    assert _found("records 甲\n  乙 : date\n  item 丙 5\n") == [("KP116.inside", (3, 3))]


def test_an_assumption_may_stand_below_any_statement() -> None:
    scheme, findings = parse(Source("a.kp", 'require 甲 = 1\n  assume "乙"\n'))
    assert findings == []
    assert scheme.statements[0].body == (Assume("乙"),)


def test_an_open_bracket_does_not_swallow_the_next_statement() -> None:
    scheme, findings = parse(Source("a.kp", "let 甲 = (乙 + 丙\nveto if 丁\nlet 戊 = min(乙,\n  丙)\n"))
    assert [type(statement) for statement in scheme.statements] == [Let, Veto, Let]
    assert [(_name(f), f.span.position) for f in findings] == [("KP105", (1, 9))]


def test_words_of_the_language_may_name_fields() -> None:
    scheme, findings = parse(Source("a.kp", "records 台账\n  来源 : text\n  依据, 数据 : text\n  若 : count\n"))
    assert findings == []
    records = scheme.statements[0]
    assert isinstance(records, Records)
    assert [field.names for field in records.body if isinstance(field, Input)] == [("来源",), ("依据", "数据"), ("若",)]


# ---------------------------------------------------------------- hostile texts

HOSTILE = {
    "brackets": "let 甲 = " + "(" * 150_000,
    "balanced brackets": "let 甲 = " + "(" * 65 + "1" + ")" * 65,
    "megabyte of brackets": "(" * 1_000_000,
    "one long line": "# " + "x" * 990_000,
    "two megabytes": "x" * 2_000_000,
    "chain of not": "let 甲 = " + "not " * 30_000 + "乙",
    "chain of minus": "let 甲 = " + "- " * 50_000 + "乙",
    "chain of else if": "let 甲 = " + "if 乙 then 1 else " * 5_000 + "0",
    "a hundred thousand digits": "let 甲 = " + "9" * 100_000,
    "an unknown word of a hundred thousand characters": "若" * 100_000,
    "half a million quotation marks": '"' * 500_000,
    "half a million lines of one letter": "甲\n" * 499_999,
    "writing from right to left": "veto if 甲 # \u202e",
    "a null character": "veto if 甲\x00",
    "three hundred levels": "\n".join(" " * level + 'clause "一"' for level in range(300)),
    "a wall of stars": "let 甲 = 乙" + " ** 2" * 30_000,
    "a thousand radicals": "veto if " + "⼤" * 1_000,
    "half a surrogate": "veto if \ud800",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_one_finding(text: str) -> None:
    start = time.perf_counter()
    _, findings = parse(Source("a.kp", text))
    assert len(findings) == 1
    assert time.perf_counter() - start < 5  # a second on a quiet machine


def test_a_flood_of_mistakes_ends() -> None:
    _, findings = parse(Source("a.kp", "veto 重大事故\n" * 20_000))
    assert [finding.code for finding in findings] == ["KP119"] * 200 + ["KP199"]


def test_a_long_sum_is_read() -> None:
    value, findings = parse_expression(Source("a.kp", " + ".join(["甲"] * 20_000)))
    assert findings == []
    assert value is not None


def test_no_statement_at_all() -> None:
    for text in ("", "\n\n", "# 注", ";;", "\ufeff"):
        scheme, findings = parse(Source("a.kp", text))
        assert (scheme.statements, findings) == ((), [])


def test_what_stands_below_a_broken_clause_is_read() -> None:
    scheme, findings = parse(Source("a.kp", 'clause = 一\n  veto if 甲\nclause "二"\n  veto if 乙\n'))
    assert [type(statement) for statement in scheme.statements] == [Broken, Clause]
    assert [type(statement) for statement in scheme.statements[0].body] == [Veto]
    assert [finding.code for finding in findings] == ["KP111"]


def test_an_obvious_slip_is_mended_so_that_the_rest_can_be_checked() -> None:
    scheme, findings = parse(Source("a.kp", "grade 合格 if 得分 => 60\nveto 重大事故\n"))
    assert [type(statement) for statement in scheme.statements] == [Grade, Veto]
    assert [finding.code for finding in findings] == ["KP113", "KP119"]


# ---------------------------------------------------------------- any text at all

PIECES = [
    *EVERYTHING.split(),
    "（",
    "”",
    "「",
    "==",
    "=>",
    "~",
    "。",
    "1,000",
    "九十",
    "若甲则乙",
    "\t",
    "\u3000",
    "⼤",
    "%",
    ";",
]


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(EVERYTHING.splitlines()), min_size=1, max_size=5),
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 6), st.sampled_from(PIECES) | st.text(max_size=3)), max_size=4
    ),
)
def test_a_mutilated_script_gives_findings_inside_the_text(lines: list[str], edits: list[tuple[int, int, str]]) -> None:
    text = "\n".join(lines)
    for at, length, new in edits:
        text = text[:at] + new + text[at + length :]
    _, findings = parse(Source("a.kp", text))
    for finding in findings:
        assert 0 <= finding.span.start <= finding.span.end <= len(text)
        if finding.fix:
            assert 0 <= finding.fix.span.start <= finding.fix.span.end <= len(text)

"""Mistakes of form, as authors make them: what is said, where, and what cures it."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaoping.diagnostic import Finding, Fix
from kaoping.messages import render
from kaoping.scheme import (
    Adjustment,
    Assume,
    Broken,
    Cap,
    Clause,
    Expect,
    Given,
    Grade,
    Input,
    Item,
    Let,
    Line,
    Records,
    Veto,
)
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
    ("param 甲, 乙 = 5", "KP111.several", 12, None),
    ("参数 甲 = 5, 乙 = 6", "KP111.several", 11, None),
    # what is missing
    ("veto 重大事故", "KP119.missing", 6, "veto if 重大事故"),
    ("downgrade 1", "KP119.absent", 12, None),
    ("得分 = 5", "KP110.assignment", 1, "let 得分 = 5"),
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
    ("等次 优秀、良好、合格", "KP113.grades", 6, "等次 优秀 > 良好 > 合格"),
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
    ("grade 合格 if 60 <= 得分 < 90", "KP113.between", 22, "grade 合格 if 得分 in 60..<90"),
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
    ("period 2009年", "KP108.written", 8, "period 2009"),
    ("period 2009Q5", "KP108.period", 8, None),
    # names
    ("let 甲 = 最近 + 1", "KP114", 9, "let 甲 = 「最近」 + 1"),
    ("item 320国道 5", "KP114.digit", 6, "item 「320国道」 5"),
    ("let 甲 = 乙 丙", "KP112.two", 11, None),
    # characters
    ("let ⼤事 = 1", "KP102", 5, "let 大事 = 1"),
    ("let 甲 = 乙。", "KP103.stop", 10, "let 甲 = 乙"),
    ("let 甲 = 乙 ? 丙", "KP103", 11, None),
    ("veto if 重大\u200b事故", "KP101", 11, "veto if 重大事故"),
    ("veto if 重大事故 # \u202e注", "KP101", 16, "veto if 重大事故 # 注"),
    # as documents put it
    ("等次 优秀 良好 合格", "KP113.grades", 7, "等次 优秀 > 良好 > 合格"),
    ("等次 不合格 < 合格 < 优秀", "KP113.grades", 8, "等次 优秀 > 合格 > 不合格"),
    ("评定 不合格 否则", "KP112.meant", 8, "评定 不合格 其余"),
    ("评定 不合格 其它", "KP112.meant", 8, "评定 不合格 其余"),
    ("评定 不合格", "KP119.grade", 7, None),
    ("评定 优秀: 总分 >= 90", "KP112.meant", 6, "评定 优秀 若 总分 >= 90"),
    ("评定 合格 若 60 ≤ 总分 ＜ 90", "KP113.between", 17, "评定 合格 若 总分 属于 60..<90"),
    ("评定 合格 若 90 > 总分 >= 60 且 甲", "KP113.between", 17, "评定 合格 若 总分 属于 60..<90 且 甲"),
    ("评定 合格 若 甲 < 乙 + 1 < 丙", "KP113.between", 19, "评定 合格 若 乙 + 1 属于 甲<..<丙"),
    ("评定 合格 若 60 + 3 <= 总分 < 90", "KP113.chain", 22, None),
    ("数据 效能 : 分值 0到40", "KP113.range", 13, "数据 效能 : 分值 0..40"),
    ("数据 效能 : 分值 0 至 40", "KP113.range", 14, "数据 效能 : 分值 0 .. 40"),
    ("数据 效能 : 百分比 0%到100%", "KP113.range", 15, "数据 效能 : 百分比 0%..100%"),
    ("评定 视 总分 [60分到90分: 良好]", "KP113.range", 12, "评定 视 总分 [60..90分: 良好]"),
    ("input a : score 0 to 40", "KP113.range", 19, "input a : score 0 .. 40"),
    ("grade case 得分 (90..100: A)", "KP105.square", 15, "grade case 得分 [90..100: A]"),
    ("令 甲 = 视 级别 (国家: 3, 其余: min(乙, 2))", "KP105.square", 12, "令 甲 = 视 级别 [国家: 3, 其余: min(乙, 2)]"),
    ("令 甲 = 级别 属于 (国家, 省)", "KP105.square", 13, "令 甲 = 级别 属于 [国家, 省]"),
    ("令 甲 = 视 级别 {国家: 3, 省: 2}", "KP105.square", 12, "令 甲 = 视 级别 [国家: 3, 省: 2]"),
    ("总分 = 效能 + 作风", "KP111.total", 4, "总分 综合得分 = 效能 + 作风"),
    ("total = a + b", "KP111.total", 7, "total overall = a + b"),
    ("令 = 效能", "KP111.unnamed", 3, None),
    ("指标 作风 满分30", "KP112.glued", 7, "指标 作风 30"),
    ("指标 作风 满分 30", "KP112.idle", 7, "指标 作风 30"),
    ("指标 作风（30分）", "KP112.glued", 6, "指标 作风 30"),
    ("指标 作风 30%", "KP107.points", 7, "指标 作风 30"),
    ("指标 作风: 30", "KP111.colon", 6, "指标 作风 30"),
    ("封顶 加分 不超过 10", "KP112.idle", 7, "封顶 加分 10"),
    ("封顶加分10", "KP110.joined", 1, "封顶 加分 10"),
    ("考核期：2026", "KP110.colon", 4, "考核期 2026"),
    ("考核期 2026年上半年", "KP108.written", 5, "考核期 2026H1"),
    ("考核期 2026年第二季度", "KP108.written", 5, "考核期 2026Q2"),
    ("考核期 2026年3月", "KP108.written", 5, "考核期 2026-03"),
    ("考核期 2025年至2026年", "KP108.written", 5, "考核期 2025..2026"),
    ("考核期 2026年1月1日至2026年12月31日", "KP108.written", 5, "考核期 2026-01-01..2026-12-31"),
    ("保留 2 位", "KP109.unexpected", 4, "保留 2"),
    ("加分 50,000,000 若 甲", "KP107.comma", 4, "加分 50000000 若 甲"),
    # names that are spelt as keywords
    ("令 甲 = 最小(变化, 限)", "KP114", 14, "令 甲 = 最小(变化, 「限」)"),
    ("加分 限 若 甲", "KP114", 4, "加分 「限」 若 甲"),
    ("令 甲 = 有 * 2", "KP114", 7, "令 甲 = 「有」 * 2"),
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


QUOTAS = [
    ("前 3 名", "KP109.unexpected", 5, "前 3"),
    ("前 3名", "KP109.unexpected", 5, "前 3"),
    ("前3名", "KP110.joined", 3, "前 3"),
    ("前30% 的 全部 按 总分", "KP110.joined", 3, "前 30% 的 全部 按 总分"),
]


@pytest.mark.parametrize(("line", "name", "column", "cured"), QUOTAS, ids=[line for line, *_ in QUOTAS])
def test_how_many_places_is_a_number_alone(line: str, name: str, column: int, cured: str) -> None:
    block = "择优 先进 从 合格\n  "
    assert _found(block + line) == [(name, (2, column))]
    (finding,) = parse(Source("a.kp", block + line))[1]
    assert _applied(block + line, finding.fix) == block + cured
    assert parse(Source("a.kp", block + cured))[1] == []


def test_two_slips_in_one_statement_are_two_findings() -> None:
    assert _found("考核期：2026年") == [("KP110.colon", (1, 4)), ("KP108.written", (1, 5))]
    assert _found("等次：优秀、合格") == [("KP110.colon", (1, 3)), ("KP113.grades", (1, 6))]
    assert _found("评定 合格。") == [("KP103.stop", (1, 6)), ("KP119.grade", (1, 6))]


def test_help_speaks_the_language_that_the_script_is_written_in() -> None:
    chinese = "方案 甲\n令 乙 = 丙 + 丁 缺省 0\n"
    english = "scheme a\nlet b = c + d default 0\n"
    for language in ("zh", "en"):
        assert "缺省 0" in render(parse(Source("a.kp", chinese))[1][0], language).help
        assert "default 0" in render(parse(Source("a.kp", english))[1][0], language).help


def test_rows_of_records_may_stand_under_one_another() -> None:
    rows = '示例 "甲"\n  已知 会议 = [日: 2026-01-01]\n    [日: 2026-02-01]\n  应得 总分 = 1\n'
    scheme, findings = parse(Source("a.kp", rows))
    assert findings == []
    assert [type(statement) for statement in scheme.statements[0].body] == [Given, Expect]


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


def test_a_statement_cut_anywhere_is_told() -> None:
    for line in EVERYTHING.splitlines():
        for end in range(1, len(line)):
            for text in (line[:end], f"{line[:end]} # 待定", f"{line[:end]}\n指标 甲 5"):
                _, findings = parse(Source("a.kp", text))
                assert all(each.span.start <= each.span.end <= len(text) for each in findings), text


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

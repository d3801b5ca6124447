"""Two short scripts for every kind of statement, and the difference in words; names, moves, machines' forms."""

from __future__ import annotations

import datetime
import json
import re
import shlex
import typing
from html.parser import HTMLParser
from pathlib import Path

import pytest

from kaoping import expr as e
from kaoping import scheme as s
from kaoping import source
from kaoping.cli import run
from kaoping.diff.changes import Change, applied, changes
from kaoping.diff.names import NAMED
from kaoping.messages import words
from kaoping.report.changes import sentences
from kaoping.source import Source
from kaoping_dsl.format import format_script
from kaoping_dsl.parse import parse
from shown import COMMAND, files, trimmed

# before, after, what is told
TOLD = [
    (
        "方案 甲考核",
        "方案 乙考核",
        ["方案名称 甲考核 → 乙考核"],
    ),
    (
        '标题 "甲办法"',
        '标题 "乙办法"',
        ["标题 甲办法 → 乙办法"],
    ),
    (
        '依据 "1号"',
        '依据 "2号"',
        ["依据 1号 → 2号"],
    ),
    (
        "考核期 2009",
        "考核期 2010",
        ["考核期 2009 → 2010"],
    ),
    (
        "保留 2",
        "保留 1 舍去",
        ["总分保留小数 2 → 1", "总分保留小数 取舍 四舍五入 → 舍去"],
    ),
    (
        "指标保留 2",
        "指标保留 1",
        ["指标保留小数 2 → 1"],
    ),
    (
        "精度 12",
        "精度 15",
        ["精度 12 → 15"],
    ),
    (
        "",
        "佐证 必备",
        ["佐证必备 新增"],
    ),
    (
        "引用 信访 以 扣分 = 5",
        "引用 信访 以 扣分 = 6",
        ["引用 信访 设定 扣分 = 5 → 扣分 = 6"],
    ),
    (
        "对象 单位 若 参评",
        "对象 单位 若 参评 且 非 新设",
        ["考核对象 条件 增加:非 新设(参评 且 非 新设)"],
    ),
    (
        "参数 及格线 = 60 起自 2009, 65 起自 2011",
        "参数 及格线 = 60 起自 2009, 70 起自 2011",
        ["参数 及格线 2011-01-01 65 → 70"],
    ),
    (
        "参数 名额 = 30%",
        "参数 名额 = 20%",
        ["参数 名额 30% → 20%"],
    ),
    (
        "数据 得分 : 分值 0..100",
        "数据 得分 : 分值 0..120 可缺",
        ["数据 得分 取值范围 0..100 → 0..120", "数据 得分 可缺 否 → 是"],
    ),
    (
        "数据 级别 : 选项 差, 中, 好",
        "数据 级别 : 选项 差, 中, 好, 优",
        ["数据 级别 选项 增加:优"],
    ),
    (
        "台账 上访\n  级别 : 文本",
        "台账 上访\n  级别 : 文本\n  日期 : 日期\n  日期为 日期",
        ["字段 上访.日期 新增:日期", "上访 的日期字段 新增:日期"],
    ),
    (
        "台账 上访\n  日期为 甲日",
        "台账 上访\n  日期为 乙日",
        ["上访 的日期字段 甲日 → 乙日"],
    ),
    (
        "台账 月度 从 月考核",
        "台账 月度 从 季考核",
        ["台账 月度 从方案 月考核 → 季考核"],
    ),
    (
        "分类 地形 : 选项 山区, 平原 = 若 坡度 > 5 则 山区 否则 平原",
        "分类 地形 : 选项 山区, 平原 = 若 坡度 > 8 则 山区 否则 平原",
        ["分类 地形 界线 5 → 8(若 坡度 > 8 则 山区 否则 平原)"],
    ),
    (
        "令 合计 = 甲 + 乙",
        "令 合计 = 甲 + 乙 适用若 参评",
        ["令 合计 适用条件 增加:参评"],
    ),
    (
        "决策表 处置 (级别)\n  => 分 : 分值 0..10\n  | 一般 => 1 |\n  | 重大 => 5 |",
        "决策表 处置 (级别)\n  => 分 : 分值 0..10\n  | 一般 => 1 |\n  | 重大 => 8 |",
        ["决策表 处置 重大 5 → 8"],
    ),
    (
        "决策表 处置 (级别)\n  => 分 : 分值 0..10\n  | 一般 => 1 |",
        "决策表 处置 (级别)\n  => 分 : 分值 0..20\n  | 一般 => 1 |\n  | 重大 => 2 |",
        ["决策表 处置 取值范围 分 0..10 → 0..20", "决策表 处置 重大 增加:2"],
    ),
    (
        "关联 班子 : 班子考核 按 所在镇",
        "关联 班子 : 班子考核 按 所在县",
        ["关联 班子 对应 所在镇 → 所在县"],
    ),
    (
        "指标 信访信息化 4",
        "指标 信访信息化 6",
        ["指标 信访信息化 4分 → 6分"],
    ),
    (
        "指标 造林 [山区: 40, 平原: 10]",
        "指标 造林 [山区: 40, 平原: 15]",
        ["指标 造林 平原 10 → 15"],
    ),
    (
        "指标 测评 10 评分人 自评 20%, 领导 80%",
        "指标 测评 10 评分人 自评 30%, 领导 70%",
        ["指标 测评 评分人 自评 20% → 30%", "指标 测评 评分人 领导 80% → 70%"],
    ),
    (
        "指标 信访 10\n  扣 2 每 越级上访",
        "指标 信访 10\n  扣 3 每 越级上访",
        ["信访 的扣分 2 → 3(3 每 越级上访)"],
    ),
    (
        "指标 信访 10\n  全扣 若 瞒报",
        "指标 信访 10\n  全扣 若 瞒报 或 漏报",
        ["信访 的全扣 条件 增加:漏报(瞒报 或 漏报)"],
    ),
    (
        "加分 20 每 表彰",
        "加分 30 每 表彰",
        ["加分 20 → 30(30 每 表彰)"],
    ),
    (
        "减分 10..20 记作 处分扣分 每 处分",
        "减分 10..30 记作 处分扣分 每 处分",
        ["减分 上界 20 → 30(10..30 记作 处分扣分 每 处分)"],
    ),
    (
        "组 表彰类 至多 10",
        "组 表彰类 至多 5",
        ["计分组 表彰类 上限 10 → 5"],
    ),
    (
        "封顶 加分 50",
        "封顶 加分 30",
        ["加分上限 50 → 30"],
    ),
    (
        "封顶 表彰类 50",
        "封顶 表彰类 30 若 参评",
        ["表彰类 上限 50 → 30", "表彰类 上限 条件 增加:参评"],
    ),
    (
        "总分 综合得分 = 60% 的 甲 + 40% 的 乙",
        "总分 综合得分 = 70% 的 甲 + 30% 的 乙",
        ["总分 综合得分 算式 60% → 70%(70% 的 甲 + 30% 的 乙)", "总分 综合得分 算式 40% → 30%(70% 的 甲 + 30% 的 乙)"],
    ),
    (
        "排名按 总分",
        "排名按 总分 同 类别",
        ["排名依据 分组 增加:类别"],
    ),
    (
        "",
        "一票否决 若 重大事故",
        ["一票否决 新增:重大事故"],
    ),
    (
        "一票否决 若 重大事故",
        "一票否决 除非 重大事故",
        ["一票否决 条件 重大事故 → 除非 重大事故"],
    ),
    (
        '不得评 优秀 若 通报 "受通报"',
        '不得评 优秀 若 通报 "受过通报"',
        ['不得评 优秀 事由 受通报 → 受过通报(通报 "受过通报")'],
    ),
    (
        "等次 优秀 > 合格",
        "等次 优秀 > 良好 > 合格",
        ["等次 增加:良好"],
    ),
    (
        "评定 优秀 若 总分 >= 90",
        "评定 优秀 若 总分 >= 85",
        ["等次 优秀 分数线 90 → 85(总分 >= 85)"],
    ),
    (
        "评定 优秀 若 总分 >= 90",
        "评定 优秀 若 总分 > 90",
        ["等次 优秀 条件 总分 >= 90 → 总分 > 90"],
    ),
    (
        "评定 - 若 新设",
        "评定 - 若 新设 或 撤销",
        ["不定等次 条件 增加:撤销(新设 或 撤销)"],
    ),
    (
        "评定 视 总分 [90..: 优, ..<90: 良]",
        "评定 视 总分 [85..: 优, ..<85: 良]",
        [
            "分段定等次 分段 90.. → 85..(视 总分 [85..: 优, ..<85: 良])",
            "分段定等次 分段 ..<90 → ..<85(视 总分 [85..: 优, ..<85: 良])",
        ],
    ),
    (
        "评定 = 班子.等次",
        "评定 = 上级.等次",
        ["直接定等次 班子.等次 → 上级.等次"],
    ),
    (
        "降等 1 若 漏报",
        "降等 2 若 漏报",
        ["降等 降几等 1 → 2(漏报)"],
    ),
    (
        "择优 先进 从 合格\n  前 30% 的 全部 按 总分\n  并列 不入\n  取整 舍去",
        "择优 先进 从 合格\n  前 20% 的 全部 按 总分\n  其中 达标\n  并列 均入\n  取整 进一",
        [
            "择优 先进 比例 30% → 20%",
            "择优 先进 条件 增加:达标",
            "择优 先进 并列 均不入选 → 均入选",
            "择优 先进 取舍 舍去 → 进一",
        ],
    ),
    (
        "限额 优秀 否则 合格\n  前 30% 的 全部 按 总分",
        "限额 优秀 否则 合格\n  前 30% 的 优秀 按 总分",
        ["限额 优秀 范围 全部 → 优秀"],
    ),
    (
        "择优 标兵 从 优秀\n  前 2 按 总分",
        "择优 标兵 从 优秀\n  前 3 按 总分",
        ["择优 标兵 名额 2 → 3"],
    ),
    (
        "限额 优秀 否则 合格\n  前 2 的 全部 按 总分",
        "限额 优秀 否则 良好\n  后 2 的 全部 按 总分",
        ["限额 优秀 否则 合格 → 良好", "限额 优秀 取哪一头 前 → 后"],
    ),
    (
        "结果运用 奖金 = 800元 若 等次 = 优秀",
        "结果运用 奖金 = 1000元 若 等次 = 优秀",
        ["结果运用 奖金 算式 800元 → 1000元"],
    ),
    (
        '应当 个数(会议) >= 4 "会议少了"',
        '应当 个数(会议) >= 6 "会议少了"',
        ["应当 界线 4 → 6(个数(会议) >= 6)"],
    ),
    (
        '条 "一" 起自 2009',
        '条 "一" "总则" 起自 2010',
        ["条 一 标题 增加:总则", "条 一 起始日期 2009-01-01 → 2010-01-01"],
    ),
    (
        '释义 "含本数"',
        '释义 "不含本数"',
        ["释义 含本数 → 不含本数"],
    ),
    (
        '示例 "封顶"\n  已知 甲 = 1\n  对象 子: 乙 = 2\n  往年 2008: 等次 = 优\n'
        '  关联 班子: 等次 = 优\n  应得 加分 = 50, 被否决 依 "一"',
        '示例 "封顶"\n  已知 甲 = 2\n  对象 子: 乙 = 3\n  往年 2008: 等次 = 良\n'
        '  关联 班子: 等次 = 良\n  应得 加分 = 30, 被否决 依 "二"',
        [
            "示例 封顶 已知 甲 1 → 2",
            "示例 封顶 已知 子.乙 2 → 3",
            "示例 封顶 已知 子.2008.等次 优 → 良",
            "示例 封顶 已知 子.班子.等次 优 → 良",
            "示例 封顶 应得 加分 50 → 30",
            '示例 封顶 应得 被否决 依 "一" → 被否决 依 "二"',
        ],
    ),
]

# text in fields that is no name of the script: words of the language, sentences, names in other scripts
NOT_NAMES = {
    "Name.parts", "Name.canonical",  # looked at part by part
    "Text.value", "Product.factors", "Compare.operator", "Relation.operator", "Duration.unit", "Number.duration",
    "WrittenType.kind", "Subject.name", "Use.library", "Input.meaning", "Input.canonical", "Records.from_scheme",
    "Records.by", "Let.meaning", "Link.schemes", "Link.types", "Clause.number", "Clause.heading", "Assume.text",
    "Example.title", "ExampleHistory.period", "ExpectedReason.clause", "ExpectedReason.word", "Veto.why", "Bar.why",
    "Grade.why", "Downgrade.why", "Top.end", "Ties.policy", "Rounded.mode", "Require.message", "PerStep.mode",
    "Amount.why", "Item.otherwise", "Item.averaged_by", "Line.kind", "Clear.why", "Adjustment.kind", "SchemeName.name",
    "Title.text", "DocumentSource.text", "PeriodSetting.first", "PeriodSetting.last", "Rounding.mode", "Rounding.of",
    "Broken.names",
}  # fmt: skip


def read(text: str, language: typing.Literal["zh", "en"] = "zh") -> s.Scheme:
    scheme, findings = parse(Source("x", format_script(text, language)))
    assert findings == [], text
    return scheme


def told(before: str, after: str, language: typing.Literal["zh", "en"] = "zh") -> list[str]:
    found = changes(read(before, language), read(after, language))
    return [each for change in found for each in sentences(change, words(language))]


def kinds(statements: typing.Iterable[s.Statement]) -> set[type[s.Statement]]:
    return {kind for each in statements for kind in (type(each), *kinds(each.body))}


def nodes(of: type[e.Node]) -> list[type[e.Node]]:
    return [each for below in of.__subclasses__() for each in (below, *nodes(below))]


@pytest.mark.parametrize(("before", "after", "words_"), TOLD)
def test_a_difference_in_words(before: str, after: str, words_: list[str]) -> None:
    assert told(before, after) == words_


@pytest.mark.parametrize(("before", "after", "_"), TOLD)
def test_every_difference_can_be_made_and_taken_back(before: str, after: str, _: list[str]) -> None:
    old, new = read(before), read(after)
    for a, b in ((old, new), (new, old)):
        found = changes(a, b)
        assert found
        assert changes(applied(a, b, found), b) == ()


def test_no_kind_of_statement_is_forgotten() -> None:
    shown = {kind for before, after, _ in TOLD for text in (before, after) for kind in kinds(read(text).statements)}
    assert shown == {kind for kind in nodes(s.Statement) if kind is not s.Broken}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_kind_and_every_field_has_words(language: str) -> None:
    inside = {s.Given, s.ExampleSubject, s.ExampleHistory, s.ExampleLink, s.Expect, s.TableRow, s.TableOutput, s.Top}
    inside |= {s.Where, s.Ties, s.Rounded}  # told with the statement above them
    own = {
        s.Line: ["add", "deduct"],
        s.Adjustment: ["bonus", "penalty"],
        s.Rounding: ["Rounding_total", "Rounding_items"],
    }
    parts = [s.Amount, s.Judged, s.Per, s.PerStep, s.WrittenType]
    said = words(language)
    for kind in nodes(s.Statement):
        if kind is s.Broken:
            continue
        if kind not in inside:
            assert all(said.has(f"diff.statement.{each}") for each in own.get(kind, [kind.__name__])), kind
        if kind in inside and kind not in (s.Top, s.Where, s.Ties, s.Rounded, s.TableOutput):
            continue  # told as a whole
        for field in set(kind.__struct_fields__) - {
            "span",
            "body",
            "canonical",
            "of_grade",
            "bindings",
            "expectations",
        }:
            assert said.has(f"diff.aspect.{field}"), (kind, field)
    for part in parts:
        assert all(said.has(f"diff.aspect.{field}") for field in part.__struct_fields__ if field != "span"), part


def test_every_field_of_text_is_known_to_hold_a_name_or_not() -> None:
    known = {f"{kind.__name__}.{field}" for kind, names in NAMED.items() for field in names}
    for node in nodes(e.Node):
        scope = {**vars(typing), "datetime": datetime, **vars(e), **vars(s), **vars(source)}
        hints = typing.get_type_hints(node, scope)
        for field in node.__struct_fields__:
            name = f"{node.__name__}.{field}"
            if re.search(r"\bstr\b|Literal", str(hints[field])) and field not in ("span", "classes", "body"):
                assert (name in known) != (name in NOT_NAMES), name


# ------------------------------------------------------------ the same, otherwise written


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("加分 20 每 表彰", "bonus 20 per 表彰"),
        ("加分 20 每 表彰", "加分  ２０\n    每 表彰  # 注"),
        ("数据 甲, 乙 : 是否", "数据 乙 : 是否\n数据 甲 : 是否"),
        ("一票否决 若 甲\n一票否决 若 乙", "一票否决 若 乙\n一票否决 若 甲"),
        ("减分 1 若 奖金 < 5万元", "减分 1 若 奖金 < 50000元"),
        ('示例 "一"\n  已知 甲 = 1, 乙 = 2\n  应得 丙 = 3', '示例 "一"\n  应得 丙 = 3\n  已知 乙 = 2\n  已知 甲 = 1'),
        ("择优 先进 从 合格\n  前 2 的 全部\n  并列 不入", "择优 先进 从 合格\n  并列 不入\n  前 2 的 全部"),
        ("一票否决 除非 甲", "一票否决 若 非 甲"),
        ("方案 甲\n  标题 “乙”", '方案 甲\n标题 "乙"'),
        ("条 \"一\"\n  指标 甲 1\n条 \"二\"\n  指标 乙 2", "条 \"二\"\n  指标 乙 2\n条 \"一\"\n  指标 甲 1"),
    ],
)  # fmt: skip
def test_what_means_the_same_is_no_difference(before: str, after: str) -> None:
    assert told(before, after) == []


# ------------------------------------------------------------ moved and renamed


GRADES = "等次 优 > 良 > 差\n评定 优 若 总分 >= 90\n评定 良 若 总分 >= 60 且 达标\n评定 差 其余\n"


def test_the_order_of_grades_counts() -> None:
    rows = GRADES.splitlines()
    assert told(GRADES, "\n".join([rows[0], rows[2], rows[1], rows[3]])) == [
        "等次 良:总分 >= 60 且 达标 的先后次序变了"
    ]


def test_the_order_of_quotas_and_of_one_outcome_counts() -> None:
    a, b = "择优 先进 从 合格\n  前 1 的 全部\n", "限额 优 否则 良\n  前 1 的 全部\n"
    assert len(told(a + b, b + a)) == 1
    one, two, other = "结果运用 奖 = 1 若 甲\n", "结果运用 奖 = 2 若 乙\n", "结果运用 罚 = 1 若 甲\n"
    assert len(told(one + two, two + one)) == 1
    assert told(one + other, other + one) == []


def test_the_order_of_the_fields_of_records_counts() -> None:
    """Of rows of one day it decides which comes first."""
    head, one, two = "台账 案件\n  日 : 日期\n", "  甲 : 数值 0..9\n", "  乙 : 数值 0..9\n"
    assert told(head + one + two, head + two + one) == ["字段 案件.乙 的先后次序变了"]
    assert told("数据 甲 : 是否\n数据 乙 : 是否\n", "数据 乙 : 是否\n数据 甲 : 是否\n") == []


def test_another_clause_is_told() -> None:
    before = '条 "一"\n  一票否决 若 甲\n条 "二"\n  一票否决 若 乙\n'
    after = '条 "一"\n条 "二"\n  一票否决 若 乙\n  一票否决 若 甲\n'
    assert told(before, after) == ["一票否决:甲 从条 一 移到条 二"]


def test_moved_and_changed_is_one_difference() -> None:
    before = '条 "一"\n  封顶 加分 50\n条 "二"\n  数据 甲 : 是否\n'
    after = '条 "一"\n条 "二"\n  数据 甲 : 是否\n  封顶 加分 30\n'
    (change,) = changes(read(before), read(after))
    assert (change.kind, change.moved, change.from_clause, change.clause) == ("changed", "clause", "一", "二")


def test_a_clause_with_another_number_is_one_difference() -> None:
    before = '条 "一"\n  一票否决 若 甲\n  数据 甲 : 是否\n示例 "否决"\n  已知 甲 = 是\n  应得 被否决 依 "一"\n'
    assert told(before, before.replace('"一"', '"二"')) == ["条 一 改名为 二"]


def test_of_a_clause_that_is_dated_nothing_has_moved() -> None:
    before = '条 "一"\n  数据 甲 : 是否\n  一票否决 若 甲\n'
    assert told(before, before.replace('"一"', '"一" 起自 2026-01-01')) == ["条 一 起始日期 增加:2026-01-01"]
    after = '条 "一"\n  数据 甲 : 是否\n条 "二" 起自 2026-01-01\n  一票否决 若 甲\n'
    assert "一票否决:甲 从条 一 移到条 二" in told(before, after)


@pytest.mark.parametrize(
    ("before", "new", "words_"),
    [
        ("数据 甲 : 是否\n一票否决 若 甲", ("甲", "乙"), "数据 甲 改名为 乙"),
        ("指标 甲 10\n  扣 2 每 丙\n令 丁 = 甲 + 1", ("甲", "乙"), "指标 甲 改名为 乙"),
        ("台账 甲\n  级别 : 文本\n  额 : 次数\n减分 1 每 甲", ("甲", "乙"), "台账 甲 改名为 乙"),
        ("台账 丙\n  甲 : 次数\n减分 1 每 丙 其中 甲 > 1", ("甲", "乙"), "字段 丙.甲 改名为 乙"),
        ("分类 类 : 选项 甲, 丙\n加分 1 若 类 = 甲 适用于 甲", ("甲", "乙"), "分类 类 的 甲 改名为 乙"),
        ("等次 甲 > 丙\n评定 甲 若 总分 > 1\n评定 丙 其余", ("甲", "乙"), "等次 甲 改名为 乙"),
        ("总分 甲 = 指标\n排名按 甲", ("甲", "乙"), "总分 甲 改名为 乙"),
        ("减分 1..2 记作 甲 每 丙", ("甲", "乙"), "减分 的 甲 改名为 乙"),
        ("令 加(甲) = 甲 + 1", ("甲", "乙"), "令 加 的 甲 改名为 乙"),
        ("关联 甲 : 班子\n令 丙 = 甲.总分", ("甲", "乙"), "关联 甲 改名为 乙"),
    ],
)
def test_a_new_name_is_one_difference(before: str, new: tuple[str, str], words_: str) -> None:
    after = before.replace(*new)
    assert told(before, after) == [words_]
    old, now = read(before), read(after)
    assert changes(applied(old, now, changes(old, now)), now) == ()


def test_a_name_that_two_things_bear_is_renamed_where_it_was() -> None:
    before = "台账 甲\n  级 : 次数\n台账 乙\n  级 : 次数\n减分 1 每 甲 其中 级 > 1\n减分 2 每 乙 其中 级 > 1\n"
    after = before.replace("级", "等", 1).replace("甲 其中 级", "甲 其中 等")
    (change,) = changes(read(before), read(after))
    assert (change.kind, change.within, change.old_name, change.new_name) == ("renamed", ("甲",), "级", "等")
    assert changes(applied(read(before), read(after), [change]), read(after)) == ()


def test_another_thing_is_no_new_name() -> None:
    before = "数据 甲 : 是否\n数据 丙 : 是否\n一票否决 若 甲\n加分 1 若 丙\n"
    after = "数据 乙 : 是否\n数据 丙 : 是否\n减分 5 若 乙\n加分 1 若 丙\n"
    found = changes(read(before), read(after))
    assert {each.kind for each in found} == {"added", "removed"}


# ------------------------------------------------------------ one change without the others


BEFORE = """\
方案 考核
数据 甲 : 是否
条 "一"
  数据 表彰 : 次数
  加分 20 每 表彰
  封顶 加分 50
条 "二"
  一票否决 若 甲
"""
AFTER = """\
方案 考核
数据 乙 : 是否
条 "一"
  数据 表彰 : 次数
  加分 20 每 表彰
  封顶 加分 30
条 "二"
  一票否决 若 乙
  减分 5 若 乙
"""


def made(kind: str) -> list[str]:
    before, after = read(BEFORE), read(AFTER)
    (chosen,) = [each for each in changes(before, after) if each.kind == kind]
    scheme = applied(before, after, [chosen])
    return [each for change in changes(before, scheme) for each in sentences(change, words("zh"))]


def test_one_change_is_made_and_no_other() -> None:
    assert made("changed") == ["加分上限 50 → 30"]
    assert made("renamed") == ["数据 甲 改名为 乙"]


def test_what_is_added_uses_the_old_names_while_they_last() -> None:
    before, after = read(BEFORE), read(AFTER)
    (added,) = [each for each in changes(before, after) if each.kind == "added"]
    (change,) = changes(before, applied(before, after, [added]))
    assert isinstance(change.after, s.Adjustment)
    assert change.after.amount.condition == e.Name(("甲",), ("甲",))


# ------------------------------------------------------------ the command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "旧.kp").write_text(BEFORE, "utf-8")
    (tmp_path / "新.kp").write_text(AFTER, "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "旧.kp", "新.kp", "--lang", "zh"]) == 1
    out = capsys.readouterr().out
    assert out.startswith("""\
旧.kp → 新.kp

总则
  ~ 数据 甲 改名为 乙

条 一
  ~ 加分上限 50 → 30

条 二
  + 减分 新增:5 若 乙

共 3 处不同

只看规则,不管数据:有没有对象的总分会变
  总分降低:有,例如 表彰 = 2:40 → 30
  总分提高:没有""")


def test_the_same_meaning_is_said_and_ends_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "英.kp").write_text(format_script(BEFORE, "en"), "utf-8")
    assert run(["diff", "旧.kp", "英.kp", "--lang", "zh"]) == 0
    assert "两份脚本含义相同" in capsys.readouterr().out


def test_the_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "旧.kp", "新.kp", "--format", "json", "--lang", "en"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert (document["format"], document["same"]) == ("kaoping diff 1", False)
    changed = document["changes"][1]
    assert changed == {
        "kind": "changed", "clause": "一", "heading": None, "within": [], "statement": "Cap", "name": "cap on bonuses",
        "parts": [{"aspect": "limit", "of": None, "before": "50", "after": "30", "inside": None}],
        "moved": None, "from_clause": None, "old_name": None, "new_name": None, "text": "cap on bonuses 50 → 30",
    }  # fmt: skip


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_says_the_same_and_runs_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    evil = '释义 "<script>alert(1)</script>&"'
    (folder / "新.kp").write_text(AFTER + evil + "\n", "utf-8")
    assert run(["diff", "旧.kp", "新.kp", "-o", "差别.html", "--lang", "zh"]) == 1
    page = _Tags()
    page.feed((folder / "差别.html").read_text("utf-8"))
    assert "script" not in page.tags
    assert "<script>alert(1)</script>&" in page.text
    assert "加分上限 50 → 30" in page.text
    assert capsys.readouterr().err == "差别.html\n"


def test_a_broken_script_is_told_and_not_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "坏.kp").write_text("封顶 加分\n", "utf-8")
    assert run(["diff", "旧.kp", "坏.kp", "--lang", "zh"]) == 1
    told_ = capsys.readouterr()
    assert told_.out == ""
    assert "坏.kp:1" in told_.err


def test_a_file_that_is_not_there_or_has_no_known_ending(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diff", "旧.kp", "没有.kp"]) == 2
    assert run(["diff", "旧.kp", "新.kp", "-o", "差别.doc"]) == 2


def test_two_versions_of_loudi(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from kaoping.surroundings import shipped_scripts

    text = shipped_scripts()["loudi-2009"].read_text("utf-8")
    (folder / "2010.kp").write_text(text.replace("cap bonus 50", "cap bonus 30"), "utf-8")
    assert run(["diff", "loudi-2009", "2010.kp", "--lang", "zh"]) == 1
    assert "条 四(三)1(4) 加分,累计不超过50分\n  ~ 加分上限 50 → 30\n" in capsys.readouterr().out


def test_all_changes_have_their_numbers() -> None:
    found: tuple[Change, ...] = changes(read(BEFORE), read(AFTER))
    assert [each.number for each in found] == [0, 1, 2]


# ------------------------------------------------------------ the page in the documentation

PAGE = (Path(__file__).parents[1] / "docs" / "diff.md").read_text("utf-8")


def test_the_page_shows_what_happens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files(PAGE, tmp_path)
    monkeypatch.chdir(tmp_path)
    commands = COMMAND.findall(PAGE)
    assert len(commands) == 3
    for command, shown in commands:
        assert run([*shlex.split(command), "--lang", "zh"]) == 1
        said = capsys.readouterr()
        assert trimmed(said.out or said.err) == trimmed(shown)


def test_the_schemes_of_the_page_have_no_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    files(PAGE, tmp_path)
    monkeypatch.chdir(tmp_path)
    assert run(["check", "2009.kp", "2010.kp", "--lang", "zh"]) == 0
    assert "没有发现问题" in capsys.readouterr().out

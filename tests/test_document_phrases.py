"""Statements as a document has them, written by someone new to the language: what is said, where, and what to write."""

from __future__ import annotations

import pytest

from kaoping.diagnostic import Finding
from kaoping.source import Source
from kaoping_dsl.parse import parse

# line · each finding with its column · the line with all fixes applied, None where the author has to decide
PHRASES: list[tuple[str, list[tuple[str, int]], str | None]] = [
    ("方案：乡镇（街道）考核", [("KP110.colon", 3), ("KP103.name", 4)], "方案 「乡镇（街道）考核」"),
    ("依据 某信发〔2026〕3号", [("KP111.text", 4)], '依据 "某信发〔2026〕3号"'),
    ('条 "一" 考核对象', [("KP111.text", 7)], '条 "一" "考核对象"'),
    ("数据 表彰 : 次数（项）", [("KP115.unit", 11)], "数据 表彰 : 次数 项"),
    ("数据 出勤 : 0到366 天", [("KP115.range", 9)], None),
    ("分类 种类 : 选项 警告 记过 撤职", [("KP113.labels", 15)], "分类 种类 : 选项 警告、记过、撤职"),
    ("加分 获省级表彰的每项 3", [("KP111.amount", 13)], None),
    (
        "加分 3 每 表彰，最多9分",
        [("KP113.comma", 10), ("KP112.joined", 11)],
        "加分 3 每 表彰 至多 9分",
    ),
    ("减分 0.5 每 3次 迟到", [("KP111.step", 10)], None),
    ("减分 0.5 每 满 1% 的 90% - 满意率", [("KP111.bracket", 17)], "减分 0.5 每 满 1% 的 (90% - 满意率)"),
    ("减分 0.5 每 满 1% 的 目标 - 满意率", [("KP111.bracket", 20)], "减分 0.5 每 满 1% 的 (目标 - 满意率)"),
    ("如果 接访 < 12次，减分 5", [("KP110.turned", 1)], "减分 5 如果 接访 < 12次"),
    ("加分不超过 50", [("KP110.cap", 1)], "封顶 加分 50"),
    ("加分 3 每 表彰 不超过 9", [("KP112.meant", 11)], "加分 3 每 表彰 至多 9"),
    ("加分 3 若 表彰 不超过 9", [("KP112.meant", 11)], "加分 3 若 表彰 <= 9"),
    ("减分 累计最多20.5分", [("KP110.cap", 1)], "封顶 减分 20.5"),
    ("总分 最小(100, 指标合计 + 加分)", [("KP111.total", 6)], "总分 综合得分 = 最小(100, 指标合计 + 加分)"),
    ('条 "补充" 自2026年7月1日起施行', [("KP111.since", 8)], '条 "补充" 起自 2026-07-01'),
    ('条 "补充" 自 2026-07-01 起', [("KP111.since", 8)], '条 "补充" 起自 2026-07-01'),
    ("扣完为止", [("KP110.implied", 1)], "# 扣完为止"),
    ("降一等次 若 工作 < 80", [("KP110.near", 1)], "降等 1 若 工作 < 80"),
    ("降两个等次 若 工作 < 80", [("KP110.near", 1)], "降等 2 若 工作 < 80"),
    ("减分 5 若 报送日 晚于 12月20日", [("KP112.meant", 12)], "减分 5 若 报送日 > 12月20日"),
    ("减分 5 若 工作 未达到 60", [("KP112.meant", 11)], "减分 5 若 工作 < 60"),
    ("加分 1 若 工作 至少 90", [("KP112.meant", 11)], "加分 1 若 工作 >= 90"),
    ("加分 1 每 表彰 最高5分", [("KP112.joined", 11)], "加分 1 每 表彰 至多 5分"),
    ("减分 1 每 上访 扣完为止", [("KP112.implied", 11)], "减分 1 每 上访"),
    ("令 期限 =", [("KP118.value", 7)], None),
    ("总分 得分 = # 待定", [("KP118.value", 8)], None),
    ("不得评 优秀、良好 若 违纪", [("KP113.barred", 7)], None),
    ("一票否决 若 工作 60分以上90分以下", [("KP113.within", 11)], "一票否决 若 工作 属于 60..90"),
    ("一票否决 若 工作 80分以上不足90分", [("KP113.within", 11)], "一票否决 若 工作 属于 80..<90"),
    ("一票否决 若 满意度 80%以上不足90%", [("KP113.within", 12)], "一票否决 若 满意度 属于 80%..<90%"),
    ("一票否决 若 满意度 90%以上", [("KP109.behind", 12)], "一票否决 若 满意度 >= 90%"),
    ("一票否决 若 事故,违纪", [("KP113.conditions", 10)], None),
    ("一票否决 若 事故、违纪 < 60", [("KP113.conditions", 10)], None),
    ("加分 3 每 2 表彰", [("KP111.step", 8)], None),
    ("指标 乙 40 适用 甲类", [("KP112.meant", 9)], "指标 乙 40 适用于 甲类"),
    ("不得评为 优秀 若 工作 < 90", [("KP110.near", 1)], "不得评 优秀 若 工作 < 90"),
    ("一票否决 若 计生、综治、事故", [("KP113.conditions", 10)], None),
    ("每迟到一次扣1分", [("KP110.sentence", 1)], None),
    ("每低于90%一个百分点扣0.5分", [("KP110.sentence", 1)], None),
    ("评定 优秀 90分以上", [("KP109.behind", 7)], "评定 优秀 若 总分 >= 90"),
    ("评定 优秀 若 总分 90以上", [("KP109.behind", 12)], "评定 优秀 若 总分 >= 90"),
    ("评定 优秀 若 总分 不低于90", [("KP112.joined", 12)], "评定 优秀 若 总分 >= 90"),
    ("评定 合格 若 总分 60到80", [("KP113.within", 12)], "评定 合格 若 总分 属于 60..80"),
    ("评定 称职 若 总分 属于 （75，90）", [("KP113.within", 15)], "评定 称职 若 总分 属于 75..90"),
    ("评定 其余 不合格", [("KP111.swapped", 4)], "评定 不合格 其余"),
    ("择优 优秀 不超过30%", [("KP111.share", 7)], None),
    ("限额 优秀 30%", [("KP111.share", 7)], None),
    ("结果运用 奖金 = 1万 若 等次 是 优秀", [("KP112.meant", 19)], "结果运用 奖金 = 1万 若 等次 = 优秀"),
    ("结果运用 奖金 0 否则", [("KP111.equals", 9), ("KP112.meant", 11)], "结果运用 奖金 = 0 其余"),
    ("信访总量 = 100, 办结数 = 95", [("KP110.assignment", 1)], None),
]


def _name(finding: Finding) -> str:
    return f"{finding.code}.{finding.variant}" if finding.variant else finding.code


@pytest.mark.parametrize(("line", "named", "cured"), PHRASES, ids=[line for line, *_ in PHRASES])
def test_a_phrase_of_a_document(line: str, named: list[tuple[str, int]], cured: str | None) -> None:
    text = f"方案 甲\n{line}\n一票否决 若 乙\n" if not line.startswith("方案") else f"{line}\n"
    row = 1 + text[: text.index(line)].count("\n")
    _, findings = parse(Source("a.kp", text))
    assert [(_name(finding), finding.span.position) for finding in findings] == [
        (name, (row, column)) for name, column in named
    ]
    if cured is not None:
        for fix in reversed([finding.fix for finding in findings if finding.fix]):
            text = text[: fix.span.start] + fix.replacement + text[fix.span.end :]
        assert text.split("\n")[row - 1] == cured
        assert parse(Source("a.kp", text))[1] == []


@pytest.mark.parametrize(("line", "right"), [("减分 2 每 上访", "扣"), ("加分 1 每 表彰", "计")])
def test_in_an_item_points_are_added_and_deducted(line: str, right: str) -> None:
    _, findings = parse(Source("a.kp", f"方案 甲\n指标 安全 10\n  {line}\n"))
    assert [(_name(each), each.fix and each.fix.replacement) for each in findings] == [("KP116.line", right)]


def test_records_with_a_colon_keep_their_fields() -> None:
    scheme, findings = parse(Source("a.kp", "台账 会议:\n  日 : 日期\n  人数 : 次数\n"))
    assert [(_name(finding), finding.span.position) for finding in findings] == [("KP111.colon", (1, 6))]
    assert len(scheme.statements[0].body) == 2

"""What the plugin objects to, in good scripts and bad ones, in both languages."""

from __future__ import annotations

import pytest

from kaoping.diagnostic import Finding
from kaoping.messages import render
from kaoping.plan.build import plan_scheme
from kaoping.plugins import check_findings
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse

HEAD = "scheme 甲\nperiod 2025\nuse 信访\n"
ITEM = HEAD + "item 信访 100\n"
CLASSED = HEAD + "class 类别 : one of A, B\nitem 工作 100\n"


def findings(script: str) -> list[Finding]:
    scheme, syntax = parse(Source("甲.kp", script))
    plan, found = plan_scheme(scheme, Surroundings())
    assert plan is not None, [*syntax, *found]
    return check_findings(["信访"], plan)


OWN = """records 越级上访
  日期 : date
  层级 : one of 国家, 省
  属实 : yes/no
records 信访信息
  日期 : date
"""
RAW = {
    "每起都扣": ITEM + "  deduct 2 per 信访.集体上访\n",
    "按级别每起都扣": ITEM + "  deduct 每起扣分 per 信访.集体上访\n",
    "只看级别": ITEM + "  deduct 2 per 信访.集体上访 where 级别 = 国家\n",
    "按月平均": ITEM.replace("100", "100 averaged by month") + "  deduct 1 per 信访.信访件\n",
    "有没有": ITEM + "  deduct all if has 信访.疑难个访\n",
    "重复信访": ITEM + "  deduct 1 per 信访.信访件 where 重复\n",
    "排名": HEAD + "item 工作 100\nlet 位次 = rank(count(信访.信访件))\nbonus 5 if 位次 = 1\n",
    "择优": HEAD + "item 工作 100\nselect 红旗 from all\n  top 1 by -count(信访.集体上访)\n  ties included\n",
    "一组": HEAD + "item 工作 100\ngroup 上访 best\npenalty in 上访 每起扣分 per 信访.集体上访\n",
    "折算": HEAD + "item 信访 100\n  deduct 2 per 信访.集体上访\ntotal 得分 = items * 100 / full\n",
}
INPUTS = {
    "自报的件数": HEAD + "input 信访总量 : count\nitem 工作 100\n  deduct 0.1 per 信访总量\n",
    "自报的批次": HEAD
    + "input 集体上访批次 : count\nitem 工作 100\ntotal 得分 = items - 0.5 * 扣\nlet 扣 = min(集体上访批次, 5) * 1\n",
}
FINE = {
    "工作不力的才扣": ITEM + "  deduct 2 per 信访.集体上访 where 工作不力\n",
    "没有到场的才扣": ITEM + "  deduct 每起扣分 per 信访.集体上访 where not 负责人到场\n",
    "没有及时受理的": ITEM + "  deduct 1 per 信访.信访件 where not 及时受理\n",
    "按工作不力的程度": ITEM + "  deduct (if 工作不力 then 2 else 0) per 信访.集体上访\n",
    "率": ITEM.replace("100", "100 = 100 * (信访.及时受理率 default 100%)"),
    "重复率": ITEM + "  deduct 10 if (信访.重复信访率 default 0%) > 20%\n",
    "立案件": ITEM + "  deduct 1 per 信访.立案件 where 逾期\n",
    "只是列出": HEAD + "item 工作 100\noutcome 来信来访 = count(信访.信访件)\n",
    "别的数量": HEAD + "input 信访干部人数 : count\nitem 工作 100\nbonus 1 per 信访干部人数 up to 5\n",
    "没有引用": "scheme 甲\nitem 工作 100\n",
}


@pytest.mark.parametrize("script", RAW.values(), ids=RAW)
def test_petitions_counted_whoever_is_at_fault(script: str) -> None:
    [finding] = findings(script)
    assert (finding.code, finding.variant) == ("XF01", "")
    assert finding.facts["name"] in ("集体上访", "信访件", "疑难个访")
    assert finding.span.source.name == "甲.kp"


@pytest.mark.parametrize("script", INPUTS.values(), ids=INPUTS)
def test_numbers_of_petitions_that_units_report(script: str) -> None:
    assert [(each.code, each.variant) for each in findings(script)] == [("XF01", "input")]


@pytest.mark.parametrize("script", FINE.values(), ids=FINE)
def test_what_is_counted_by_conduct_or_as_a_rate_is_fine(script: str) -> None:
    assert findings(script) == []


def test_records_of_the_schemes_own() -> None:
    own = HEAD + OWN + "item 工作 100\n"
    line = "  deduct case 层级 [国家: 3, 省: 2] per 越级上访"
    assert [(each.code, each.facts["name"]) for each in findings(f"{own}{line}\n")] == [("XF01", "越级上访")]
    assert findings(f"{own}{line} where 属实\n") == []
    assert findings(f"{own}bonus 1 if count(信访信息) >= 4\n") == []


def test_each_line_that_counts_is_named_once_with_its_clause() -> None:
    script = ITEM + '  clause "三(一)"\n    deduct 1 per 信访.集体上访\n    deduct 1 per 信访.疑难个访\n'
    assert [(each.facts["name"], each.clause) for each in findings(script)] == [
        ("集体上访", "三(一)"),
        ("疑难个访", "三(一)"),
    ]


def test_full_and_shared_amounts_side_by_side() -> None:
    lines = """  deduct 每起扣分 * 分担 per 信访.集体上访 where 工作不力
  deduct 每起扣分 per 信访.集体上访 where not 负责人到场
"""
    assert [(each.code, each.facts["name"]) for each in findings(ITEM + lines)] == [("XF02", "集体上访")]
    assert findings(ITEM + lines.replace("每起扣分 per", "每起扣分 * 分担 per")) == []
    assert findings(ITEM + lines.replace(" * 分担", "")) == []


def test_a_scheme_that_asks_for_people() -> None:
    records = "records 接访\n  信访人 : text\n  联系电话 : text\n  日期 : date\n  答复信访人 : yes/no\n"
    found = findings(HEAD + records + "item 工作 100\n  deduct distinct(信访人 over 接访) * 1\n")
    assert {(each.code, each.facts["name"]) for each in found} == {("XF03", "信访人"), ("XF03", "联系电话")}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("script", [RAW["每起都扣"], INPUTS["自报的件数"]], ids=["records", "input"])
def test_the_words_say_what_was_abolished_and_when(script: str, language: str) -> None:
    [finding] = findings(script)
    said = render(finding, language)
    assert "2013" in said.text
    assert finding.facts["name"] in said.text
    assert said.title
    assert said.help
    assert "..." not in said.text + said.help

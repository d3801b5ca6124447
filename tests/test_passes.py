"""Findings about whole schemes: each with the script that earns it, and a near miss that earns nothing at all.

Every script is complete, and what is expected is everything the check says of it: the code, its variant, some facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from kaoping.check.model import model
from kaoping.check.outside import counted_whole
from kaoping.diagnostic import Finding
from kaoping.messages import LANGUAGES, render
from kaoping.source import Source
from kaoping.surroundings import Surroundings
from kaoping_dsl.parse import parse


def findings(script: str) -> list[Finding]:
    scheme, broken = parse(Source("case.kp", script))
    return [*broken, *model(scheme, Surroundings()).findings]


@dataclass(frozen=True)
class Case:
    title: str
    script: str
    expected: tuple[str, ...] = ()  # "KP400 class points=10 sum=11"
    facts: dict[str, str] = field(default_factory=dict)


def shown(finding: Finding, wanted: str) -> str:
    """A finding in the form in which a case expects it: with the facts the case speaks of."""
    keys = [part.split("=", 1)[0] for part in wanted.split() if "=" in part]
    facts = [f"{key}={finding.facts[key].replace(' ', '')}" for key in keys]
    return " ".join([f"{finding.code}{'.' if finding.variant else ''}{finding.variant}", *facts])


def check(script: str, expected: tuple[str, ...]) -> None:
    found = findings(script)
    codes = [f"{each.code}{'.' if each.variant else ''}{each.variant}" for each in found]
    assert codes == [each.split()[0] for each in expected], [(each.code, each.variant, each.facts) for each in found]
    assert [shown(each, wanted) for each, wanted in zip(found, expected, strict=True)] == list(expected)
    for each in found:
        for language in LANGUAGES:
            words = render(each, language)
            assert words.title != each.code
            assert "..." not in words.text, words.text


CLASSES = "class 类别 : one of A, B, C\n"
VOTES = "input 满意, 基本满意, 不满意 : count\n"
PARTS = "input 完成, 任务 : count 1..100\n"

SUMS = [
    Case(
        "children add up to less",
        "item 甲 10\n  item 子一 4\n  item 子二 5\n",
        ("KP400 points=10 sum=9 parts=4+5",),
    ),
    Case("children add up", "item 甲 10\n  item 子一 4\n  item 子二 6\n"),
    Case("an assumption settles it", 'item 甲 10\n  assume "照文件"\n  item 子一 4\n  item 子二 5\n'),
    Case(
        "an assumption further down does not",
        'item 甲 10\n  item 子一 4\n    assume "…"\n  item 子二 5\n',
        ("KP400",),
    ),
    Case(
        "class by class",
        CLASSES + "item 甲 [A: 10, B: 8, C: 8]\n  item 子一 8\n  item 子二 3 for A\n",
        ("KP400.class label=A points=10 sum=11",),
    ),
    Case("class by class, adding up", CLASSES + "item 甲 [A: 10, B: 8, C: 8]\n  item 子一 8\n  item 子二 2 for A\n"),
    Case(
        "each child once, whoever it is for",
        CLASSES + "item 甲 6\n  item 子一 2 for A\n  item 子二 2 for A, B\n  item 子三 2\n",
    ),
    Case("or each class its own", CLASSES + "item 甲 5\n  item 子一 5 for A\n  item 子二 5 for B, C\n"),
    Case(
        "grandchildren where a child has no points",
        "item 甲 10\n  item 子\n    item 孙一 4\n    item 孙二 5\n",
        ("KP400 sum=9",),
    ),
    Case("children without points say nothing", "item 甲 10\n  item 子 = 3\n"),
    Case("an item with a start of its own", "item 甲 10 = 5 + 子一 + 子二\n  item 子一 2\n  item 子二 3\n"),
    Case("raters", "item 甲 10 rated by 自评 20%, 局领导 70%\n", ("KP406 sum=90%",)),
    Case("raters that add up", "item 甲 10 rated by 自评 20%, 局领导 80%\n"),
    Case("the same rater twice", "item 甲 10 rated by 自评 20%, 自评 80%\n", ("KP406.twice rater=自评",)),
    Case(
        "raters over a computed child",
        "item 甲 10 rated by 自评 20%, 局领导 80%\n  item 子一 4\n  item 子二 6 = 3 * 2\n",
        ("KP408 name=子二",),
    ),
    Case("weights", "input a, b : score 0..100\ntotal 总分 = a * 60% + 30% of b\n", ("KP407 sum=90% parts=60%+30%",)),
    Case(
        "weights with amounts beside",
        "input a, b : score 0..100\nbonus 1 if a > b\ntotal 总分 = a * 60% + b * 40% + bonus\n",
    ),
    Case("points beside weights", "input a, b, c : score 0..100\ntotal 总分 = a * 60% + b * 30% + c\n"),
    Case("settled weights", 'input a, b : score 0..100\ntotal 总分 = a * 60% + b * 30%\n  assume "其余不计"\n'),
    Case(
        "one judgement for four quarters",
        "period 2009\nitem 甲 10 averaged by quarter\n  deduct 0..2 as 视情节\n",
        ("KP409 name=视情节 item=甲",),
    ),
    Case(
        "a judgement of each dated record",
        "period 2009\nrecords 事\n  日 : date\n  on 日\n"
        "item 甲 10 averaged by quarter\n  deduct 0..2 as 视情节 per 事\n",
    ),
]

REQUIREMENTS = [
    Case(
        "the petition scheme of 2003: 80 points stated, 82 found",
        CLASSES + "item 甲 80\nitem 乙 2 for C\nitem 丙 18 for A\nitem 丁 15 for B\n"
        "require full = 98 for A\nrequire full = 95 for B\nrequire full = 80 for C\n",
        ("KP461.values_class of=full claimed=80 found=82 label=C",),
    ),
    Case(
        "a contradiction kept on view",
        CLASSES
        + 'item 甲 80\nitem 乙 2 for C\nrequire full = 80 for C\n  assume "文件说80"\nrequire full = 80 for A, B\n',
        ("KP461.values_class_kept claimed=80 found=82",),
    ),
    Case(
        "of several classes with the same contradiction one finding names them all",
        CLASSES + "item 甲 80\nitem 乙 2 for C\nrequire full = 90 for A, B\n",
        ("KP461.values_class claimed=90 found=80 label=A/B",),
    ),
    Case(
        "a class that does not matter is not named",
        CLASSES + "class 组 : one of 子, 丑\nitem 甲 80\nitem 乙 2 for 子\nitem 丙 2 for 丑\nitem 丁 2 for C\n"
        "require full = 90 for C\n",
        ("KP461.values_class claimed=90 found=84 label=C",),
    ),
    Case(
        "which class a subject is of is a question to the data",
        "input 面积 : percent\nclass 地形 : one of 山区, 平原 = if 面积 >= 50% then 山区 else 平原\nitem 甲 80\n"
        "require 地形 = 山区 and full = 80\n",
    ),
    Case("for everybody", "item 甲 80\nrequire 82 = full\n", ("KP461.values claimed=82 found=80",)),
    Case("a range that never fits", "input a : count 5..9\nrequire a > 10\nlet b = a\n", ("KP461",)),
    Case("data may refute it, the script does not", "input a : count 5..9\nrequire a > 8\nlet b = a\n"),
]

DEAD = [
    Case("a veto out of range", "input 次数 : count 0..5\nitem 甲 10\nveto if 次数 > 5\n", ("KP541 text=次数>5",)),
    Case("a veto just in range", "input 次数 : count 0..5\nitem 甲 10\nveto if 次数 >= 5\n"),
    Case("a veto for all", "input 次数 : count 0..5\nitem 甲 10\nveto if 次数 >= 0\n", ("KP543 text=次数>=0",)),
    Case(
        "half a condition",
        "input 次数 : count 0..5\nitem 甲 10\nveto if 次数 > 3 or 次数 < 0\n",
        ("KP541.part text=次数<0",),
    ),
    Case(
        "two halves that exclude one another",
        "input 次数 : count 0..5\nitem 甲 10\nveto if 次数 > 3 and 次数 < 2\n",
        ("KP541",),
    ),
    Case(
        "a line for another class than its item",
        CLASSES + "item 甲 10 for A\n  deduct 1 if 类别 = B\n",
        ("KP541 text=类别=B",),
    ),
    Case("a line for one of the classes of its item", CLASSES + "item 甲 10 for A, B\n  deduct 1 if 类别 = B\n"),
    Case(
        "records that never count",
        "records 事\n  数 : count 0..5\nitem 甲 10\n  deduct 1 per 事 where 数 > 9\n",
        ("KP541 text=数>9",),
    ),
    Case(
        "an item that always applies",
        "input 次数 : count 0..5\nitem 甲 10 = 次数 * 2 applies if 次数 <= 5\n",
        ("KP543 text=次数<=5",),
    ),
    Case("an item that may apply", "input 次数 : count 0..5\nitem 甲 10 = 次数 * 2 applies if 次数 >= 1\n"),
    Case("a switch by param is meant", "param 启用 = no\nitem 甲 10\nveto if 启用\n"),
    Case(
        "a rule that is not in force",
        'period 2009\ninput 次数 : count 0..5\nitem 甲 10\nclause "一" until 2008-12-31\n  veto if 次数 > 5\n',
    ),
    Case("a cap", "input 次数 : count 0..5\nitem 甲 10\nbonus 2 per 次数\ncap bonus 11\n", ("KP540 limit=11 high=10",)),
    Case("a cap that binds", "input 次数 : count 0..5\nitem 甲 10\nbonus 2 per 次数\ncap bonus 9\n"),
    Case(
        "a line's own limit",
        "input 发生 : yes/no\nitem 甲 10\nbonus 2 if 发生 up to 5\n",
        ("KP540.line limit=5 high=2",),
    ),
    Case(
        "a group's cap",
        "input 发生 : yes/no\nitem 甲 10\ngroup 组\nbonus in 组 2 if 发生\nbonus in 组 3 if not 发生\ncap 组 6\n",
        ("KP540 text=组 high=5",),
    ),
    Case("records count without end", "records 事\n  数 : count\nitem 甲 10\n  deduct 1 per 事 where 数 > 9 up to 5\n"),
]

GRADES = [
    Case(
        "a better grade after a lower bound",
        "item 甲 100\ngrades 优 > 良 > 差\ngrade 良 if total >= 80\ngrade 优 if total >= 90\ngrade 差 otherwise\n",
        ("KP542 grade=优",),
    ),
    Case(
        "the same lines in order",
        "item 甲 100\ngrades 优 > 良 > 差\ngrade 优 if total >= 90\ngrade 良 if total >= 80\ngrade 差 otherwise\n",
    ),
    Case(
        "a bound no score reaches",
        "item 甲 100\ngrades 优 > 差\ngrade 优 if total > 100\ngrade 差 otherwise\n",
        ("KP542 grade=优",),
    ),
    Case(
        "a bound that a bonus reaches",
        "item 甲 100\nbonus 5 if 甲 > 90\ngrades 优 > 差\ngrade 优 if total > 100\ngrade 差 otherwise\n",
    ),
    Case(
        "a band no score reaches",
        "item 甲 100\ngrades 优 > 良 > 差\ngrade case total [> 100: 优, 80..100: 良, 0..<80: 差]\n",
        ("KP542 grade=优 text=>100:优",),
    ),
    Case(
        "a grade without a line",
        "item 甲 100\ngrades 优 > 良 > 差\ngrade 优 if total >= 90\ngrade 良 otherwise\n",
        ("KP542.none grade=差",),
    ),
    Case(
        "a grade that a veto gives",
        "input 事故 : yes/no\nitem 甲 100\ngrades 优 > 良 > 差\n"
        "grade 优 if total >= 90\ngrade 良 otherwise\nveto if 事故\n",
    ),
    Case(
        "a grade that a quota gives",
        "item 甲 100\ngrades 先进 > 合格\ngrade 合格 otherwise\n"
        "select 先进 from 合格\n  top 2 by total\n  ties excluded\n",
    ),
    Case(
        "a second line for a grade, too late",
        "input a : yes/no\nitem 甲 100\ngrades 优 > 差\ngrade 优 if total >= 90\n"
        "grade 差 if total < 90\ngrade 差 if a\n",
        ("KP544 text=grade差ifa",),
    ),
    Case(
        "600分以上 and 600分以下",
        "item 甲 1000\ngrades 合格 > 不合格\ngrade 合格 if total >= 600\ngrade 不合格 if total <= 600\n",
        ("KP550.both value=600",),
    ),
    Case(
        "超过600分 and 不到600分",
        "item 甲 1000\ngrades 优 > 合格 > 不合格\ngrade 优 if total > 600\n"
        "grade 合格 if total < 600\ngrade 不合格 otherwise\n",
        ("KP550.neither value=600",),
    ),
    Case(
        "600分以上 and 不到600分",
        "item 甲 1000\ngrades 合格 > 不合格\ngrade 合格 if total >= 600\ngrade 不合格 if total < 600\n",
    ),
    Case(
        "a line for the boundary itself",
        "item 甲 1000\ngrades 优 > 合格 > 差\ngrade 优 if total > 600\n"
        "grade 合格 if total = 600\ngrade 差 if total < 600\n",
    ),
    Case(
        "outcomes",
        "item 甲 100\noutcome 奖励 if total >= 90\noutcome 约谈 if total <= 90\n",
        ("KP550.both value=90",),
    ),
]

AMOUNTS = [
    Case("below zero", "input 率 : percent\nitem 甲 10\n  deduct (90% - 率) * 10\n", ("KP520.deduct low=-1",)),
    Case("not under its condition", "input 率 : percent\nitem 甲 10\n  deduct (90% - 率) * 10 if 率 < 90%\n"),
    Case(
        "a difference of two",
        "input 任务, 完成 : count\nitem 甲 10\n  deduct 任务 - 完成\n",
        ("KP520.deduct low=-1000000",),
    ),
    Case(
        "a difference where it is positive",
        "input 任务, 完成 : count\nitem 甲 10\n  deduct 任务 - 完成 if 完成 < 任务\n",
    ),
    Case(
        "a condition that is off by one",
        "input 任务, 完成 : count\nitem 甲 10\n  deduct 任务 - 完成 if 完成 < 任务 + 2\n",
        ("KP520.deduct low=-1",),
    ),
    Case("a field of any sign", "records 扣\n  分 : number\nitem 甲 10\n  deduct 分 per 扣\n", ("KP520.deduct",)),
    Case("a field of points", "records 扣\n  分 : score 0..5\nitem 甲 10\n  deduct 分 per 扣\n"),
    Case("a field above zero", "records 扣\n  分 : number\nitem 甲 10\n  deduct 分 per 扣 where 分 > 0\n"),
    Case(
        "a condition by name",
        "input 率 : percent\nlet 不足 = 率 < 90%\nitem 甲 10\n",
    ),
    Case("the wrong sign", "input 发生 : yes/no\nitem 甲 10\nbonus -2 if 发生\n", ("KP520.always",)),
    Case("per counts nothing below zero", "input 率 : percent\nitem 甲 10\n  deduct 0.5 per full 1% of (90% - 率)\n"),
    Case(
        "a bonus no total counts",
        "input a : yes/no\nitem 甲 10\nbonus 2 if a\ntotal 总分 = items\n",
        ("KP560.bonus total=总分",),
    ),
    Case("a bonus the default total counts", "input a : yes/no\nitem 甲 10\nbonus 2 if a\n"),
    Case(
        "a bonus counted further down",
        "input a : yes/no\nitem 甲 10\nbonus 2 if a\nlet 合计 = items + bonus\ntotal 总分 = 合计\n",
    ),
]

FORMULAS = [
    Case(
        "half for the dissatisfied",
        VOTES
        + "let 总数 = 满意 + 基本满意 + 不满意\nlet 满意度 = (满意 * 100% + 基本满意 * 80% + 不满意 * 50%) / 总数\n",
        ("KP561 name=满意度 low=50% high=100% worst=不满意",),
    ),
    Case(
        "votes kept as records",
        "records 票\n  好, 中, 差 : count\n"
        "let 度 = (sum(好 over 票) * 100 + sum(中 over 票) * 80 + sum(差 over 票) * 50)"
        " / (sum(好 over 票) + sum(中 over 票) + sum(差 over 票))\n",
        ("KP561 low=50 high=100",),
    ),
    Case(
        "an assumption below the formula",
        VOTES + 'let 满意度 = (满意 * 100% + 不满意 * 50%) / (满意 + 不满意)\n  assume "照文件"\nlet 其余 = 基本满意\n',
    ),
    Case(
        "nothing for the dissatisfied",
        VOTES + "let 总数 = 满意 + 基本满意 + 不满意\nlet 满意度 = (满意 * 100% + 基本满意 * 80%) / 总数\n",
    ),
    Case(
        "a total that a requirement makes the sum",
        VOTES + "input 总数 : count\nrequire 满意 + 基本满意 + 不满意 = 总数\n"
        "let 满意度 = (满意 * 100% + 基本满意 * 80% + 不满意 * 50%) / 总数\n",
        ("KP561 low=50%",),
    ),
    Case(
        "a total of its own may be larger",
        VOTES + "input 总数 : count\nlet 满意度 = (满意 * 100% + 基本满意 * 80% + 不满意 * 50%) / 总数\n",
    ),
    Case(
        "an item that gets half its points",
        "input a : score 0..100\nitem 甲 10 = a * 5%\n",
        ("KP562 points=10 high=5",),
    ),
    Case("an item that gets them all", "input a : score 0..100\nitem 甲 10 = a * 10%\n"),
    Case("an item that says so", 'input a : score 0..100\nitem 甲 10 = a * 5%\n  assume "照文件"\n'),
    Case(
        "lines that cannot reach the points",
        "input 发生 : yes/no\nitem 甲 10\n  add 3 if 发生\n  add 4 if not 发生\n",
        ("KP562 high=7",),
    ),
]

NAMES = [
    Case(
        "what nobody reads",
        "input a, b : count\nparam p = 5\nlet z = a\n",
        ("KP501.input name=b", "KP501.param name=p"),
    ),
    Case(
        "a field nobody reads; not the date of a record, nor a text kept for people to read",
        "records 事\n  数, 次 : count\n  日 : date\n  注 : text\n  on 日\nitem 甲 10\n  deduct 1 per 事 where 数 > 1\n",
        ("KP501.field name=次 records=事",),
    ),
    Case("records nobody reads are one finding", "records 事\n  数 : count\nlet z = 1\n", ("KP501.records name=事",)),
    Case("an unread let is a result", "input a : count\nlet z = a\n"),
    Case("a function nobody calls", "let f(x) = x * 2\nlet z = 1\n", ("KP501.let name=f",)),
    Case("look-alikes", "input 己完成, 已完成 : count\nlet z = 己完成 + 已完成\n", ("KP502 name=已完成 other=己完成",)),
    Case(
        "case of columns, another alike before them",
        "item 甲0 9\nitem 甲O 9\nitem 甲o 9\n",
        ("KP502 name=甲O other=甲0", "KP502.columns name=甲o other=甲O"),
    ),
    Case("case", "input GDP增速, gdp增速 : percent\nlet z = GDP增速 - gdp增速\n", ("KP502",)),
    Case(
        "traditional forms",
        "input 得分率, 總分率, 总分率 : percent\nlet z = 得分率 + 總分率 + 总分率\n",
        ("KP502 other=總分率",),
    ),
    Case("names that differ", "input 完成数, 完成率 : count\nlet z = 完成数 + 完成率\n"),
    Case(
        "a field hides an input",
        "input 得分 : score 0..10\nrecords 事\n  得分 : score 0..10\nitem 甲 10\n  deduct 得分 per 事\nlet z = 得分\n",
        ("KP503 name=得分 records=事",),
    ),
    Case("a name hides a built-in value", "input 加分 : score 0..10\nitem 甲 10\nlet z = 加分\n", ("KP504 name=加分",)),
    *(
        Case(
            f"nothing but the {word} is called so",
            f"input {word} : score 0..10\nitem 甲 10\nlet z = {word}\n",
            (f"KP504.column name={word}",),
        )
        for word in ("bonus", "penalty", "items", "full", "vetoed", "grade", "total", "rank")
    ),
    Case("the total may be called 总分", "item 甲 10\ntotal 总分 = items\nlet z = 总分\n"),
]

ROUNDING = [
    Case(
        "a kept quotient times thirty",
        PARTS + "let 率 = 完成 / 任务\ntotal 总分 = 率 * 30\n",
        ("KP570.rounding_divisor divisor=48 quotient=完成/任务",),
    ),
    Case("one chain", PARTS + "total 总分 = 完成 * 30 / 任务\n"),
    Case("a kept quotient times a hundred", PARTS + "let 率 = 完成 / 任务\ntotal 总分 = 率 * 100\n"),
    Case("rounded by the document", PARTS + "let 率 = round(完成 / 任务, 4)\ntotal 总分 = 率 * 30\n"),
    Case(
        "divisors too small to matter", "input 完成, 任务 : count 1..47\nlet 率 = 完成 / 任务\ntotal 总分 = 率 * 30\n"
    ),
    Case("compared with 90%", PARTS + "let 率 = 完成 / 任务\nitem 甲 10\nveto if 率 < 90%\n"),
    Case(
        "a third compared with one",
        PARTS + "let 率 = 完成 / 任务\nitem 甲 10\nveto if 率 * 3 < 1\n",
        ("KP570.comparison_divisor divisor=3",),
    ),
    Case("compared as a chain", PARTS + "item 甲 10\nveto if 完成 / 任务 * 3 < 1\n"),
    Case(
        "money by money",
        "input a, b : money\nlet 率 = a / b default 0\nitem 甲 10\nveto if 率 < 90%\n",
        ("KP570.comparison",),
    ),
    Case("ranked by a quotient of counts", "input a, b : count 1..1000000\nlet 率 = a / b\nlet 名次 = rank(率)\n"),
    Case(
        "ranked by a quotient of money",
        "input a, b : money 1..10000000\nlet 率 = a / b\nlet 名次 = rank(率)\n",
        ("KP570.order",),
    ),
    Case("an average", "records 事\n  分 : score 0..100\nitem 甲 100 = average(分 over 事) default 0\n"),
    Case(
        "a sum of quotients",
        "records 事\n  甲数 : count\n  乙数 : count 1..10\n  let 率 = 甲数 / 乙数\nitem 甲 100 = sum(率 over 事)\n",
        ("KP570.rounding quotient=甲数/乙数",),
    ),
    Case(
        "rescaled by the full mark",
        CLASSES + "item 甲 80\nitem 乙 15 for A\ntotal 总分 = items * 100 / full default 0\n",
    ),
    Case("three thirds", "input a, b, c : count 1..5\ntotal 总分 = a / 3 + b / 3 + c / 3\n", ("KP570.rounding",)),
    Case("three quarters", "input a, b, c : count 1..5\ntotal 总分 = a / 4 + b / 4 + c / 4\n"),
]

QUOTA = "item 甲 10\ngrades 优 > 差\ngrade 差 otherwise\n"

STATEMENTS = [
    Case(
        "the lower end above the points",
        "item 甲 10 down to 12\n  deduct 1 if 甲乙\ninput 甲乙 : yes/no\n",
        ("KP404 low=12",),
    ),
    Case("the lower end below zero", "item 甲 10 down to -5\n  deduct 1 if 甲乙\ninput 甲乙 : yes/no\n"),
    Case(
        "the lower end above the upper one",
        "input a : score 0..100\nitem 甲 10 = a down to 5 up to 3\n",
        ("KP404 low=5 high=3",),
    ),
    Case(
        "rescaled from another full mark",
        "item 甲 65\nitem 乙 17\ntotal 得 = items * 100 / 80\n",
        ("KP565 stated=80 full=82",),
    ),
    Case("rescaled in brackets, divided first", "item 甲 82\ntotal 得 = items / (80) * 100\n", ("KP565 most=102.5",)),
    Case("rescaled from its full mark", "item 甲 65\nitem 乙 17\ntotal 得 = items * 100 / 82\n"),
    Case("divided for another reason", "item 甲 65\nitem 乙 17\ntotal 得 = items / 12\n"),
    Case("rescaled as the document says", 'item 甲 82\ntotal 得 = items * 100 / 80\n  assume "照文件"\n'),
    Case(
        "rescaled class by class",
        f"{CLASSES}item 甲 60\nitem 乙 40 for A\ntotal 得 = items * 100 / (case 类别 [A: 100, B: 50, C: 60])\n",
        ("KP565.class label=B stated=50 full=60",),
    ),
    Case(
        "rescaled where points are by two classes",
        f"{CLASSES}class 型 : one of 大, 小\nitem 甲 [A: 60, B: 50]\nitem 乙 [大: 4, 小: 3]\nitem 丙 70\n"
        "total 得 = items * 100 / 90\n",
    ),
    Case(
        "rescaled where an item below is for a class",
        f"{CLASSES}item 甲\n  item 子 60\n  item 丑 40 for A\nitem 乙 10 for A\n"
        "total 得 = items * 100 / (case 类别 [A: 110, B: 70, C: 60])\n",
    ),
    Case("two rankings", "item 甲 10\nrank by 甲\nrank by total\n", ("KP210.setting name=rankby",)),
    Case("two kinds of subject", "subject 单位\nsubject 县\nitem 甲 10\n", ("KP210.setting name=subject",)),
    Case(
        "two dates of a record",
        "records 事\n  a, b : date\n  on a\n  on b\nlet z = count(事)\n",
        ("KP210.setting",),
    ),
    Case("a record dated by a number", "records 事\n  a : count\n  on a\nlet z = count(事)\n", ("KP220.date text=a",)),
    Case(
        "two answers to ties",
        QUOTA + "select 优 from 差\n  top 3 by total\n  ties excluded\n  ties included\n",
        ("KP210.setting",),
    ),
    Case("one answer to ties", QUOTA + "select 优 from 差\n  top 3 by total\n  ties excluded\n"),
    Case(
        "a grade twice",
        "item 甲 10\ngrades 优 > 差 > 优\ngrade 优 if total > 5\ngrade 差 otherwise\n",
        ("KP211 labels=优",),
    ),
    Case(
        "more than everybody",
        QUOTA + "select 优 from 差\n  top 130% of all by total\n  ties excluded\n  rounded down\n",
        ("KP453 text=130%",),
    ),
    Case(
        "everybody",
        QUOTA + "select 优 from 差\n  top 100% of all by total\n  ties excluded\n  rounded down\n",
    ),
    Case(
        "a share of three places",
        QUOTA + "select 优 from 差\n  top 3 of all by total\n  ties excluded\n  rounded down\n",
        ("KP454.of share=3", "KP454.rounded"),
    ),
    Case("a group with nothing in it", "group 组\nitem 甲 10\n", ("KP501.group name=组",)),
    Case("an item for nobody", CLASSES + "item 甲 5 for A\n  item 乙 5 for B\n", ("KP541.classes",)),
    Case("an item for one of two", CLASSES + "item 甲 5 for A, B\n  item 乙 5 for B\n"),
]

TABLES = {
    "statements": STATEMENTS,
    "sums": SUMS,
    "requirements": REQUIREMENTS,
    "dead rules": DEAD,
    "grades": GRADES,
    "amounts": AMOUNTS,
    "formulas": FORMULAS,
    "names": NAMES,
    "rounding": ROUNDING,
}
ALL = [pytest.param(case, id=f"{table}: {case.title}") for table, cases in TABLES.items() for case in cases]


@pytest.mark.parametrize("case", ALL)
def test_the_check_says_this_and_no_more(case: Case) -> None:
    check(case.script, case.expected)


DATED = "period 2009\nrecords 事\n  日 : date\n  数 : count\n  let 有效 = 日 <= 6月30日\n  on 日\n"


@pytest.mark.parametrize(
    ("rule", "whole"),
    [
        ("item 甲 10\n  deduct 1 per 事\n", True),
        ("item 甲 10\n  deduct 1 per 事 where 数 > 1\n", True),
        ("item 甲 10\n  deduct 1 per 事 where 日 >= period.start\n", False),
        ("item 甲 10\n  deduct 1 per 事 where 有效\n", False),
        ("item 甲 10 averaged by month\n  deduct 1 per 事\n", False),
        ("let 最近 = max(日 over 事)\n", False),
        ("group 组 best\nbonus in 组 数 per 事\n", True),
        ("let 几次 = count(事)\n", True),
    ],
)
def test_dated_rows_outside_the_period_are_for_a_condition_to_leave_out(rule: str, whole: bool) -> None:
    scheme, _ = parse(Source("case.kp", DATED + rule))
    made = model(scheme, Surroundings())
    assert made.sound
    assert counted_whole(made.checker.columns, {"事": "日"}) == (frozenset({"事"}) if whole else frozenset())

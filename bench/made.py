"""What is measured on: scripts, populations and data files, made from fixed seeds."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

Row = tuple[int | str, ...]

# ---------------------------------------------------------------- a long script

_OPENING = """\
scheme 年度目标管理考核
  title "年度目标管理考核办法"
  source "办法"
  period 2009
subject 单位
class 类别 : one of 县区, 部门
"""

# a section holds what the shipped schemes consist of, one of most statements, with an example
_SECTION = """
clause "{n}" "第{n}项重点工作"
  input 任务{n}, 完成{n} : count 0..10000 "全年任务数和完成数"
  records 通报{n}
    级别 : one of 国家, 省, 市
    日期 : date
    属实 : yes/no
  let 完成率{n} = round(完成{n} / 任务{n}, 4) default 100%
  item 工作{n} 10
    item 进度{n} 6 = 6 * min(完成率{n}, 100%)   # 超额不多计
    item 质量{n} 4
      deduct case 级别 [国家: 3, 省: 2, 市: 1] per 通报{n} where 属实
  bonus 0.5 if 完成率{n} >= 110% and count(通报{n} where 属实) = 0 "超额完成"
  penalty in 扣分 2 unless 完成率{n} >= 60% "未完成任务的百分之六十"
  veto if count(通报{n} where 属实 and 级别 = 国家) >= 3 "第{n}项工作三次被国家通报"
  outcome 约谈{n} if 完成率{n} < 50% or (进度{n} < 3 and 质量{n} < 2)
  require 日期 <= 12月31日 for each 通报{n} "通报的日期在考核年度以后"
  assume "任务数为零的视为完成"
example "第{n}项工作完成一半"
  given 任务{n} = 100, 完成{n} = 50
  expect 进度{n} = 3, 工作{n} = 7
"""

_CLOSING = """
clause "九" "等次"
  group 扣分 up to 20
  total 总分 = items * 100 / full + bonus - penalty
  grades 优秀 > 合格 > 不合格
  grade 合格 if 总分 >= 60
  grade 不合格 otherwise
  select 优秀 from 合格
    top 30% of all by 总分 within 类别
    ties excluded
    rounded down
  require 总分 >= 0 "总分低于零"
"""


def long_script(lines: int) -> str:
    """A script of about so many lines: sections of items, records, conditions and findings, all of the same kind."""
    section = _SECTION.count("\n")
    number = max(1, (lines - _OPENING.count("\n") - _CLOSING.count("\n")) // section)
    return _OPENING + "".join(_SECTION.format(n=n) for n in range(1, number + 1)) + _CLOSING


# ---------------------------------------------------------------- the Loudi scheme: data in its own files

_YES_NO = ("否", "是")


def loudi_data(folder: Path, subjects: int) -> Path:
    """A folder of CSV files for `loudi-2009`: subjects, and the entries of its four records."""
    made = random.Random(2009)
    folder.mkdir(parents=True, exist_ok=True)
    ids = [f"L{at:06}" for at in range(subjects)]
    scores = ("指标考核", "公众评议", "公众满意度", "领导评价", "同级评价")
    vetoes = ("违反计划生育政策", "综治不达标", "节能减排未完成", "重大责任事故", "严重失职认定")
    targets = ("人均GDP达标", "财政收入达标", "固定资产达标", "规模工业达标", "招商引资达标")
    feats = ("重大成效", "主要负责人事迹突出")

    def score() -> str:
        return _decimal(made.randint(50_000, 100_000), 2)

    rows = [
        (
            id_, f"单位{id_}",
            score(), score(), f"{_decimal(made.randint(4_000, 10_000), 2)}%", score(), score(),
            *(_YES_NO[made.random() < 0.01] for _ in vetoes),
            *(_YES_NO[made.random() < 0.9] for _ in (*targets, *feats)),
        )
        for id_ in ids
    ]  # fmt: skip
    _write(folder / "subjects.csv", ("编号", "名称", *scores, *vetoes, *targets, *feats), rows)

    def entries(share: float) -> Iterator[str]:
        return (id_ for id_ in ids if made.random() < share)

    kinds = ("省级以上表彰", "成倍超额完成", "排位大幅前移", "应对灾害突出")
    levels = ("中央", "省级或部委", "市级或省直")
    bonus = [
        (
            id_,
            f"{kind}{id_}",
            kind,
            f"2009-{made.randint(1, 12):02}-{made.randint(1, 28):02}",
            _YES_NO[made.random() < 0.9],
        )
        for kind in kinds
        for id_ in entries(0.3)
    ]
    _write(folder / "加分事项.csv", ("编号", "事项", "情形", "申报日期", "市长批准"), bonus)
    criticism = [(id_, made.choice(levels), _YES_NO[made.random() < 0.9]) for id_ in entries(0.2)]
    _write(folder / "通报批评.csv", ("编号", "层级", "委员会审核"), criticism)
    for name, judged in (("班子成员处分", "处分扣分"), ("失职渎职", "失职扣分")):
        judgements = [(id_, "是", _decimal(made.randint(1_000, 2_000), 2)) for id_ in entries(0.05)]
        _write(folder / f"{name}.csv", ("编号", "委员会审核", judged), judgements)
    return folder


# ---------------------------------------------------------------- the Loudi rules on counts: one table of units

CLASSES = ("甲", "乙", "丙")
GRADES = ("先进", "合格", "不合格")
SCORES = ("指标", "公众", "领导", "同级")
BONUS = {f"加{n}": points for n, points in enumerate((200, 150, 100, 300, 50, 500, 250, 400), 1)}
PENALTY = {f"减{n}": points for n, points in enumerate((100, 200, 50, 300, 150, 250, 500, 1000), 1)}
VETOES = tuple(f"否决{n}" for n in range(1, 5))
TARGETS = tuple(f"达标{n}" for n in range(1, 6))
INPUTS = ("类别", *SCORES, *BONUS, *PENALTY, *VETOES, *TARGETS, "满意度")


def units(number: int) -> list[Row]:
    """Units in the order of `INPUTS`: the class by number, scores in hundredths, satisfaction in ten-thousandths.

    Most are decent, one score in ten is anything. The first ones are cases that go wrong: totals below zero with a 5
    behind the last place kept, and totals around the line of 600.
    """
    made = random.Random(number)
    chance, weights = made.random, (60, 30, 10)
    rows: list[Row] = []
    for at in range(number):
        low = at < min(number, 64) // 2
        line = not low and at < min(number, 64)
        scores = [made.randint(0 if chance() < 0.1 else 50_000, 100_000) for _ in SCORES]
        events = made.choices((0, 1, 2), weights, k=16)
        vetoes = [chance() < 0.01 for _ in VETOES]
        targets = [chance() < 0.9 for _ in TARGETS]
        satisfaction = made.randint(4_000, 10_000)
        if low:
            scores, events, vetoes = [0, at, 5 * at, 0], [0] * 8 + [1 + at % 2] * 8, [False] * 4
        if line:
            scores, events, vetoes = [60_000, 60_000, 60_000, 60_000 + 5 * at - 240], [0] * 16, [False] * 4
            targets, satisfaction = [True] * 5, 6_000
        kind = made.choices((0, 1, 2), (20, 50, 30))[0]
        rows.append((kind, *scores, *events, *vetoes, *targets, satisfaction))
    return rows


def units_script() -> str:
    """The rules of the units, as a policy author writes them."""
    points = {**{name: ("bonus", value) for name, value in BONUS.items()}}
    points |= {name: ("penalty", value) for name, value in PENALTY.items()}
    lines = [
        "scheme 县市区评估",
        "period 2009",
        "subject 单位",
        f"class 类别 : one of {', '.join(CLASSES)}",
        f"input {', '.join(SCORES)} : score 0..1000",
        f"input {', '.join(points)} : count 0..100",
        f"input {', '.join((*VETOES, *TARGETS))} : yes/no",
        "input 满意度 : percent",
        "let 指标部分 = 60% of 指标",
        "let 公众部分 = 30% of 公众",
        "let 内部评估 = 50% of 领导 + 50% of 同级",
        *(f"{word} {_decimal(value, 2)} per {name}" for name, (word, value) in points.items()),
        "cap bonus 50; cap penalty 50",
        "total 总分 = 指标部分 + 公众部分 + 10% of 内部评估 + bonus - penalty",
        *(f"veto if {name}" for name in VETOES),
        "grades 先进 > 合格 > 不合格",
        "grade 合格 if 总分 >= 600",
        "grade 不合格 otherwise",
        f"let 候选 = 总分 >= 600 and not vetoed and {' and '.join(TARGETS)} and 满意度 >= 60%",
        "let 候选分 = 总分 applies if 候选",
        "let 名次 = rank(候选分 within 类别)",
        "select 先进 from 合格",
        "  top 30% of all by 总分 within 类别",
        "  where 候选",
        "  ties excluded",
        "  rounded down",
    ]
    return "\n".join(lines) + "\n"


def units_data(file: Path, rows: Sequence[Row]) -> Path:
    """The units as one CSV file."""

    def cells(at: int, row: Row) -> Iterator[str]:
        yield f"U{at:07}"
        for name, value in zip(INPUTS, row, strict=True):
            if name == "类别":
                yield CLASSES[int(value)]
            elif name in SCORES:
                yield _decimal(int(value), 2)
            elif name == "满意度":
                yield f"{_decimal(int(value), 2)}%"
            else:
                yield _YES_NO[value] if isinstance(value, bool) else str(value)

    _write(file, ("编号", *INPUTS), (list(cells(at, row)) for at, row in enumerate(rows)))
    return file


def _decimal(scaled: int, places: int) -> str:
    whole, part = divmod(scaled, 10**places)
    return f"{whole}.{part:0{places}}".rstrip("0").rstrip(".")


def _write(file: Path, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with file.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(headings)
        writer.writerows(rows)

"""Grades, quotas, what is asked of earlier periods, outcomes and requirements."""

from __future__ import annotations

from dataclasses import replace

from oracle.generator import conditions, numbers
from oracle.generator.writing import Condition, Number, Writer, written

GRADES = ("优秀", "良好", "达标", "诫勉")


def _total(w: Writer) -> Number:
    return next(each for each in w.reach.subject.numbers if each.text == "总得分")


def grades(w: Writer) -> None:
    """Base grades by lines or a case, then downgrades, bars, vetoes and up to two quotas."""
    if w.chance(10):
        return
    w.reach.graded = True
    w.reach.periods = w.chance(30)
    total = w.closed(_total(w))
    w.add(f"{w.pick(['grades', '等次'])} {' > '.join(GRADES)}")
    # half of the time nearly all are 良好, so that quotas have somebody to choose from
    nearly_all = [(500, 0, -1), (500, -1, -2), (400, 0, -5), (500, 1, 0)]
    high, middle, low = w.pick([(90, 80, 60), (10, 5, 1), (2, 1, 0), (500, 400, 0), *nearly_all])
    if w.reach.periods and w.chance(20):
        w.add(f"grade = previous(grade) if {conditions.part(w, w.reach.subject, 1)}")
    if w.chance(30):
        bands = f"{high}..: 优秀, {middle}..<{high}: 良好, {low}..<{middle}: 达标, < {low}: 诫勉"
        w.add(f"grade case {total.text} [{bands}]")
    else:
        for grade, line in zip(GRADES, (high, middle, low), strict=False):
            extra = f" and {conditions.part(w, w.reach.subject, 1)}" if w.chance(25) else ""
            w.add(f"{w.pick(['grade', '评定'])} {grade} if {written(total)} >= {line}{extra}")
        w.add("grade 诫勉 otherwise")
    for rule in (f"downgrade {w.pick([1, 2])}", f"bar {w.pick(GRADES[:3])}", "veto", "downgrade 1", "bar 优秀"):
        if w.chance(30):
            fors = f" for {w.reach.classes[0].labels[0]}" if w.reach.classes and w.chance(15) else ""
            w.add(f"{rule} if {w.certain(conditions.condition(w, w.reach.subject, 2))}{fors}")
    for _ in w.upto(3):
        _quota(w)


BLOCKS = ["select 优秀 from 良好", "select 良好 from 达标", "limit 优秀 else 良好", "limit 良好 else 诫勉"]


def _quota(w: Writer) -> None:
    block = w.pick([*BLOCKS, "mark", "mark"])
    before = replace(w.reach.subject, conditions=list(w.reach.subject.conditions))
    graded = "良好"
    if block == "mark":
        name = f"红旗{len(w.lines)}"
        w.add(f"select {name} from {w.pick(['all', 'all', '良好', '优秀'])}")
        w.reach.subject.conditions.append(Condition(name, in_units=False))
    else:
        w.add(block)
        graded = block.split()[-1] if block.startswith("select") else block.split()[1]
    share, of = w.pick(["1", "2", "3", "30%", "50%", "12.5%"]), ""
    if "%" in share:
        of = f" of {w.pick(['all', 'eligible', graded])}"
    key = w.closed(_total(w)) if w.chance(70) else w.closed(numbers.number(w, w.reach.subject, 1))
    keys = f" by {written(key)}"
    if w.chance(30):
        keys += f" then {written(w.closed(numbers.number(w, before, 1)))}"
    w.add(f"  {w.pick(['top', 'top', 'bottom', '前'])} {share}{of}{keys}{w.within()}")
    if w.chance(40):
        w.add(f"  where {w.certain(conditions.condition(w, before, 1))}")
    w.add(f"  ties {w.pick(['excluded', 'included'])}")
    if of:
        w.add(f"  rounded {w.pick(['down', 'up', 'nearest'])}")


def over_periods(w: Writer) -> None:
    """What is asked of earlier results."""
    if not w.reach.periods:
        return
    w.add(f"let 连评 = streak(grade >= {w.pick(GRADES[:3])})", f"let 连分 = streak(总得分 >= {w.pick([0, 1, 60])})")
    w.add("let 上年 = previous(总得分)", "let 上年等次 = previous(grade)", "let 上年否 = previous(vetoed)")
    w.add("let 累记 : number 0..100 places 2 = min(100, (previous(累记) default 0) + (if 旗0 then 12.5 else 0))")
    if w.chance(50):
        w.add("outcome 处理 : one of 轻 < 中 < 重 = 重 if (previous(处理) >= 中) default no")
        w.add(
            "outcome 处理 = 中 if (previous(处理) = 轻) default no",
            f"outcome 处理 = 轻 {w.pick(['if 旗0', 'otherwise'])}",
        )
    w.add("let 历年 = count((总得分 default 0) >= 60 over history)")
    w.add(f"let 历均 = {w.pick(['average', 'max', 'sum'])}((总得分 default 0) over history)")
    if _total(w).optional:
        w.lines[:] = [line for line in w.lines if not line.startswith("let 连分")]


def outcomes(w: Writer) -> None:
    """What follows from the grade, from anything, and from who stands where."""
    if w.reach.graded:
        w.add(f"outcome 表彰 if grade {w.pick(['=', '>=', '<'])} {w.pick(GRADES[:3])}")
        w.add(f"let 同等 = count(grade = {w.pick(GRADES)} over all{w.within()})")
    if w.reach.graded and w.chance(50):
        rest = w.pick(["if vetoed", "otherwise", "if grade = 诫勉"])
        w.add("outcome 比例 = 25% if grade = 优秀", f"outcome 比例 = 10% {rest}")
    if w.chance(40):
        w.add(f"outcome 约谈 unless {w.certain(conditions.condition(w, w.reach.subject, 2))}")
        w.add("outcome 约谈 if bonus > penalty")


def requirements(w: Writer) -> None:
    """What the data should be: of the subject, and of each row."""
    reach = w.reach.subject
    if w.chance(50):
        when = f" if {w.certain(conditions.condition(w, reach, 1))}" if w.chance(30) else ""
        asked = conditions.part(w, reach, 2)
        w.add(f'require 旗0 or {asked}{when} "不合要求"')
    if w.reach.records and w.chance(40):
        table, inside = w.pick(list(w.reach.records.items()))
        w.add(f'require {w.certain(conditions.condition(w, inside, 1))} for each {table} "行不合要求"')

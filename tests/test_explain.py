"""Explanations: a tree from the grade down to the cells, with the author's formulas in numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from kaoping import typed as t
from kaoping.cli.output import CommandError
from kaoping.dataset import Dataset, TableData
from kaoping.derivation import Derivation
from kaoping.engines import explain as module
from kaoping.engines.explain import explain
from kaoping.messages import words
from kaoping.report.explanation import explanation_json, explanation_text
from kaoping.types import Value
from plans import BOOL, column, const, dataset, loaded, num, plan, read
from test_examples_engine import plan_of

SCHEME = """
scheme 试验
period 2009
subject 单位
records 处分
  扣分 : score 10..20
  市管 : yes/no
clause "一" "业务"
  input 完成数, 任务数 : count 0..1000
  let 完成率 = 完成数 / 任务数 default 100%
  item 业务 60 = 60 * 完成率
  item 纪律 40
    deduct 扣分 per 处分 where 市管
clause "二" "加分"
  input 表彰 : count
  bonus 20 per 表彰
  cap bonus 50
  assume "表彰按次计"
clause "三" "否决"
  input 事故 : yes/no
  veto if 事故 "发生事故"
clause "四" "等次"
  total 得分 = items + bonus
  grades 先进 > 合格 > 不合格
  grade 合格 if 得分 >= 60
  grade 不合格 otherwise
  select 先进 from 合格
    top 1 by 得分
    ties excluded
"""


def data() -> Dataset:
    """Four subjects: the second and the third are alike, the fourth is vetoed."""
    subjects: dict[str, list[Value]] = {
        "完成数": [50, 80, 80, 0],
        "任务数": [100, 100, 100, 0],
        "表彰": [3, 0, 0, 1],
        "事故": [False, False, False, True],
    }
    rows: dict[str, list[Value]] = {"扣分": [1000, 1500, 1250], "市管": [True, False, True]}
    return dataset(subjects, 处分=([0, 0, 3], rows))


def nodes(derivation: Derivation) -> Iterator[Derivation]:
    """The tree, top first; what several values share comes once."""
    waiting, seen = [derivation], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen.add(id(node))
            yield node
            waiting.extend(reversed(node.children))


def named(derivation: Derivation, name: str) -> Derivation:
    """The first value of a name."""
    return next(node for node in nodes(derivation) if node.name == name)


@pytest.fixture(params=[500, 0], ids=["reference", "compiled first"])
def tree(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Derivation:
    """The grade of the first subject, whichever engine has evaluated it."""
    monkeypatch.setattr(module, "MANY", request.param)
    return explain(plan_of(SCHEME), data(), "01")


def test_the_grade_is_explained_unless_something_else_is_asked(tree: Derivation) -> None:
    assert (tree.name, tree.value, tree.clause, tree.heading) == ("grade", "先进", "四", "等次")
    total = explain(plan_of(SCHEME), data(), "01", "得分")
    assert (total.name, total.value, total.role) == ("得分", "110", "total")


def test_a_formula_is_the_authors_and_the_same_in_numbers(tree: Derivation) -> None:
    total = named(tree, "得分")
    assert (total.formula, total.numbers) == ("items + bonus", "60 + 50")
    business = named(tree, "业务")
    assert (business.value, business.formula, business.numbers) == ("30", "60 * 完成率", "60 * 0.5")
    rate = named(tree, "完成率")
    assert (rate.formula, rate.numbers) == ("完成数 / 任务数 default 100%", "50 / 100 default 100%")


def test_a_loaded_value_names_its_cell(tree: Derivation) -> None:
    cell = named(tree, "完成数")
    assert (cell.value, cell.role, cell.place, cell.children) == ("50", "input", "subjects.csv:2 完成数", ())


def test_the_rows_that_count_are_listed_with_their_amounts(tree: Derivation) -> None:
    rows = [node for node in nodes(named(tree, "纪律")) if node.role == "row"]
    assert [(row.name, row.value, row.place) for row in rows] == [("处分", "10", "处分.csv:2 扣分")]


def test_what_was_cut_by_a_cap_says_from_what_to_what(tree: Derivation) -> None:
    bonus = named(tree, "bonus")
    facts = {"before": "60", "limit": "50", "clause": "二"}
    assert (bonus.value, bonus.remark, dict(bonus.facts)) == ("50", "capped_by", facts)


def test_of_several_caps_the_one_that_holds_is_named_by_its_clause() -> None:
    scheme = """scheme 某县考评
period 2026
input 获奖 : count 0..90
input 试点 : yes/no
item 工作 100
clause "三(2)" "加分"
  bonus 2 per 获奖
  clause "三(3)"
    cap bonus 5
  clause "三(4)"
    cap bonus 3 if 试点
clause "四"
  penalty in 作风 1 per 获奖
  group 作风 up to 9
  cap 作风 8
"""
    columns: dict[str, list[Value]] = {"获奖": [4, 4, 1], "试点": [False, True, True]}
    people = Dataset(["01", "02", "03"], ["甲", "乙", "丙"], {t.SUBJECTS: TableData(columns)})
    remarks = {}
    for subject in people.ids:
        bonus = named(explain(plan_of(scheme), people, subject, "total"), "bonus")
        remarks[subject] = (bonus.remark, dict(bonus.facts).get("clause"))
    assert remarks == {"01": ("capped_by", "三(3)"), "02": ("capped_by", "三(4)"), "03": (None, None)}


def test_who_is_not_in_the_pool_of_a_limit_is_said_to_keep_the_grade() -> None:
    scheme = """scheme 某县考评
period 2026
input 满意度 : percent
item 工作 100
grades 优秀 > 良好
grade 优秀 if total >= 90
grade 良好 otherwise
limit 优秀 else 良好
  top 1 by total
  where 满意度 >= 80%
  ties excluded
"""
    columns: dict[str, list[Value]] = {"满意度": [5000, 9000, 9000], "工作": [9500, 9600, 9700]}
    people = Dataset(["01", "02", "03"], ["甲", "乙", "丙"], {t.SUBJECTS: TableData(columns)})
    told = {}
    for subject in people.ids:
        tree = explain(plan_of(scheme), people, subject)
        told[subject] = (tree.value, next(node.remark for node in nodes(tree) if node.role == "quota" and node.remark))
    assert told == {
        "01": ("优秀", "limit_not_in_pool"),
        "02": ("良好", "quota_beyond"),
        "03": ("优秀", "quota_chosen"),
    }


def test_an_interpretation_is_told_once_where_it_first_matters(tree: Derivation) -> None:
    assert [node.name for node in nodes(tree) if "表彰按次计" in node.assumes] == ["bonus 1"]


def test_a_quota_says_how_many_places_there_were_and_where_the_subject_stood(tree: Derivation) -> None:
    quota = next(node for node in nodes(tree) if node.role == "quota" and node.remark)
    assert (quota.value, quota.remark) == ("yes", "quota_chosen")
    assert dict(quota.facts) == {"places": "1", "pool": "3", "position": "1", "alike": "1"}


def test_a_tie_and_a_veto_are_said() -> None:
    made, all_data = plan_of(SCHEME), data()
    second = next(node for node in nodes(explain(made, all_data, "02")) if node.remark and "quota" in node.remark)
    assert (second.remark, dict(second.facts)["alike"]) == ("quota_beyond", "2")
    fourth = explain(made, all_data, "04")
    assert fourth.value == "不合格"
    assert any(node.remark == "vetoed" for node in nodes(fourth))
    veto = next(node for node in nodes(fourth) if node.role == "veto")
    assert (veto.value, veto.clause, veto.why) == ("yes", "三", "发生事故")


LOWERED = """
scheme 试验
period 2009
item 工作 100
input 旷工, 迟到 : count
grades 优 > 良 > 中 > 差
grade 优 if total >= 90
grade 良 if total >= 80
grade 中 if total >= 60
grade 差 otherwise
downgrade 1 if 迟到 > 5
bar 优 if 旷工 > 0
bar 良 if 旷工 > 3
"""


@pytest.mark.parametrize(
    ("points", "absent", "late", "grade", "said"),
    [
        (95, 0, 0, "优", None),
        (95, 1, 0, "良", "由 优 降低:不得评 优 及以上"),
        (95, 4, 0, "中", "由 优 降低:不得评 良 及以上"),
        (95, 0, 6, "良", "由 优 降 1 等"),
        (95, 1, 6, "良", "由 优 降 1 等"),  # what is barred it has no longer
        (95, 4, 6, "中", "由 优 降 1 等,又不得评 良 及以上"),
        (40, 4, 6, "差", None),  # there is nothing below
    ],
)
def test_what_lowers_a_grade_is_said_with_the_grades(
    points: int, absent: int, late: int, grade: str, said: str | None
) -> None:
    values: dict[str, list[Value]] = {"工作": [100 * points], "旷工": [absent], "迟到": [late]}
    made = plan_of(LOWERED)
    tree = explain(made, Dataset(["1"], ["甲"], {t.SUBJECTS: TableData(values)}), "1")
    shown = next((words("zh")(f"derivation.remark.{n.remark}", **dict(n.facts)) for n in nodes(tree) if n.remark), None)
    assert (tree.value, shown) == (grade, said)
    bars = [node.formula for node in nodes(tree) if node.role in ("bar", "downgrade")]
    assert bars == ["downgrade 1 if 迟到 > 5", "bar 优 if 旷工 > 0", "bar 良 if 旷工 > 3"]


def test_a_default_that_counted_leaves_what_was_missing_in_view() -> None:
    rate = named(explain(plan_of(SCHEME), data(), "04"), "完成率")
    assert (rate.value, rate.numbers) == ("1", "0 / 0 default 100%")


def test_every_remark_has_words_in_both_languages(tree: Derivation) -> None:
    others = [explain(plan_of(SCHEME), data(), subject) for subject in ("02", "03", "04")]
    for remark in {node.remark for each in (tree, *others) for node in nodes(each)} - {None}:
        assert all(words(language).has(f"derivation.remark.{remark}") for language in ("zh", "en"))


def test_a_look_back_lists_the_results_it_goes_through_and_says_where_they_stop() -> None:
    good = loaded("好", BOOL, t.HISTORY)
    shown = column("连续", t.Streak(const(True), read(good), type=num()))
    rows: dict[str, list[Value]] = {"period": ["2008", "2007", "2005"], "好": [True, False, True]}
    found = explain(plan(good, shown), dataset(1, history=([0, 0, 0], rows)), "01", "连续")
    assert [(row.name, row.value) for row in found.children] == [("2008", "yes"), ("2007", "no")]
    assert (found.value, found.remark, found.facts[0]) == ("2", "streak_gap", ("first", "2006-01-01"))


def test_who_is_not_appraised_is_told_why() -> None:
    made = plan_of("scheme 试验\nperiod 2009\nsubject 职工 if 月数 >= 6\ninput 月数 : count\nitem 工作 100\n")
    values: dict[str, list[Value]] = {"工作": [9000], "月数": [3]}
    tree = explain(made, Dataset(["1"], ["甲"], {t.SUBJECTS: TableData(values)}), "1")
    assert (tree.value, tree.remark) == ("—", "not_appraised")
    why = tree.children[0]
    assert (why.role, why.value, why.formula, why.numbers) == ("appraised", "no", "月数 >= 6", "3 >= 6")
    assert "- 在考核范围 = 否\n" in explanation_text(tree, "", words("zh"))


def test_a_streak_begins_with_the_present() -> None:
    made = plan_of("scheme 试验\nperiod 2009\nitem 工作 100\nlet 连 = streak(工作 >= 90)\noutcome 好 if 连 >= 1\n")
    tables = {t.SUBJECTS: TableData({"工作": [5000]}), t.HISTORY: TableData({"period": []})}
    tree = explain(made, Dataset(["1"], ["甲"], tables), "1", "连")
    assert (tree.value, [(each.name, each.value) for each in tree.children]) == ("0", [("工作", "50")])


def test_after_twenty_rows_the_rest_is_counted() -> None:
    points = loaded("扣分", num(), "处分")
    shown = column("合计", t.Fold("sum", t.Frame("处分"), read(points), type=num()))
    many = dataset(1, 处分=([0] * 25, {"扣分": list(range(25))}))
    found = explain(plan(points, shown), many, "01", "合计")
    assert (found.value, len(found.children), found.children[-1].remark) == ("300", 21, "more")
    assert dict(found.children[-1].facts) == {"count": "5"}


def test_a_chain_of_a_thousand_rules_can_be_explained() -> None:
    first = loaded("起", num())
    chain = [first]
    for number in range(1000):
        chain.append(column(f"步{number}", t.Add((read(chain[-1]), read(chain[-1])), type=num())))
    found = explain(plan(*chain), dataset({"起": [1]}), "01", "步999")
    depth = 0
    while found.children:
        (found,), depth = found.children, depth + 1
    assert (depth, found.name) == (1000, "起")


def meaning(script: str, typed: str, language: str = "zh") -> str:
    from kaoping.cli.explain import value_named  # at the top it would put the module `run` in place of the function

    return value_named(plan_of(script), typed, words(language))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("得分", "得分"),
        ("总分", "得分"),
        ("total", "得分"),
        ("名次", "rank"),
        ("rank", "rank"),
        ("加分", "bonus"),
        ("等次", "grade"),
    ],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_built_in_value_is_called_by_its_word_in_either_language(typed: str, meant: str, language: str) -> None:
    assert meaning(SCHEME, typed, language) == meant


def test_what_a_script_calls_its_own_is_meant_first() -> None:
    named = "scheme s\nperiod 2009\nitem 甲 10\nlet 总分 = 甲\nlet 名次 = 甲\ntotal 得分 = 甲\n"
    assert [meaning(named, each) for each in ("总分", "名次", "rank")] == ["总分", "名次", "rank"]
    two = "scheme s\nperiod 2009\nitem 甲 10\ntotal 初 = 甲\ntotal 终 = 初\n"
    with pytest.raises(CommandError, match="no_value"):
        meaning(two, "总分")


def test_an_unknown_subject_or_name_is_a_key_error() -> None:
    made = plan_of(SCHEME)
    for subject, name in (("99", None), ("01", "无此名")):
        with pytest.raises(KeyError):
            explain(made, data(), subject, name)


def test_what_several_lines_say_together_is_told_line_by_line_without_comments() -> None:
    """Neither what stands between the lines nor what the author remarks is part of the rule."""
    made = plan_of("""
scheme 试验
input 业绩 : score 0..100
input 事故 : yes/no
item 工作 100 = 业绩
grades 甲 > 乙
clause "三"
  grade 乙 if 事故  # 出了事故的
  assume "事故指责任事故"
  grade 甲 if 业绩 >= 90  # 九十分以上
      and not 事故
clause "四"
  veto if 业绩 < 10
  grade 乙 otherwise
outcome 奖励 = "一等#" if 业绩 >= 95  # 优先
outcome 奖励 = "二等" if 业绩 >= 90
""")
    grade = next(
        node for node in nodes(explain(made, dataset({"业绩": [9200], "事故": [False]}), "01")) if node.role == "base"
    )
    assert grade.formula == "grade 乙 if 事故; grade 甲 if 业绩 >= 90 and not 事故; grade 乙 otherwise"
    numbers = words("en").spelled(grade.numbers or "")
    assert numbers == "grade 乙 if no; grade 甲 if 92 >= 90 and not no; grade 乙 otherwise"
    prize = explain(made, dataset({"业绩": [9200], "事故": [False]}), "01", "奖励")
    assert prize.value == "二等"
    assert prize.formula == 'outcome 奖励 = "一等#" if 业绩 >= 95; outcome 奖励 = "二等" if 业绩 >= 90'
    assert prize.numbers == 'outcome 奖励 = "一等#" if 92 >= 95; outcome 奖励 = "二等" if 92 >= 90'


SEVERAL = """
scheme 试验
input 业绩 : score 0..100
input 造假, 迟报 : yes/no
item 工作 100 = 业绩
grades 甲 > 乙
clause "三" "造假"
  grade 乙 if 造假 and not 迟报
  assume "造假指数据造假"
clause "四" "等次"
  grade case 业绩 [90..: 甲, ..<90: 乙]
clause "五"
  outcome 奖金 = 100元 if 业绩 >= 95
  outcome 通报 if 造假
clause "六"
  outcome 奖金 = 50元 if 业绩 >= 90
  outcome 通报 if 迟报
"""


@pytest.mark.parametrize(
    ("name", "clauses"),
    [("grade", ["三", "四", "四"]), ("奖金", ["六", "六", "五"]), ("通报", ["五", "六", "五"])],
)
def test_of_several_lines_the_clause_of_the_one_that_took_effect_is_cited(name: str, clauses: list[str]) -> None:
    rows: dict[str, list[Value]] = {
        "业绩": [9000, 9000, 9500],
        "造假": [True, False, False],
        "迟报": [False, True, False],
    }
    found = [explain(plan_of(SEVERAL), dataset(rows), subject, name) for subject in ("01", "02", "03")]
    assert [each.clause for each in found] == clauses
    if name == "grade":
        assert [each.assumes for each in found] == [("造假指数据造假",), (), ()]


def test_yes_and_no_in_a_formula_are_in_the_language_of_the_reader() -> None:
    rows: dict[str, list[Value]] = {"业绩": [9000], "造假": [True], "迟报": [False]}
    grade = explain(plan_of(SEVERAL), dataset(rows), "01")
    for language, said in (("zh", "grade 乙 if 是 and not 否"), ("en", "grade 乙 if yes and not no")):
        assert said in explanation_text(grade, "", words(language))
        assert said in json.loads(explanation_json(grade, words(language)))["values"][0]["numbers"]


def test_the_total_nobody_has_stated_has_no_formula_where_it_is_spoken_of() -> None:
    made = plan_of(
        "scheme 甲\nperiod 2026\nitem 工作 100\ninput 表彰 : count\nbonus 2 per 表彰\n"
        "grades 好 > 差\ngrade 好 if total >= 70\ngrade 差 otherwise\n"
    )
    rows = dataset({"工作": [7000], "表彰": [3]})
    tree = explain(made, rows, "01", "total")
    assert (tree.value, tree.formula, tree.numbers) == ("76", None, None)
    assert [each.name for each in tree.children] == ["items", "bonus"]  # there are no penalties


# ---------------------------------------------------------------- items and their lines

LINES = """
scheme y
period 2026
input a : score 0..100
input y, x : yes/no
input b, c : count 0..9
item w 50 = a / 2
  add 3 per b
  deduct 10 per c up to 25
  deduct all if x
  deduct all if y "fraud found"
item s 50
  deduct 10 per c
item m 70 = a * 0.7 averaged by half
group g best
bonus in g 2 if x "reason x"
bonus in g 4 if y "reason y"
"""


def told(name: str, **cells: Value) -> Derivation:
    values: dict[str, list[Value]] = {"a": [9000], "y": [False], "x": [False], "b": [2], "c": [1]}
    values |= {key: [each] for key, each in cells.items()}
    return explain(plan_of(LINES), Dataset(["1"], ["one"], {"": TableData(values)}), "1", name)


def test_an_item_is_told_with_its_lines_and_their_signs() -> None:
    with_value, with_points = told("w"), told("s")
    assert (with_value.value, with_value.formula) == ("41", "a / 2 + (3 per b) - (10 per c up to 25)")
    assert with_value.numbers == "90 / 2 + 6 - 10"
    assert (with_points.formula, with_points.numbers, with_points.value) == ("50 - (10 per c)", "50 - 10", "40")


def test_an_item_whose_points_are_all_deducted_says_why() -> None:
    cleared = told("w", y=True)
    assert (cleared.value, cleared.formula, cleared.numbers) == ("0", None, None)
    assert (cleared.remark, cleared.why) == ("cleared", "fraud found")
    assert cleared.facts == (("rule", 'deduct all if y "fraud found"'),)
    assert told("w", x=True).facts == (("rule", "deduct all if x"),)


def test_an_item_averaged_over_units_says_what_is_divided() -> None:
    mean = told("m")
    assert (mean.formula, mean.numbers, mean.value) == ("Σ m / 2", "126 / 2", "63")
    assert [each.name for each in mean.children] == ["Σ m"]


def test_the_best_of_several_lines_shows_those_that_hold() -> None:
    group = told("bonus", x=True, y=True).children[0]
    assert [(each.name, each.value) for each in group.children] == [
        ('2 if x "reason x"', "2"),
        ('4 if y "reason y"', "4"),
    ]
    assert [each.name for each in told("bonus", x=True).children[0].children] == ['2 if x "reason x"']


def test_a_nothing_of_the_author_is_not_what_clears_an_item() -> None:
    text = LINES.replace("item w 50 = a / 2", "item w 50 = if x then 0 else a / 2").replace("  deduct all if x\n", "")
    values: dict[str, list[Value]] = {"a": [9000], "y": [False], "x": [True], "b": [0], "c": [0]}
    one = explain(plan_of(text), Dataset(["1"], ["one"], {"": TableData(values)}), "1", "w")
    assert (one.value, one.remark) == ("0", None)
    assert one.formula == "(if x then 0 else a / 2) + (3 per b) - (10 per c up to 25)"


def test_a_floor_below_what_is_cleared_is_said() -> None:
    text = LINES.replace("item w 50 = a / 2", "item w 50 = a / 2 down to 5")
    values: dict[str, list[Value]] = {"a": [9000], "y": [True], "x": [False], "b": [0], "c": [0]}
    one = explain(plan_of(text), Dataset(["1"], ["one"], {"": TableData(values)}), "1", "w")
    assert (one.value, one.remark) == ("5", "cleared_held")
    assert dict(one.facts)["limit"] == "5"


def test_the_class_of_a_line_stands_in_its_formula() -> None:
    text = "scheme y\nperiod 2026\nclass k : one of A, B\ninput y : yes/no\nitem w 10\n  deduct 1 if y for A\n"
    values: dict[str, list[Value]] = {"k": [0], "y": [True]}
    one = explain(plan_of(text), Dataset(["1"], ["one"], {"": TableData(values)}), "1", "w")
    assert one.formula == "10 - (1 if y for A)"

"""From text to `Scheme`: every statement, expression and literal of the language, in both languages."""

from __future__ import annotations

import datetime
import gc
import time
from pathlib import Path

import pytest

from kaoping import expr as e
from kaoping import scheme as s
from kaoping.source import Source
from kaoping_dsl.parse import parse, parse_expression

EVERYTHING = (Path(__file__).parent / "everything.kp").read_text(encoding="utf-8")


def statements(text: str) -> tuple[s.Statement, ...]:
    scheme, findings = parse(Source("a.kp", text))
    assert findings == []
    return scheme.statements


def statement(text: str) -> s.Statement:
    (only,) = statements(text)
    return only


def expression(text: str) -> e.Expr:
    value, findings = parse_expression(Source("", text))
    assert findings == []
    assert value is not None
    return value


def name(*parts: str, canonical: str = "") -> e.Name:
    return e.Name(parts, (canonical,) if canonical else parts)


A, B, C = name("甲"), name("乙"), name("丙")
ONE, TWO = e.Number(1), e.Number(2)


# ---------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("50", e.Number(50)),
        ("0.50", e.Number(50, 2)),
        ("60%", e.Number(60, 2, percent=True)),
        ("12.5%", e.Number(125, 3, percent=True)),
        ("5‰", e.Number(5, 3, percent=True)),
        ("800元", e.Number(800, unit="元")),
        ("5万元", e.Number(50000, unit="元")),
        ("1.25万元", e.Number(12500, unit="元")),
        ("1.23456万元", e.Number(123456, 1, unit="元")),
        ("3亿", e.Number(300_000_000)),
        ("3起", e.Number(3, unit="起")),
        ("５０", e.Number(50)),
        ("2009-12-31", e.Date(datetime.date(2009, 12, 31))),
        ("6月10日", e.MonthDay(6, 10)),
        ("2月29日", e.MonthDay(2, 29)),
        ('"文字"', e.Text("文字")),
        ("“甲“乙”丙”", e.Text("甲“乙”丙")),
        ("yes", e.YesNo(True)),
        ("否", e.YesNo(False)),
        ("「GDP(亿元)增速」", name("GDP(亿元)增速")),
        ("班子.综合得分", name("班子", "综合得分")),
        ("加分", name("bonus")),
        ("「加分」", name("加分")),
        ("考核期.起始", e.Name(("考核期", "起始"), ("period", "start"))),
    ],
)
def test_literals_and_names(text: str, value: e.Expr) -> None:
    assert expression(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("甲 + 乙 - 丙", e.Sum(((1, A), (1, B), (-1, C)))),
        ("甲 * 乙 / 丙", e.Product((("*", A), ("*", B), ("/", C)))),
        ("甲 × 乙 ÷ 丙", e.Product((("*", A), ("*", B), ("/", C)))),
        ("60% of 甲", e.Product((("*", e.Number(60, 2, percent=True)), ("*", A)))),
        ("60% 甲", e.Product((("*", e.Number(60, 2, percent=True)), ("*", A)))),
        ("-甲 * 2", e.Product((("*", e.Negative(A)), ("*", TWO)))),
        ("(甲 + 1) * 2", e.Product((("*", e.Bracketed(e.Sum(((1, A), (1, ONE))))), ("*", TWO)))),
        ("甲 and 乙 or not 丙", e.Any((e.All((A, B)), e.Not(C)))),
        ("甲 >= 1", e.Compare(">=", A, ONE)),
        ("甲 ≥ １", e.Compare(">=", A, ONE)),
        ("甲 ≠ 乙", e.Compare("!=", A, B)),
        ("甲 in [乙, 丙]", e.In(A, (B, C))),
        ("甲 in 1..<2", e.In(A, e.Range(ONE, TWO, high_open=True))),
        ("甲 in 1<..2", e.In(A, e.Range(ONE, TWO, low_open=True))),
        ("甲 in 1.. and 乙", e.All((e.In(A, e.Range(ONE, None)), B))),
        ("甲 in ..<2", e.In(A, e.Range(None, TWO, high_open=True))),
        ("甲 / 乙 default 1", e.Default(e.Product((("*", A), ("/", B))), ONE)),
        ("if 甲 then 1 else if 乙 then 2 else 丙", e.If(A, ONE, e.If(B, TWO, C))),
        ("has 甲 and 乙", e.All((e.Has(A), B))),
        ("甲 + 5 days", e.Sum(((1, A), (1, e.Duration(e.Number(5), "days"))))),
        ("甲 - 乙 months", e.Sum(((1, A), (-1, e.Duration(B, "months"))))),
        (
            "case 甲 [乙: 1, 1..2: 2, > 2: 3, otherwise: 0]",
            e.Case(
                A,
                (
                    e.Arm(B, ONE),
                    e.Arm(e.Range(ONE, TWO), TWO),
                    e.Arm(e.Relation(">", TWO), e.Number(3)),
                    e.Arm(e.Otherwise(), e.Number(0)),
                ),
            ),
        ),
        (
            "interpolate 甲 [60%: 0, 90%: 10]",
            e.Interpolate(
                A,
                (
                    (e.Number(60, 2, percent=True), e.Number(0)),
                    (e.Number(90, 2, percent=True), e.Number(10)),
                ),
            ),
        ),
    ],
)
def test_formulas(text: str, value: e.Expr) -> None:
    assert expression(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("round(甲, 2)", e.Call("round", (A, TWO), builtin=True)),
        ("四舍五入(甲, 2)", e.Call("round", (A, TWO), builtin=True)),
        ("个数(甲 其中 乙)", e.Call("count", (A,), where=B, builtin=True)),
        ("sum(甲 over 乙 where 丙)", e.Call("sum", (A,), over=B, where=C, builtin=True)),
        ("sum(甲 over 乙 last 5 by 丙)", e.Call("sum", (A,), over=B, last=(5, C), builtin=True)),
        ("average(甲 over 乙 trim 1)", e.Call("average", (A,), over=B, trim=1, builtin=True)),
        ("count(all within 甲)", e.Call("count", (name("all"),), within=(A,), builtin=True)),
        ("rank(甲 within [乙, 丙] lowest first)",
         e.Call("rank", (A,), within=(B, C), lowest_first=True, builtin=True)),
        ("percentile(80%, 甲 over all linear)",
         e.Call("percentile", (e.Number(80, 2, percent=True), A), over=name("all"), linear=True, builtin=True)),
        ("ordinal(by 甲 within 乙)", e.Call("ordinal", by=A, within=(B,), builtin=True)),
        ("previous(甲 by 乙)", e.Call("previous", (A,), by=B, builtin=True)),
        ("审批(甲, 乙).渠道", e.Call("审批", (A, B), output="渠道")),
    ],
)  # fmt: skip
def test_calls(text: str, value: e.Expr) -> None:
    assert expression(text) == value


# ---------------------------------------------------------------- statements


def test_one_line_is_a_whole_script() -> None:
    veto, cap = statements("veto if 重大事故; cap bonus 50")
    assert veto == s.Veto(name("重大事故"))
    assert cap == s.Cap(name("bonus"), e.Number(50))


def test_unless_is_if_not() -> None:
    assert statement("veto unless 甲") == s.Veto(e.Not(A))


def test_an_item_with_everything() -> None:
    text = (
        "item 甲项 [甲: 2.5, 乙: 1.5] = 甲 down to -5 up to 10 for 甲, 乙 averaged by quarter 4:3:3 "
        "rated by 自评 20%, 局领导 80% needs evidence applies if 丙 else average"
    )
    assert statement(text) == s.Item(
        "甲项",
        points=(("甲", e.Number(25, 1)), ("乙", e.Number(15, 1))),
        value=A,
        applies=C,
        otherwise="average",
        down_to=e.Negative(e.Number(5)),
        up_to=e.Number(10),
        averaged_by="quarter",
        averaged_weights=(e.Number(4), e.Number(3), e.Number(3)),
        raters=(("自评", e.Number(20, 2, percent=True)), ("局领导", e.Number(80, 2, percent=True))),
        evidence=True,
        classes=("甲", "乙"),
    )


def test_amounts() -> None:
    step = s.PerStep("full", e.Number(1, 2, percent=True), e.Bracketed(e.Sum(((1, A), (-1, B)))))
    assert statement('bonus in 组一 2 per full 1% of (甲 - 乙) if 丙 up to 5 "事由" for 甲') == s.Adjustment(
        "bonus",
        s.Amount(TWO, per=step, condition=C, up_to=e.Number(5), why="事由"),
        group="组一",
        classes=("甲",),
    )
    assert statement("penalty 10..20 as 处分 per 甲 where 乙") == s.Adjustment(
        "penalty", s.Amount(s.Judged(e.Number(10), e.Number(20), "处分"), per=s.Per(A, where=B))
    )
    item = statement("item 甲项 5\n  deduct all if 甲\n  deduct 1 per full\n  add 甲 per 乙")
    assert item.body == (
        s.Clear(A),
        s.Line("deduct", s.Amount(ONE, per=s.Per(name("full")))),
        s.Line("add", s.Amount(A, per=s.Per(B))),
    )


def test_a_quota() -> None:
    select = statement(
        "select 先进 from all\n  top 30% of 优 by 甲 then 乙 within 丙\n"
        "  where 甲\n    and 乙\n  ties excluded\n  rounded down"
    )
    assert select == s.Select(
        "先进",
        body=(
            s.Top("top", e.Number(30, 2, percent=True), of="优", of_grade=True, keys=(A, B), within=(C,)),
            s.Where(e.All((A, B))),
            s.Ties("excluded"),
            s.Rounded("down"),
        ),
    )  # fmt: skip


def test_types() -> None:
    text = "input 甲, 乙 : number -1..10 亩 places 3 optional default 2 “含义”"
    kind = s.WrittenType("number", e.Range(e.Negative(ONE), e.Number(10)), 3, "亩")
    assert statement(text) == s.Input(("甲", "乙"), kind, optional=True, default=TWO, meaning="含义")
    assert statement("class 甲 : one of 子、丑 = 乙") == s.Class("甲", s.WrittenType("choice", labels=("子", "丑")), B)
    ordered = s.WrittenType("choice", labels=("差", "中", "好"), ordered=True)
    assert statement("input 甲 : one of 差 < 中 < 好") == s.Input(("甲",), ordered)
    link = statement("link 甲 : 子, 丑 (乙 : one of A, B, 丙 : yes/no) by 丁")
    assert link == s.Link(
        "甲",
        ("子", "丑"),
        "丁",
        (("乙", s.WrittenType("choice", labels=("A", "B"))), ("丙", s.WrittenType("yes/no"))),
    )


def test_dates_of_rules() -> None:
    day = datetime.date
    assert statement("param 甲 = 1 since 2009, 2 since 2011-07-01") == s.Param(
        ("甲",), ((ONE, day(2009, 1, 1)), (TWO, day(2011, 7, 1)))
    )
    assert statement("param 甲, 乙 : count") == s.Param(("甲", "乙"), type=s.WrittenType("count"))
    assert statement('clause "一" since 2009Q2 until 2010-02') == s.Clause(
        "一", None, day(2009, 4, 1), day(2010, 2, 28)
    )
    assert statement('clause "一" until 2009H2') == s.Clause("一", until=day(2009, 12, 31))


def test_a_table() -> None:
    text = "table 甲 (乙, 丙)\n  => 子 : yes/no\n  | A | 1..2 => yes |\n  | _ | > 2 => - |\n  otherwise => no"
    assert statement(text).body == (
        s.TableOutput("子", s.WrittenType("yes/no")),
        s.TableRow((name("A"), e.Range(ONE, TWO)), (e.YesNo(True),)),
        s.TableRow((e.Anything(), e.Relation(">", TWO)), (e.Nothing(),)),
        s.TableRow((e.Otherwise(),), (e.YesNo(False),)),
    )


def test_an_example() -> None:
    text = (
        'example "例"\n'
        "  given 甲 = 1, 乙 = [子: 1, 丑: 国家] [子: 2]\n"
        "  subject 张三: 甲 = 1\n"
        "    history 2008: grade = 优\n"
        "  link 班子: grade = 优\n"
        '  expect 张三.grade = 优, vetoed by "四", 张三.barred by "五", not flagged by "六"\n'
    )
    row = (s.Binding(name("子"), ONE), s.Binding(name("丑"), name("国家")))
    grade = s.Binding(name("grade"), name("优"))
    assert statement(text).body == (
        s.Given((s.Binding(A, ONE), s.Binding(B, (row, (s.Binding(name("子"), TWO),))))),
        s.ExampleSubject("张三", (s.Binding(A, ONE),)),
        s.ExampleHistory("2008", (grade,)),
        s.ExampleLink("班子", (grade,)),
        s.Expect(
            (
                s.Binding(name("张三", "grade"), name("优")),
                s.ExpectedReason("四"),
                s.ExpectedReason("五", "张三", "barred"),
                s.ExpectedReason("六", None, "flagged", holds=False),
            )
        ),
    )


# ---------------------------------------------------------------- lines and places


@pytest.mark.parametrize(
    "text",
    [
        "let 甲 = 乙 +\n丙",
        "let 甲 = 乙\n  + 丙",
        "let 甲 = (乙\n  + 丙)".replace("(", "").replace(")", ""),
        "let 甲 =\n    乙 + 丙",
        "let 甲 = 乙 # 注\n\n  # 又注\n  + 丙",
        "令 甲 = 乙 + 丙",
        "let 甲 = 乙 ＋ 丙",
        "\ufefflet 甲 = 乙 + 丙\r\n",
    ],
)
def test_lines_that_go_on(text: str) -> None:
    assert statement(text) == s.Let(("甲",), e.Sum(((1, B), (1, C))))


@pytest.mark.parametrize("head", ["given 甲", "subject 张三: 甲", "history 2008: 甲", "link 班子: 甲", "expect 甲"])
def test_a_value_that_is_missing_ends_its_line(head: str) -> None:
    first, second = statement(f'example "例"\n  {head} = -\n  expect not 乙.flagged by "六"').body
    assert first == statement(f'example "例"\n  {head} = -').body[0]
    assert second == s.Expect((s.ExpectedReason("六", "乙", "flagged", holds=False),))


def test_tabs_and_wide_spaces_indent() -> None:
    for space in ("\t", "  ", "　", " " * 8):
        assert statement(f'clause "一"\n{space}veto if 甲\n').body == (s.Veto(A),)


def test_spans_are_those_of_the_author() -> None:
    scheme, _ = parse(Source("a.kp", "scheme 方案\n  veto　if 办结率 ≥ ９０％ # 注\n"))
    veto = scheme.statements[0].body[0]
    assert isinstance(veto, s.Veto)
    assert (veto.span.text, veto.span.position) == ("veto　if 办结率 ≥ ９０％", (2, 3))
    assert isinstance(veto.condition, e.Compare)
    assert (veto.condition.right.span.text, veto.condition.right.span.position) == ("９０％", (2, 17))


def test_every_node_has_a_place_inside_that_of_its_statement() -> None:
    scheme, findings = parse(Source("a.kp", EVERYTHING))
    assert findings == []

    def check(node: object, outer: e.Node | None) -> None:
        if isinstance(node, tuple):
            for part in node:
                check(part, outer)
        elif isinstance(node, e.Node):
            assert node.span.start < node.span.end, node
            if outer:
                assert outer.span.start <= node.span.start <= node.span.end <= outer.span.end, node
            for field in node.__struct_fields__:
                if field != "span":
                    check(getattr(node, field), None if field == "body" else node)

    check(scheme.statements, None)


def test_eight_times_the_lines_take_no_more_than_eight_times_as_long() -> None:
    def seconds(source: Source) -> float:
        taken = []
        gc.disable()  # else whatever the tests before have left behind is looked through again and again
        for _ in range(5):
            start = time.process_time()
            parse(source)
            taken.append(time.process_time() - start)
        gc.enable()
        return min(taken)

    one, eight = Source("a.kp", EVERYTHING * 4), Source("a.kp", EVERYTHING * 32)
    parse(one)
    assert seconds(eight) < 16 * seconds(one)  # twice what is linear: the machine may be busy


def test_the_chinese_and_the_english_script_are_the_same_scheme() -> None:
    english = statements(
        'item 甲项 20 for 甲\n  deduct 1 per 乙 where not 丙 up to 5\nveto if 甲 "事由"\ngrades 优 > 良'
    )
    chinese = statements("指标 甲项 20 适用于 甲\n  扣 1 每 乙 其中 非 丙 至多 5\n一票否决 若 甲 “事由”\n等次 优 ＞ 良")
    traditional = statements(
        '指標 甲项 20 適用於 甲\n  扣 1 每 乙 其中 非 丙 封頂 5\n一票否決 若 甲 "事由"\n等次 优 > 良'
    )
    assert english == chinese == traditional


@pytest.mark.parametrize(
    "path", sorted((Path(__file__).parents[1] / "schemes").rglob("*.kp")), ids=lambda path: path.stem
)
def test_every_shipped_scheme_is_well_formed(path: Path) -> None:
    _, findings = parse(Source(path.name, path.read_text(encoding="utf-8")))
    assert findings == []

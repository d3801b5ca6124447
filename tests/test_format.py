"""The formatter: one layout, nothing lost, keywords turned into either language and back."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaoping.scheme import Statement
from kaoping.source import Source
from kaoping_dsl.format import format_script
from kaoping_dsl.parse import parse
from kaoping_dsl.tokens import scan
from kaoping_dsl.words import Language, tables

EVERYTHING = (Path(__file__).parent / "everything.kp").read_text(encoding="utf-8")


def tree(text: str) -> tuple[Statement, ...]:
    scheme, findings = parse(Source("a.kp", text))
    assert findings == [], text
    return scheme.statements


def comments(text: str) -> list[str]:
    return [token.text[1:].rstrip() for token in scan(Source("a.kp", text)) if token.kind == "COMMENT"]


@pytest.mark.parametrize(
    ("text", "formatted"),
    [
        ("veto if  甲", "veto if 甲\n"),
        ("veto  if 甲 ； cap bonus 50;", "veto if 甲; cap bonus 50\n"),
        ('clause "一"\n\t veto if 甲\n\n\n\n\t veto if 乙\n\n', 'clause "一"\n  veto if 甲\n\n  veto if 乙\n'),
        ("input 甲 ,乙:score 0 .. 100", "input 甲, 乙 : score 0..100\n"),
        ("period 2009H1 .. 2010-03", "period 2009H1..2010-03\n"),
        ("let 甲=（乙＋１）×-丙/２", "let 甲 = (乙 + 1) * -丙 / 2\n"),
        ("grade 优 if 甲≥９０％", "grade 优 if 甲 >= 90%\n"),
        ("let 甲 = case 乙[国家:3,省 : 2]", "let 甲 = case 乙 [国家: 3, 省: 2]\n"),
        ("let 甲 = 乙 in 60 ..< 90 and 丙 in 1..  and 丁", "let 甲 = 乙 in 60..<90 and 丙 in 1.. and 丁\n"),
        ("let 甲 = round ( 乙 , 2 )", "let 甲 = round(乙, 2)\n"),
        ("let 甲(乙) = - 乙", "let 甲(乙) = -乙\n"),
        ("title “某“办法””", 'title "某“办法”"\n'),
        ('title “某"办法”', 'title “某"办法”\n'),
        ("item 甲 20   # 注  \n# 下\n  item 乙 5", "item 甲 20  # 注\n  # 下\n  item 乙 5\n"),
        ("let 甲 = 乙\n + 丙 #注\n  # 又\n - 丁", "let 甲 = 乙\n    + 丙  #注\n    # 又\n    - 丁\n"),
        ("item 甲 5 averaged by year 4 : 3 : 3", "item 甲 5 averaged by year 4:3:3\n"),
        ("table 甲(乙)\n  =>丙:count\n  |_=>-|", "table 甲 (乙)\n  => 丙 : count\n  | _ => - |\n"),
        ('example "一"\n  subject 甲 : 乙=1\n', 'example "一"\n  subject 甲: 乙 = 1\n'),
        ('example "一"\n  history 2025 : 乙=1\n', 'example "一"\n  history 2025: 乙 = 1\n'),
        ('example "一"\n  link 甲 : 乙=1,丙 =2\n', 'example "一"\n  link 甲: 乙 = 1, 丙 = 2\n'),
        ("link 甲:乙(丙 :count,丁:text) by 戊", "link 甲 : 乙 (丙 : count, 丁 : text) by 戊\n"),
        ("", ""),
        ("\n\n# 注\n\n", "# 注\n"),
    ],
)
def test_layout(text: str, formatted: str) -> None:
    assert format_script(text) == formatted


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("veto if 甲\n", "一票否决 若 甲\n"),
        ("bonus 2 per 甲 where not 乙 up to 5\n", "加分 2 每 甲 其中 非 乙 至多 5\n"),
        ("item 甲 5 down to 0 applies if 乙 else full\n", "指标 甲 5 封底 0 适用若 乙 否则 满分\n"),
        ("item 甲 5 applies if 乙 else average\n", "指标 甲 5 适用若 乙 否则 平均\n"),
        ("total 得分 = 60% of items + bonus - penalty\n", "总分 得分 = 60% 的 指标合计 + 加分 - 减分\n"),
        ("let 甲 = sum(乙 over all) + round(丙, 2)\n", "令 甲 = 合计(乙 于 全部) + 四舍五入(丙, 2)\n"),
        ("input 甲 : yes/no\n", "数据 甲 : 是否\n"),
        ("let 甲 = 乙 >= period.start + 5 days\n", "令 甲 = 乙 >= 考核期.起始 + 5 天\n"),
        ("bonus 2 per 甲\n    up to 5\n", "加分 2 每 甲\n    至多 5\n"),
        # the same English word, and the Chinese that is usual in its place
        ("bonus in 甲 2 if 乙 in [丙]\n", "加分 入 甲 2 若 乙 属于 [丙]\n"),
        ("group 甲 best by 乙 up to 5 in 丙\n", "组 甲 取最高 按 乙 至多 5 入 丙\n"),
        (
            'example "一"\n  expect vetoed by "三", barred by "四"\n',
            '示例 "一"\n  应得 被否决 依 "三", 不得评 依 "四"\n',
        ),
        ("item 甲 5 down to 0 up to 9\n  add 1 up to 2\n", "指标 甲 5 封底 0 封顶 9\n  计 1 至多 2\n"),
        (
            "limit 甲 else 乙\n  top (if 丙 then 1 else 2) by 丁 then 戊\n",
            "限额 甲 否则 乙\n  前 (若 丙 则 1 否则 2) 按 丁 再按 戊\n",
        ),
        ("let 甲 = previous(乙 by 丙 within 丁)\n", "令 甲 = 上一(乙 按 丙 同 丁)\n"),
        ("let 甲 = previous(max(乙 over 丙 last 3 by 丁))\n", "令 甲 = 上期(最大(乙 于 丙 最近 3 按 丁))\n"),
    ],
)
def test_keywords_turn_into_either_language(english: str, chinese: str) -> None:
    assert format_script(english, "zh") == chinese
    assert format_script(chinese, "en") == english
    assert tree(english) == tree(chinese)


def test_a_name_that_the_script_declares_is_never_turned() -> None:
    text = "input 满分 : score 0..100\nlet 甲 = 满分 + full\n"
    assert format_script(text, "en") == text
    assert format_script(text, "zh") == "数据 满分 : 分值 0..100\n令 甲 = 满分 + full\n"


def test_a_name_of_another_scheme_is_never_turned() -> None:
    text = "关联 班子 : 班子考核 按 单位\n令 甲 = 班子.总分\n令 乙 = 等次 = 优\n"
    assert format_script(text, "en") == "link 班子 : 班子考核 by 单位\nlet 甲 = 班子.总分\nlet 乙 = grade = 优\n"


def test_a_script_that_cannot_be_read_is_left_alone() -> None:
    text = "veto   重大事故\n"
    assert format_script(text) == text


@pytest.mark.parametrize("keywords", [None, "zh", "en"])
def test_the_script_of_everything(keywords: str | None) -> None:
    wish = {"zh": "zh", "en": "en"}.get(keywords or "")
    text = format_script(EVERYTHING, wish)  # type: ignore[arg-type]
    assert tree(text) == tree(EVERYTHING)
    assert comments(text) == comments(EVERYTHING)
    assert format_script(text, wish) == text  # type: ignore[arg-type]


# ---------------------------------------------------------------- scripts of others

ROOT = Path(__file__).parents[1]
SCRIPTS = sorted(
    [
        *(ROOT / "tests" / "cases" / "good").glob("*.kp"),
        *(ROOT / "schemes").rglob("*.kp"),
        ROOT / "tests" / "everything.kp",
    ]
)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_script_goes_to_either_language_and_back_without_loss(script: Path) -> None:
    """After one turn nothing moves any more, and every step reads as the script does."""
    text = script.read_text("utf-8")
    here: Language
    there: Language
    for here, there in (("en", "zh"), ("zh", "en")):
        once = format_script(text, here)
        turned = format_script(once, there)
        assert format_script(turned, here) == once
        assert tree(once) == tree(turned) == tree(text)
        assert comments(turned) == comments(text)


def test_the_usual_spellings_are_spellings_of_their_words() -> None:
    for usual in tables()["usual"].words:
        words = [word for name in ("inline", "function") for word in tables()[name].words if word.key == usual.key]
        assert any(set(usual.zh) <= set(word.zh) and usual.en == word.en for word in words), usual.key


# ---------------------------------------------------------------- generated scripts

NAMES = st.sampled_from(["甲", "得分", "满分", "总分", "「GDP(亿元)」", "x1", "有效率", "等次", "「若」"])
SPACE = st.sampled_from(["", " ", "  ", "　"])
NUMBERS = st.sampled_from(["0", "50", "0.5", "60%", "5‰", "５０", "3起", "2009-12-31", "6月10日"])


def _joined(*parts: st.SearchStrategy[str] | str) -> st.SearchStrategy[str]:
    return st.tuples(*(st.just(part) if isinstance(part, str) else part for part in parts)).map(" ".join)


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operator = st.sampled_from(["+", "-", "*", "/", "＋", "×", "÷"])
    comparison = st.sampled_from(["=", ">=", "≥", "!=", "<", "＞"])
    bracket = st.tuples(SPACE, inner, SPACE).map(lambda p: f"({p[0]}{p[1]}{p[2]})")
    wide = inner.map(lambda text: f"（{text}）")
    return st.one_of(
        _joined(bracket, operator, wide),
        _joined(bracket, comparison, bracket),
        _joined(bracket, st.sampled_from(["and", "or", "且", "或"]), bracket),
        _joined(st.sampled_from(["not", "非", "-"]), bracket),
        _joined("if", inner, "then", bracket, "否则", bracket),
        _joined("case", NAMES, "[ 60 ..< 90:", inner, "、 otherwise :", inner, "]"),
        _joined(st.sampled_from(["round(", "四舍五入 (", "某函数("]), inner, ", 2 )"),
        _joined("sum (", inner, "over 台账 where", inner, ")"),
        _joined(bracket, "default", NAMES),
        _joined("60% of", bracket),
        _joined(bracket, "in [", NAMES, ",", NUMBERS, "]"),
        _joined(bracket, "+ 5 days"),
    )


FORMULAS = st.recursive(NAMES | NUMBERS, _wrapped, max_leaves=6)
FRESH = st.sampled_from(["有", "甲项", "若", "保留", "「一 项」"])
SIMPLE = st.one_of(
    _joined("veto if", FORMULAS, st.sampled_from(["", '"事由"', "“事由”"])),
    _joined("令", FRESH, "=", FORMULAS),
    _joined("input", FRESH, st.sampled_from([": score 0..100", "：数值 0..10 亩 可缺", ":one of A、B default A"])),
    _joined("bonus", FORMULAS, "每", NAMES, "where", FORMULAS, st.sampled_from(["", "up to 5", "至多 5 for 甲、乙"])),
    _joined("grade 优 若", FORMULAS),
    _joined("require", FORMULAS, "unless", FORMULAS, "逐条", NAMES),
    _joined("cap bonus", NUMBERS),
    _joined("total", FRESH, "=", FORMULAS),
)
ITEMS = _joined(
    "item", FRESH, st.sampled_from(["5", "[甲: 5, 乙: 2.5]", "5 averaged by year 4:3:3", "10 适用若 甲 else full"])
)
LINES = _joined(st.sampled_from(["add", "扣", "deduct"]), FORMULAS, st.sampled_from(["", "每 满 1% 的 (甲)", "if 乙"]))
COMMENTS = st.sampled_from(["", "", " # 注", "  ＃注　二 ", "\n# 独行"])
BREAKS = st.sampled_from(["\n", "\n\n\n", "\r\n", "\n \t\n"])

ENDS = st.tuples(COMMENTS, BREAKS).map("".join)


@st.composite
def scripts(draw: st.DrawFn) -> str:
    """A script that can be read: statements in blocks, with comments, in mixed spelling and careless layout."""
    text = ""
    for _ in range(draw(st.integers(1, 5))):
        indent = draw(st.sampled_from(["  ", "    ", "\t"]))
        block = draw(st.sampled_from(["none", "clause", "item"]))
        if block == "none":
            text += draw(SIMPLE) + draw(ENDS)
            continue
        head = 'clause "一"' if block == "clause" else draw(ITEMS)
        inside = SIMPLE if block == "clause" else LINES | ITEMS
        text += head + draw(ENDS)
        for _ in range(draw(st.integers(0, 3))):
            text += indent + draw(inside) + draw(ENDS)
    return text


@settings(max_examples=150, deadline=None)
@given(scripts())
def test_formatting_keeps_the_tree_and_the_comments_and_is_done_at_once(text: str) -> None:
    before = tree(text)
    formatted = format_script(text)
    assert tree(formatted) == before
    assert comments(formatted) == comments(text)
    assert format_script(formatted) == formatted


@settings(max_examples=100, deadline=None)
@given(scripts())
def test_keywords_go_to_chinese_and_back(text: str) -> None:
    chinese = format_script(text, "zh")
    assert tree(chinese) == tree(text)
    english = format_script(chinese, "en")
    assert tree(english) == tree(text)
    assert format_script(english, "zh") == chinese

"""How a derivation reads: as text, as JSON, as a page."""

from __future__ import annotations

import html
import json
import re
from html.parser import HTMLParser

from kaoping.derivation import Derivation
from kaoping.messages import words
from kaoping.report.explanation import explanation_json, explanation_page, explanation_text

ZH, EN = words("zh"), words("en")

POINTS = Derivation("指标考核", "900", "input", place="subjects.csv:2 指标考核", clause="三")
BONUS = Derivation(
    "bonus", "50", "bonus",
    formula="20 per 加分事项", numbers="20 × 3 = 60", clause="四(三)1(4)", heading="加分", why="表彰",
)  # fmt: skip
TOTAL = Derivation(
    "综合得分", "590", "total",
    formula="60% of 指标考核 + bonus", numbers="60% of 900 + 50", clause="四(四)1", heading="综合得分",
    assumes=("综合得分四舍五入到两位小数", "等次看舍入后的得分"),
    children=(POINTS, BONUS),
)  # fmt: skip


def test_the_tree_for_the_terminal() -> None:
    assert (
        explanation_text(TOTAL, "娄底  L01 甲县", ZH)
        == """\
娄底  L01 甲县

综合得分 = 590
  条: 四(四)1 综合得分
  算式: 60% of 指标考核 + bonus
  代入: 60% of 900 + 50
  释义: 综合得分四舍五入到两位小数
  释义: 等次看舍入后的得分
  - 指标考核 = 900    subjects.csv:2 指标考核
      条: 三
  - 加分 = 50
      条: 四(三)1(4) 加分
      算式: 20 per 加分事项
      代入: 20 × 3 = 60
      事由: 表彰
"""
    )


def test_the_same_in_english() -> None:
    shown = explanation_text(TOTAL, "t", EN)
    assert "- bonus = 50\n      clause: 四(三)1(4) 加分\n      formula: 20 per 加分事项" in shown


def test_the_words_of_the_author_are_no_numbered_line() -> None:
    group = Derivation("组 荣誉分 取最高 按 事项 至多 4", "4", "part")
    shown = explanation_text(Derivation("bonus", "8", "bonus", children=(group, BONUS)), "t", ZH)
    assert "\n  - 组 荣誉分 取最高 按 事项 至多 4 = 4\n" in shown


def test_nothing_is_said_twice() -> None:
    """A clause is named where it changes, an interpretation where it first matters, numbers where they tell more."""
    inner = Derivation("乙", "3", "let", "丙", "3", clause="一", heading="甲", assumes=("含本数",))
    outer = Derivation("甲", "6", "let", "2 * 乙", "2 * 3", "一", "甲", assumes=("含本数",), children=(inner,))
    assert explanation_text(outer, "t", ZH).splitlines()[2:] == [
        "甲 = 6",
        "  条: 一 甲",
        "  算式: 2 * 乙",
        "  代入: 2 * 3",
        "  释义: 含本数",
        "  - 乙 = 3",
        "      算式: 丙",
    ]


def test_rules_without_effect_are_one_line_and_empty_steps_none() -> None:
    cell = Derivation("重大事故", "no", "input", place="a.csv:2 重大事故")
    veto = Derivation("veto 2", "no", "veto", "重大事故", clause="三", assumes=("只此一种",), children=(cell,))
    penalty = Derivation("penalty 1", "0", "penalty", formula="5 per 通报", clause="四")
    base = Derivation("grade", "合格", "base", formula="grade 合格 otherwise", children=(veto, penalty))
    step = Derivation("grade", "合格", "step", children=(base,))
    assert explanation_text(step, "t", ZH).splitlines()[2:] == [
        "等次 = 合格",
        "  算式: grade 合格 otherwise",
        "  - 第 2 条否决 = 否    重大事故",
        "      释义: 只此一种",
        "  - 第 1 项减分 = 0    5 per 通报",
    ]


def test_a_remark_is_a_sentence_of_the_catalogue() -> None:
    node = Derivation("bonus", "50", "bonus", remark="capped", facts=(("before", "60"), ("limit", "50")))
    assert "计得 60,以 50 为限" in explanation_text(node, "t", ZH)


def test_a_chain_of_any_length_is_told() -> None:
    node = Derivation("层0", "1", "input")
    for level in range(1, 5000):
        node = Derivation(f"层{level}", "1", "let", children=(node,))
    shown = explanation_text(node, "t", ZH)
    assert "层0 = 1" in shown
    assert max(map(len, shown.splitlines())) < 100
    assert read(explanation_page(node, "t", ZH)).open == []
    assert len(json.loads(explanation_json(node, ZH))["values"]) == 5000


def test_json_has_every_value_once_and_what_it_was_made_of() -> None:
    values = json.loads(explanation_json(TOTAL, EN))["values"]
    assert values[0]["name"] == "综合得分"
    assert values[0]["assumes"] == ["综合得分四舍五入到两位小数", "等次看舍入后的得分"]
    assert [(values[number]["name"], values[number]["data"]) for number in values[0]["made_of"]] == [
        ("指标考核", "subjects.csv:2 指标考核"), ("bonus", None),
    ]  # fmt: skip


class Reader(HTMLParser):
    """What a browser makes of a page: its elements and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def test_the_page_is_whole_and_brings_nothing_from_elsewhere() -> None:
    page = explanation_page(TOTAL, "娄底  L01 甲县", ZH)
    reader = read(page)
    assert reader.open == []
    assert "script" not in reader.tags
    assert not {"src", "href", "onclick", "onload"} & {name for name, _ in reader.attributes}
    assert "default-src 'none'; style-src 'unsafe-inline'" in html.unescape(page)
    assert '<html lang="zh">' in page
    assert not re.search(r"https?:|url\(|@import", page)
    for text in ("综合得分 = 590", "60% of 900 + 50", "subjects.csv:2 指标考核", "四(三)1(4) 加分"):
        assert text in reader.text


def test_a_page_is_printed_from_its_first_sheet_on() -> None:
    """A part that holds others may be longer than a sheet: only what stands together within it is kept together."""
    kept = re.findall(r"([^{}]+)\{ break-inside: avoid; }", explanation_page(TOTAL, "t", ZH))
    assert [part.strip() for part in kept[0].rpartition("{")[2].split(",")] == [".leaf", "summary", "dl"]


def test_the_page_shows_what_data_say_and_does_nothing_of_it() -> None:
    hostile = "</title><script>alert(1)</script><img src=x onerror=alert(1)>\"'&{tree}"
    node = Derivation(hostile, hostile, "input", place=hostile, why=hostile, assumes=(hostile,), children=(POINTS,))
    reader = read(explanation_page(node, hostile, EN))
    assert not {"script", "img"} & set(reader.tags)
    assert reader.text.count(hostile) == 7  # title, heading, name, value, place, meaning, interpretation


def test_tree_and_page_show_control_characters_as_their_escapes() -> None:
    node = Derivation("得分\x1b[2J", "\x07", "input", place="\u202ea.csv")
    for shown in (explanation_text(node, "甲\x1b", EN), explanation_page(node, "甲\x1b", EN)):
        assert not set("\x1b\x07\u202e") & set(shown)


def test_a_value_used_twice_is_told_once() -> None:
    deep = Derivation("底", "1", "input", place="a.csv:2 底")
    for level in range(40):  # written out it would be 2^40 lines
        deep = Derivation(f"层{level}", "1", "let", formula="x + x", children=(deep, deep))
    lines = explanation_text(deep, "t", ZH).splitlines()
    assert len(lines) < 200
    assert sum("(见上)" in line for line in lines) == 39  # what has nothing below it may be said twice
    assert len(json.loads(explanation_json(deep, ZH))["values"]) == 41
    assert read(explanation_page(deep, "t", ZH)).open == []

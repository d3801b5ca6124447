"""How findings look: to people in a terminal, to programs as JSON and SARIF."""

from __future__ import annotations

import json

import pytest

from kaoping.diagnostic import Finding, Fix, Note, Severity, error, warning
from kaoping.messages import words
from kaoping.report.diagnostics import finding_text, findings_text, in_order
from kaoping.report.machine import findings_json, findings_sarif
from kaoping.report.width import cut, laid_out, padded, visible, width, wrapped
from kaoping.source import NOWHERE, Source, Span

ZH, EN = words("zh"), words("en")


def span(text: str, part: str, name: str = "方案.kp", nth: int = 0) -> Span:
    start = -1
    for _ in range(nth + 1):
        start = text.index(part, start + 1)
    return Span(Source(name, text), start, start + len(part))


def frame(text: str, part: str) -> str:
    """The code frame alone: from the rule above the line to the carets."""
    lines = finding_text(Finding("KP000", span(text, part)), EN).splitlines()
    return "\n".join(lines[1:4])


# ---------------------------------------------------------------- code frames


def test_carets_stand_under_wide_characters() -> None:
    assert frame("scheme 甲\nveto if 重大事故; cap bonus 50\n", "重大事故") == "\n".join(
        [
            "  |",
            "2 | veto if 重大事故; cap bonus 50",
            "  |         ^^^^^^^^",
        ]
    )


def test_what_stands_before_may_be_wide_too() -> None:
    assert frame("数据 得分 : 分值 0..100", "分值") == "\n".join(
        [
            "  |",
            "1 | 数据 得分 : 分值 0..100",
            "  |             ^^^^",
        ]
    )


def test_tabs_are_as_wide_as_they_look() -> None:
    assert frame("\titem\t得分 20", "得分") == "\n".join(
        [
            "  |",
            "1 |     item    得分 20",
            "  |             ^^^^",
        ]
    )


def test_a_place_with_nothing_in_it_gets_one_caret() -> None:
    source = Source("a.kp", "item 得分")
    text = finding_text(Finding("KP000", Span(source, 7, 7)), EN)
    assert text.splitlines()[3] == "  |          ^"


def test_what_runs_over_several_lines_is_marked_to_the_end_of_the_first() -> None:
    assert frame("item 甲 10\n  add 5\n  add 6", "甲 10\n  add 5") == "\n".join(
        [
            "  |",
            "1 | item 甲 10",
            "  |      ^^^^^",
        ]
    )


def test_combining_marks_take_no_column() -> None:
    assert frame("let e\u0301x = 分", "分").splitlines()[2] == "  |          ^^"


def test_a_line_longer_than_any_screen_is_shown_around_the_place() -> None:
    text = "let x = " + "1 + " * 5000 + "错误" + " + 1" * 5000
    shown = frame(text, "错误").splitlines()
    assert len(shown[1]) < 200
    assert width(shown[2].partition("^")[0]) == width(shown[1].partition("错误")[0])


def test_line_ends_of_windows_do_not_show() -> None:
    assert frame("item 甲 10\r\nitem 乙 20\r\n", "乙").splitlines()[1] == "2 | item 乙 20"


def test_control_characters_of_a_script_do_nothing_to_the_terminal() -> None:
    text = finding_text(Finding("KP000", span("item \x1b[31m红 \u202e反 10", "反"), {"name": "\x1b]0;x\x07"}), EN)
    assert "\x1b" not in text
    assert "\u202e" not in text
    line, carets = text.splitlines()[2:4]
    assert width(carets.partition("^")[0]) == width(line.partition("反")[0])


# ---------------------------------------------------------------- whole findings


SCRIPT = 'scheme 考评\ninput 表彰次数 : count\nclause "四" "加分"\n  bonus 20 per 表彰次\n'


def sample() -> Finding:
    place = span(SCRIPT, "表彰次", nth=1)
    known = span(SCRIPT, "表彰次数")
    return Finding(
        "KP902", place, {"file": "方案.kp", "extension": ".kp"}, notes=(Note(known, "这里有 `表彰次数`"),),
        fix=Fix(place, "表彰次数"), clause="四",
    )  # fmt: skip


def test_a_finding_for_people_in_chinese() -> None:
    assert (
        finding_text(sample(), ZH)
        == """\
方案.kp:4:16: 错误[KP902] 不认识这种脚本文件
  |
4 |   bonus 20 per 表彰次
  |                ^^^^^^
  `方案.kp` 的扩展名是 `.kp`,没有哪个已安装的组件能读它
  方案.kp:2:7: 这里有 `表彰次数`
  |
2 | input 表彰次数 : count
  |       ^^^^^^^^
  条: 四
  怎么办: 考评方案的文件名以 .kp 结尾
  可改为: bonus 20 per 表彰次数
  详见: docs/errors/KP902.md"""
    )


def test_a_finding_for_people_in_english() -> None:
    assert (
        finding_text(warning("KP901", NOWHERE, plugin="信访", reason="ImportError: x"), EN)
        == """\
warning[KP901] plugin cannot be loaded
  the plugin `信访` failed while loading: ImportError: x
  what to do: everything else works; install the plugin again, or pass this on to its author
  more: docs/errors/KP901.md"""
    )


def test_a_problem_in_data_names_the_cell_first_and_then_the_line_that_asks_for_it() -> None:
    place = span("input 得分 : score 0..100", "得分")
    finding = Finding("KP000", place, {"value": "120"}, place="subjects.csv:5 得分")
    assert finding_text(finding, EN).splitlines() == [
        "subjects.csv:5 得分: error[KP000] KP000",
        "  value: 120",
        "  方案.kp:1:7",
        "  |",
        "1 | input 得分 : score 0..100",
        "  |       ^^^^",
        "  more: docs/errors/KP000.md",
    ]


def test_findings_stand_in_the_order_of_the_text_and_are_counted() -> None:
    text = "item 甲 10\nitem 乙 20\n"
    first, second = span(text, "甲"), span(text, "乙")
    in_data = Finding("KP000", place="a.csv:2")
    found = [in_data, error("KP000", second), warning("KP000", first), error("KP000", first)]
    assert [(one.span, one.severity) for one in in_order(found)] == [
        (first, Severity.WARNING), (first, Severity.ERROR), (second, Severity.ERROR), (NOWHERE, Severity.ERROR),
    ]  # fmt: skip
    assert findings_text(found, EN).endswith("\n\n3 errors, 1 warning\n")
    assert findings_text(found, ZH).endswith("\n\n3 个错误、1 个警告\n")
    assert findings_text(found[2:3], EN).endswith("\n\n1 warning\n")
    assert findings_text([], EN) == ""


# ---------------------------------------------------------------- for programs


def test_json_gives_places_in_characters_and_all_the_words() -> None:
    document = json.loads(findings_json([sample()], EN))
    assert (document["errors"], document["warnings"]) == (1, 0)
    record = document["findings"][0]
    assert record["code"] == "KP902"
    assert record["severity"] == "error"
    assert (record["line"], record["column"], record["end_line"], record["end_column"]) == (4, 16, 4, 19)
    assert record["clause"] == "四"
    assert record["notes"][0]["line"] == 2
    assert record["fix"] == {
        "file": "方案.kp", "line": 4, "column": 16, "end_line": 4, "end_column": 19, "replacement": "表彰次数",
    }  # fmt: skip


def test_json_of_nothing() -> None:
    assert json.loads(findings_json([], EN)) == {"findings": [], "errors": 0, "warnings": 0}


def test_sarif_has_what_the_standard_requires() -> None:
    log = json.loads(findings_sarif([sample(), warning("KP901", NOWHERE, plugin="信访", reason="x")], EN))
    assert log["version"] == "2.1.0"
    run = log["runs"][0]
    assert run["columnKind"] == "unicodeCodePoints"
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["KP901", "KP902"]
    first, second = run["results"]
    assert (first["ruleId"], first["level"], second["level"]) == ("KP902", "error", "warning")
    physical = first["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "%E6%96%B9%E6%A1%88.kp"
    assert physical["region"] == {"startLine": 4, "startColumn": 16, "endLine": 4, "endColumn": 19}
    assert first["relatedLocations"][0]["message"]["text"] == "这里有 `表彰次数`"
    change = first["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change["insertedContent"]["text"] == "表彰次数"
    assert "locations" not in second
    assert all(result["message"]["text"] for result in run["results"])


# ---------------------------------------------------------------- width


@pytest.mark.parametrize(
    ("text", "columns"),
    [("abc", 3), ("重大事故", 8), ("得分:90", 7), ("ｶﾅ", 2), ("（）", 4), ("e\u0301", 1), ("\u200b", 0), ("𠮷", 2)],
)
def test_width(text: str, columns: int) -> None:
    assert width(text) == columns


def test_padding_and_cutting_count_columns() -> None:
    assert padded("得分", 6) + "|" == "得分  |"
    assert padded("9.5", 6, right=True) == "   9.5"
    assert cut("娄底市经济开发区", 10) == "娄底市..."
    assert cut("娄底市", 6) == "娄底市"


def test_wrapping_breaks_chinese_anywhere_but_not_before_a_stop_nor_inside_a_word() -> None:
    assert wrapped("一票否决,不得评为优秀", 8) == ["一票否决,", "不得评为", "优秀"]
    assert wrapped("the bonus is capped at fifty", 12) == ["the bonus is", "capped at", "fifty"]
    assert wrapped("加一行 `令 表章 = 得分` 即可", 14) == ["加一行", "`令 表章 = 得分`", "即可"]
    assert wrapped("a\nb", 5) == ["a", "b"]
    assert wrapped("", 5) == [""]


def test_a_line_laid_out_knows_where_each_character_begins() -> None:
    assert laid_out("a\t得b") == ("a   得b", [0, 1, 4, 6, 7])
    assert visible("a\u202eb\x07") == "a\\u{202e}b\\u{7}"

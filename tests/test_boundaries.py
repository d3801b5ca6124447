"""The values that matter to a plan: thresholds as an author would list them."""

from __future__ import annotations

import pytest

from kaoping import typed as t
from kaoping.plan.boundaries import Boundaries, boundaries
from kaoping.plan.build import plan_scheme
from kaoping.plugins import LANGUAGE, load_scheme
from kaoping.source import Source
from kaoping.surroundings import Surroundings, shipped_scripts
from kaoping.types import decimal_text, plain_text

HEAD = "scheme 试验\nperiod 2009\nsubject 单位\n"


def of(text: str) -> Boundaries:
    scheme, findings = load_scheme(Source("试验.kp", HEAD + text), LANGUAGE)
    plan, more = plan_scheme(scheme, Surroundings())
    assert not findings
    assert plan is not None, more
    return boundaries(plan)


def texts(found: Boundaries, name: str, table: str = "") -> list[str]:
    """The values of a column as an author writes them."""
    key = next(key for key in found.cells if key.name == name and key.frame.table == table)
    return [decimal_text(int(value or 0), PLACES[name]) for value in found.cells[key]]


PLACES = {"得分": 2, "完成率": 4, "次数": 0, "扣分": 1}


def test_a_grade_line_is_tried_on_it_and_one_step_to_both_sides() -> None:
    found = of("input 得分 : score 0..100\ntotal 总分 = 得分\ngrades 合格 > 不合格\ngrade 合格 if 总分 >= 60\n"
               "grade 不合格 otherwise\n")  # fmt: skip
    assert texts(found, "得分") == ["0.00", "0.01", "59.99", "60.00", "60.01", "99.99", "100.00"]


def test_a_threshold_is_worked_back_through_sums_shares_and_rounding() -> None:
    found = of("input 得分 : score 0..100\ninput 甲 : score 0..20\ntotal 总分 = 60% of 得分 + 甲\n"
               "grades 合格 > 不合格\ngrade 合格 if 总分 >= 60\ngrade 不合格 otherwise\n")  # fmt: skip
    tried = texts(found, "得分")
    assert {"66.66", "66.67"} <= set(tried)  # with full marks for 甲: 60% of 66.67 + 20 = 60.00
    assert "100.00" in tried  # without any: 60% of 100


def test_caps_and_steps_matter() -> None:
    found = of("input 次数 : count 0..100\ntotal 总分 = 10 + bonus\nbonus 3 per 次数\ncap bonus 20\n")
    assert {"6", "7"} <= set(texts(found, "次数"))  # 18 points, 21 held at 20


def test_a_difference_of_percents() -> None:
    found = of("input 完成率 : percent\ntotal 总分 = if 完成率 < 90% then 0 else 5\n")
    assert {"0.8999", "0.9000", "0.9001"} <= set(texts(found, "完成率"))


def test_fields_of_records_and_how_many_rows() -> None:
    found = of("records 处分\n  扣分 : number 0..20 places 1\ntotal 总分 = 100 - penalty\n"
               "penalty 10 if count(处分 where 扣分 > 5) >= 3\n")  # fmt: skip
    assert {"4.9", "5.0", "5.1"} <= set(texts(found, "扣分", "处分"))
    assert {2, 3, 4} <= set(found.rows["处分"])


def test_choices_yes_and_no_and_missing() -> None:
    found = of("input 级别 : one of 甲, 乙, 丙\ninput 达标 : yes/no\ninput 备注 : score 0..10 optional\n"
               "total 总分 = (case 级别 [甲: 1, 乙: 2, 丙: 3]) + (if 达标 then 1 else 0)"
               " + (备注 default 0)\n")  # fmt: skip
    by_name = {key.name: values for key, values in found.cells.items()}
    assert by_name["级别"] == (0, 1, 2)
    assert by_name["达标"] == (False, True)
    assert by_name["备注"][-1] is None


@pytest.mark.parametrize("name", shipped_scripts())
def test_every_value_is_one_of_its_type(name: str) -> None:
    path = shipped_scripts()[name]
    scheme, _ = load_scheme(Source(str(path), path.read_text("utf-8")), LANGUAGE)
    plan, _ = plan_scheme(scheme, Surroundings(path.parent))
    assert plan is not None
    found = boundaries(plan)
    loaded = {key for key, column in plan.columns.items() if column.value is None}
    assert set(found.cells) == loaded
    for key, values in found.cells.items():
        type_ = plan.columns[key].type
        assert values, key
        assert len(set(values)) == len(values)
        for value in values:
            assert value is not None or type_.optional
            plain_text(value, type_)
            if isinstance(value, int) and type_.kind != "yes/no":
                assert type_.low <= value <= type_.high, key
    assert all(key.frame.table in (t.SUBJECTS, t.PARAMS) or key.frame.table in found.rows for key in loaded)

"""The library 土地执法 in schemes: the accountability line, and what is stopped, filed and settled in time."""

from __future__ import annotations

from pathlib import Path

import pytest

from kaoping.cli import run

ACCOUNTABILITY = """
方案 问责
考核期 2009
引用 土地执法
指标 违法占用耕地 100 = 若 土地执法.达到问责线 则 0 否则 100
示例 "恰好百分之十五"
  已知 土地执法.违法用地 = [发现日: 2009-03-01, 面积: 20亩, 耕地面积: 15亩]
  已知 土地执法.新增建设用地占用耕地 = 100亩
  应得 土地执法.违法占用耕地比例 = 15%, 违法占用耕地 = 0
示例 "差一平方米不到"
  已知 土地执法.违法用地 = [发现日: 2009-03-01, 面积: 20亩, 耕地面积: 14.9985亩]
  已知 土地执法.新增建设用地占用耕地 = 100亩
  应得 违法占用耕地 = 100
示例 "没有新增建设用地而违法占用耕地的,也达到"
  已知 土地执法.违法用地 = [发现日: 2009-03-01, 面积: 1亩, 耕地面积: 1亩]
  应得 违法占用耕地 = 0
示例 "没有违法占用的,没有新增建设用地也不达到"
  应得 违法占用耕地 = 100
"""
HANDLING = """
方案 查处
考核期 2015
引用 土地执法
指标 执法 100
示例 "四宗"
  已知 土地执法.违法用地 =
      [发现日: 2015-03-02, 面积: 1亩, 制止日: 2015-03-03, 立案日: 2015-03-16, 查处到位日: 2015-05-01]
      [发现日: 2015-03-02, 面积: 1亩, 制止日: 2015-03-04, 立案日: 2015-03-17, 查处到位日: 2016-01-01]
      [发现日: 2015-03-02, 面积: 1亩, 立案日: 2016-01-05]
      [发现日: 2015-03-02, 面积: 1亩]
  应得 土地执法.及时制止率 = 25%, 土地执法.立案率 = 50%, 土地执法.查处到位率 = 25%
"""


@pytest.mark.parametrize("script", [ACCOUNTABILITY, HANDLING])
def test_what_the_indicators_say(script: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "a.kp"
    file.write_text(script, "utf-8")
    assert run(["test", str(file), "--lang", "zh"]) == 0, capsys.readouterr().out

"""Sheets of a land office become records: areas in mu, nothing about people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from kaoping.data.forms import Field, Form, Sheet, lacking, misspelt, opened, plain_digits, wrong_totals
from kaoping.dataset import Ledger
from kaoping.diagnostic import Finding, error, warning
from kaoping.source import NOWHERE

_AREA = Field("面积", ("用地面积", "占地面积", "违法用地面积", "图斑面积", "监测面积", "宗地面积", "总面积"), mark=True)
_FARMLAND = Field("耕地面积", ("耕地", "其中耕地", "其中耕地面积", "占用耕地", "占用耕地面积", "违法占用耕地面积"))
FORMS = (
    Form(
        "违法用地",
        (
            Field("发现日", ("发现日期", "发现时间"), mark=True),
            Field("发现渠道", ("线索来源", "案件来源", "发现方式")),
            _AREA,
            _FARMLAND,
            Field("符合规划", ("是否符合规划",)),
            Field("制止日", ("制止日期", "责令停止日期", "停工通知日期")),
            Field("立案日", ("立案日期", "立案时间")),
            Field("处罚决定日", ("处罚决定日期", "处罚日期")),
            Field("补办日", ("补办日期", "补办手续日期")),
            Field("查处到位日", ("查处到位日期", "整改到位日期", "结案日期")),
        ),
    ),
    Form(
        "卫片图斑",
        (
            Field("下发日", ("下发日期", "图斑下发日期"), mark=True),
            _AREA,
            _FARMLAND,
            Field("判定", ("判定结果", "图斑性质", "合法性判定"), mark=True),
            Field("自行发现", ("是否自行发现", "已登记", "是否已登记")),
            Field("整改到位日", ("整改到位日期", "整改日期")),
        ),
    ),
    Form(
        "闲置土地",
        (
            Field("认定日", ("认定日期",), mark=True),
            Field("约定动工日", ("约定动工日期", "约定动工时间", "应动工日期"), mark=True),
            _AREA,
            Field("原因", ("闲置原因",), mark=True),
            Field("处置方式", ("处置措施",)),
            Field("处置日", ("处置日期",)),
        ),
    ),
    Form(
        "巡查",
        (
            Field("巡查日", ("巡查日期", "巡查时间"), mark=True),
            Field("巡查区", ("巡查路段", "巡查区域", "片区", "路段"), mark=True),
            Field("级别", ("巡查区级别", "区域级别", "等级"), mark=True),
        ),
    ),
)
AREAS = {"面积", "耕地面积"}
MU = {
    "亩": Decimal(1),
    "公顷": Decimal(15), "ha": Decimal(15), "hm2": Decimal(15), "hm²": Decimal(15),
    "平方米": Decimal("0.0015"), "㎡": Decimal("0.0015"), "m2": Decimal("0.0015"), "m²": Decimal("0.0015"),
}  # fmt: skip
"""How many mu a unit of area is, exactly: 15 mu are 10000 square metres."""
WORDS: dict[str, dict[str, tuple[str, ...]]] = {
    "发现渠道": {
        "巡查": ("动态巡查", "巡查发现", "日常巡查"), "举报": ("群众举报", "信访", "信访举报", "12336"),
        "卫片": ("卫片执法", "卫片检查", "遥感监测"),
        "媒体": ("媒体曝光", "媒体反映"), "交办": ("上级交办", "领导交办", "移送"), "其他": (),
    },
    "判定": {"合法": ("合法用地",), "违法": ("违法用地", "违法占地"), "未变化": ("实地未变化", "实地伪变化", "伪变化")},
    "原因": {"企业": ("企业原因", "企业自身", "企业自身原因"), "政府": ("政府原因",), "不可抗力": ("自然灾害",)},
    "级别": {"一级": ("一级区", "一级巡查区", "1级"), "二级": ("二级区", "二级巡查区", "2级")},
}  # fmt: skip
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_PEOPLE = re.compile(
    r"姓名|名字|当事人|违法人|占地人|户主|举报人|联系人|巡查人|巡查员|电话|手机|联系方式|身份证|证件|住址|地址|家庭|\b(?:name|phone|address)\b",
    re.IGNORECASE,
)


def read(rows: Sequence[Sequence[str]]) -> list[Ledger | Finding] | None:
    """The records in a sheet and what is wrong with it, None where it is none of the forms."""
    sheet = opened(rows, FORMS)
    if sheet is None:
        return [*lacking(rows, FORMS)] or None
    names = [name for name in sheet.places if name in AREAS and sheet.units[name].casefold() not in MU]
    if names:
        return [error("TD20", NOWHERE, names=names)]
    headings = ("编号" if sheet.by_id else "名称", *sheet.places)
    records = tuple((number, (row[sheet.unit], *_cells(sheet, row))) for number, row in sheet.rows)
    dropped = tuple(heading for heading in sheet.others.values() if _PEOPLE.search(heading))
    totals = [
        warning("TD21", NOWHERE, row=number, name=name, said=said, added=added)
        for number, name, said, added in wrong_totals(sheet)
        if name in AREAS
    ]
    return [Ledger(sheet.form.records, headings, records, dropped), *misspelt(sheet), *totals]


def _cells(sheet: Sheet, row: Sequence[str]) -> Iterator[str]:
    for name, place in sheet.places.items():
        if name in AREAS:
            yield in_mu(row[place], sheet.units[name])
        else:
            yield in_our_words(name, row[place])


def in_mu(text: str, unit: str) -> str:
    """An area in mu, without rounding; what is no plain number stays, with its unit where that is another one, and is
    reported when it is read: `+5` hectares are not five mu.
    """
    digits = plain_digits(text)
    if not _NUMBER.fullmatch(digits):
        return text if not text or MU[unit.casefold()] == 1 else f"{text} {unit}"
    return f"{(Decimal(digits) * MU[unit.casefold()]).normalize():f}"


def in_our_words(name: str, text: str) -> str:
    """A choice as the library calls it, where the office calls it otherwise."""
    choices = WORDS.get(name, {})
    return next((ours for ours, theirs in choices.items() if text in (ours, *theirs)), text)

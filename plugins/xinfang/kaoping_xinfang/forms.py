"""The tables that petition systems export, and how each names what the library calls otherwise."""

from __future__ import annotations

import re

from kaoping.data.forms import Field, Form

NAME = "信访"
"""What scripts write after `use`."""
UNIT = ("责任单位", "责任归属单位", "承办单位", "主办单位", "单位")
UNIT_CODE = ("责任单位编号", "责任单位代码", "单位编号", "单位代码")
SHARE = "责任份额"
UNITS = "责任单位数"

UNREADABLE = "(无法识别)"
"""What stands for a cell that is not of its field's form: the text itself is never handed on."""

_YES_OR_NO = ("负责人到场", "工作不力", "书面说明", "办理合规", "答复信访人", "延长", "重复")
KINDS = dict.fromkeys(_YES_OR_NO, "yes/no") | {"级别": "level", SHARE: "percent"}
"""What the cells of a field hold, where they are no dates."""

_PRESENT = Field("负责人到场", ("负责人是否到场", "负责人及时到场", "是否到场", "到场情况"))
_FAULT = Field("工作不力", ("是否工作不力", "责任认定", "认定结论", "因工作不力引发"))
_SHARE = Field(SHARE, ("责任比例", "分担比例"))
_DAY = ("日期", "时间", "发生日期", "发生时间")
_VISIT = (*_DAY, "上访日期", "上访时间", "来访日期", "来访时间", "到访日期")


def _marked(field: Field) -> Field:
    return Field(field.name, field.headings, mark=True)


def _form(records: str, titles: tuple[str, ...], fields: tuple[Field, ...]) -> Form:
    return Form(records, fields, titles, UNIT, UNIT_CODE)


FORMS = (
    _form(
        "立案件",
        ("立案", "交办"),
        (
            Field("交办日", ("交办日期", "交办时间", "立案日期")),
            Field("期限", ("办理期限", "办结期限", "要求办结日期", "要求办结时间", "时限"), mark=True),
            Field("办结日", ("办结日期", "办结时间", "结案日期"), mark=True),
            Field("书面说明", ("是否书面说明", "逾期书面说明", "逾期说明")),
            Field("办理合规", ("是否合规", "办理质量合格", "质量达标")),
            Field("答复信访人", ("是否答复", "是否答复信访人", "已答复信访人")),
            _SHARE,
        ),
    ),
    _form("催办", ("催办",), (Field("日期", ("催办日期", "催办时间", *_DAY), mark=True),)),
    _form(
        "集体上访",
        ("集体上访", "集体访", "集访"),
        (
            Field("日期", _VISIT, mark=True),
            Field("级别", ("上访级别", "上访层级", "到访级别", "到访机关级别"), mark=True),
            _marked(_PRESENT),
            _FAULT,
            _SHARE,
        ),
    ),
    _form(
        "疑难个访",
        ("疑难个访", "个访", "个体访"),
        (Field("日期", _VISIT, mark=True), _marked(_PRESENT), _FAULT, _SHARE),
    ),
    _form(
        "信访件",
        ("信访件", "来信来访", "信访事项", "登记"),
        (
            Field("收到日", ("收到日期", "登记日期", "登记时间", "来信日期"), mark=True),
            Field("受理日", ("受理日期", "受理时间", "告知日期", "受理告知日期"), mark=True),
            Field("办结日", ("办结日期", "办结时间")),
            Field("延长", ("是否延长", "延期", "是否延期")),
            Field("重复", ("是否重复", "重复信访", "重复件")),
            _FAULT,
            _SHARE,
        ),
    ),
    _form("重大恶性事件", ("重大恶性事件", "恶性事件"), (Field("日期", _DAY, mark=True),)),
)

_YES = ("是", "有", "√", "1", "已", "到场", "已到场", "及时到场", "合格", "达标", "已答复", "有责任")
_AT_FAULT = ("工作不力", "失误", "失职")
_NO = (
    "否",
    "无",
    "×",
    "0",
    "未",
    "没有",
    "未到场",
    "未及时到场",
    "不合格",
    "不达标",
    "未答复",
    "无责任",
    "不属工作不力",
)
_LEVELS = (("国家", "国家级", "进京", "北京", "中央"), ("省", "省级", "赴省", "到省"), ("市", "市级", "到市", "赴市"))
_DATE = re.compile(r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?|\d{8})(?:[T ]*\d{1,2}[:时][\d:分秒 ]*)?")
_NUMBER = re.compile(r"[\d.,%‰]+")


def plain(field: str, text: str) -> str:
    """A cell as the platform reads such a field; what is of another form becomes `UNREADABLE`."""
    if not text:
        return ""
    match KINDS.get(field, "date"):
        case "yes/no":
            return "是" if text in (*_YES, *_AT_FAULT) else "否" if text in _NO else UNREADABLE
        case "level":
            return next((words[0] for words in _LEVELS if text in words), UNREADABLE)
        case "date":
            found = _DATE.fullmatch(text)
            return found[1] if found else UNREADABLE  # the hour of a visit is nothing to an appraisal
        case _:
            return text if _NUMBER.fullmatch(text) else UNREADABLE

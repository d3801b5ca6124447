"""Whose petition it is has no place in an appraisal: headings and cells that look like personal data."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Sequence

_HEADING = re.compile(
    r"姓名|名字|(?:信访|上访|来访|来信|投诉|举报|申请|反映|当事|联系|填表|填报|制表|经办|接访|代表|户主)人(?!数|次)|代表名单"
    r"|电话|手机|座机|联系方式|身份证|证件|护照|住址|地址|住所|户籍|籍贯|出生|生日|性别|民族|邮箱|邮编|微信|QQ|银行卡|账号|工作单位"
    r"|\b(?:name|phone|mobile|address|petitioner|id ?card|id ?number|e-?mail)\b",
    re.IGNORECASE,
)
_NUMBERS = re.compile(
    r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)"  # mobile
    r"|(?<!\d)\(?0\d{2,3}\)?[- ]?\d{7,8}(?!\d)"  # landline
    r"|(?<!\d)\d{16,19}(?!\d)"  # bank card
    r"|(?<![A-Za-z])[EGDSPHKM]\d{8}(?!\d)"  # passports, travel permits
    r"|\d\.\d{4,}E\+1[0-9]"  # a long number that a spreadsheet has cut
    r"|[\w.+-]+@[\w-]+\.\w+"
)
_LONG = re.compile(r"(?<!\d)(\d{6})(\d{8}|\d{6})\d{3}[\dXx]?(?!\d)")  # identity cards of 18 and 15 digits
_ADDRESS = re.compile(
    r"(?:路|街|巷|弄|村|里|道|小区|花园|苑|屯|组|大厦)[^,。;]{0,10}?\d+\s*(?:号|弄|栋|幢|座|单元|室)"
    r"|\d+\s*(?:栋|幢|号楼|单元|室)"
)
_SURNAMES = frozenset(
    "王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖"
    "姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚"
)
_NAME = re.compile(r"[一-鿿]{2,3}(?:等\d*人?)?")
_FEW = 3
"""From so many cells on a column of short words that all begin with a surname is a column of people."""


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def personal_heading(heading: str) -> bool:
    """Whether a heading says that its column is about people."""
    return _HEADING.search(_folded(heading)) is not None


def personal_cell(text: str) -> bool:
    """Whether a cell has a number of a person's, or where one lives."""
    folded = _folded(text)
    return any(each.search(folded) for each in (_NUMBERS, _ADDRESS)) or any(map(_born, _LONG.finditer(folded)))


def _born(found: re.Match[str]) -> bool:
    """Whether the digits of an identity card that tell the day of birth are a day."""
    digits = found[2] if len(found[2]) == 8 else f"19{found[2]}"
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True


def column_of_people(cells: Sequence[str]) -> bool:
    """Whether nearly all cells of a column read like people's names."""
    filled = [_folded(each).replace(" ", "") for each in cells if each.strip()]
    named = sum(_NAME.fullmatch(each) is not None and each[0] in _SURNAMES for each in filled)
    return named >= _FEW and named * 5 >= len(filled) * 4

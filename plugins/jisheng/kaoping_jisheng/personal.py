"""What is about a single person, by heading, by the name of a table, by a cell: none of it belongs in an appraisal."""

from __future__ import annotations

import datetime
import re
import unicodedata

_STATISTIC = re.compile(
    r"(?:人数|人次|户数|件数|例数|个数|总数|数量|数|率|比|比例|比重|覆盖面|得分|分值|分|rate|ratio|count|number)$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"姓名|名字|身份证|^证号|身份号码|公民身份|证件|护照|住址|地址|住所|门牌|电话|手机|联系方式|微信|QQ|邮箱"
    r"|户主|配偶|丈夫|妻子|父亲|母亲|男方|女方|当事人|育妇|孕妇|产妇|子女"
    r"|\b(?:full|first|last|given|family|wife|husband|mother|father|child|person)?[ _]?names?\b"
    r"|\b(?:phone|mobile|address|passport|spouse|id[ _]?(?:card|number|no))\b",
    re.IGNORECASE,
)
_NUMBER_OF_A_PERSON = re.compile(
    r"(?:证|身份|电话|手机|护照|联系).{0,4}号码?|id[ _]?(?:card|number|no)\b|电话|手机", re.IGNORECASE
)
_BORN = re.compile(
    r"出生(?:日|年|月|时)|生日|生于|预产|末次月经|(?:怀孕|生育|分娩|结婚|初婚|手术|上环|结扎|流产|孕检)(?:日|时间|年月)"
    r"|\b(?:birth[ _]?da(?:y|te)|date[ _]of[ _]birth|born|dob)\b",
    re.IGNORECASE,
)
_CONDITION = re.compile(
    r"婚姻|孕情|避孕|节育|病史|胎次|孩次|婚育|户口性质|民族|文化程度|政治面貌|年龄|性别$|\b(?:sex|gender|age|marital)\b",
    re.IGNORECASE,
)
_PEOPLE = re.compile(
    r"妇女|夫妻|夫妇|婴儿|新生儿|孕|产妇|育龄|个案|花名册|名册|名单|户主|对象户|居民|子女|个人|流动人口|出生(?:登记|台[账帐]|信息|人口)"
    r"|\b(?:women|woman|couples?|babies|infants?|newborns?|persons?|people|residents?|mothers?|births?)\b",
    re.IGNORECASE,
)
_OF_UNITS = re.compile(r"统计|报表|汇总|人数|核查|抽查|情况表|statistics|totals?|counts?", re.IGNORECASE)
_NEW = re.compile(r"(?<!\d)\d{6}((?:18|19|20)\d{6})\d{3}[\dX](?!\d)", re.IGNORECASE)
_OLD = re.compile(r"(?<!\d)\d{6}(\d{6})\d{3}(?!\d)")
_CUT = re.compile(r"\d\.\d{4,}E\+1[4-7]", re.IGNORECASE)
"""How a spreadsheet shows a number of so many digits that has not been typed as text."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def about_a_person(name: str, *, is_number: bool) -> str:
    """What a heading tells of a person: `who` it is, when it was `born`, or a `condition` that rows about persons have
    and, told of how many, statistics too; "" for what may be said of a unit.

    A number named like a statistic (孕情检查率, 持证人数) is one; a number of an identity card is none.
    """
    text = unicodedata.normalize("NFKC", name).replace("_", " ")
    if is_number and _STATISTIC.search(text) and not _NUMBER_OF_A_PERSON.search(text):
        return ""
    if _WHO.search(text):
        return "who"
    if _BORN.search(text):
        return "born"
    return "condition" if _CONDITION.search(text) else ""


def table_of_people(name: str) -> bool:
    """Whether a table is named for people, not for what is counted of them."""
    return _PEOPLE.search(name) is not None and _OF_UNITS.search(name) is None


def has_identity_number(text: str) -> bool:
    """Whether a text has an identity number in it: 18 digits with a day of birth and the right check digit, 15 with a
    day of birth, or what a spreadsheet has made of them.
    """
    digits = unicodedata.normalize("NFKC", text)
    return (
        any(_is_day(found[1]) and _checks(found[0]) for found in _NEW.finditer(digits))
        or any(_is_day(f"19{found[1]}") for found in _OLD.finditer(digits))
        or _CUT.search(digits) is not None
    )


def _checks(number: str) -> bool:
    check = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False)) % 11
    return "10X98765432"[check] == number[-1].upper()


def _is_day(digits: str) -> bool:
    try:
        datetime.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True

"""Numbers written in words: in Chinese characters, or with a word set before the digits."""

from __future__ import annotations

import re

_LONGEST = 40  # what is longer is no number
_DIGITS = dict(zip("〇零一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_TENS = {"十": 10, "百": 100, "千": 1000}
_WORDED = re.compile(r"[^\W\d_]{1,3}([0-9]{1,9})分?")


def numeral(text: str) -> int | None:
    """The value of a numeral in Chinese characters below ten thousand."""
    total = digit = 0
    if not text or len(text) > _LONGEST or any(char not in _DIGITS and char not in _TENS for char in text):
        return None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * _TENS[char]
            digit = 0
    return total + digit


def number_in(text: str) -> int | None:
    """The number that a word ends with: 10 of `不超过10`, 30 of `满分30分`."""
    found = _WORDED.fullmatch(text)
    return int(found[1]) if found else None

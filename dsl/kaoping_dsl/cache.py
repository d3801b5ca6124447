"""What is slow to make and easy to make again, kept between runs in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar, cast

from kaoping.folders import cache_folder

Made = TypeVar("Made")

_FORM = "2"  # to be raised when the same source is to give something else


def cached(name: str, source: str, make: Callable[[str], Made]) -> Made:
    """What `make` makes of a source, or made of it before; a damaged or foreign file in the cache is passed over."""
    key = _hash(_FORM, source)
    with contextlib.suppress(OSError, ValueError):
        seal, _, text = _file(name, key).read_text(encoding="utf-8").partition("\n")
        if seal == _hash(key, text):
            return cast(Made, json.loads(text))
    made = make(source)
    text = json.dumps(made, ensure_ascii=False)
    with contextlib.suppress(OSError):
        from kaoping.whole import write_whole

        file = _file(name, key)
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, f"{_hash(key, text)}\n{text}".encode())
    return made


def _hash(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _file(name: str, key: str) -> Path:
    """A file in the user's own cache folder."""
    return cache_folder() / f"{name}-{key[:16]}.json"

"""What is slow to make and easy to make again, kept between runs in the user's cache folder."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

from kaoping.folders import cache_folder

Made = TypeVar("Made")

_FORM = "1"  # to be raised when the same source is to give something else


def cached(name: str, source: str, make: Callable[[str], Made]) -> Made:
    """What `make` makes of a source, or made of it before; a damaged or foreign file in the cache is passed over."""
    key = hashlib.sha256(f"{_FORM}\n{source}".encode()).hexdigest()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        file = _file(name, key)
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["key"] == key and content["seal"] == _seal(content["made"]):
            return cast(Made, content["made"])
    made = make(source)
    with contextlib.suppress(OSError):
        _write(_file(name, key), json.dumps({"key": key, "seal": _seal(made), "made": made}, ensure_ascii=False))
    return made


def _seal(made: Any) -> str:
    return hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()


def _file(name: str, key: str) -> Path:
    """A file in the user's own cache folder."""
    return cache_folder() / f"{name}-{key[:16]}.json"


def _write(file: Path, text: str) -> None:
    """Write whole or not at all, whoever else is writing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=file.parent, delete=False) as part:
        part.write(text)
    Path(part.name).replace(file)

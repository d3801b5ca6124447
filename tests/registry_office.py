"""An office with a registry, its people and their keys, and the command line in its folder."""

from __future__ import annotations

import json
import re
import shlex
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kaoping.cli import run

PEOPLE = {
    "王科长": (),
    "李四": ("起草", "运行"),
    "赵六": ("审核",),
    "钱局长": ("批准",),
    "孙局长": ("批准",),
    "吴九": ("起草", "审核", "批准"),
}
"""王科长 begins the registry, the others are trusted with this. 周八 has a key and is trusted with nothing."""

SCRIPT = """\
scheme 季度考核
period 2010
clause "一"
  item 得分 100
clause "二" "等次"
  grades 优 > 良 > 差
  grade 优 if total >= 90
  grade 良 if total >= 60
  grade 差 otherwise
example "九十分是优"
  given 得分 = 90
  expect grade = 优
"""
DATA = "编号,名称,得分\nU1,甲处,95\nU2,乙处,70\nU3,丙处,50\nU4,丁处,91.5\nU5,丁处,40\n"

ENVIRONMENT = {"KAOPING_KEYS": "密钥", "KAOPING_PASSPHRASE": "只用于测试", "KAOPING_LANG": "zh"}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")

PUBLISHED = "publish 方案.kp --reason 首次 --effective 2010-01-01 --key 李四"
REVIEWED = "review 季度考核 --reason 看过 --key 赵六"
APPROVED = "approve 季度考核 --reason 同意 --key 钱局长"
RECORDED = "run 方案.kp 数据.csv --record --key 李四"
STAGES = {
    "keys": (),
    "begun": ("registry init --name 某市 --key 王科长",),
    "trusted": tuple(
        f"key trust 密钥/{name}.pub {' '.join(f'--role {role}' for role in roles)} --key 王科长"
        for name, roles in PEOPLE.items()
        if roles
    ),
    "published": (PUBLISHED,),
    "reviewed": (REVIEWED,),
    "approved": (APPROVED,),
    "recorded": (RECORDED,),
}
"""What was done until a registry stands where it does: the commands of all stages up to its own."""


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


class Office:
    """The command line in a folder. Whatever is typed: no fault of the platform, nothing that moves a terminal."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys = folder, capsys

    def __call__(self, typed: str | Sequence[str], *, lang: str = "zh") -> Said:
        words = shlex.split(typed) if isinstance(typed, str) else list(typed)
        self.capsys.readouterr()
        code = run([*words, "--lang", lang])
        said = Said(code, *self.capsys.readouterr())
        assert code in (0, 1, 2, 74), (words, said)
        for text in (said.err,) if "--format" in words else (said.out, said.err):  # what is for programs is as it is
            assert "Traceback" not in text, (words, said)
            assert not CONTROL.search(text.replace("\r\n", "\n")), (words, said)
        return said

    def done(self, *lines: str) -> Said:
        """Commands that succeed; what the last of them said."""
        said = Said(0, "", "")
        for line in lines:
            said = self(line)
            assert said.code == 0, (line, said)
        return said

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_bytes(text.encode())

    def read(self, name: str) -> bytes:
        return (self.folder / name).read_bytes()

    def entries(self) -> list[dict[str, Any]]:
        return list(json.loads(self.done("log --format json").out))

    def last(self, kind: str) -> int:
        """The number of the last entry of a kind."""
        return max(int(entry["number"]) for entry in self.entries() if entry["kind"] == kind)

    def files(self) -> set[str]:
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}

    def publish(self, name: str, text: str, effective: str, *more: str) -> str:
        """A new version, approved, and its label."""
        self.write(name, text)
        said = self(["publish", name, "--reason", "修订", "--effective", effective, *more, "--key", "李四"])
        assert said.code == 0, said
        self.done(REVIEWED, APPROVED)
        return f"季度考核@{sum(entry['kind'] == 'publish' for entry in self.entries())}"


@cache
def kept(stage: str) -> dict[str, bytes]:
    """The files of an office at a stage, made once."""
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.chdir(folder)
        surround(patch, Path(folder))
        names = list(STAGES)
        before = names[names.index(stage) - 1] if stage != "keys" else None
        files = kept(before) if before else {"方案.kp": SCRIPT.encode(), "数据.csv": DATA.encode()}
        placed(Path(folder), files)
        keys = [f"key new {name}" for name in [*PEOPLE, "周八"]] if before is None else []
        for line in [*keys, *STAGES[stage]]:
            assert run(shlex.split(line)) == 0, line
        return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def placed(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(mode=0o700, exist_ok=True)
        path.write_bytes(content)
        path.chmod(0o600 if path.suffix == ".key" else 0o644)


def surround(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """Nothing of the machine's own registry, keys or settings."""
    for name in ("KAOPING_REGISTRY", "KAOPING_KEY"):
        patch.delenv(name, raising=False)
    for name, value in ENVIRONMENT.items():
        patch.setenv(name, value)
    patch.setenv("XDG_CONFIG_HOME", str(folder / "设置"))


def opened(stage: str, folder: Path, patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Office:
    """An office at a stage, in a folder of its own."""
    files = kept(stage)
    surround(patch, folder)
    patch.chdir(folder)
    placed(folder, files)
    return Office(folder, capsys)

"""The files behind the registry's commands: which registry, which key, what is damaged, held by others, or full."""

from __future__ import annotations

import os
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kaoping.registry import store
from registry_attacks import unguarded
from registry_office import PUBLISHED, RECORDED, REVIEWED, Office, opened


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
           capsys: pytest.CaptureFixture[str]) -> Office:  # fmt: skip
    return opened(getattr(request, "param", "trusted"), tmp_path, monkeypatch, capsys)


def at(stage: str) -> pytest.MarkDecorator:
    """The registry has come as far as this stage."""
    return pytest.mark.parametrize("office", [stage], indirect=True)


def refused(office: Office, typed: str, code: int, zh: str, en: str) -> None:
    """It is said in both languages, and a registry that can be read has as many entries as before."""
    for lang, phrase in (("zh", zh), ("en", en)):
        said = office(typed, lang=lang)
        assert (said.code, phrase in said.err) == (code, True), said


# ---------------------------------------------------------------- what opens a key


@pytest.mark.skipif(os.name != "posix", reason="needs the permissions of files")
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604])
def test_a_private_key_that_others_can_read_signs_nothing(office: Office, mode: int) -> None:
    (office.folder / "密钥" / "李四.key").chmod(mode)
    for lang, phrase in (
        ("zh", "李四 的私钥别人也能读: `密钥/李四.key`"),
        ("en", "others can read the private key of 李四"),
    ):
        said = office(PUBLISHED, lang=lang)
        assert (said.code, phrase in said.err) == (1, True), said


@pytest.mark.parametrize(
    ("passphrase", "code", "zh", "en"),
    [
        ("猜的", 1, "口令不对,打不开私钥", "the passphrase does not open the private key"),
        (None, 2, "需要输入口令", "a passphrase is needed"),
        ("", 2, "需要输入口令", "a passphrase is needed"),
    ],
)
def test_without_the_passphrase_nothing_is_signed(
    office: Office, monkeypatch: pytest.MonkeyPatch, passphrase: str | None, code: int, zh: str, en: str
) -> None:
    if passphrase is None:
        monkeypatch.delenv("KAOPING_PASSPHRASE")
    else:
        monkeypatch.setenv("KAOPING_PASSPHRASE", passphrase)
    size = len(office.entries())
    for lang, phrase in (("zh", zh), ("en", en)):
        said = office(PUBLISHED, lang=lang)
        assert (said.code, phrase in said.err) == (code, True), said
    assert len(office.entries()) == size


class Terminal:
    """A terminal at which somebody types these words, unseen."""

    def __init__(self, patch: pytest.MonkeyPatch, *typed: str) -> None:
        self.typed, self.asked = list(typed), list[str]()
        patch.delenv("KAOPING_PASSPHRASE")
        patch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        patch.setattr("getpass.getpass", self.answer)

    def answer(self, prompt: str) -> str:
        self.asked.append(prompt)
        if not self.typed:
            raise EOFError
        return self.typed.pop(0)


def test_at_a_terminal_the_passphrase_is_asked_for(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal(monkeypatch, "一", "一", *("一", "二") * 2, *[""] * 4, "只用于测试")
    office.done("key new 郑十")
    assert terminal.asked == ["郑十 的新口令(用来保护私钥): ", "再输入一次: "]
    refused(office, "key new 冯十一", 2, "两次输入的口令不同", "the passphrases differ")
    refused(office, "key new 冯十一", 1, "口令不能为空", "the passphrase must not be empty")
    assert not (office.folder / "密钥" / "冯十一.key").exists()
    office.done(PUBLISHED)
    assert terminal.asked[-1] == "李四 的口令: "
    assert "需要输入口令" in office("key new 冯十一").err  # the terminal went away


def test_without_the_library_that_signs_everything_else_works(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cryptography.hazmat.primitives.asymmetric", "cryptography.hazmat.primitives.asymmetric.ed25519"):
        monkeypatch.setitem(sys.modules, name, None)
    refused(office, PUBLISHED, 1, "签名需要另外安装", "signing has to be installed")
    refused(office, "key new 郑十", 1, "签名需要另外安装", "signing has to be installed")
    office.done("run 方案.kp 数据.csv", "run 方案.kp 数据.csv --trial")


def test_no_key_at_all(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOPING_KEYS", "空的")
    typed = PUBLISHED.removesuffix(" --key 李四")
    refused(office, typed, 2, "`空的` 里没有私钥,无法签名", "there is no private key in `空的` to sign with")
    assert not Path("空的").exists()


# ---------------------------------------------------------------- which registry


def test_a_registry_is_found_from_the_folders_below_it(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    below = office.folder / "下" / "再下"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert "建立登记册“某市”" in office.done("log").out


def test_the_variable_goes_before_the_folder_and_the_folder_before_the_user(
    office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def which() -> str:
        return str(office.entries()[0]["body"]["origin"])

    monkeypatch.setenv("KAOPING_REGISTRY", "别的.db")
    office.done("registry init --name 别处的 --key 王科长")
    assert (which(), (tmp_path / "别的.db").exists()) == ("别处的", True)
    monkeypatch.delenv("KAOPING_REGISTRY")
    office.done("registry init --name 自己的 --user --key 王科长")
    assert which() == "某市"
    (tmp_path / "kaoping-registry.db").rename(tmp_path / "收起.db")
    assert which() == "自己的"
    assert [name for name in office.files() if name.startswith("设置")] != []


def test_what_is_named_as_a_registry_and_is_none(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOPING_REGISTRY", "数据.csv")
    before = office.read("数据.csv")
    for lang, phrase in (("zh", "`数据.csv` 不是登记册"), ("en", "`数据.csv` is no registry")):
        for typed in ("log", "key list", PUBLISHED, "verify", "run 季度考核 数据.csv", RECORDED):
            said = office(typed, lang=lang)
            assert (said.code, phrase in said.err) == (1, True), (typed, said)
    monkeypatch.setenv("KAOPING_REGISTRY", "没有.db")
    said = office("log")
    assert (said.code, "没有.db" in said.err) == (74, True)
    assert not Path("没有.db").exists()
    assert office.read("数据.csv") == before


# ---------------------------------------------------------------- files that fail


@contextmanager
def nobody(folder: Path) -> Iterator[None]:
    """Where the tests run as root, whom no permission binds, somebody whom they bind."""
    if os.geteuid() != 0:
        yield
        return
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name != "posix", reason="needs the permissions of files")
def test_a_registry_that_may_only_be_read_is_read_and_not_written(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    denied = ("没有权限读写 `kaoping-registry.db`", "no permission for `kaoping-registry.db`")
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to others
        office = opened("published", Path(folder), monkeypatch, capsys)
        registry = office.folder / "kaoping-registry.db"
        registry.chmod(0o444)
        with nobody(office.folder):
            office.done("log", "verify", "key list", "show 季度考核")
            refused(office, REVIEWED, 74, *denied)
            registry.chmod(0o000)
            for typed in ("log", "verify", REVIEWED):
                refused(office, typed, 74, *denied)
            registry.chmod(0o644)
            office.folder.chmod(0o555)  # no room for a journal beside it
            office.done("log", "verify")
            refused(office, REVIEWED, 74, *denied)
            office.folder.chmod(0o755)
            office.done(REVIEWED)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs limits of file sizes, as Linux has them")
def test_a_full_disk_leaves_the_registry_as_it_was(office: Office) -> None:
    import resource
    import signal

    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        said = office(PUBLISHED)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, before)
    assert said.code == 74, said
    office.done("verify")


# ---------------------------------------------------------------- registries that are not as they were


def test_a_registry_of_a_newer_version_is_left_alone(office: Office) -> None:
    file = sqlite3.connect("kaoping-registry.db")
    file.execute("PRAGMA user_version = 99")
    file.close()
    before = office.read("kaoping-registry.db")
    for typed in ("log", "verify", PUBLISHED):
        refused(office, typed, 1, "是更新的版本(99)建立的", "was made by a newer version (99)")
    assert office.read("kaoping-registry.db") == before


@at("recorded")
def test_a_damaged_file_says_so_whatever_is_asked(office: Office) -> None:
    whole = office.read("kaoping-registry.db")
    (office.folder / "kaoping-registry.db").write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    for typed in ("log", "verify", "show 季度考核", "key list", PUBLISHED, RECORDED, "registry checkpoint"):
        refused(office, typed, 1, "已损坏", "is damaged")
    (office.folder / "kaoping-registry.db").write_bytes(whole[: len(whole) // 2])
    for typed in ("log", "verify", "show 季度考核", "key list", PUBLISHED, RECORDED, "reproduce 11"):
        assert office(typed).code == 1
    (office.folder / "kaoping-registry.db").write_bytes(b"")
    refused(office, "log", 1, "`kaoping-registry.db` 不是登记册", "is no registry")


@at("recorded")
def test_what_was_taken_out_of_a_registry_is_missed_where_it_is_needed(office: Office) -> None:
    run = office.last("run")
    script = next(entry["body"]["script"] for entry in office.entries() if entry["kind"] == "publish")
    with unguarded(office.folder / "kaoping-registry.db") as file:
        file.execute("DELETE FROM contents WHERE hash = ?", (bytes.fromhex(script),))
    for typed in (f"reproduce {run}", "checkout 季度考核", "blame 季度考核", "run 季度考核 数据.csv"):
        refused(office, typed, 1, "的内容不在登记册里", "is not in the registry")
    verified = office("verify")
    assert (verified.code, script in verified.out) == (1, True)


@at("recorded")
def test_a_checkpoint_that_was_removed_closes_no_run(office: Office) -> None:
    run = office.last("run")
    office.done("registry checkpoint -o 检查点.txt", RECORDED)
    with unguarded(office.folder / "kaoping-registry.db") as file:
        file.execute("DELETE FROM checkpoints WHERE size > ?", (run,))
    later = office.last("run")
    typed, zh = f"registry proof {later} --subject U1", f"检查点只到第 {run} 条,第 {later} 号运行在它之后"
    refused(office, typed, 1, zh, f"the checkpoint ends with #{run}, run #{later} comes after it")
    assert "之后没有检查点" in office("verify").out


@at("approved")
def test_another_program_that_writes_is_waited_for_and_then_named(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "WAIT", 0.05)
    other = sqlite3.connect("kaoping-registry.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    office.done("log", "verify")  # reading waits for nobody
    refused(office, RECORDED, 1, "正被别的程序占用", "another program has held the registry")
    other.execute("ROLLBACK")
    other.close()
    office.done(RECORDED, "verify")


# ---------------------------------------------------------------- files handed over


@at("recorded")
def test_files_that_are_no_texts_or_too_large(office: Office) -> None:
    (office.folder / "乱.txt").write_bytes(b"\xff\xfe\x00\xd8")
    with (office.folder / "大.txt").open("wb") as large:
        large.truncate(100_000_001)
    proof = f"registry proof {office.last('run')} --subject U1 -o 证明.json"
    office.done(proof)
    refused(office, proof, 2, "`证明.json` 已经存在", "`证明.json` is there already")
    for typed in (
        "verify --against {}", "verify {} --keys 密钥/李四.pub", "verify 证明.json --keys {}",
        "registry proof --since {}", "key trust {} --role 起草 --key 王科长",
    ):  # fmt: skip
        refused(office, typed.format("乱.txt"), 1, "`乱.txt` 不是 UTF-8 文本", "`乱.txt` is not text in UTF-8")
        refused(office, typed.format("大.txt"), 1, "`大.txt` 太大", "`大.txt` is too large")
    typed = f"correct {office.last('run')} --subject U1 --set 得分=1 --reason x --key 李四 --evidence 大.txt"
    refused(office, typed, 1, "`大.txt` 太大", "`大.txt` is too large")

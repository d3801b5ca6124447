"""The life of a version at the command line, its people and keys, and the file all of it stands in."""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest

from kaoping.registry.keys import Public, parsed
from kaoping.registry.suite import ED25519
from registry_office import APPROVED, PEOPLE, PUBLISHED, RECORDED, REVIEWED, SCRIPT, Office, opened


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
           capsys: pytest.CaptureFixture[str]) -> Office:  # fmt: skip
    return opened(getattr(request, "param", "trusted"), tmp_path, monkeypatch, capsys)


def at(stage: str) -> pytest.MarkDecorator:
    """The registry has come as far as this stage."""
    return pytest.mark.parametrize("office", [stage], indirect=True)


# ---------------------------------------------------------------- keys


@at("recorded")
def test_a_key_has_one_name_and_its_file_may_have_any(office: Office) -> None:
    """What a key signed bears the name it had: under another one, sound checkpoints would count for nothing."""
    public = parsed(office.read("密钥/李四.pub").decode(), ED25519)
    renamed = Public("李老四", public.key).line(ED25519)
    for lang, phrase in (("zh", "李老四 的这个公钥已用别的名称登记"), ("en", "李老四 is known under another name")):
        said = office(f"key trust {renamed} --role 运行 --key 王科长", lang=lang)
        assert (said.code, phrase in said.err) == (1, True)
    (office.folder / "密钥" / "李四.key").rename(office.folder / "密钥" / "办公室电脑.key")
    said = office.done(RECORDED.replace("李四", "办公室电脑"))
    assert "  — 李四 " in said.out
    office.done("verify", "registry checkpoint --key 办公室电脑 -o 检查点.txt", "verify --against 检查点.txt")


@at("keys")
def test_a_new_key_is_a_file_for_its_owner_alone_and_a_line_for_the_keeper(office: Office) -> None:
    said = office.done("key new 郑十")
    line = said.out.splitlines()[-1]
    assert line.startswith("郑十+")
    assert office.read("密钥/郑十.pub").decode().strip() == line
    assert b"ENCRYPTED" in office.read("密钥/郑十.key")
    if os.name == "posix":
        assert stat.S_IMODE((office.folder / "密钥" / "郑十.key").stat().st_mode) == 0o600
    assert line in office.done("key list").out


def test_whom_the_registry_trusts_and_whom_no_longer(office: Office) -> None:
    said = office.done("key revoke 赵六 --reason 调离 --key 王科长", "key list").out
    assert "  李四  起草、运行  公钥 " in said
    assert "  赵六  不再承认(原为 审核)  公钥 " in said
    assert "trusts 赵六 no longer: 调离" in office("log", lang="en").out


def test_a_key_may_be_named_by_a_variable_or_be_the_only_one(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOPING_KEY", "李四")
    office.done(PUBLISHED.removesuffix(" --key 李四"))
    monkeypatch.delenv("KAOPING_KEY")
    (office.folder / "一个").mkdir()
    for ending in ("key", "pub"):
        shutil.copy(f"密钥/赵六.{ending}", "一个")
    monkeypatch.setenv("KAOPING_KEYS", "一个")
    office.done(REVIEWED.removesuffix(" --key 赵六"))
    assert [entry["by"] for entry in office.entries()[-2:]] == ["李四", "赵六"]


def test_a_public_key_is_trusted_as_a_line_and_roles_have_their_english_names(office: Office) -> None:
    line = office.read("密钥/周八.pub").decode().strip()
    office.done(f"key trust {line} --role operator --role author --key 王科长")
    assert office.entries()[-1]["body"]["roles"] == ["author", "operator"]


def test_another_key_under_a_name_that_is_taken(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAOPING_KEYS", "别处")
    office.done("key new 李四")
    monkeypatch.setenv("KAOPING_KEYS", "密钥")
    taken = "key trust 别处/李四.pub --role 起草 --key 王科长"
    assert "李四 已是另一个公钥的名称" in office(taken).err
    office.done("key revoke 李四 --reason 换密钥 --key 王科长", taken)


# ---------------------------------------------------------------- approval


@at("keys")
def test_two_approvers_of_whom_neither_counts_twice(office: Office) -> None:
    office.done(
        "registry init --name 某市 --key 王科长 --approvals 2",
        *(f"key trust 密钥/{name}.pub {' '.join(f'--role {role}' for role in PEOPLE[name])} --key 王科长"
          for name in ("李四", "赵六", "钱局长", "孙局长")),
        PUBLISHED, REVIEWED,
    )  # fmt: skip
    assert "还须 1 人批准" in office.done(APPROVED).out
    again = office(APPROVED)
    assert (again.code, "钱局长 已经批准过 季度考核@1" in again.err) == (1, True)
    assert "钱局长 has approved 季度考核@1 already" in office(APPROVED, lang="en").err
    assert office(RECORDED).code == 1
    assert "自 2010-01-01 起施行" in office.done(APPROVED.replace("钱局长", "孙局长")).out
    office.done(RECORDED)
    shown = office.done("show 季度考核").out
    assert [line.split()[1] for line in shown.splitlines() if line.startswith("  批准 ")] == ["钱局长", "孙局长"]


def test_what_does_not_check_or_fails_its_examples_is_not_published(office: Office) -> None:
    for text, said in (
        (SCRIPT.replace("total >= 90", "total >= 九十"), "KP201"),
        (SCRIPT.replace("expect grade = 优", "expect grade = 良"), "KP480"),
    ):
        office.write("错.kp", text)
        size = len(office.entries())
        answer = office(PUBLISHED.replace("方案", "错"))
        assert (answer.code, answer.out) == (1, "")
        assert said in answer.err
        assert answer.err.endswith("方案没有提交:请先改好以上错误\n")
        assert len(office.entries()) == size


@at("approved")
@pytest.mark.parametrize(
    ("first", "until", "taken"),
    [
        ("2010-01-01", None, "季度考核@1"),
        ("2010-06-01", None, None),  # the first version ends the day before
        ("2009-06-01", None, None),  # ends where the first one begins
        ("2009-06-01", "2009-12-31", None),
        ("2009-06-01", "2010-01-01", "季度考核@1"),
        ("2009-06-01", "2011-01-01", "季度考核@1"),
    ],
)
def test_days_of_one_scheme_do_not_overlap(office: Office, first: str, until: str | None, taken: str | None) -> None:
    office.write("新.kp", SCRIPT.replace("total >= 90", "total >= 85"))
    typed = f"publish 新.kp --reason 修订 --effective {first} --key 李四" + (f" --until {until}" if until else "")
    said = office(typed)
    assert (said.code == 0) == (taken is None), said
    if taken:
        assert f"与 {taken} 的施行日期重叠" in said.err
        assert f"would be in force on the same day as {taken}" in office(typed, lang="en").err


def test_two_drafts_for_the_same_days_of_which_the_second_cannot_be_approved(office: Office) -> None:
    office.write("新.kp", SCRIPT.replace("total >= 90", "total >= 85"))
    office.done(PUBLISHED, PUBLISHED.replace("方案", "新"))
    for number in (1, 2):
        office.done(REVIEWED.replace("季度考核", f"季度考核@{number}"))
    office.done(APPROVED.replace("季度考核", "季度考核@2"))
    said = office(APPROVED.replace("季度考核", "季度考核@1"))
    assert (said.code, "季度考核@1 与 季度考核@2 的施行日期重叠" in said.err) == (1, True)
    office.done("withdraw 季度考核@2 --reason 有误 --key 李四", APPROVED.replace("季度考核", "季度考核@1"))


@at("approved")
def test_in_force_on_a_day_is_the_version_of_that_day(office: Office) -> None:
    office.publish("中.kp", SCRIPT.replace("total >= 90", "total >= 85"), "2010-06-01", "--until", "2010-06-30")
    office.publish("后.kp", SCRIPT.replace("total >= 90", "total >= 80"), "2010-07-11")
    days = {
        "2009-12-31": None, "2010-01-01": 1, "2010-05-31": 1, "2010-06-01": 2, "2010-06-30": 2,
        "2010-07-01": None, "2010-07-10": None, "2010-07-11": 3, "2030-01-01": 3,
    }  # fmt: skip
    for day, number in days.items():
        said = office(f"run 季度考核 数据.csv --rules-as-of {day} --format json")
        if number is None:
            assert (said.code, f"登记册里没有 {day} 施行的 `季度考核`" in said.err) == (1, True)
        else:
            assert json.loads(said.out)["version"] == f"季度考核@{number}"
    assert "规则: 季度考核@3\n" in office.done("run 季度考核 数据.csv").out


@at("approved")
def test_rejected_and_withdrawn_say_so_wherever_they_are_shown(office: Office) -> None:
    office.write("新.kp", SCRIPT.replace("total >= 90", "total >= 85"))
    office.done(PUBLISHED.replace("方案", "新").replace("2010", "2011"), "reject 季度考核@2 --reason 太松 --key 钱局长")
    office.done("withdraw 季度考核@1 --reason 有误 --key 李四")
    assert office.done("show 季度考核@1").out.startswith("季度考核@1  已撤回\n")
    assert office("show 季度考核@2", lang="en").out.startswith("季度考核@2  rejected\n")
    log = office.done("log 季度考核").out
    assert "否决 季度考核@2: 太松" in log
    assert "撤回 季度考核@1: 有误" in log
    assert office(RECORDED).code == 1
    assert "施行的 `季度考核`" in office("run 季度考核 数据.csv").err


# ---------------------------------------------------------------- texts


@pytest.mark.parametrize(
    "form",
    [
        pytest.param(lambda text: text.replace("\n", "\r\n").encode(), id="Windows line ends"),
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.encode(), id="byte order mark"),
        pytest.param(lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), id="both"),
        pytest.param(lambda text: text.rstrip("\n").encode(), id="no end of the last line"),
        pytest.param(lambda text: (text + "# 𠮷 e\u0301 \u3000 tail  \n\n").encode(), id="odd characters"),
    ],
)
def test_a_script_comes_out_as_it_went_in_byte_for_byte(office: Office, form: object) -> None:
    """A byte order mark is no part of a text: with and without it, it is the same version."""
    assert callable(form)
    content = form(SCRIPT)
    (office.folder / "方案.kp").write_bytes(content)
    office.done(PUBLISHED, REVIEWED, APPROVED, "checkout 季度考核@1 -o 取出.kp")
    assert office.read("取出.kp") == content.removeprefix(b"\xef\xbb\xbf")
    office.done(RECORDED, RECORDED.replace("方案", "取出"))


@at("approved")
def test_a_file_that_differs_by_one_character_is_another_script(office: Office) -> None:
    office.write("同.kp", SCRIPT)
    office.write("异.kp", SCRIPT.replace("九十分是优", "九十分是优。"))
    office.done(RECORDED.replace("方案", "同"))
    assert "`异.kp` 不是登记册里已批准的版本" in office(RECORDED.replace("方案", "异")).err


def introduced(blame: str) -> dict[str, str]:
    """The version that `blame` names for each line."""
    parts = [re.match(r"(@.+?) +\d{4}-\d\d-\d\d  李四 +(.+)$", line) for line in blame.splitlines()]
    assert all(parts), blame
    return {found[2]: found[1] for found in parts if found}


@at("approved")
def test_blame_names_the_version_of_each_statement_through_a_rename_and_a_move(office: Office) -> None:
    """The second version raises a line and renames the item; the third moves a clause and adds a bonus."""
    second = SCRIPT.replace("total >= 90", "total >= 85").replace("item 得分 100", "item 评分 100")
    second = second.replace("given 得分", "given 评分")
    head, first, rest = (
        second[: second.index("clause")],
        second[second.index('clause "一"') : second.index('clause "二"')],
        second[second.index('clause "二"') :],
    )
    marks, example = rest[: rest.index("example")], rest[rest.index("example") :]
    third = head + marks + first + 'clause "三" "加分"\n  input 表彰 : count\n  bonus 2 per 表彰\n' + example
    office.publish("二.kp", second, "2011-01-01")
    office.publish("三.kp", third, "2012-01-01")
    said = office.done("blame 季度考核@3").out
    by = introduced(said)
    assert by["scheme 季度考核"] == "@1"
    assert by["item 评分 100"].startswith("@2")
    assert by["grade 优 if total >= 85"].startswith("@2")
    assert by["grade 良 if total >= 60"] == "@1"
    assert by["grade 差 otherwise"] == "@1"
    assert by["bonus 2 per 表彰"] == "@3"
    assert by['clause "三" "加分"'] == "@3"
    # what only moved is not newer for it, and what was renamed says since when it has been there
    assert "始于 @1" in by["item 评分 100"]
    assert by['clause "二" "等次"'].startswith("@1")
    assert "(since @1)" in office("blame 季度考核@3", lang="en").out
    assert set(introduced(office.done("blame 季度考核@1").out).values()) == {"@1"}


# ---------------------------------------------------------------- hostile words

HOSTILE = (
    "'; DROP TABLE entries; --\"\\`$(id)%s{0}=cmd|' /C calc'!A0 ../../x <b>\n#99  2010-01-01 00:00 UTC  钱局长  批准"
)


@at("published")
@pytest.mark.parametrize("ending", ["", "\x1b[2J\x1b]0;x\x07", "\u202e倒\u2066", "\r\n", "\u2028#98  批准", "\x85#97"])
def test_a_reason_says_what_it_says_on_one_line(office: Office, ending: str) -> None:
    """Whoever gives a reason may not write lines of the log that are not there, nor move the terminal of its reader."""
    office.done()
    reason = HOSTILE + ending
    assert office(["review", "季度考核", "--reason", reason, "--key", "赵六"]).code == 0
    size = len(office.entries())
    assert office.entries()[-1]["body"]["reason"] == reason.strip()
    lines = office.done("log").out.splitlines()
    assert len(lines) == size
    assert [int(line[1:].split()[0]) for line in lines] == list(range(1, size + 1))
    shown = office.done("show 季度考核").out
    assert [line for line in shown.splitlines() if line.startswith("#")] == []
    assert "DROP TABLE" in shown
    office.done("verify")


@at("keys")
@pytest.mark.parametrize("name", ["某\n市", "某\x1b[2J市", "某\u202e市", "", " ", "某" * 101])
def test_a_registry_that_cannot_have_this_name(office: Office, name: str) -> None:
    before = office.files()
    said = office(["registry", "init", "--name", name, "--key", "王科长"])
    assert (said.code, "登记册不能叫 `" in said.err) == (2, True)
    assert office.files() == before


@at("keys")
@pytest.mark.parametrize("name", ["'; DROP TABLE settings; --", "=cmd|' /C calc'!A0", "../x", '"某市" {name} %s'])
def test_a_registry_with_an_odd_name_works_like_any_other(office: Office, name: str) -> None:
    before = office.files()
    assert office(["registry", "init", "--name", name, "--key", "王科长"]).code == 0
    assert office.files() - before == {"kaoping-registry.db"}
    office.done("registry checkpoint --key 王科长 -o 检查点.txt", "verify --against 检查点.txt")
    assert f"“{name}”" in office.done("log").out


@at("keys")
@pytest.mark.parametrize(
    "name", ["../王科长", "/x", "a b", "a\nb", "a\x1b[2J", "=cmd", "'; --", "a.key", "..", "", "a+b", "长" * 61]
)
def test_a_key_that_cannot_have_this_name(office: Office, name: str) -> None:
    before = office.files()
    for lang, phrase in (("zh", "密钥不能叫 `"), ("en", "a key cannot be called `")):
        said = office(["key", "new", name], lang=lang)
        assert (said.code, phrase in said.err) == (1, True), said
    for typed in (["registry", "init", "--name", "x", "--key", name],):
        said = office(typed)
        assert said.code in (1, 2)
    assert office.files() == before


@pytest.mark.parametrize(
    "word", [HOSTILE, "\x1b[2J", "季度考核@\x1b[2J", "../../etc/passwd", "%s%n", "季度考核' OR 1=1 --"]
)
def test_odd_words_for_versions_people_and_days_are_refused_as_words(office: Office, word: str) -> None:
    size, files = len(office.entries()), office.files()
    for typed in (
        ["review", word, "--reason", "x", "--key", "赵六"], ["show", word], ["blame", word], ["checkout", word],
        ["log", word], ["key", "revoke", word, "--reason", "x", "--key", "王科长"], ["reproduce", word],
        ["key", "trust", word, "--role", "起草", "--key", "王科长"], ["verify", word], ["verify", "--against", word],
        ["publish", "方案.kp", "--reason", "x", "--effective", word, "--key", "李四"], ["run", word, "数据.csv"],
        ["key", "trust", "密钥/周八.pub", "--role", word, "--key", "王科长"],
        ["registry", "proof", word, "--subject", word],
    ):  # fmt: skip
        said = office(typed)
        assert said.code in (1, 2), (typed, said)
        assert said.err.startswith("kaoping: "), said
    assert (len(office.entries()), office.files()) == (size, files)


@pytest.mark.parametrize("name", ["../x", "=cmd|' /C calc'!A0", "'; DROP TABLE entries; --", '"%s" {0}', "17", "甲@1"])
def test_a_scheme_with_an_odd_name_lives_like_any_other(office: Office, name: str) -> None:
    before = office.files() | {"取出.kp"}
    office.write("方案.kp", SCRIPT.replace("scheme 季度考核", f"scheme 「{name}」"))
    office.done(PUBLISHED)
    label = f"{name}@1"
    for typed in (
        ["review", label, "--reason", "看过", "--key", "赵六"],
        ["approve", label, "--reason", "同意", "--key", "钱局长"],
        ["show", label], ["blame", label], ["checkout", label, "-o", "取出.kp"], ["log", name],
        ["run", label, "数据.csv", "--record", "--key", "李四"],
    ):  # fmt: skip
        assert office(typed).code == 0, typed
    run = office.last("run")
    assert f"运行 {label}," in office.done("log").out
    assert label in office.done(f"reproduce {run}").out
    rows = office(["run", label, "数据.csv", "--format", "csv"]).out.splitlines()[1:]
    assert [row for row in rows if row.startswith(("=", '"='))] == []
    office.done("verify")
    assert office.files() == before

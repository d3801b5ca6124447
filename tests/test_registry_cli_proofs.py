"""What comes after a run at the command line: corrections, checkpoints, proofs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from registry_attacks import unguarded
from registry_office import RECORDED, SCRIPT, Office, opened

ENGINES = ["reference", "python", "duckdb", "sqlite"]
WHY = ["--evidence", "数据.csv", "--reason", "申诉成立", "--key", "李四"]


@pytest.fixture
def office(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
           capsys: pytest.CaptureFixture[str]) -> Office:  # fmt: skip
    return opened(getattr(request, "param", "recorded"), tmp_path, monkeypatch, capsys)


def at(stage: str) -> pytest.MarkDecorator:
    """The registry has come as far as this stage."""
    return pytest.mark.parametrize("office", [stage], indirect=True)


def correct(office: Office, run: int, subject: str, *cells: str) -> Any:
    changes = [word for cell in cells for word in ("--set", cell)]
    return office(["correct", str(run), "--subject", subject, *changes, *WHY])


# ---------------------------------------------------------------- corrections


@pytest.mark.parametrize("subject", ["U3", "丙处"])
def test_a_correction_lists_everybody_who_moved(office: Office, subject: str) -> None:
    """丙处 goes from 50, place 4, to 93, place 2: two others each lose a place, the first and the last stay."""
    old = office.last("run")
    said = correct(office, old, subject, "得分=93")
    number, run = office.last("correct"), office.last("run")
    assert said.out.startswith(f"已登记:第 {number} 号更正,第 {run} 号运行(代替第 {old} 号)\n  U3 得分 50.00 → 93.00\n")
    moved = [line for line in said.out.splitlines() if line.startswith("  U") and ": " in line]
    assert [line.split()[0] for line in moved] == ["U2", "U3", "U4"]
    assert "名次 4 → 2" in moved[1]
    assert "等次 差 → 优" in moved[1]
    assert "  U4 丁处: 名次 2 → 3" in moved
    assert "  U2 乙处: 名次 3 → 4" in moved
    shown = office.done(f"show {number}").out
    assert f"更正  第 {old} 号运行" in shown
    assert "理由  申诉成立" in shown
    assert f"第 {old} 号" in office.done(f"show {run}").out
    assert f"第 {run} 号" in office.done(f"show {old}").out
    assert f"已被第 {run} 号运行代替" in office.done(f"reproduce {old}").err
    office.done(f"reproduce {run}", "verify")
    assert correct(office, run, subject, "得分=94").code == 0


def test_a_correction_that_moves_nobody_says_so(office: Office) -> None:
    office.publish("新.kp", SCRIPT.replace("item 得分 100", "item 得分 100\n  input 电话 : text"), "2011-01-01")
    office.write("新.csv", "编号,得分,电话\nU1,90,110\n")
    office.done("run 新.kp 新.csv --record --key 李四")
    said = correct(office, office.last("run"), "U1", "电话=119")
    assert (said.code, "没有人的名次、得分、等次有变动" in said.out) == (0, True), said


def test_a_new_run_without_what_was_corrected_is_told_of(office: Office) -> None:
    """The files of before the appeal: nobody is to find the old results in the place of the new ones unseen."""
    run = office.last("run")
    assert correct(office, run, "U3", "得分=93").code == 0
    standing = office.last("run")
    again = office(RECORDED)
    assert (again.code, f"注意:本期的 #{standing} 是更正后的运行" in again.err) == (0, True), again
    corrected = (office.folder / "数据.csv").read_text("utf-8").replace(",50", ",93", 1)
    office.write("数据.csv", corrected)
    assert "更正后的运行" not in office(RECORDED).err


def test_nothing_is_written_down_where_the_results_have_no_place(office: Office) -> None:
    size = len(office.entries())
    said = office(f"{RECORDED} -o 没有/结果.csv")
    assert (said.code, len(office.entries())) == (74, size)


def test_one_column_is_not_given_two_values(office: Office) -> None:
    size = len(office.entries())
    said = correct(office, office.last("run"), "U1", "得分=60", "得分=70")
    assert (said.code, "得分" in said.err) == (2, True)
    assert len(office.entries()) == size


@pytest.mark.parametrize("odd", ["得分=\x1b[2J", "得分==1+1", "=1", "'; DROP TABLE results; --=1", "得分=1\n2"])
def test_odd_corrections_are_refused(office: Office, odd: str) -> None:
    size = len(office.entries())
    said = correct(office, office.last("run"), "U1", odd)
    assert said.code in (1, 2)
    assert len(office.entries()) == size


# ---------------------------------------------------------------- checkpoints and proofs


def test_a_checkpoint_is_signed_by_whom_it_was_asked_of(office: Office) -> None:
    """The last run was closed by 李四; who trusts only the keeper asks the keeper."""
    said = office.done("registry checkpoint --key 王科长").out
    assert "— 王科长 " in said
    office.write("检查点.txt", said)
    office.done("verify --against 检查点.txt", "verify")


def test_a_checkpoint_that_was_kept_is_not_overwritten(office: Office) -> None:
    office.done("registry checkpoint -o 检查点.txt")
    before = office.read("检查点.txt")
    office.done("registry checkpoint -o 又.txt")
    office.done(RECORDED)
    said = office("registry checkpoint -o 检查点.txt")
    assert (said.code, "`检查点.txt` 已经存在" in said.err) == (2, True)
    assert office("registry proof --since 又.txt -o 检查点.txt").code == 2
    assert office.read("检查点.txt") == before


def test_a_registry_and_a_checkpoint_of_another_time_or_place(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    office.done("registry checkpoint -o 早.txt")
    office.write("早.db", "")
    (office.folder / "早.db").write_bytes(office.read("kaoping-registry.db"))
    office.done(RECORDED, "registry checkpoint -o 晚.txt")
    assert "与另存的检查点一致" in office.done("verify --against 早.txt").out
    assert "它自己看不出来" in office.done("verify 早.db").out
    older = office("verify 早.db --against 晚.txt")
    assert (older.code, "有记录被删去" in older.out) == (1, True)
    monkeypatch.setenv("KAOPING_REGISTRY", "早.db")
    order = office("registry proof --since 晚.txt")
    assert (order.code, order.err.startswith("kaoping: 旧检查点有 ")) == (1, True)
    monkeypatch.setenv("KAOPING_REGISTRY", "别.db")
    office.done("registry init --name 别市 --key 王科长", "registry checkpoint --key 王科长")
    other = office("verify --against 早.txt")
    assert (other.code, "另存的检查点属于另一个登记册: 某市,这里是 别市" in other.out) == (1, True)
    assert "of another registry: 某市, here is 别市" in office("verify --against 早.txt", lang="en").out
    assert office("registry proof --since 早.txt").code == 1


def test_a_checkpoint_nobody_of_the_registry_signed(office: Office) -> None:
    forged = office.done("registry checkpoint").out
    root = forged.splitlines()[2]
    office.write("伪.txt", forged.replace(root, ("A" if root[0] != "A" else "B") + root[1:]))
    said = office("verify --against 伪.txt")
    assert said.code == 1
    assert "处不对" in said.out


def changed(value: Any) -> Any:
    """Something else of the same kind."""
    if isinstance(value, str):
        at_ = len(value) // 2
        return value[:at_] + ("1" if value[at_ : at_ + 1] != "1" else "2") + value[at_ + 1 :]
    return value + 1 if isinstance(value, int) else [*value, "00" * 32] if isinstance(value, list) else None


def test_a_proof_holds_and_no_changed_one_does(office: Office) -> None:
    run = office.last("run")
    office.done(f"registry proof {run} --subject 丙处 -o 丙.json", "registry checkpoint -o 早.txt", RECORDED)
    office.done("registry proof --since 早.txt -o 增.json")
    for name, phrase in (("丙.json", f"成立:登记册“某市”第 {run} 号运行里有这个结果:"), ("增.json", "只有增加")):
        keys = "--keys 密钥/赵六.pub --keys 密钥/李四.pub"
        assert phrase in office.done(f"verify {name} {keys}").out
        assert office(f"verify {name} {keys}", lang="en").out.startswith("It holds: ")
        for others in ("赵六", "王科长"):
            said = office(f"verify {name} --keys 密钥/{others}.pub")
            assert (said.code, said.out) == (1, "不成立:检查点没有所给公钥的签名\n")
        proof = json.loads(office.read(name))
        places: list[tuple[Any, Any]] = [
            (proof, key) for key in proof if key != "keys"
        ]  # those are for whom it concerns
        places += [(proof["in_run"], key) for key in proof.get("in_run", ())]
        for holder, key in places:
            if isinstance(holder[key], dict):
                continue
            before = holder[key]
            holder[key] = changed(before)
            office.write("伪.json", json.dumps(proof, ensure_ascii=False))
            holder[key] = before
            said = office(f"verify 伪.json {keys}")
            assert said.code == 1, (key, said)
            assert said.out.startswith("不成立:") or "这不是证明" in said.err, (key, said)
            del holder[key]
            office.write("伪.json", json.dumps(proof, ensure_ascii=False))
            holder[key] = before
            assert office(f"verify 伪.json {keys}").code == 1, key
    for text in (
        "",
        "{}",
        "[]",
        "null",
        "1",
        '"x"',
        "[" * 10_000,
        '{"proves": "result"}',
        '{"format": "kaoping proof 1"}',
    ):
        office.write("伪.json", text)
        said = office("verify 伪.json --keys 密钥/李四.pub")
        assert (said.code, said.out, "这不是证明" in said.err) == (1, "", True), (text[:20], said)


def test_a_proof_says_what_it_is_of_and_that_later_runs_may_count(office: Office) -> None:
    run = office.last("run")
    office.done(f"registry proof {run} --subject 丙处 -o 丙.json")
    said = office.done("verify 丙.json --keys 密钥/李四.pub").out
    for told in ("考核期 2010,丙处", "得分 50", "等次 差", f"代替了第 {run} 号"):
        assert told in said, said
    assert correct(office, run, "U3", "得分=93").code == 0
    late = office(f"registry proof {run} --subject 丙处 -o 迟.json")
    assert (late.code, f"已被第 {office.last('run')} 号运行代替" in late.err) == (0, True)


def test_a_proof_of_one_subject_does_not_show_the_others(office: Office) -> None:
    proof = office.done(f"registry proof {office.last('run')} --subject U1").out
    assert "甲处" in proof
    assert [name for name in ("乙处", "丙处", "丁处") if name in proof] == []


# ---------------------------------------------------------------- a registry that was changed behind its back


def test_results_that_were_changed_are_not_reproduced_nor_proved(office: Office) -> None:
    run = office.last("run")
    with unguarded(office.folder / "kaoping-registry.db") as file:
        file.execute("UPDATE results SET record = CAST(replace(CAST(record AS TEXT), '9300', '9400') AS BLOB)")
        file.execute("UPDATE results SET record = CAST(replace(CAST(record AS TEXT), '5000', '5100') AS BLOB)")
    said = office(f"reproduce {run}")
    assert said.code == 1
    assert "→" in said.out
    proof = office(f"registry proof {run} --subject U3 -o 证明.json")
    assert (proof.code, (office.folder / "证明.json").exists()) == (1, False)
    assert "给不出成立的证明" in proof.err


def test_a_result_that_was_taken_away_is_missed(office: Office) -> None:
    run = office.last("run")
    with unguarded(office.folder / "kaoping-registry.db") as file:
        file.execute("DELETE FROM results WHERE subject = 'U3'")
    assert office(f"reproduce {run}").code == 1


@pytest.mark.parametrize("lost", ["x'00'", "CAST('[]' AS BLOB)"])
def test_results_that_are_damaged_are_told_so(office: Office, lost: str) -> None:
    run = office.last("run")
    with unguarded(office.folder / "kaoping-registry.db") as file:
        file.execute(f"UPDATE results SET record = {lost}")
    for line in (f"show {run}", f"reproduce {run}"):
        said = office(line)
        assert said.code != 0
        assert "已损坏" in said.err


def test_a_run_of_which_something_is_missing_is_told_so(office: Office) -> None:
    run = office.last("run")
    with unguarded(office.folder / "kaoping-registry.db") as file:
        file.execute(
            "UPDATE entries SET content = replace(content, '\"root\":', '\"rood\":') WHERE sequence = ?", (run,)
        )
    for line in (f"show {run}", f"reproduce {run}"):
        said = office(line)
        assert said.code != 0
        assert "root" in said.err


def test_a_checkpoint_that_an_entry_names_is_missed(office: Office) -> None:
    office.done(RECORDED)  # names the checkpoint of the run before
    with unguarded(office.folder / "kaoping-registry.db") as file:
        size = file.execute("SELECT size FROM checkpoints ORDER BY size DESC LIMIT 1 OFFSET 1").fetchone()
        file.execute("DELETE FROM checkpoints WHERE size = ?", size)
    said = office("verify")
    assert said.code == 1
    assert "检查点不在登记册里" in said.out

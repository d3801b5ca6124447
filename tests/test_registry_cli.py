"""What the registry refuses at the command line: what is typed, how it ends, what it says, and that nothing is left."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from registry_office import APPROVED, PUBLISHED, REVIEWED, opened

TYPED = {
    "published": PUBLISHED,
    "reviewed": REVIEWED,
    "approved": APPROVED,
    "by_another": PUBLISHED.replace("李四", "吴九"),
    "long": "长" * 101,
    "why": "--evidence 数据.csv --reason 申诉 --key 李四",
}
"""Words that stand in the table for others; {run} is the run there is, {data} its data, {next} what replaces it."""

REFUSED = """
# How far the registry has come: what is typed, of which all but the last after a semicolon succeeds
#   the exit code, what it says in Chinese | in English

# where the registry is
keys: log
  2 这里没有登记册(从 | there is no registry here (nor in any folder above
keys: registry init --name x --key 没有
  1 `密钥` 里没有 没有 的私钥 | no private key of 没有 in `密钥`
keys: registry init --name x
  2 这里有几个密钥,不知道用哪一个签名: | several keys here to sign with:
keys: registry init --name '' --key 王科长
  2 登记册不能叫 `` | a registry cannot be called ``
keys: registry init --name {long} --key 王科长
  2 登记册不能叫 `长长 | cannot be called `长长
keys: registry init --name x --approvals 0 --key 王科长
  2 批准人数不能是 `0` | `0` cannot be the number of
keys: registry init --name x --approvals 两 --key 王科长
  2 批准人数不能是 `两` | `两` cannot be the number
keys: registry init --name x --suite 国密 --key 王科长
  2 没有算法 `国密` | there are no algorithms `国密`
begun: registry init --name x --key 王科长
  2 `kaoping-registry.db` 已经存在 | is there already

# keys
keys: key new 李四
  1 已有名为 李四 的密钥 | there is a key called 李四 already
keys: key new 李/四
  1 密钥不能叫 `李/四` | a key cannot be called `李/四`
keys: key new x --suite 国密
  2 没有算法 `国密` | there are no algorithms `国密`
begun: key trust 密钥/李四.pub --role 老板 --key 王科长
  2 没有 `老板` 这种角色 | there is no role `老板`
begun: key trust 没有.pub --role 起草 --key 王科长
  2 没有文件 `没有.pub` | there is no file `没有.pub`
begun: key trust 方案.kp --role 起草 --key 王科长
  1 这不是公钥: ` | this is no public key: `
begun: key trust 李四+00000000+AAAA --role 起草 --key 王科长
  1 这不是公钥: `李四+00 | no public key: `李四+00
begun: key trust 密钥/李四.key --role 起草 --key 王科长
  1 这不是公钥: ` | this is no public key: `
begun: key trust 密钥/李四.pub --role 起草 --key 周八
  1 登记册不认识 周八 | registry does not know 周八
trusted: key trust 密钥/周八.pub --role 起草 --key 李四
  1 李四 在登记册里没有做这件事的权限(保管) | 李四 may not do this in the registry (keeper)
trusted: key trust 密钥/王科长.pub --role 起草 --key 王科长
  1 王科长 是最后一位保管人 | 王科长 is the last keeper
trusted: key revoke 王科长 --reason 调离 --key 王科长
  1 王科长 是最后一位保管人 | 王科长 is the last keeper
trusted: key revoke 周八 --reason 调离 --key 王科长
  1 登记册不认识 周八 | the registry does not know 周八
trusted: key revoke 李四 --reason ' ' --key 王科长
  2 请写明理由 | please give a reason
trusted: key revoke 李四 --reason 调离 --key 王科长; key trust 密钥/李四.pub --role 起草 --key 王科长
  1 李四 的这个公钥已被撤销,不能再登记 | this public key of 李四 was revoked
trusted: key revoke 李四 --reason 调离 --key 王科长; {published}
  1 登记册已不再承认 李四 的签名 | the registry no longer accepts the signature of 李四

# versions
trusted: publish 方按.kp --reason 首次 --effective 2010-01-01 --key 李四
  2 找不到方案 `方按.kp` | `方按.kp`
trusted: publish 方案.kp --reason '' --effective 2010-01-01 --key 李四
  2 请写明理由 | please give a reason
trusted: publish 方案.kp --reason 首次 --effective 2010-02-30 --key 李四
  2 --effective 的日期不对: `2010-02-30` | --effective: `2010-02-30` is no day
trusted: {published} --until 明年
  2 --until 的日期不对: `明年` | --until: `明年` is no day
trusted: {published} --until 2009-12-31
  1 施行的最后一天 2009-12-31 早于第一天 2010-01-01 | the last day 2009-12-31 is before the first one 2010-01-01
trusted: publish 方案.kp --reason 首次 --effective 2010-01-01 --key 赵六
  1 赵六 在登记册里没有做这件事的权限(起草) | may not do this
trusted: publish 方案.kp --reason 首次 --effective 2010-01-01 --key 周八
  1 登记册不认识 周八 | the registry does not know 周八
published: {published}
  1 已提交为 季度考核@1(草案) | published for the same day as 季度考核@1 (draft)
published: publish 季度考核@1 --reason 首次 --effective 2010-01-01 --key 李四
  2 `季度考核@1` 已经在登记册里 | `季度考核@1` is in the registry already
published: {approved}
  1 季度考核@1 的状态是“草案”,现在不能这样做 | 季度考核@1 is draft: this cannot be done now
published: review 月度考核 --reason 看过 --key 赵六
  1 登记册里没有方案 `月度考核` | the registry has no scheme `月度考核`
published: review 季度考核@2 --reason 看过 --key 赵六
  1 没有版本 `季度考核@2`,这个方案共有 1 个版本 | there is no version `季度考核@2`
published: review 季度考核@一 --reason 看过 --key 赵六
  1 没有版本 `季度考核@一` | there is no version `季度考核@一`
published: review 季度考核 --reason 看过 --key 李四
  1 李四 在登记册里没有做这件事的权限(审核) | (reviewer)
trusted: publish 方案.kp --reason 首次 --effective 2010-01-01 --key 吴九; review 季度考核 --reason 看过 --key 吴九
  1 季度考核@1 是 吴九 自己起草的 | 季度考核@1 was written by 吴九
trusted: {by_another}; {reviewed}; approve 季度考核 --reason 同意 --key 吴九
  1 季度考核@1 是 吴九 自己起草的 | 季度考核@1 was written by 吴九
reviewed: {reviewed}
  1 季度考核@1 的状态是“已审核” | 季度考核@1 is reviewed
reviewed: approve 季度考核 --reason ' ' --key 钱局长
  2 请写明理由 | please give a reason
approved: {approved}
  1 季度考核@1 的状态是“已批准” | 季度考核@1 is approved
approved: reject 季度考核 --reason 不同意 --key 钱局长
  1 季度考核@1 的状态是“已批准” | 季度考核@1 is approved
reviewed: reject 季度考核 --reason 不同意 --key 钱局长; {approved}
  1 状态是“已否决” | 季度考核@1 is rejected
approved: withdraw 季度考核 --reason 有误 --key 李四; {reviewed}
  1 状态是“已撤回” | 季度考核@1 is withdrawn

# reading
begun: show 季度考核
  1 登记册里没有方案 `季度考核` | the registry has no scheme `季度考核`
begun: log 季度考核
  1 登记册里没有方案 `季度考核` | the registry has no scheme `季度考核`
begun: show 99
  2 没有第 99 条记录,共有 1 条 | there is no entry #99; there are 1
approved: blame 季度考核@9
  1 没有版本 `季度考核@9` | there is no version `季度考核@9`
approved: show 季度考核@0000000012
  1 没有版本 `季度考核@0000000012` | there is no version `季度考核@0000000012`
approved: checkout 月度考核
  1 登记册里没有方案 `月度考核` | the registry has no scheme `月度考核`
approved: checkout 季度考核 -o 数据.csv
  2 `数据.csv` 已经存在 | `数据.csv` is there already
approved: checkout 季度考核 -o 没有/a.kp
  74 找不到 `没有/a.kp`,或者它所在的文件夹 | `没有/a.kp`

# checkpoints and proofs
begun: registry proof
  2 要证明什么? | what is to be proved?
recorded: registry proof {run}
  2 要证明什么? | what is to be proved?
recorded: registry proof {run} --subject U1 --since 方案.kp
  2 要证明什么? | what is to be proved?
begun: registry proof 1 --subject U1
  2 还没有检查点 | has no checkpoint yet
recorded: registry proof 一 --subject U1
  2 `一` 不是记录的号 | `一` is not the number of an entry
recorded: registry proof 1 --subject U1
  1 第 1 条记录不是运行 | #1 is no run
recorded: registry proof {run} --subject U9
  1 没有对象 `U9` | there is no subject `U9`
recorded: registry proof {run} --subject 丁处
  1 叫 `丁处` 的不止一个 | several subjects are called `丁处`
recorded: registry proof --since 没有.txt
  2 没有文件 `没有.txt` | there is no file `没有.txt`
recorded: registry proof --since 方案.kp
  1 这里面没有检查点 | there is no checkpoint in it
recorded: verify --against 方案.kp
  1 这里面没有检查点 | there is no checkpoint in it
recorded: verify --against 没有.txt
  2 没有文件 `没有.txt` | there is no file `没有.txt`
recorded: verify 没有.json
  2 没有文件 `没有.json` | there is no file `没有.json`
recorded: verify 方案.kp
  2 核对证明 `方案.kp` 要有您信得过的公钥 | to check the proof `方案.kp` keys are needed
recorded: verify 方案.kp --keys 密钥/李四.pub
  1 这不是证明 | this is no proof
recorded: verify --keys 密钥/李四.pub
  2 --against 用于核对登记册,--keys 用于核对证明 | --against is for a registry
recorded: registry proof {run} --subject U1 -o 证明.json; verify 证明.json --keys 方案.kp
  1 这不是公钥: `scheme 季度考核` | this is no public key: `scheme 季度考核`

# runs
published: run 方案.kp 数据.csv --record --key 李四
  1 `方案.kp` 不是登记册里已批准的版本 | `方案.kp` is no approved version
published: run 季度考核@1 数据.csv --record --key 李四
  1 季度考核@1 的状态是“草案”,不能正式运行 | 季度考核@1 is draft: it cannot be run in earnest
approved: run 方案.kp 数据.csv --record --key 赵六
  1 赵六 在登记册里没有做这件事的权限(运行) | (operator)
approved: run -e 'cap bonus 5' 数据.csv --record --key 李四
  2 --record 登记的是方案的整次运行 | a whole run
approved: run 方案.kp 数据.csv --only U1 --record --key 李四
  2 --record 登记的是方案的整次运行 | a whole run
approved: run 方案.kp 数据.csv --data-as-of 2010-03-31
  2 --data-as-of 只在登记(--record)时 | --data-as-of says what day they speak of when
approved: run 方案.kp 数据.csv --known-as-of 2010-03-31
  2 --known-as-of 没有可以限定的 | --known-as-of has nothing to restrict
approved: run 方案.kp 数据.csv --trial --cohorts 比较
  2 不能和 --trial 合用 | does not go with --trial
approved: run 方案.kp 数据.csv --key 李四
  2 要与 --record 合用 | it belongs to --record
approved: run 方案.kp 数据.csv --record --hash-only --ledger 数据.csv
  2 只记校验值的运行不能用台账 | only the hash is kept cannot use ledgers
approved: run 方案.kp 数据.csv --hash-only
  2 --hash-only 与 --record 合用 | --hash-only belongs to --record
approved: explain --run 1 U1
  1 第 1 条记录不是运行 | #1 is no run
approved: explain --run 1 U1 得分 U2
  2 --run 用登记的规则和数据 | --run takes the rules and the data written down
approved: explain 方案.kp 数据.csv
  2 要说明谁的结果? | whose result?
approved: run 季度考核 数据.csv --rules-as-of 2009-12-31
  1 登记册里没有 2009-12-31 施行的 `季度考核` | the registry has no `季度考核` in force on 2009-12-31
approved: run 方案.kp 数据.csv --rules-as-of 2010-03-01
  2 --rules-as-of 要用登记册里方案的名称 | --rules-as-of needs the name
approved: run 季度考核 数据.csv --rules-as-of 昨天
  2 --rules-as-of 的日期不对: `昨天` | `昨天` is no day
approved: run 季度考核 --data-as-of 2010-02-30
  2 --data-as-of 的日期不对 | --data-as-of: `2010-02-30` is no day
approved: run 季度考核 --known-as-of 00
  2 --known-as-of 的日期不对 | --known-as-of: `00` is no day
recorded: run 季度考核 --data-as-of 2009-12-31
  1 登记册里没有 季度考核 截至 2009-12-31 的数据 | no data of 季度考核 as of 2009-12-31
recorded: run 季度考核 --data-as-of 2010-12-31 --skip-invalid
  2 没有给出数据,要用登记册里的数据 | without data those of the registry are used
recorded: reproduce {data}
  1 第 {data} 条记录不是运行 | #{data} is no run
recorded: reproduce 九
  2 `九` 不是记录的号 | `九` is not the number of an entry
recorded: reproduce {run} --engine 算盘
  2 --engine 的值只能是其中之一 | --engine

# corrections
recorded: correct {run} --subject U9 --set 得分=60 {why}
  1 没有对象 `U9` | there is no subject `U9`
recorded: correct {run} --subject 甲 --set 得分=60 {why}
  1 没有对象 `甲`,是不是 甲处? | did you mean 甲处?
recorded: correct {run} --subject 丁处 --set 得分=60 {why}
  1 叫 `丁处` 的不止一个 | several subjects are called
recorded: correct {run} --subject U1 --set 得芬=60 {why}
  1 数据里没有 `得芬` 这一列 | no column `得芬`
recorded: correct {run} --subject U1 --set 得分=95.0 {why}
  1 U1 的数据本来就是这样 | the data of U1 say so already
recorded: correct {run} --subject U1 --set 得分= {why}
  1 得分 不能为空 | 得分 must not be empty
recorded: correct {run} --subject U1 --set 得分 {why}
  2 看不懂 --set 得分 | --set 得分 is not understood
recorded: correct {run} --subject U1 --set 得分=60 --set 得分=70 {why}
  2 `得分` 写了不止一次 | `得分` is given more than once
recorded: correct {run} --subject U1 --set 得分=五十 {why}
  1 错误[KP641] | error[KP641]
recorded: correct {run} --subject U1 --set 得分=101 {why}
  1 错误[KP642] | error[KP642]
recorded: correct {data} --subject U1 --set 得分=60 {why}
  1 第 {data} 条记录不是运行 | #{data} is no run
recorded: correct {run} --subject U1 --set 得分=60 {why}; correct {run} --subject U2 --set 得分=60 {why}
  1 第 {run} 号运行已被第 {next} 号代替 | run #{next} has taken the place of run #{run}
recorded: correct {run} --subject U1 --set 得分=60 --evidence 没有.pdf --reason 申诉 --key 李四
  2 没有文件 `没有.pdf` | there is no file `没有.pdf`
recorded: correct {run} --subject U1 --set 得分=60 --evidence 数据.csv --reason ' ' --key 李四
  2 请写明理由 | please give a reason
recorded: correct {run} --subject U1 --set 得分=60 --evidence 数据.csv --reason 申诉 --key 钱局长
  1 钱局长 在登记册里没有做这件事的权限(运行) | (operator)
"""

ROW = re.compile(r"^(?P<stage>\w+): (?P<typed>.+)\n  (?P<code>\d+) (?P<zh>.+) \| (?P<en>.+)$", re.MULTILINE)
ROWS = [tuple(found.groups()) for found in ROW.finditer(REFUSED)]


def test_the_table_is_read_whole() -> None:
    assert len(ROWS) * 2 == len([line for line in REFUSED.splitlines() if line and not line.startswith("#")])


@pytest.mark.parametrize(("stage", "typed", "code", "zh", "en"), ROWS, ids=[row[1] for row in ROWS])
def test_what_is_refused_says_why_and_leaves_no_trace(
    stage: str, typed: str, code: str, zh: str, en: str,
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    office = opened(stage, tmp_path, monkeypatch, capsys)
    registry = tmp_path / "kaoping-registry.db"
    facts = dict(TYPED)
    if stage == "recorded":
        run = office.last("run")
        facts.update(run=str(run), data=str(office.last("snapshot")), next=str(run + 3))
    *before, refused = (line.strip() for line in typed.format(**facts).split(";"))
    office.done(*before)
    size, files = len(office.entries()) if registry.exists() else 0, office.files()
    for lang, phrase in (("zh", zh.format(**facts)), ("en", en.format(**facts))):
        said = office(refused, lang=lang)
        assert (said.code, said.out) == (int(code), ""), said
        assert phrase in said.err
    assert office.files() == files
    if registry.exists():
        assert len(office.entries()) == size
        office.done("verify")

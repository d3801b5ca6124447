"""Proofs for those who do not have the registry: kaoping and the verifier that stands alone judge them alike."""

from __future__ import annotations

import importlib.util
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from kaoping.registry import merkle, proofs
from kaoping.registry.checkpoint import made as made_checkpoint
from kaoping.registry.checkpoint import parsed
from kaoping.registry.entries import content
from kaoping.registry.errors import RegistryError
from kaoping.registry.keys import Public
from kaoping.registry.people import known
from kaoping.registry.suite import ED25519
from registry_made import approved, begun, data, recorded, script, signer

ALONE = Path(__file__).parents[1] / "docs" / "verify.py"


def loaded() -> Any:
    about = importlib.util.spec_from_file_location("verifier", ALONE)
    assert about is not None
    assert about.loader is not None
    module = importlib.util.module_from_spec(about)
    about.loader.exec_module(module)
    return module


verifier = loaded()


class Made(NamedTuple):
    """Two registries with the same people: proofs as they are handed out, and the keys to trust."""

    result: dict[str, Any]
    other_subject: dict[str, Any]
    other_run: dict[str, Any]
    other_registry: dict[str, Any]
    growth: dict[str, Any]
    other_growth: dict[str, Any]
    keys: list[str]


def plain(proof: proofs.Proof) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(proof))
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("proofs")
    found = []
    for origin, points in (("某市#1", 50), ("某市#2", 52)):
        store = begun(folder / f"{origin}.db", origin=origin)
        version, plan = approved(store), script()[1]
        run, old = recorded(store, version, plan, data(folder, plan, 5, points))
        for first in (55, 57, 60):
            later, new = recorded(store, version, plan, data(folder, plan, 5, first))
        found.append(
            (
                plain(proofs.result_proof(store, run, "U1", new)),
                plain(proofs.result_proof(store, run, "U3", new)),
                plain(proofs.result_proof(store, later, "U1", new)),
                plain(proofs.growth_proof(store, old, new)),
            )
        )
    (result, subject, later_run, growth), (elsewhere, _, _, other_growth) = found
    keys = [Public(name, signer(name).public).line(ED25519) for name in ("丙", "乙")]
    return Made(result, subject, later_run, elsewhere, growth, other_growth, keys)


def ours(text: str, keys: list[str]) -> str:
    """Why a proof does not hold for kaoping."""
    try:
        return proofs.holds(proofs.read_proof(text), ED25519, proofs.trusted_keys(keys, ED25519))
    except RegistryError as refused:
        return refused.reason


def alone(text: str, keys: list[str], folder: Path) -> str:
    """Why it does not hold for the verifier that stands alone."""
    (folder / "keys").write_text("\n".join(keys) + "\n", "utf-8")
    (folder / "proof").write_text(text, "utf-8")
    try:
        verifier.main(folder / "keys", folder / "proof")
    except SystemExit as ended:
        why = str(ended.code)
    else:
        return ""
    assert why.startswith("不成立 · it does not hold · ")
    return why


def assert_false(proof: dict[str, Any], keys: list[str], folder: Path) -> None:
    text = json.dumps(proof)
    assert (bool(ours(text, keys)), bool(alone(text, keys, folder))) == (True, True)


# ---------------------------------------------------------------- true ones


@pytest.mark.parametrize("which", ["result", "other_subject", "other_run", "other_registry", "growth", "other_growth"])
def test_true_proofs_hold(made: Made, which: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    proof = getattr(made, which)
    text = json.dumps(proof)
    assert (ours(text, made.keys), alone(text, made.keys, tmp_path)) == ("", "")
    said = capsys.readouterr().out
    assert said.startswith(f"成立 · it holds · 某市#{2 if which in ('other_registry', 'other_growth') else 1}")
    if proof["proves"] == "result":
        assert proof["record"] in said


def test_every_subject_of_every_size(tmp_path: Path) -> None:
    store = begun(tmp_path / "r.db")
    version, plan = approved(store), script()[1]
    keys = [Public("乙", signer("乙").public).line(ED25519)]
    for count in (1, 2, 3, 7, 8):
        run, note = recorded(store, version, plan, data(tmp_path, plan, count))
        for at in range(count):
            text = json.dumps(plain(proofs.result_proof(store, run, f"U{at}", note)))
            assert (ours(text, keys), alone(text, keys, tmp_path)) == ("", "")


def test_it_needs_nothing_but_python(made: Made, tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("\n".join(made.keys), "utf-8")
    true, false = tmp_path / "true.json", tmp_path / "false.json"
    true.write_text(json.dumps(made.growth, ensure_ascii=False), "utf-8")
    false.write_text(json.dumps({**made.growth, "path": []}), "utf-8")
    ended = []
    for words in ((true,), (false,), (tmp_path / "none",), ()):
        asked = [sys.executable, "-I", "-S", "-X", "utf8", str(ALONE), str(tmp_path / "keys"), *map(str, words)]
        done = subprocess.run(asked, capture_output=True, check=False, encoding="utf-8", cwd=tmp_path)
        assert "Traceback" not in done.stderr
        ended.append((done.returncode, (done.stdout + done.stderr).splitlines()[0][:25]))
    assert ended[0] == (0, "成立 · it holds · 某市#1 · 9 ")
    assert ended[1][0] == ended[2][0] == ended[3][0] == 1
    assert ended[1][1] == "不成立 · it does not hold · "[:25]
    text = ALONE.read_text("utf-8")
    assert len(text.splitlines()) < 150
    assert "import kaoping" not in text
    assert "from kaoping" not in text


def test_a_checkpoint_wherever_it_stands(made: Made, tmp_path: Path) -> None:
    note = made.growth["new"]
    for text in (note, f"页脚\n{note}", note.replace("\n", "\r\n")):
        assert alone(text, made.keys, tmp_path) == ""
    size = parsed(note).size
    for wrong in (
        note.replace(f"\n{size}\n", f"\n{size + 1}\n"),
        note.replace("某市#1", "某市#3"),
        note.replace("\n\n", "\nmore\n\n"),
        note.split("\n\n")[0] + "\n",
        note.replace("— 乙", "— 丙"),
        "",
        "no checkpoint",
    ):
        assert wrong != note
        said = "nobody you trust has signed it" if wrong.startswith("某市") else "it cannot be read"
        assert said in alone(wrong, made.keys, tmp_path)


# ---------------------------------------------------------------- false ones


def flipped(text: str, at: int = 0) -> str:
    """Hexadecimal with one bit changed."""
    content = bytearray.fromhex(text)
    content[at % len(content)] ^= 1 << at % 8
    return content.hex()


def paths_spoilt(path: list[str]) -> Iterator[list[str]]:
    for at, each in enumerate(path):
        yield [*path[:at], flipped(each, at + 3), *path[at + 1 :]]
        yield [*path[:at], *path[at + 1 :]]
        yield [*path[:at], each, *path[at:]]
    yield [*path, sha256().hexdigest()]
    yield path[::-1] if path[::-1] != path else [*path, *path]
    yield [*path, "zz"]


def false_results(made: Made) -> Iterator[tuple[str, dict[str, Any]]]:
    true, subject, run, elsewhere = made.result, made.other_subject, made.other_run, made.other_registry
    yield "a better result", {**true, "record": true["record"].replace("5100", "9900")}
    yield "another name", {**true, "record": true["record"].replace("U1", "U2")}
    yield "a blank", {**true, "record": true["record"] + " "}
    yield "another nonce", {**true, "nonce": flipped(true["nonce"])}
    yield "no nonce", {**true, "nonce": ""}
    for name in ("record", "nonce", "in_run"):
        yield f"{name} of another subject", {**true, name: subject[name]}
        yield f"{name} of another run", {**true, name: run[name]}
        yield f"{name} of another registry", {**true, name: elsewhere[name]}
    for name in ("entry", "in_registry", "checkpoint"):
        yield f"{name} of another registry", {**true, name: elsewhere[name]}
    yield "the entry of another run", {**true, "entry": run["entry"]}
    yield "another run", {**true, "entry": run["entry"], "in_registry": run["in_registry"]}
    yield "another registry", {**true, "entry": elsewhere["entry"], "in_registry": elsewhere["in_registry"]}
    for step in ("in_run", "in_registry"):
        for name in ("index", "size"):
            for change in (-1, 1, 2, 1 << 70, -(1 << 20)):
                yield f"{name} {step} {change}", {**true, step: {**true[step], name: true[step][name] + change}}
        for path in paths_spoilt(true[step]["path"]):
            yield f"path {step}", {**true, step: {**true[step], "path": path}}
    entry = json.loads(true["entry"])
    for name, value in (("root", flipped(entry["body"]["root"])), ("subjects", 6), ("trial", True)):
        changed = {**entry, "body": {**entry["body"], name: value}}
        yield f"{name} in the entry", {**true, "entry": json.dumps(changed, separators=(",", ":"), ensure_ascii=False)}
    yield "the entry written otherwise", {**true, "entry": json.dumps(entry)}
    yield "an older checkpoint", {**true, "checkpoint": made.growth["old"]}
    yield "no entry", {**true, "entry": "[]"}
    yield "passed off as growth", {**true, "proves": "growth"}


def false_growth(made: Made) -> Iterator[tuple[str, dict[str, Any]]]:
    true, elsewhere = made.growth, made.other_growth
    for path in paths_spoilt(true["path"]):
        yield "path", {**true, "path": path}
    yield "no path", {**true, "path": []}
    yield "turned round", {**true, "old": true["new"], "new": true["old"]}
    for name in ("old", "new", "path"):
        yield f"{name} of another registry", {**true, name: elsewhere[name]}
    yield "the same, with a path", {**true, "old": true["new"]}
    yield "passed off as a result", {**true, "proves": "result"}


def false_everywhere(true: dict[str, Any], note: str) -> Iterator[tuple[str, dict[str, Any]]]:
    head, signature = true[note].split("\n\n")
    size = parsed(true[note]).size
    yield "not signed", {**true, note: head + "\n\n"}
    yield "signed by nobody", {**true, note: head + "\n"}
    yield "one more", {**true, note: true[note].replace(f"\n{size}\n", f"\n{size + 1}\n")}
    yield "another name of the registry", {**true, note: true[note].replace("某市#1", "某市#2")}
    yield "another root", {**true, note: true[note].replace(head.split("\n")[2], "A" * 43 + "=")}
    yield "signed by another", {**true, note: true[note].replace("— 乙", "— 丙")}
    for at in (5, 40, 80):
        letter = "B" if signature[at] != "B" else "C"
        yield "another signature", {**true, note: f"{head}\n\n{signature[:at]}{letter}{signature[at + 1 :]}"}
    stranger = signer("戊")
    text = head + "\n"
    import base64

    packed = base64.b64encode(Public("戊", stranger.public).mark(ED25519) + stranger.sign(text.encode())).decode()
    mark = base64.b64encode(Public("乙", signer("乙").public).mark(ED25519) + stranger.sign(text.encode())).decode()
    line = Public("戊", stranger.public).line(ED25519)
    yield "signed by a stranger who brings a key", {**true, note: f"{text}\n— 戊 {packed}\n", "keys": [line]}
    yield "signed by a stranger in the name of 乙", {**true, note: f"{text}\n— 乙 {mark}\n"}
    yield "another form", {**true, "format": "kaoping proof 2"}
    yield "another suite", {**true, "suite": "sm3-sm2"}
    yield "no form", {name: value for name, value in true.items() if name != "checkpoint" and name != "path"}


@pytest.mark.parametrize(
    "forged",
    [
        false_results,
        false_growth,
        lambda made: false_everywhere(made.result, "checkpoint"),
        lambda made: false_everywhere(made.growth, "old"),
        lambda made: false_everywhere(made.growth, "new"),
    ],
    ids=["results", "growth", "checkpoint", "old checkpoint", "new checkpoint"],
)
def test_false_proofs_fail(
    made: Made, forged: Callable[[Made], Iterator[tuple[str, dict[str, Any]]]], tmp_path: Path
) -> None:
    tried, failed = 0, []
    for what, proof in forged(made):
        tried += 1
        text = json.dumps(proof)
        if not ours(text, made.keys) or not alone(text, made.keys, tmp_path):
            failed.append((what, ours(text, made.keys), alone(text, made.keys, tmp_path)))
    assert failed == []
    assert tried > 10


def test_only_keys_that_are_trusted_count(made: Made, tmp_path: Path) -> None:
    for true in (made.result, made.growth):
        assert_false(true, [], tmp_path)
        assert_false(true, [Public("丙", signer("丙").public).line(ED25519)], tmp_path)
        assert_false(true, [Public("乙", signer("丙").public).line(ED25519)], tmp_path)
        assert_false(true, [Public("丙", signer("乙").public).line(ED25519)], tmp_path)
        line = made.keys[1]
        for wrong in (line.replace("乙+", "丁+"), line[:-2], line[:-6] + "AAAAA=", "乙", "x+y+z"):
            with pytest.raises(RegistryError):
                proofs.trusted_keys([wrong], ED25519)
            assert alone(json.dumps(true), [wrong], tmp_path) != ""


def test_only_runs_have_results(tmp_path: Path) -> None:
    """An entry of another kind that says what a run says, in its place under a good checkpoint."""
    store = begun(tmp_path / "r.db")
    run, note = recorded(store, approved(store), script()[1], data(tmp_path, script()[1]))
    true = proofs.result_proof(store, run, "U1", note)
    with store.writing():
        store.append(store.next_entry("snapshot", run.body, signer("乙").public.hex()))
        note = made_checkpoint(store, known(store), signer("乙"))
    place = proofs.result_proof(store, run, "U1", note)
    entry = store.entry(store.size())
    assert entry is not None
    path = [each.hex() for each in merkle.inclusion(sha256, store.leaves(), store.size() - 1)]
    step = proofs.Step(store.size() - 1, store.size(), path)
    forged = {**plain(place), "entry": content(entry).decode(), "in_registry": msgspec.to_builtins(step)}
    keys = [Public("乙", signer("乙").public).line(ED25519)]
    assert (ours(json.dumps(plain(true)), keys), ours(json.dumps(plain(place)), keys)) == ("", "")
    assert ours(json.dumps(forged), keys) == "not_in_run"
    assert "not in the run" in alone(json.dumps(forged), keys, tmp_path)


@pytest.mark.parametrize("start", ['{"proves": "result", "x": ', ""])
def test_a_proof_that_nests_without_end_is_none(start: str) -> None:
    with pytest.raises(RegistryError) as refused:
        proofs.read_proof(start + "[" * 100_000)
    assert refused.value.reason == "no_proof"


def test_a_byte_changed_anywhere(made: Made, tmp_path: Path) -> None:
    """Both say the same; and what still holds still says the same (the case of a digit, say)."""
    chance, held = random.Random(5), 0
    for true in (made.result, made.growth):
        text = json.dumps(true, ensure_ascii=False)
        for _ in range(250):
            at = chance.randrange(text.index('"keys"'))  # the keys it brings are nobody's to trust
            changed = text[:at] + chr(ord(text[at]) ^ 1 << chance.randrange(7)) + text[at + 1 :]
            verdicts = bool(ours(changed, made.keys)), bool(alone(changed, made.keys, tmp_path))
            assert verdicts in ((True, True), (False, False)), changed
            if verdicts == (False, False):
                held += 1
                left, right = json.loads(changed), true
                for name in ("record", "entry"):
                    assert left.get(name) == right.get(name)
                for name in ("old", "new", "checkpoint"):
                    assert name not in right or parsed(left[name]).text == parsed(right[name]).text
    assert held < 250


# ---------------------------------------------------------------- its signatures

RFC_8032 = [  # 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_signatures_of_the_standard(key: str, message: str, signature: str) -> None:
    public, told, good = (bytes.fromhex(each) for each in (key, message, signature))
    assert verifier.signed(public, told, good)
    s = int.from_bytes(good[32:], "little")
    wrong = [good[:32] + (s + ORDER).to_bytes(32, "little"), good[:32] + (ORDER - s).to_bytes(32, "little")]
    wrong += [good[:-1], good + b"\0", b"", bytes(64), good[32:] + good[:32]]
    for each in wrong:
        assert not verifier.signed(public, told, each)
        assert not ED25519.verify(public, told, each)
    assert not verifier.signed(public, told + b"\0", good)
    assert not verifier.signed(public[:-1], told, good)


def test_signatures_with_a_bit_changed() -> None:
    chance = random.Random(8032)
    one = signer("甲")
    for _ in range(60):
        message = chance.randbytes(chance.randrange(1, 90))
        parts = [bytearray(one.public), bytearray(message), bytearray(one.sign(message))]
        assert verifier.signed(*map(bytes, parts))
        changed = chance.choice(parts)
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        assert not verifier.signed(*map(bytes, parts))
        assert not ED25519.verify(*map(bytes, parts))


def test_points_that_are_none() -> None:
    prime = 2**255 - 19
    not_on_curve = next(y for y in range(2, 99) if not decompresses(y.to_bytes(32, "little")))
    for packed in (
        (1 | 1 << 255).to_bytes(32, "little"),  # x = 0, said to be odd
        (prime + 1).to_bytes(32, "little"),  # 1 in another spelling
        prime.to_bytes(32, "little"),
        b"\xff" * 32,
        not_on_curve.to_bytes(32, "little"),
    ):
        assert not decompresses(packed)
        assert not verifier.signed(packed, b"", bytes(64))
        assert not verifier.signed(signer("甲").public, b"", packed + bytes(32))
    assert decompresses((1).to_bytes(32, "little"))


def decompresses(packed: bytes) -> bool:
    try:
        x, y, z, _ = verifier.point(packed)
    except ValueError:
        return False
    prime = 2**255 - 19
    curve = (-x * x + y * y - 1 - verifier.D * x * x * y * y) % prime
    return bool(z == 1 and curve == 0)

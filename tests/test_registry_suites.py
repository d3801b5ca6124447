"""A registry kept with the hashes and signatures of a plugin: an office may have to use SM3, say."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kaoping.registry.errors import RegistryError
from kaoping.registry.store import opened
from registry_made import begun
from test_plugins import BROKEN, install, python

PLUGIN = """
import functools
import hashlib
from kaoping.hooks import hookimpl
from kaoping.registry.suite import ED25519, Suite
from msgspec.structs import replace

kaoping_api = 1

@hookimpl
def suites():
    return [replace(ED25519, name="NAME-ed25519", sha=functools.partial(hashlib.new, "NAME"))]
"""
KEEP = """
import sys
from pathlib import Path
from kaoping.registry import keys, proofs
from kaoping.registry.keys import Public
from kaoping.registry.store import opened
from kaoping.registry.suite import suite_named
from kaoping.registry.verify import verified
from registry_made import approved, begun, data, recorded, script, signer

folder, name = Path(sys.argv[1]), sys.argv[2]
suite = suite_named(name + "-ed25519")
store = begun(folder / "r.db", suite=suite)
version, plan = approved(store), script()[1]
run, old = recorded(store, version, plan, data(folder, plan))
_, new = recorded(store, version, plan, data(folder, plan, 7))
again = opened(folder / "r.db")
print(again.suite.name, verified(again, new).faults)
line = Public("乙", signer("乙", suite).public).line(suite)
for proof in (proofs.result_proof(again, run, "U1", new), proofs.growth_proof(again, old, new)):
    print(repr(proofs.holds(proof, suite, proofs.trusted_keys([line], suite))))
print(again.leaves()[0].hex())
print(again.rows("SELECT content FROM entries WHERE sequence = 1")[0][0])
"""


def available(name: str) -> bool:
    try:
        hashlib.new(name)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", ["sha3_256", "sm3"])
def test_a_registry_with_another_suite(tmp_path: Path, name: str) -> None:
    if not available(name):
        pytest.skip(f"this Python's OpenSSL has no {name}")
    install(tmp_path, "office", PLUGIN.replace("NAME", name))
    path = os.pathsep.join([str(tmp_path), str(Path(__file__).parent)])
    done = subprocess.run(
        [sys.executable, "-c", KEEP, str(tmp_path), name],
        env={**os.environ, "PYTHONPATH": path, "PYTHONUTF8": "1"},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.stderr == ""
    said = done.stdout.splitlines()
    assert said[:3] == [f"{name}-ed25519 []", "''", "''"]
    assert said[3] == hashlib.new(name, b"\0" + said[4].encode()).hexdigest()
    with pytest.raises(RegistryError) as refused:
        opened(tmp_path / "r.db")  # here no plugin has it
    assert (refused.value.reason, refused.value.facts["name"]) == ("no_suite", f"{name}-ed25519")


def test_a_plugin_without_it_and_one_that_is_broken(tmp_path: Path) -> None:
    install(tmp_path, "a_broken", BROKEN)
    install(tmp_path, "office", PLUGIN.replace("NAME", "sha3_256"))
    code = "import sys; from kaoping.registry.suite import suite_named; print([suite_named(n) for n in sys.argv[1:]])"
    assert python(code, tmp_path, "sm3-sm2", "").stdout.splitlines() == ["[None, None]"]
    code = "from kaoping.registry.suite import suite_named; print(suite_named('sha3_256-ed25519').name)"
    assert python(code, tmp_path).stdout.splitlines() == ["sha3_256-ed25519"]


def test_a_proof_of_one_suite_is_none_of_another(tmp_path: Path) -> None:
    from msgspec.structs import replace

    from kaoping.registry import proofs
    from kaoping.registry.keys import Public
    from kaoping.registry.suite import ED25519
    from registry_made import approved, data, recorded, script, signer

    store = begun(tmp_path / "r.db")
    run, note = recorded(store, approved(store), script()[1], data(tmp_path, script()[1]))
    proof = proofs.result_proof(store, run, "U1", note)
    trusted = [Public("乙", signer("乙").public)]
    other = replace(ED25519, name="sha3-ed25519", sha=hashlib.sha3_256)
    assert proofs.holds(proof, ED25519, trusted) == ""
    assert proofs.holds(proof, other, trusted) == "unreadable"
    assert proofs.holds(replace(proof, suite=other.name), other, trusted) == "unsigned"
    with pytest.raises(RegistryError):
        proofs.trusted_keys([trusted[0].line(ED25519)], other)

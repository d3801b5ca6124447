"""Checks a proof or a checkpoint of a kaoping registry, without kaoping: Python 3.9 or newer and nothing else.

    python3 verify.py KEYS FILE

KEYS: the public keys you trust, a line NAME+HASH+KEY each, from somebody you know and not from the proof. FILE: a proof
(JSON) or a text with a checkpoint. Says in one line whether it holds; the exit code is 0 where it does, 1 where not.
"""

import base64
import hashlib
import hmac
import json
import re
import sys
from pathlib import Path

P, L = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493  # RFC 8032, 5.1
D, ROOT = -121665 * pow(121666, -1, P) % P, pow(2, (P - 1) // 4, P)


def point(packed):  # RFC 8032, 5.1.3; ValueError where it is none
    y, odd = int.from_bytes(packed, "little") % 2**255, packed[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT % P
    if len(packed) != 32 or y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("no point")
    x = x if x & 1 == odd else P - x
    return x, y, 1, x * y % P


def add(one, two):
    (a, b, c, d), (e, f, g, h) = one, two
    i, j, k, m = (b - a) * (f - e), (b + a) * (f + e), 2 * d * h * D, 2 * c * g
    return (j - i) * (m - k) % P, (m + k) * (j + i) % P, (m - k) * (m + k) % P, (j - i) * (j + i) % P


def times(number, one):
    rest = times(number >> 1, add(one, one)) if number else (0, 1, 1, 0)
    return add(rest, one) if number & 1 else rest


BASE = point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed(key, message, signature):  # RFC 8032, 5.1.7
    try:
        public, r, s = point(key), point(signature[:32]), int.from_bytes(signature[32:], "little")
    except (ValueError, IndexError):
        return False
    if len(signature) != 64 or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = times(s, BASE), add(r, times(k, public))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


def sha(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def climbed(place, last, first, path):  # RFC 9162, 2.1.3.2 and 2.1.4.2
    before = after = first
    for each in path:
        if last == 0:
            return None, None
        if place & 1 or place == last:
            before, after = sha(b"\1", each, before), sha(b"\1", each, after)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            after = sha(b"\1", after, each)
        place, last = place >> 1, last >> 1
    return (before, after) if last == 0 else (None, None)


def includes(leaf, step, root):
    place, last = step["index"], step["size"] - 1
    whole = type(place) is int and type(last) is int and 0 <= place <= last
    return whole and climbed(place, last, leaf, [bytes.fromhex(each) for each in step["path"]])[1] == root


def grew(old, new, path):
    if old["size"] == new["size"] or not path:
        return not path and (old["size"], old["root"]) == (new["size"], new["root"])
    path = [old["root"], *path] if old["size"] & (old["size"] - 1) == 0 else path
    place, last = old["size"] - 1, new["size"] - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    return 0 <= place < last and climbed(place, last, path[0], path[1:]) == (old["root"], new["root"])


def key(line):  # C2SP signed-note
    name, mark, packed = line.strip().split("+", 2)
    packed = base64.b64decode(packed, validate=True)
    if len(packed) != 33 or packed[0] != 1 or sha(name.encode(), b"\n", packed)[:4].hex() != mark:
        raise ValueError("no key")
    return name, packed[1:], bytes.fromhex(mark)


def checkpoint(text, keys):  # C2SP tlog-checkpoint; "by" names who of the trusted signed it
    found = re.search(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n([A-Za-z0-9+/]{43}=)\n", text.replace("\r\n", "\n"))
    rest, by = found.string[found.end() :], []
    while line := re.match(r"\n— ([^\s+]+) ([A-Za-z0-9+/]+=*)", rest):
        packed, rest = base64.b64decode(line[2], validate=True), rest[line.end() :]
        by += [n for n, k, m in keys if (n, m) == (line[1], packed[:4]) and signed(k, found[0].encode(), packed[4:])]
    must(by, "没有可信任的人签名 · nobody you trust has signed it")
    return {"origin": found[1], "size": int(found[2]), "root": base64.b64decode(found[3]), "by": by}


def must(right, why):
    if not right:
        sys.exit(f"不成立 · it does not hold · {why}")


def judged(text, keys):  # what holds, in a few words
    if not text.lstrip().startswith("{"):
        top = checkpoint(text, keys)
        return f"{top['origin']} · {top['size']} · {top['by']}"
    proof = json.loads(text)
    must((proof["format"], proof["suite"]) == ("kaoping proof 1", "sha256-ed25519"), "是另一种证明 · of another kind")
    if proof["proves"] == "growth":
        old, new = checkpoint(proof["old"], keys), checkpoint(proof["new"], keys)
        must(old["origin"] == new["origin"], "两份属于不同的登记册 · the two are of different registries")
        right = grew(old, new, [bytes.fromhex(each) for each in proof["path"]])
        must(right, "旧的记录被改动或删去 · what was there before was changed or removed")
        return f"{new['origin']} · {old['size']} → {new['size']} · {old['by']} → {new['by']}"
    top, entry, step = checkpoint(proof["checkpoint"], keys), json.loads(proof["entry"]), proof["in_registry"]
    placed = step["size"] == top["size"] and step["index"] == entry["sequence"] - 1
    right = placed and includes(sha(b"\0", proof["entry"].encode()), step, top["root"])
    must(right, "登记册里没有这次运行 · the run is not in the registry")
    made_of = hmac.new(bytes.fromhex(proof["nonce"]), proof["record"].encode(), "sha256").digest()
    run, step = entry["body"], proof["in_run"]
    placed = proof["proves"] == "result" and entry["kind"] == "run" and step["size"] == run["subjects"]
    right = placed and includes(sha(b"\0", made_of), step, bytes.fromhex(run["root"]))
    must(right, "这次运行里没有这个结果 · the result is not in the run")
    return f"{top['origin']} #{entry['sequence']} · {proof['record']} · {top['by']}"


def main(keys, file):
    try:
        trusted = [key(line) for line in Path(keys).read_text("utf-8").splitlines() if line.strip()]
        print("成立 · it holds ·", judged(Path(file).read_text("utf-8"), trusted))
    except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError, RecursionError) as reason:
        must(False, f"读不出来 · it cannot be read ({reason})")


if __name__ == "__main__":
    main(*sys.argv[1:]) if len(sys.argv) == 3 else sys.exit(__doc__)

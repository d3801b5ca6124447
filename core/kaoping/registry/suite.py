"""Which hashes and signatures a registry uses: SHA-256 and Ed25519, or what a plugin brings (SM3 and SM2, say)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from kaoping.registry.errors import RegistryError


class Suite(Struct, frozen=True):
    """Hashes and signatures under one name.

    `sha` makes a hash as those of `hashlib` do, 32 bytes long. A private key is the content of its file, closed by a
    passphrase; a wrong passphrase raises `RegistryError`. A public key is its raw bytes.
    """

    name: str
    sha: Callable[..., Any]
    new_key: Callable[[str], bytes]
    """A private key for a passphrase."""
    public_key: Callable[[bytes, str], bytes]
    """Of a private key and its passphrase."""
    sign: Callable[[bytes, str, bytes], bytes]
    """Of a private key, its passphrase and a message."""
    verify: Callable[[bytes, bytes, bytes], bool]
    """Whether, of a public key, a message and a signature."""


def _ed25519() -> Any:
    try:
        from cryptography.hazmat.primitives.asymmetric import ed25519
    except ImportError:
        raise RegistryError("sign_missing") from None
    return ed25519


def _new_key(passphrase: str) -> bytes:
    ed25519 = _ed25519()
    from cryptography.hazmat.primitives import serialization as s

    locked = s.BestAvailableEncryption(passphrase.encode())
    content: bytes = ed25519.Ed25519PrivateKey.generate().private_bytes(s.Encoding.PEM, s.PrivateFormat.PKCS8, locked)
    return content


def _opened(private: bytes, passphrase: str) -> Any:
    _ed25519()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        return load_pem_private_key(private, passphrase.encode())
    except (ValueError, TypeError):
        raise RegistryError("passphrase_wrong") from None


def _public_key(private: bytes, passphrase: str) -> bytes:
    raw: bytes = _opened(private, passphrase).public_key().public_bytes_raw()
    return raw


def _sign(private: bytes, passphrase: str, message: bytes) -> bytes:
    signature: bytes = _opened(private, passphrase).sign(message)
    return signature


def _verify(public: bytes, message: bytes, signature: bytes) -> bool:
    ed25519 = _ed25519()
    from cryptography.exceptions import InvalidSignature

    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


ED25519 = Suite("sha256-ed25519", hashlib.sha256, _new_key, _public_key, _sign, _verify)


def suite_named(name: str) -> Suite | None:
    """The suite of a name, None where neither the platform nor an installed plugin has it."""
    if name == ED25519.name:
        return ED25519
    from kaoping.plugins import asked, load_all, plugins

    load_all()
    for plugin, _ in plugins().manager.list_name_plugin():
        brought: list[Suite] = asked(plugin, "suites", Suite, several=True) or []
        for each in brought:
            if each.name == name:
                return each
    return None

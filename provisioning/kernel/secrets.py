"""Secrets at rest: AES-256-GCM under a ring of keys, and keyed digests."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12
_KEY = 32


class KeyRingError(ValueError):
    """The keys are not what a key ring takes, or a secret was sealed under a key that is not there."""


class KeyRing:
    """Named 256-bit keys; the first one seals, all of them open.

    A sealed secret is bound to its owner (table, row and purpose): moved to another row it does not open.
    """

    def __init__(self, keys: Mapping[str, bytes]) -> None:
        if not keys or any(len(key) != _KEY or "." in name or not name for name, key in keys.items()):
            raise KeyRingError(
                "A key ring needs at least one key; each has a name without dots and 32 octets."
            )
        self._keys = dict(keys)
        self._first = next(iter(self._keys))

    @classmethod
    def parse(cls, text: str) -> "KeyRing":
        """Keys as ``name:base64`` separated by blanks or line ends; the one that seals comes first."""
        keys: dict[str, bytes] = {}
        for item in text.split():
            name, colon, value = item.partition(":")
            try:
                keys[name] = base64.b64decode(value, validate=True)
            except ValueError:
                raise KeyRingError("A key is not base64.") from None
            if not colon:
                raise KeyRingError("A key has no name; write name:base64.")
        return cls(keys)

    @staticmethod
    def new_key(name: str) -> str:
        """A fresh random key in the form that parse takes."""
        return f"{name}:{base64.b64encode(os.urandom(_KEY)).decode('ascii')}"

    def seal(self, secret: str, owner: str) -> str:
        nonce = os.urandom(_NONCE)
        sealed = AESGCM(self._keys[self._first]).encrypt(nonce, secret.encode("utf-8"), owner.encode("utf-8"))
        return f"{self._first}.{base64.b64encode(nonce + sealed).decode('ascii')}"

    def open(self, sealed: str, owner: str) -> str:
        name, _, body = sealed.partition(".")
        try:
            octets = base64.b64decode(body, validate=True)
            opened = AESGCM(self._keys[name]).decrypt(octets[:_NONCE], octets[_NONCE:], owner.encode("utf-8"))
        except (KeyError, ValueError, InvalidTag):
            raise KeyRingError("A secret cannot be opened with the keys at hand.") from None
        return opened.decode("utf-8")

    def needs_sealing_again(self, sealed: str) -> bool:
        """True when the secret is not under the first key: after a rotation."""
        return not sealed.startswith(f"{self._first}.")

    def digest(self, text: str) -> str:
        """A keyed digest: equal texts can be recognised, short secrets in them cannot be tried out."""
        return self._digest(self._first, text)

    def same_digest(self, text: str, digest: str) -> bool:
        name = digest.partition(".")[0]
        return name in self._keys and hmac.compare_digest(self._digest(name, text), digest)

    def _digest(self, name: str, text: str) -> str:
        key = hashlib.sha256(b"digest" + self._keys[name]).digest()
        return f"{name}.{hmac.new(key, text.encode('utf-8'), hashlib.sha256).hexdigest()}"

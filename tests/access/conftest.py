"""A service whose callers prove who they are."""

import hashlib
import os
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from provisioning.access import Authenticator
from provisioning.kernel.caller import Caller
from provisioning.kernel.credentials import BearerSecret, Credentials, NameAndSecret, PasswordDigest
from provisioning.kernel.errors import Refusal
from provisioning.kernel.lexical import write_moment
from tests.house import House, Plain

Token = NameAndSecret | PasswordDigest | BearerSecret | None


@dataclass(frozen=True)
class Door:
    """The authenticator of one process."""

    house: House
    authenticator: Authenticator

    def enter(self, token: Token, source: str = "192.0.2.1", *, secure: bool = True) -> Caller:
        return self.authenticator(Credentials(source=source, secure=secure, token=token))

    def refused(self, token: Token, source: str = "192.0.2.1", *, secure: bool = True) -> Refusal:
        try:
            caller = self.enter(token, source, secure=secure)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{caller.client_name} was let in")

    def now(self, seconds: float = 0) -> str:
        """Created, as a WS-Security client writes it."""
        return write_moment(self.house.clock() + timedelta(seconds=seconds))


def door_of(house: House) -> Door:
    parts = house.application
    return Door(house, Authenticator(parts.database, parts.settings, parts.keys, house.clock))


@pytest.fixture
def door(house: House) -> Door:
    return door_of(house)


def new_client(house: House, name: str = "billing", **more: Any) -> Plain:
    """A client of the first provider, made by the operator: clientId, name and secret."""
    new = {"name": name, "right": ["USERS_READ", "COMPANIES_WRITE"], **more}
    made = house.operate("CreateClient", house.provider.provider_id, newClient=new)
    return {**made["client"], "secret": made["secret"]}


def digest_token(name: str, secret: str, created: str, nonce: bytes | None = None) -> PasswordDigest:
    """A UsernameToken as the standard makes it."""
    nonce = nonce or os.urandom(16)
    digest = hashlib.sha1(nonce + created.encode() + secret.encode()).digest()  # noqa: S324 - the standard's
    return PasswordDigest(name, digest, nonce, created)

"""Who calls? From credentials to a caller, or to a refusal."""

import hashlib
import hmac
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, literal_column, select
from sqlalchemy.orm import Session

from provisioning.access import attempts
from provisioning.access.attempts import FailedAttempts
from provisioning.access.contract import CLIENT_NAME
from provisioning.access.model import Client, ClientMode, ClientSecret, digest_of, new_secret, owner_of
from provisioning.access.rates import RequestRates
from provisioning.access.reach import is_inside, neighbourhood, networks_of, rights_of
from provisioning.access.refusals import (
    AuthenticationFailed,
    ClientLocked,
    NoCredentials,
    NotSecure,
    ReplayedMessage,
)
from provisioning.kernel.caller import Caller, Right, with_implied
from provisioning.kernel.clock import Clock
from provisioning.kernel.credentials import BearerSecret, Credentials, NameAndSecret, PasswordDigest
from provisioning.kernel.lexical import Invalid, read_moment
from provisioning.kernel.secrets import KeyRing
from provisioning.persistence.base import table_of
from provisioning.persistence.engine import Database
from provisioning.persistence.hot import hot
from provisioning.settings import Settings

_OLDEST = timedelta(seconds=300)
_NEWEST = timedelta(seconds=60)
_SWEEP_EVERY = timedelta(minutes=1)
_A_NAME = re.compile(CLIENT_NAME)
_NO_DIGEST = "0" * 64

_clients, _secrets, _failures = table_of(Client), table_of(ClientSecret), table_of(FailedAttempts)
_COLUMNS = (
    _clients.c.id,
    _clients.c.name,
    _clients.c.provider_id,
    _clients.c.company_id,
    _clients.c.rights,
    _clients.c.networks,
    _clients.c.expires_at,
    _clients.c.requests_per_minute,
    _clients.c.mode,
    _secrets.c.digest,
    _secrets.c.sealed,
    _secrets.c.valid_until,
    _failures.c.failures,
    _failures.c.locked_until,
)
# One row stands at the left, so that an unknown client costs the same statement and tells of failures as well.
_ASKED = select(literal_column("1").label("asked")).subquery()
_IS_VALID = _clients.c.revoked_at.is_(None)
_BY_NAME = hot(
    select(*_COLUMNS).select_from(
        _ASKED.outerjoin(_failures, _failures.c.key == bindparam("pair"))
        .outerjoin(_clients, (_clients.c.name == bindparam("wanted")) & _IS_VALID)
        .outerjoin(_secrets, _secrets.c.client_id == _clients.c.id)
    )
)
_BY_SECRET = hot(
    select(*_COLUMNS).select_from(
        _ASKED.outerjoin(_failures, _failures.c.key == bindparam("pair"))
        .outerjoin(_secrets, _secrets.c.digest == bindparam("wanted"))
        .outerjoin(_clients, (_clients.c.id == _secrets.c.client_id) & _IS_VALID)
    )
)

Found = Any  # a row of these columns
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """What a token claims: whose failures it may add to, where the client is found, what proves it."""

    name: str
    find: Select[Any]
    wanted: str
    proves: Callable[[Found], bool]
    nonce: bytes | None = None
    created: str | None = None


class Authenticator:
    """Judges credentials. Every failure gets one text, costs one row looked up and one failure counted."""

    def __init__(self, database: Database, settings: Settings, keys: KeyRing, clock: Clock) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock
        self._rates = RequestRates(settings.rate_storage)
        self._swept = datetime.min.replace(tzinfo=UTC)
        # A client that is not there is checked against this.
        self._nobodys = keys.seal(new_secret(), owner_of(_NO_DIGEST))

    def __call__(self, credentials: Credentials) -> Caller:
        """The caller, or AUTHENTICATION_FAILED, REPLAYED_MESSAGE, CLIENT_LOCKED, RATE_LIMITED."""
        if credentials.token is None:
            raise NoCredentials
        if not credentials.secure:
            raise NotSecure
        claim = self._claim(credentials.token)
        pair = digest_of(f"{claim.name}\n{neighbourhood(credentials.source)}")
        now = self._clock()
        client = self._client(claim, pair, credentials.source, now)
        if client.failures is not None:
            self._write(now, lambda db: attempts.forgive(db, pair))
        if client.requests_per_minute is not None:
            self._rates.count(client.id, client.requests_per_minute)
        return _caller(client, credentials.source)

    def _claim(self, token: NameAndSecret | PasswordDigest | BearerSecret) -> Claim:
        """Client certificates and signatures join here: they are kinds of tokens as well."""
        match token:
            case NameAndSecret(name, secret, nonce, created):
                digest = digest_of(secret)
                return Claim(
                    name=name,
                    find=_BY_NAME,
                    wanted=name if _A_NAME.fullmatch(name) else "",
                    proves=lambda row: hmac.compare_digest(row.digest or _NO_DIGEST, digest),
                    nonce=nonce,
                    created=created,
                )
            case PasswordDigest(name, digested, nonce, created):
                salt = nonce + created.encode("utf-8")
                return Claim(
                    name=name,
                    find=_BY_NAME,
                    wanted=name if _A_NAME.fullmatch(name) else "",
                    proves=lambda row: hmac.compare_digest(self._password_digest(row, salt), digested),
                    nonce=nonce,
                    created=created,
                )
            case BearerSecret(secret):
                return Claim(
                    name="",
                    find=_BY_SECRET,
                    wanted=digest_of(secret),
                    proves=lambda row: row.digest is not None,
                )

    def _password_digest(self, row: Found, salt: bytes) -> bytes:
        digest = row.digest or _NO_DIGEST
        secret = self._keys.open(row.sealed or self._nobodys, owner_of(digest))
        return hashlib.sha1(salt + secret.encode("utf-8")).digest()  # noqa: S324 - WS-Security says so

    def _client(self, claim: Claim, pair: str, source: str, now: datetime) -> Found:
        """The client that the claim proves to be, not locked, and its message a new one."""
        with self._database.reading() as db:
            rows = db.execute(claim.find, {"pair": pair, "wanted": claim.wanted}).all()
        locked_until = rows[0].locked_until
        if locked_until is not None and locked_until > now:
            raise ClientLocked(retry_after=math.ceil((locked_until - now).total_seconds()))
        proven = [row for row in rows if claim.proves(row)]
        if not (proven and _is_timely(claim.created, now) and _may_call(proven[0], now, source)):
            self._write(now, lambda db: attempts.count_failure(db, pair, now))
            raise AuthenticationFailed
        if claim.nonce is not None and claim.created is not None:
            message = digest_of(f"{proven[0].id}\n{claim.nonce.hex()}")
            if not self._write(now, lambda db: attempts.is_first_use(db, message, now)):
                raise ReplayedMessage
        return proven[0]

    def _write(self, now: datetime, work: Callable[[Session], Result]) -> Result:
        """Do a piece of remembering, and now and then forget what is old, in a transaction of its own."""
        with self._database.writing() as db:
            result = work(db)
            db.commit()
        if now - self._swept >= _SWEEP_EVERY:
            self._swept = now
            with self._database.writing() as db:
                attempts.forget_old(db, now)
                db.commit()
        return result


def _is_timely(created: str | None, now: datetime) -> bool:
    if created is None:
        return True
    try:
        return now - _OLDEST <= read_moment(created) <= now + _NEWEST
    except Invalid:
        return False


def _may_call(row: Found, now: datetime, source: str) -> bool:
    """Whether this secret of this client is taken now, from there."""
    if row.id is None or any(end is not None and end <= now for end in (row.valid_until, row.expires_at)):
        return False
    return is_inside(source, networks_of(row.networks))


@lru_cache(maxsize=1024)
def _granted(words: str) -> frozenset[Right]:
    return with_implied(rights_of(words))


def _caller(client: Found, source: str) -> Caller:
    return Caller(
        client_id=client.id,
        client_name=client.name,
        provider_id=client.provider_id,
        company_id=client.company_id,
        rights=_granted(client.rights),
        test=client.mode == ClientMode.TEST,
        source=source,
    )

"""Kamailio: its subscriber, dbaliases and grp tables, and the registrations in location."""

import http.client
import json
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from provisioning.delivery.connectors.base import Unavailable
from provisioning.delivery.connectors.ledger import Name
from provisioning.delivery.connectors.rows import Keyed, Row
from provisioning.delivery.connectors.sql import SqlConnector
from provisioning.kernel.phone_state import PhoneState, SipAccount, SipPurpose
from provisioning.phone_systems import HashAlgorithm, KamailioSettings

_HASHES = {HashAlgorithm.MD5: "md5", HashAlgorithm.SHA256: "sha256"}
_RPC_WAIT = 5
_NOT_REGISTERED = 404
# Kamailio is in the operator's own network: the proxy that a host has for the world is not asked for it.
_DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# Where usrloc does not tell domains apart (use_domain 0), registrations have none; a registrar that is not
# told to mind capitals (case_sensitive 0) writes names in small letters, which may be somebody else's name.
_NOT_REACHABLE = text(
    "DELETE FROM location WHERE (domain = :domain OR domain IS NULL OR domain = '')"
    " AND (username = :username OR username = :in_small_letters AND NOT EXISTS"
    " (SELECT 1 FROM subscriber WHERE username = :in_small_letters AND domain = :domain))"
)
_ONE_ALIAS = text(
    "CREATE UNIQUE INDEX IF NOT EXISTS provisioning_dbaliases ON dbaliases (alias_username, alias_domain)"
)


class KamailioConnector(SqlConnector):
    """A user is a subscriber for each SIP name, with digests alone; numbers are aliases of the phone's name.

    Numbers of a user without a phone lead to the user's identifier, for the assistant to answer. A suspended
    user and each call restriction is a group, of every name of the user. A number is unique whatever the
    domain, as it is in the world.
    """

    tables = (
        Keyed("subscriber", ("username", "domain")),
        Keyed("dbaliases", ("alias_username",)),
        Keyed("grp", ("username", "domain", "grp")),
    )

    def __init__(self, url: str, provider_id: str, settings: KamailioSettings) -> None:
        super().__init__(url, provider_id)
        self.settings = settings

    def prepare(self) -> None:
        """The ledger, and what Kamailio's schema lacks: an alias leads to one place only."""
        super().prepare()
        with suppress(DBAPIError), self.engine.begin() as connection:
            connection.execute(_ONE_ALIAS)
        if self.engine.dialect.name == "sqlite":
            self._let_kamailio_read()

    def rows_of(self, state: PhoneState) -> Iterator[Row]:
        usual = state.domain or self.settings.domain
        accounts = {
            (each.username, each.domain or usual): each
            for each in sorted(state.sip_accounts, key=_phones_first)
        }
        for (name, domain), account in accounts.items():
            yield Row("subscriber", (name, domain), self._digests(account, domain))
        names = list(accounts) or [(state.user_id, usual)]
        name, domain = names[0]
        for number in state.numbers:
            target = {"alias_domain": domain, "username": name, "domain": domain}
            yield Row("dbaliases", (number.number,), target)
        now = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        for group in self._groups(state):
            for name, domain in names:
                yield Row("grp", (name, domain, group), initial={"last_modified": now})

    def cut_off(self, connection: Connection, touched: Collection[Name]) -> None:
        """A registered phone is called until its contact is gone, whether its subscriber exists or not."""
        names = [name.split(" ") for table, name in touched if table == "subscriber"]
        for user, domain in names:
            place = {"username": user, "in_small_letters": user.lower(), "domain": domain}
            connection.execute(_NOT_REACHABLE, place)
        if self.settings.rpc_url:
            for user, domain in names:
                self._forget_contacts(f"{user}@{domain}")

    def _digests(self, account: SipAccount, domain: str) -> dict[str, str]:
        """For phones that say their name alone, and for those that say name@domain."""
        algorithm = _HASHES[HashAlgorithm(self.settings.algorithm)]
        full_name = f"{account.username}@{domain}"
        return {
            "ha1": account.ha1(domain, algorithm=algorithm),
            "ha1b": account.ha1(domain, algorithm=algorithm, username=full_name),
            "password": "",
        }

    def _groups(self, state: PhoneState) -> Iterator[str]:
        if not state.service_open:
            yield self.settings.suspended_group
        yield from sorted({f"{self.settings.barred_prefix}{code}".lower() for code in state.barred})

    def _let_kamailio_read(self) -> None:
        """Kamailio does not wait for a locked SQLite file; with a write-ahead log readers never have to."""
        with closing(self.engine.raw_connection()) as connection:
            connection.cursor().execute("PRAGMA journal_mode=WAL")

    def _forget_contacts(self, address: str) -> None:
        """Contacts that Kamailio keeps in memory. Called before the commit: what fails here is tried again."""
        call = {"jsonrpc": "2.0", "method": "ul.rm", "params": ["location", address], "id": 1}
        request = urllib.request.Request(  # noqa: S310 - the operator's own setting
            self.settings.rpc_url, json.dumps(call).encode(), {"Content-Type": "application/json"}
        )
        try:
            status, octets = _ask(request)
        except (OSError, http.client.HTTPException) as failure:
            why = failure.reason if isinstance(failure, urllib.error.URLError) else type(failure).__name__
            raise Unavailable(f"Kamailio's RPC: {why}") from failure
        try:
            error: dict[str, Any] = json.loads(octets).get("error") or {}
            code = error.get("code")
        except (ValueError, AttributeError) as failure:  # not Kamailio: another server, or another path of it
            raise Unavailable(f"Kamailio's RPC: something else answers there ({status})") from failure
        if error and code != _NOT_REGISTERED:
            raise Unavailable(f"Kamailio's RPC refuses: {code}")


def _ask(request: urllib.request.Request) -> tuple[int, bytes]:
    """The status and the body of the answer, whatever the status."""
    try:
        with _DIRECTLY.open(request, timeout=_RPC_WAIT) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, refusal.read()


def _phones_first(account: SipAccount) -> int:
    """The name that phones register comes first: numbers lead to it."""
    return (SipPurpose.REGISTRATION, SipPurpose.DEFAULT, SipPurpose.CALLING).index(account.purpose)

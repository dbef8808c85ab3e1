"""What stands in Kamailio's tables, and what is done to registrations."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, ClassVar

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import IntegrityError

from provisioning.delivery.connectors.base import NotOurs, Unavailable
from provisioning.delivery.connectors.kamailio import KamailioConnector
from provisioning.kernel.phone_state import SipAccount, SipPurpose
from provisioning.phone_systems import KamailioSettings
from tests.delivery.conftest import DOMAIN
from tests.delivery.phone_databases import sqlite_phone_database
from tests.delivery.states import changed, gone, numbers, phone, state

PLACE = "INSERT INTO location (ruid, username, domain, contact, expires, partition) VALUES (:name, :name, :domain, 'sip:x', 0, 0)"


@pytest.fixture
def url(tmp_path: Path) -> str:
    return sqlite_phone_database("kamailio", tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


def new(url: str, **settings: str) -> KamailioConnector:
    connector = KamailioConnector(url, "p" * 26, KamailioSettings(domain=DOMAIN, **settings))
    connector.prepare()
    return connector


@pytest.fixture
def kamailio(url: str) -> Iterator[KamailioConnector]:
    with closing(new(url)) as connector:
        yield connector


def rows(engine: Engine, columns: str, table: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM {table} ORDER BY {columns}"))  # noqa: S608 - the test's words
        return [tuple(row) for row in found]


def md5(value: str) -> str:
    return hashlib.md5(value.encode(), usedforsecurity=False).hexdigest()


def register(engine: Engine, *names: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(PLACE), [{"name": name, "domain": DOMAIN} for name in names])


def test_a_subscriber_has_digests_and_no_password(kamailio: KamailioConnector, engine: Engine) -> None:
    kamailio.apply(state(sip_accounts=phone("ann", "s3cret")))
    expected = (md5(f"ann:{DOMAIN}:s3cret"), md5(f"ann@{DOMAIN}:{DOMAIN}:s3cret"), "")
    assert rows(engine, "ha1, ha1b, password", "subscriber") == [expected]


def test_an_accounts_own_domain_comes_before_the_users_and_that_before_the_usual(
    kamailio: KamailioConnector, engine: Engine
) -> None:
    own = SipAccount(purpose=SipPurpose.CALLING, username="own", domain="a.test", secret="x")
    kamailio.apply(state(sip_accounts=(own,)), state(sip_accounts=phone("bob"), domain="b.test"))
    assert rows(engine, "username, domain", "subscriber") == [("bob", "b.test"), ("own", "a.test")]


def test_numbers_lead_to_the_name_that_phones_register(kamailio: KamailioConnector, engine: Engine) -> None:
    accounts = phone("calls", purpose=SipPurpose.CALLING) + phone("gate", purpose=SipPurpose.DEFAULT)
    ann = state(sip_accounts=accounts, numbers=numbers("+12025550101"))
    kamailio.apply(ann)
    assert rows(engine, "alias_username, username, domain", "dbaliases") == [("+12025550101", "gate", DOMAIN)]
    kamailio.apply(changed(ann, sip_accounts=accounts + phone("desk")))
    assert rows(engine, "username", "dbaliases") == [("desk",)]
    kamailio.apply(changed(ann, sip_accounts=()))
    assert rows(engine, "username", "dbaliases") == [(ann.user_id,)]


def test_suspension_and_restrictions_are_groups_of_every_name(
    kamailio: KamailioConnector, engine: Engine
) -> None:
    accounts = phone("calls", purpose=SipPurpose.CALLING) + phone("desk")
    kamailio.apply(state(sip_accounts=accounts, service_open=False, barred=frozenset({"INTL", "Intl"})))
    groups = [(name, group) for name in ("calls", "desk") for group in ("bar-intl", "suspended")]
    assert rows(engine, "username, grp", "grp") == groups


def test_registrations_end_with_the_name_and_with_its_secret_and_by_nothing_else(
    kamailio: KamailioConnector, engine: Engine
) -> None:
    ann = state(sip_accounts=phone("ann"))
    kamailio.apply(ann, state(sip_accounts=phone("bob")))
    register(engine, "ann", "bob", "stranger")
    kamailio.apply(changed(ann, service_open=False, numbers=numbers("+12025550101")))
    assert rows(engine, "username", "location") == [("ann",), ("bob",), ("stranger",)]
    kamailio.apply(changed(ann, sip_accounts=phone("ann", "another")))
    assert rows(engine, "username", "location") == [("bob",), ("stranger",)]
    register(engine, "ann")
    kamailio.apply(gone(ann))
    assert rows(engine, "username", "location") == [("bob",), ("stranger",)]


def test_who_registers_while_it_is_changed_does_not_stay(
    kamailio: KamailioConnector, engine: Engine, rpc: str, url: str
) -> None:
    """Until the commit the registrar takes the old secret."""
    ann = state(sip_accounts=phone("ann"))
    kamailio.apply(ann)
    commits: list[Connection] = []

    def come_back(connection: Connection) -> None:
        commits.append(connection)
        if len(commits) == 1:
            connection.execute(text(PLACE), {"name": "ann", "domain": DOMAIN})

    with closing(new(url, rpc_url=rpc)) as connector:
        event.listen(connector.engine, "commit", come_back)
        connector.apply(changed(ann, sip_accounts=phone("ann", "another")))
    assert commits
    assert rows(engine, "username", "location") == []
    assert len(Rpc.asked) == 2


@pytest.mark.parametrize("domain", [None, ""])
def test_registrations_without_a_domain_end_as_well(
    kamailio: KamailioConnector, engine: Engine, domain: str | None
) -> None:
    ann = state(sip_accounts=phone("ann"))
    kamailio.apply(ann)
    with engine.begin() as connection:
        for name in ("ann", "bob"):
            connection.execute(text(PLACE), {"name": name, "domain": domain})
    kamailio.apply(gone(ann))
    assert rows(engine, "username", "location") == [("bob",)]


def test_a_registration_whose_name_the_registrar_wrote_in_small_letters_ends_as_well(
    kamailio: KamailioConnector, engine: Engine
) -> None:
    ann = state(sip_accounts=phone("Ann.Roy"))
    kamailio.apply(ann)
    register(engine, "ann.roy", "Ann.Roy", "bob")
    kamailio.apply(changed(ann, sip_accounts=phone("Ann.Roy", "another")))
    assert rows(engine, "username", "location") == [("bob",)]


def test_a_registration_in_small_letters_stays_when_that_is_another_name(
    kamailio: KamailioConnector, engine: Engine
) -> None:
    great = state(sip_accounts=phone("Ann.Roy"))
    kamailio.apply(great, state(sip_accounts=phone("ann.roy")))
    register(engine, "ann.roy", "Ann.Roy")
    kamailio.apply(gone(great))
    assert rows(engine, "username", "location") == [("ann.roy",)]


def test_an_alias_of_somebody_else_is_left_alone_and_kept_unique(
    kamailio: KamailioConnector, engine: Engine
) -> None:
    alias = text(
        "INSERT INTO dbaliases (alias_username, alias_domain, username, domain) VALUES ('+1', :d, 'x', :d)"
    )
    with engine.begin() as connection:
        connection.execute(alias, {"d": "other.test"})
    with pytest.raises(NotOurs):
        kamailio.apply(state(numbers=numbers("+1")))
    assert rows(engine, "username", "dbaliases") == [("x",)]
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(alias, {"d": "other.test"})


def test_where_aliases_are_not_unique_it_works_all_the_same(url: str, engine: Engine) -> None:
    twice = text(
        "INSERT INTO dbaliases (alias_username, alias_domain, username, domain) VALUES ('a', 'b', 'c', 'd')"
    )
    with engine.begin() as connection:
        connection.execute(twice)
        connection.execute(twice)
    with closing(new(url)) as connector:
        connector.apply(state(numbers=numbers("+1")))
    assert len(rows(engine, "username", "dbaliases")) == 3


class Rpc(BaseHTTPRequestHandler):
    """Kamailio's RPC, as far as it matters: answers what the test wants."""

    answer: ClassVar[bytes] = b'{"jsonrpc": "2.0", "result": [], "id": 1}'
    status: ClassVar[int] = 200
    asked: ClassVar[list[bytes]] = []

    def do_POST(self) -> None:
        self.asked.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@pytest.fixture
def rpc() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Rpc) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        Rpc.asked.clear()
        yield f"http://127.0.0.1:{server.server_port}/RPC"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    ("status", "answer", "done"),
    [
        (200, b'{"jsonrpc": "2.0", "result": [], "id": 1}', True),
        (404, b'{"jsonrpc": "2.0", "error": {"code": 404, "message": "AOR not found"}, "id": 1}', True),
        (200, b'{"jsonrpc": "2.0", "error": {"code": 404, "message": "AOR not found"}, "id": 1}', True),
        (404, b"", False),
        (404, b"<html>There is nothing at this address.</html>", False),
        (200, b"[]", False),
        (200, b'{"jsonrpc": "2.0", "error": {"code": 500, "message": "no"}, "id": 1}', False),
        (403, b"", False),
        (200, b"not JSON", False),
    ],
)
def test_registrations_in_memory_are_ended_before_the_rows_go(
    url: str,
    engine: Engine,
    rpc: str,
    monkeypatch: pytest.MonkeyPatch,
    status: int,
    answer: bytes,
    done: bool,
) -> None:
    monkeypatch.setattr(Rpc, "status", status)
    monkeypatch.setattr(Rpc, "answer", answer)
    with closing(new(url, rpc_url=rpc)) as connector:
        ann = state(sip_accounts=phone("ann"))
        connector.apply(ann)
        assert Rpc.asked == []
        if done:
            connector.apply(gone(ann))
        else:
            with pytest.raises(Unavailable):
                connector.apply(gone(ann))
    assert f'"ann@{DOMAIN}"'.encode() in Rpc.asked[0]
    assert bool(rows(engine, "username", "subscriber")) is not done


def test_rpc_is_asked_without_the_hosts_proxy(url: str, rpc: str) -> None:
    script = f"""
from provisioning.delivery.connectors.kamailio import KamailioConnector
from provisioning.phone_systems import KamailioSettings
KamailioConnector({url!r}, "", KamailioSettings(domain={DOMAIN!r}, rpc_url={rpc!r})).check()
"""
    new(url).close()
    environment = {**os.environ, "http_proxy": "http://127.0.0.1:1", "no_proxy": ""}
    subprocess.run([sys.executable, "-c", script], env=environment, check=True)
    assert len(Rpc.asked) == 1


def test_without_an_answer_by_rpc_nothing_goes(url: str, engine: Engine) -> None:
    with closing(new(url, rpc_url="http://127.0.0.1:1/RPC")) as connector:
        ann = state(sip_accounts=phone("ann"))
        connector.apply(ann)
        with pytest.raises(Unavailable):
            connector.apply(gone(ann))
    assert rows(engine, "username", "subscriber") == [("ann",)]


def test_a_check_asks_for_all_that_ends_registrations(url: str, engine: Engine, rpc: str) -> None:
    with closing(new(url, rpc_url=rpc)) as connector:
        register(engine, "ann")
        connector.check()
        assert rows(engine, "username", "location") == [("ann",)]
        assert len(Rpc.asked) == 1
    away = new(url, rpc_url="http://127.0.0.1:1/RPC")
    with closing(away), pytest.raises(Unavailable, match="Connection refused"):
        away.check()
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE location"))
    lacking = new(url)
    with closing(lacking), pytest.raises(Unavailable, match="location"):
        lacking.check()

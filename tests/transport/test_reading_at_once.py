"""While somebody writes to SQLite, quick operations are answered; what waits for its turn makes nobody else wait."""

import base64
import json
import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from provisioning.persistence.engine import WouldWait, expect_waiting, not_waiting, open_database
from tests.transport.running import DEMO, Answer, Server, get, post, running, soap, struct, xmlrpc

_PAUSE = 0.3


class Office:
    """A server of one worker, its database, and the provider's client."""

    def __init__(self, server: Server, var: Path) -> None:
        self.server = server
        self.database = open_database(f"sqlite:///{var / 'provisioning.db'}")
        client = json.loads((var / "demo.json").read_text("utf-8"))["provider"]
        self._pair = f"{client['client']}:{client['secret']}"
        self.pool = ThreadPoolExecutor()

    def ask(self, octets: bytes, path: str = "/soap", pair: str | None = None) -> Answer:
        account = base64.b64encode((pair or self._pair).encode()).decode()
        return self.server.ask(post(path, octets, Authorization=f"Basic {account}"), timeout=30)

    def later(self, octets: bytes, path: str = "/soap", pair: str | None = None) -> "Future[Answer]":
        return self.pool.submit(self.ask, octets, path, pair)

    def companies(self, code: str) -> int:
        with self.database.reading() as db:
            return int(
                db.scalar(text("SELECT count(*) FROM companies WHERE code = :code"), {"code": code}) or 0
            )

    def still_answers(self) -> None:
        pong = self.ask(soap("Ping"))
        assert (pong.status, b"<contractVersion>" in pong.body) == (200, True)
        assert self.server.ask(get("/healthz")).status == 200


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with running(tmp_path, DEMO, workers=1) as server:
        office = Office(server, tmp_path)
        yield office
        office.pool.shutdown()
        office.database.engine.dispose()


def _new_company(code: str) -> bytes:
    members = (
        f"<kind>PRIVATE</kind><code>{code}</code><name>{code}</name><userNumberDigits>6</userNumberDigits>"
    )
    return soap("CreateCompany", f"<newCompany>{members}</newCompany>")


def test_reads_do_not_wait_for_a_write_and_the_write_is_made_once(office: Office) -> None:
    with office.database.writing():
        waiting = office.later(_new_company("NEW"))
        with pytest.raises(TimeoutError):
            waiting.result(_PAUSE)
        office.still_answers()
        sought = soap("GetUser", f"<userRef><userId>{'0' * 26}</userId></userRef>")
        assert b"NOT_FOUND" in office.ask(sought).body
    assert waiting.result(30).status == 200
    assert office.companies("NEW") == 1


def test_a_wrong_secret_is_counted_without_holding_anybody_up(office: Office) -> None:
    with office.database.writing():
        refused = office.later(soap("Ping"), pair="demo-provider:wrong")
        with pytest.raises(TimeoutError):
            refused.result(_PAUSE)
        office.still_answers()
    assert b"AUTHENTICATION_FAILED" in refused.result(30).body


def test_several_calls_in_one_are_each_made_once(office: Office) -> None:
    members = struct(kind="PRIVATE", code="MANY", name="Many", userNumberDigits="<int>6</int>")
    calls = [
        struct(methodName="Ping", params="<array><data></data></array>"),
        struct(
            methodName="CreateCompany",
            params=f"<array><data><value>{struct(newCompany=members)}</value></data></array>",
        ),
    ]
    values = "".join(f"<value>{call}</value>" for call in calls)
    many = xmlrpc("system.multicall", f"<array><data>{values}</data></array>")
    with office.database.writing():
        waiting = office.later(many, "/xmlrpc")
        with pytest.raises(TimeoutError):
            waiting.result(_PAUSE)
        office.still_answers()
    answered = waiting.result(30).body
    assert len(re.findall(b"contractVersion", answered)) == 1
    assert b"faultCode" not in answered
    assert office.companies("MANY") == 1


def test_who_must_not_wait_is_told_before_anything_is_done(empty_database_url: str) -> None:
    database = open_database(empty_database_url)
    with not_waiting():
        with pytest.raises(WouldWait), database.writing():
            pass
        with ThreadPoolExecutor() as pool:
            pool.submit(expect_waiting).result()  # said of one thread alone
    with database.writing() as db:
        assert db.scalar(text("SELECT 1")) == 1
    database.engine.dispose()

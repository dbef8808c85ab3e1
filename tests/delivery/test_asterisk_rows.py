"""What stands in Asterisk's realtime tables, with PostgreSQL's enumerations and without."""

import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, text

from provisioning.delivery.connectors.asterisk import AsteriskConnector
from provisioning.phone_systems import AsteriskSettings
from tests.delivery.phone_databases import postgres_phone_database, sqlite_phone_database
from tests.delivery.states import changed, gone, numbers, phone, state

COMPANY = "c" * 26


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_phone_database("asterisk", tmp_path)
        return
    with postgres_phone_database("asterisk", request.getfixturevalue("postgres_server")) as made:
        yield made


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    made = create_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def asterisk(url: str) -> Iterator[AsteriskConnector]:
    with closing(AsteriskConnector(url, "p" * 26, AsteriskSettings())) as connector:
        connector.prepare()
        yield connector


def rows(engine: Engine, statement: str) -> list[tuple[Any, ...]]:
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_a_name_is_an_endpoint_with_its_digest(asterisk: AsteriskConnector, engine: Engine) -> None:
    ann = state(
        sip_accounts=phone("ann", "s3cret"), numbers=numbers("+12025550101"), barred=frozenset({"B", "A"})
    )
    asterisk.apply(ann)
    digest = hashlib.md5(b"ann:asterisk:s3cret", usedforsecurity=False).hexdigest()
    auth = rows(engine, "SELECT id, auth_type, username, md5_cred, password FROM ps_auths")
    assert auth == [("ann", "md5", "ann", digest, None)]
    assert rows(engine, "SELECT id, max_contacts, remove_existing FROM ps_aors") == [("ann", 5, "yes")]
    endpoint = rows(engine, "SELECT aors, auth, context, direct_media, callerid, set_var FROM ps_endpoints")
    assert endpoint == [
        ("ann", "ann", "from-internal", "no", "<+12025550101>", f"COMPANY={COMPANY};BARRED=A,B")
    ]


def test_numbers_and_the_extension_ring_the_phone_and_then_the_mailbox(
    asterisk: AsteriskConnector, engine: Engine
) -> None:
    ann = state(sip_accounts=phone("ann"), numbers=numbers("+12025550101"), extension="0101", voicemail=True)
    asterisk.apply(ann)
    steps = [(1, "Dial", "PJSIP/ann,25"), (2, "VoiceMail", f"4711@{COMPANY},u"), (3, "Hangup", "")]
    for context, exten in (("from-trunk", "+12025550101"), ("extensions", f"{COMPANY}-0101")):
        lines = (
            f"SELECT priority, app, appdata FROM extensions WHERE context = '{context}' AND exten = '{exten}'"  # noqa: S608 - the test's words
        )
        assert rows(engine, f"{lines} ORDER BY priority") == steps
    box = rows(engine, "SELECT context, mailbox, fullname, email, attach, language FROM voicemail")
    assert box == [(COMPANY, "4711", "Ann Lee", "ann@lee.example.com", "yes", "en")]


def test_a_closed_service_rings_nowhere(asterisk: AsteriskConnector, engine: Engine) -> None:
    ann = state(sip_accounts=phone("ann"), numbers=numbers("+12025550101"), voicemail=True)
    asterisk.apply(ann)
    asterisk.apply(changed(ann, service_open=False))
    assert rows(engine, "SELECT context FROM ps_endpoints") == [("suspended",)]
    assert rows(engine, "SELECT priority, app, appdata FROM extensions") == [(1, "Hangup", "21")]


def test_a_mailbox_password_is_the_users_own_once_it_is_made(
    asterisk: AsteriskConnector, engine: Engine
) -> None:
    ann = state(voicemail=True)
    asterisk.apply(ann)
    ((first,),) = rows(engine, "SELECT password FROM voicemail")
    assert len(first) == 8
    with engine.begin() as connection:
        connection.execute(text("UPDATE voicemail SET password = '2468'"))
    asterisk.apply(changed(ann, email="new@lee.example.com"))
    assert rows(engine, "SELECT password, email FROM voicemail") == [("2468", "new@lee.example.com")]


def test_contacts_end_with_the_endpoint_and_with_its_secret(
    asterisk: AsteriskConnector, engine: Engine
) -> None:
    ann = state(sip_accounts=phone("ann"))
    for later in (changed(ann, sip_accounts=phone("ann", "another")), gone(ann)):
        asterisk.apply(changed(ann))
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM ps_contacts"))
            connection.execute(
                text("INSERT INTO ps_contacts VALUES ('1', 'sip:a', 'ann'), ('2', 'sip:b', 'bob')")
            )
        asterisk.apply(changed(later))
        assert rows(engine, "SELECT endpoint FROM ps_contacts") == [("bob",)]


def test_a_phone_stays_registered_whatever_else_changes(asterisk: AsteriskConnector, engine: Engine) -> None:
    ann = state(sip_accounts=phone("ann"), numbers=numbers("+12025550101"))
    asterisk.apply(ann)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO ps_contacts VALUES ('1', 'sip:a', 'ann')"))
    asterisk.apply(changed(ann, numbers=numbers("+12025550102"), barred=frozenset({"INTL"})))
    asterisk.apply(changed(ann, service_open=False))
    asterisk.apply(changed(ann, voicemail=True))
    assert rows(engine, "SELECT endpoint FROM ps_contacts") == [("ann",)]

"""The promises of every connector, whatever the phone system and its database."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text

from provisioning.delivery.connectors.base import (
    Connector,
    NotAccepted,
    PhoneSystemError,
    Stale,
    Taken,
    Unavailable,
)
from provisioning.delivery.connectors.sql import SqlConnector
from provisioning.kernel.phone_state import PhoneState
from provisioning.reconciliations import Difference, Drift
from tests.delivery.conftest import new_connector
from tests.delivery.states import changed, gone, numbers, phone, state

OURS = {"provisioning_users", "provisioning_rows"}


def rows(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that the phone system has, table by table."""
    kept = {}
    with engine.connect() as connection:
        for table in inspect(engine).get_table_names():
            if table not in OURS | {"version"}:
                found = connection.execute(text(f"SELECT * FROM {table}"))  # noqa: S608 - names of the schema
                kept[table] = sorted(map(tuple, found), key=repr)
    return {table: found for table, found in kept.items() if found}


def differences(connector: Connector, *states: PhoneState) -> list[Difference]:
    return list(connector.differences({each.user_id: each for each in states}))


def full() -> PhoneState:
    return state(
        sip_accounts=phone("ann"),
        numbers=numbers("+12025550101", "+12025550102"),
        extension="0101",
        barred=frozenset({"INTL", "PREMIUM"}),
        voicemail=True,
    )


def test_a_phone_system_is_checked_and_prepared(phone_url: tuple[str, str]) -> None:
    connector = new_connector(*phone_url, "p" * 26)
    with pytest.raises(Unavailable):
        connector.check()
    connector.prepare()
    connector.prepare()
    connector.check()
    connector.close()


def test_applying_a_state_again_changes_nothing(connector: Connector, phone_engine: Engine) -> None:
    ann = full()
    connector.apply(ann)
    first = rows(phone_engine)
    assert first
    connector.apply(ann)
    connector.apply(changed(ann))
    assert rows(phone_engine) == first
    assert differences(connector, ann) == []


def test_of_two_states_the_newer_wins_whichever_comes_first(
    connector: Connector, phone_engine: Engine
) -> None:
    older = full()
    newer = changed(older, numbers=numbers("+12025550109"), barred=frozenset(), voicemail=False)
    connector.apply(newer)
    after = rows(phone_engine)
    with pytest.raises(Stale):
        connector.apply(older)
    assert rows(phone_engine) == after
    assert differences(connector, newer) == []


def test_a_deleted_user_leaves_nothing_and_no_older_state_brings_it_back(
    connector: Connector, phone_engine: Engine
) -> None:
    ann = full()
    late = changed(ann)
    connector.apply(ann)
    connector.apply(gone(ann))
    assert rows(phone_engine) == {}
    with pytest.raises(Stale):
        connector.apply(late)
    assert rows(phone_engine) == {}
    assert connector.known_users("", 10) == []


def test_a_user_who_never_was_leaves_nothing(connector: Connector, phone_engine: Engine) -> None:
    connector.apply(gone(full()))
    assert rows(phone_engine) == {}


CHANGES: tuple[dict[str, Any], ...] = (
    {"service_open": False},
    {"barred": frozenset()},
    {"numbers": ()},
    {"numbers": numbers("+12025550102", "+12025550101")},
    {"sip_accounts": phone("ann", "another")},
    {"sip_accounts": phone("anna")},
    {"sip_accounts": ()},
    {"extension": None, "voicemail": False},
)


def test_every_change_arrives_and_is_seen_before(connector: Connector) -> None:
    assert isinstance(connector, SqlConnector)
    before = full()
    for parts in CHANGES:
        after = changed(before, **parts)
        connector.apply(before)
        is_told = told(connector, before) != told(connector, after)
        assert bool(differences(connector, after)) == is_told, parts
        connector.apply(after)
        assert differences(connector, after) == [], parts
        before = changed(before)


def told(connector: SqlConnector, wish: PhoneState) -> dict[Any, Any]:
    return {row.name: row.values for row in connector.rows_of(wish)}


def test_a_number_that_is_anothers_is_refused_and_nothing_of_the_state_arrives(
    connector: Connector, phone_engine: Engine
) -> None:
    ann = state(sip_accounts=phone("ann"), numbers=numbers("+12025550101"))
    connector.apply(ann)
    before = rows(phone_engine)
    with pytest.raises(Taken) as taken:
        connector.apply(state(sip_accounts=phone("bob"), numbers=numbers("+12025550101")))
    assert taken.value.holder_id == ann.user_id
    assert rows(phone_engine) == before


def test_a_number_goes_from_one_user_to_another_in_one_step(connector: Connector) -> None:
    ann = state(sip_accounts=phone("ann"), numbers=numbers("+12025550101"))
    bob = state(sip_accounts=phone("bob"))
    connector.apply(ann, bob)
    ann = changed(ann, numbers=())
    bob = changed(bob, numbers=numbers("+12025550101"))
    connector.apply(bob, ann)
    assert differences(connector, ann, bob) == []


def test_two_users_given_one_number_at_once_are_refused(connector: Connector, phone_engine: Engine) -> None:
    with pytest.raises(Taken):
        connector.apply(state(numbers=numbers("+12025550101")), state(numbers=numbers("+12025550101")))
    assert rows(phone_engine) == {}


def test_of_many_threads_after_one_number_one_gets_it(connector: Connector) -> None:
    refused: list[PhoneSystemError] = []
    states = [state(numbers=numbers("+12025550101")) for _ in range(8)]

    def try_it(wish: PhoneState) -> None:
        try:
            connector.apply(wish)
        except (Taken, NotAccepted) as refusal:
            refused.append(refusal)

    threads = [Thread(target=try_it, args=(each,)) for each in states]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 7
    assert len([each for each in states if not differences(connector, each)]) == 1


def test_two_providers_on_one_phone_system_do_not_meet(
    connector: Connector, phone_url: tuple[str, str], phone_engine: Engine
) -> None:
    ann = full()
    connector.apply(ann)
    before = rows(phone_engine)
    with other_provider(phone_url) as other:
        assert other.known_users("", 10) == []
        with pytest.raises(Taken):
            other.apply(state(numbers=numbers("+12025550101")))
        with pytest.raises(Taken):
            other.apply(gone(ann))
    assert rows(phone_engine) == before


@contextmanager
def other_provider(phone_url: tuple[str, str]) -> Iterator[Connector]:
    other = new_connector(*phone_url, "o" * 26)
    yield other
    other.close()


def test_users_are_known_in_order_and_page_by_page(connector: Connector) -> None:
    users = [state(numbers=numbers(f"+120255501{place:02}")) for place in range(5)]
    connector.apply(*users)
    expected = sorted(each.user_id for each in users)
    assert connector.known_users("", 3) == expected[:3]
    assert connector.known_users(expected[2], 3) == expected[3:]


def test_what_is_lost_altered_or_too_much_is_seen_and_mended(
    connector: Connector, phone_engine: Engine
) -> None:
    ann, bob = full(), state(numbers=numbers("+12025550150"))
    connector.apply(ann, bob)
    names = {each.name for each in differences(connector, gone(ann))}
    with phone_engine.begin() as connection:
        for table in rows(phone_engine):
            if table in {"dbaliases", "extensions", "recorded"}:
                connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 - names of the schema
    seen = differences(connector, ann, gone(bob))
    assert seen
    assert {each.drift for each in seen} == {Drift.MISSING}
    assert {each.name for each in seen} <= names
    connector.apply(changed(ann), gone(bob))
    assert differences(connector, ann) == []
    assert connector.known_users("", 10) == [ann.user_id]


def test_a_phone_system_that_is_not_there_is_unavailable(phone_url: tuple[str, str]) -> None:
    kind, url = phone_url
    nowhere = url.replace(".db", ".none/x.db") if "sqlite" in url else "postgresql+psycopg://u@127.0.0.1:1/x"
    connector = new_connector(kind, nowhere, "p" * 26)
    with pytest.raises(Unavailable):
        connector.apply(full())
    connector.close()


def test_what_the_phone_system_cannot_hold_is_not_accepted(phone_url: tuple[str, str]) -> None:
    kind, url = phone_url
    if "sqlite" in url:
        return  # SQLite holds texts of any length
    connector = new_connector(kind, url, "p" * 26)
    connector.prepare()
    with pytest.raises(NotAccepted):
        connector.apply(state(sip_accounts=phone("x" * 300)))
    connector.close()

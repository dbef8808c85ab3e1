"""A phone system that has drifted from the database, reported and mended; what is not ours stays."""

import contextlib
import sqlite3

import pytest
from sqlalchemy import delete

from provisioning.delivery import reconciliation
from provisioning.kernel.outbox import OutboxRow
from provisioning.reconciliations import Difference, Drift
from tests.delivery.site import Site

THEIRS = "INSERT INTO recorded (id, kind, name, user_id, detail) VALUES (?, 'number', ?, 'them', 'x')"


def tamper(site: Site, statement: str, *values: str) -> None:
    """What somebody does in the phone system's database by hand."""
    with contextlib.closing(sqlite3.connect(site.path())) as connection:
        connection.execute(statement, values)
        connection.commit()


def compared(site: Site) -> set[tuple[str, str]]:
    found = reconciliation.compare(site.house.application, site.system())
    return {(each.drift.value, each.name) for each in found}


def repaired(site: Site) -> list[Difference]:
    return list(reconciliation.repair(site.house.application, site.system()))


@pytest.fixture
def numbers(site: Site) -> list[str]:
    """Three users with a number each, known to the phone system."""
    added = site.add_numbers(3)
    for number in added:
        site.create_user(did=[number])
    site.deliver()
    return added


def test_what_agrees_has_no_difference(site: Site, numbers: list[str]) -> None:
    assert compared(site) == set()
    assert repaired(site) == []
    assert site.outbox() == []


def test_what_is_missing_different_or_too_much_is_found_and_mended(site: Site, numbers: list[str]) -> None:
    missing, altered, extra = numbers
    tamper(site, "DELETE FROM recorded WHERE name = ?", missing)
    tamper(site, "UPDATE recorded SET detail = 'x' WHERE name = ?", altered)
    holder = site.recorded()[extra]
    site.call("UnassignDid", holder, number=extra)
    forget_outbox(site)
    assert compared(site) == {
        (Drift.MISSING, f"number {missing}"),
        (Drift.DIFFERENT, f"number {altered}"),
        (Drift.EXTRA, f"number {extra}"),
    }
    assert len(repaired(site)) == 3
    assert len(site.outbox()) == 3
    site.deliver()
    assert compared(site) == set()
    assert site.recorded().keys() == {missing, altered}


def forget_outbox(site: Site) -> None:
    """As if what was to be told had been lost: restored from an older copy, say."""
    with site.house.application.database.writing() as db:
        db.execute(delete(OutboxRow))
        db.commit()


def test_rows_that_are_not_ours_are_no_difference_and_stay(site: Site, numbers: list[str]) -> None:
    tamper(site, THEIRS, "999", "+12025559999")
    assert compared(site) == set()
    tamper(site, "DELETE FROM recorded WHERE user_id <> 'them'")
    repaired(site)
    site.deliver()
    assert site.recorded()["+12025559999"] == "them"
    assert compared(site) == set()


def test_a_foreign_row_in_the_place_of_ours_is_reported_and_left_alone(
    site: Site, numbers: list[str]
) -> None:
    taken = numbers[0]
    tamper(site, "DELETE FROM recorded WHERE name = ?", taken)
    tamper(site, THEIRS, "999", taken)
    assert [(each.drift, each.name) for each in repaired(site)] == [(Drift.FOREIGN, f"number {taken}")]
    assert site.outbox() == []
    assert site.recorded()[taken] == "them"


def test_what_is_on_its_way_is_no_difference(site: Site, numbers: list[str]) -> None:
    site.create_user()
    assert compared(site) == set()


def test_users_that_the_database_does_not_know_are_found_in_between_and_behind(
    site: Site, numbers: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_AT_A_TIME", 2)
    known = sorted(site.recorded("user"))
    strangers = ["0" * 26, f"{known[0][:-1]}v", "v" * 26]
    for row_id, stranger in zip(("51", "52", "53"), strangers, strict=True):
        tamper(site, "INSERT INTO recorded VALUES (?, 'user', ?, ?, '')", row_id, stranger, stranger)
        tamper(site, "INSERT INTO provisioning_users VALUES (?, ?, 1)", stranger, site.provider_id)
        entry = f"user {stranger}", row_id, stranger
        tamper(site, "INSERT INTO provisioning_rows VALUES ('recorded', ?, ?, ?)", *entry)
    assert compared(site) == {(Drift.EXTRA, f"user {stranger}") for stranger in strangers}
    repaired(site)
    site.deliver()
    assert sorted(site.recorded("user")) == known


def test_another_providers_users_are_none_of_its_business(site: Site, numbers: list[str]) -> None:
    other, _ = site.house.new_provider("Other")
    company = site.house.new_company(other, "THEIRS")
    new = {"firstName": "Bo", "lastName": "Ek", "email": "bo@ek.example.com"}
    site.house.call("CreateUser", other, companyId=company, newUser=new)
    assert compared(site) == set()

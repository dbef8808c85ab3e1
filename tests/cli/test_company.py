from collections.abc import Callable

import pytest

from tests.cli.conftest import Command

Rows = Callable[..., list[list[str]]]


def test_companies_are_created_and_listed(prepared: Command, rows: Rows) -> None:
    prepared("provider", "create", "North")
    options = ("--external-id", "x-1", "--language", "fr", "--digits", "5")
    (made,) = rows(prepared("company", "create", "ACME", "Acme Ltd", *options))
    assert made[1:] == ["PRIVATE", "ACME", "Acme Ltd", "ACTIVE", "100 to 999"]
    listed = rows(prepared("company", "list"))
    assert [row[1:4] for row in listed] == [["PRIVATE", "ACME", "Acme Ltd"], ["PUBLIC", "PUBLIC", "North"]]


def test_a_public_company_has_no_extensions(prepared: Command, rows: Rows) -> None:
    prepared("provider", "create", "North")
    (made,) = rows(prepared("company", "create", "SHOP", "Shop", "--kind", "PUBLIC"))
    assert made[1:] == ["PUBLIC", "SHOP", "Shop", "ACTIVE"]


def test_of_several_providers_one_has_to_be_named(prepared: Command, rows: Rows) -> None:
    assert "There is no provider yet" in prepared("company", "list").stderr
    prepared("provider", "create", "North")
    prepared("provider", "create", "South")
    assert "say which by --provider" in prepared("company", "create", "A", "A").stderr
    assert "There is no provider East" in prepared("company", "list", "--provider", "East").stderr
    assert prepared("company", "create", "A", "A", "--provider", "North").exit_code == 0
    assert [row[2] for row in rows(prepared("company", "list", "--provider", "South"))] == ["PUBLIC"]


def test_a_long_list_is_shown_whole(prepared: Command, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioning.cli.operate.PAGE", 2)
    prepared("provider", "create", "North")
    for number in range(4):
        prepared("company", "create", f"C{number}", "Name")
    assert [row[2] for row in rows(prepared("company", "list"))] == ["C0", "C1", "C2", "C3", "PUBLIC"]

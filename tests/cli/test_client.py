from collections.abc import Callable

from provisioning.kernel.caller import Right
from tests.cli.conftest import Command

Rows = Callable[..., list[list[str]]]


def _company(prepared: Command) -> None:
    prepared("provider", "create", "North")
    prepared("company", "create", "ACME", "Acme")


def test_a_client_gets_a_secret_that_is_shown_once(prepared: Command, rows: Rows) -> None:
    _company(prepared)
    options = (
        "--company",
        "ACME",
        "--right",
        "USERS_WRITE",
        "--right",
        "NUMBERS_READ",
        "--network",
        "192.0.2.0/24",
    )
    more = ("--expires", "2041-02-28", "--rate", "60", "--test")
    ((_, name, secret),) = rows(prepared("client", "create", "shop", *options, *more))
    assert name == "shop"
    listed = prepared("client", "list")
    assert secret not in listed.output
    (row,) = rows(listed)
    assert row[1:3] == ["shop", "COMPANY"]
    assert row[4:] == ["TEST", "NUMBERS_READ USERS_WRITE", "192.0.2.0/24", "2041-02-28T00:00:00+00:00"]


def test_a_client_may_have_all_rights(prepared: Command, rows: Rows) -> None:
    _company(prepared)
    prepared("client", "create", "billing", "--right", "ALL")
    assert rows(prepared("client", "list"))[0][1:] == ["billing", "PROVIDER", "LIVE", "ALL"]
    assert rows(prepared("client", "list", "--company", "ACME")) == []


def test_a_wrong_right_is_wrong_use(prepared: Command) -> None:
    result = prepared("client", "create", "billing", "--right", "EVERYTHING")
    assert result.exit_code == 2
    assert all(right in result.stderr for right in Right)


def test_a_secret_is_rotated(prepared: Command, rows: Rows) -> None:
    _company(prepared)
    ((client_id, _, first),) = rows(prepared("client", "create", "shop"))
    ((same_id, _, second),) = rows(prepared("client", "rotate", "shop", "--overlap", "60"))
    assert same_id == client_id
    assert second != first
    assert "There is no client shot" in prepared("client", "rotate", "shot").stderr


def test_a_revoked_client_is_listed_only_when_asked_for(prepared: Command, rows: Rows) -> None:
    _company(prepared)
    prepared("client", "create", "shop")
    assert prepared("client", "revoke", "shop").stdout == "Client shop is revoked.\n"
    assert rows(prepared("client", "list")) == []
    assert [row[1] for row in rows(prepared("client", "list", "--revoked"))] == ["shop"]


def test_an_unknown_company_is_said(prepared: Command) -> None:
    _company(prepared)
    assert "The provider has no company NONE" in prepared("client", "list", "--company", "NONE").stderr

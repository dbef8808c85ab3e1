from collections.abc import Callable

from tests.cli.conftest import Command


def test_providers_are_created_and_listed(prepared: Command, rows: Callable[..., list[list[str]]]) -> None:
    assert rows(prepared("provider", "list")) == []
    (made,) = rows(prepared("provider", "create", "North Telecom", "--resting-days", "30"))
    prepared("provider", "create", "East")
    listed = rows(prepared("provider", "list"))
    assert [row[1:3] for row in listed] == [["East", "0"], ["North Telecom", "30"]]
    assert listed[1][0] == made[0]

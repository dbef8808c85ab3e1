from collections.abc import Callable

from tests.cli.conftest import Command


def test_it_may_be_run_any_time_and_says_what_it_did(
    prepared: Command, rows: Callable[..., list[list[str]]]
) -> None:
    prepared("provider", "create", "North Telecom")
    assert rows(prepared("tidy")) == [["sign-ups ended", "0"], ["old changes forgotten", "0"]]
    assert rows(prepared("tidy")) == [["sign-ups ended", "0"], ["old changes forgotten", "0"]]

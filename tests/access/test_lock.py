"""Wrong secrets are counted per client and place, for all processes."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import event, func, select

from provisioning.access.attempts import FailedAttempts, UsedNonce, wait_after
from provisioning.kernel.credentials import BearerSecret, NameAndSecret
from tests.access.conftest import Door, Token, digest_token, door_of, new_client
from tests.house import House

WRONG = "rps_wrong"


def fail(door: Door, times: int, name: str = "billing", source: str = "192.0.2.1") -> list[str]:
    return [door.refused(NameAndSecret(name, WRONG), source).code for _ in range(times)]


def rows(house: House, table: type) -> int:
    with house.application.database.reading() as db:
        return db.execute(select(func.count()).select_from(table)).scalar_one()


def test_waits_grow_and_have_an_end() -> None:
    waits = [int(wait_after(failures).total_seconds()) for failures in range(1, 40)]
    assert waits[:8] == [0, 0, 0, 0, 1, 2, 4, 8]
    assert waits == sorted(waits)
    assert waits[19] == waits[-1] == 900


def test_a_few_failures_are_forgiven_by_a_success(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    fail(door, 4)
    assert rows(house, FailedAttempts) == 1
    assert door.enter(NameAndSecret("billing", secret))
    assert rows(house, FailedAttempts) == 0


def test_after_too_many_the_right_secret_is_refused_too(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    codes = fail(door, 20)
    assert codes[:5] == ["AUTHENTICATION_FAILED"] * 5
    assert set(codes[6:]) <= {"AUTHENTICATION_FAILED", "CLIENT_LOCKED"}
    refusal = door.refused(NameAndSecret("billing", secret))
    assert refusal.code == "CLIENT_LOCKED"
    assert refusal.retry_after
    house.clock.pass_time(seconds=refusal.retry_after)
    assert door.enter(NameAndSecret("billing", secret))


def test_each_failure_after_a_wait_doubles_it(house: House, door: Door) -> None:
    new_client(house)
    waits: list[int] = []
    for _ in range(20):
        refusal = door.refused(NameAndSecret("billing", WRONG))
        assert refusal.code == "AUTHENTICATION_FAILED"
        again = door.refused(NameAndSecret("billing", WRONG)) if len(waits) >= 4 else None
        waits.append(again.retry_after or 0 if again and again.code == "CLIENT_LOCKED" else 0)
        house.clock.pass_time(seconds=waits[-1])
    assert waits[4:8] == [1, 2, 4, 8]
    assert waits[19] == 900


def test_a_lock_is_the_pairs_alone(house: House, door: Door) -> None:
    secret, other = new_client(house)["secret"], new_client(house, "other")["secret"]
    fail(door, 20)
    assert door.enter(NameAndSecret("billing", secret), "192.0.2.2")
    assert door.enter(NameAndSecret("other", other))


def test_names_that_nobody_has_are_locked_alike(door: Door) -> None:
    codes = fail(door, 20, "nobody")
    assert codes[-1] == "CLIENT_LOCKED"


def test_bearer_secrets_are_counted_per_place(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    for _ in range(20):
        door.refused(BearerSecret(WRONG))
    assert door.refused(BearerSecret(secret)).code == "CLIENT_LOCKED"
    assert door.enter(BearerSecret(secret), "192.0.2.2")


def test_an_ipv6_neighbour_is_the_same_place(house: House, door: Door) -> None:
    new_client(house)
    for number in range(20):
        fail(door, 1, source=f"2001:db8::{number:x}")
    assert fail(door, 1, source="2001:db8::ffff") == ["CLIENT_LOCKED"]
    assert fail(door, 1, source="2001:db8:0:1::1") == ["AUTHENTICATION_FAILED"]


def test_all_processes_know_of_a_lock(build_house: Callable[[], House]) -> None:
    house = build_house()
    one, two = door_of(house), door_of(build_house())
    secret = new_client(house)["secret"]
    fail(one, 10)
    fail(two, 10)
    assert one.refused(NameAndSecret("billing", secret)).code == "CLIENT_LOCKED"
    assert two.refused(NameAndSecret("billing", secret)).code == "CLIENT_LOCKED"


def test_no_failure_is_lost_when_many_fail_at_once(build_house: Callable[[], House]) -> None:
    house = build_house()
    doors = [door_of(house), door_of(build_house())]
    new_client(house)
    ready = threading.Barrier(8)

    def attempt(number: int) -> str:
        ready.wait()
        return door_code(doors[number % 2])

    def door_code(door: Door) -> str:
        return door.refused(NameAndSecret("billing", WRONG)).code

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(attempt, range(8)))
    with house.application.database.reading() as db:
        counted = db.execute(select(FailedAttempts.failures)).scalar_one()
    assert counted == codes.count("AUTHENTICATION_FAILED")


def test_a_success_writes_nothing(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    statements: list[str] = []
    event.listen(
        house.application.database.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: statements.append(statement),
    )
    door.enter(NameAndSecret("billing", secret))
    assert statements == []
    door.refused(NameAndSecret("billing", WRONG))
    assert any(each.startswith("INSERT") for each in statements)


def test_a_name_that_nobody_has_costs_what_a_wrong_secret_costs(house: House, door: Door) -> None:
    new_client(house)
    tokens: list[Token] = [
        NameAndSecret("billing", WRONG),
        NameAndSecret("nobody", WRONG),
        BearerSecret(WRONG),
        digest_token("billing", WRONG, door.now()),
        digest_token("nobody", WRONG, door.now()),
    ]
    door.refused(NameAndSecret("first", WRONG))
    statements: list[str] = []
    event.listen(
        house.application.database.engine,
        "before_cursor_execute",
        lambda _c, _k, statement, *_: statements.append(statement),
    )
    costs = []
    for token in tokens:
        statements.clear()
        door.refused(token)
        costs.append(list(statements))
    assert costs[0]
    assert costs == [costs[0]] * len(tokens)


def test_a_day_without_failures_forgets_them(house: House, door: Door) -> None:
    new_client(house)
    fail(door, 20)
    house.clock.pass_time(days=1, seconds=1)
    assert fail(door, 5) == ["AUTHENTICATION_FAILED"] * 5


def test_old_rows_go_by_themselves(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    fail(door, 1, "one")
    door.enter(NameAndSecret("billing", secret, b"nonce", door.now()))
    assert (rows(house, FailedAttempts), rows(house, UsedNonce)) == (1, 1)
    house.clock.pass_time(days=1, minutes=1)
    fail(door, 1, "two")
    assert (rows(house, FailedAttempts), rows(house, UsedNonce)) == (1, 0)

"""A message gets in once, however many copies arrive, and only while it is fresh."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Barrier

import pytest

from provisioning.access import Authenticator
from provisioning.application import compose
from provisioning.kernel.credentials import Credentials, NameAndSecret, PasswordDigest
from provisioning.kernel.errors import Refusal
from provisioning.settings import Settings
from tests.access.conftest import Door, digest_token, door_of, new_client
from tests.house import House

COPIES = 16


def code_of(authenticator: Authenticator, token: PasswordDigest | NameAndSecret) -> str:
    try:
        authenticator(Credentials(source="192.0.2.1", secure=True, token=token))
    except Refusal as refusal:
        return refusal.code
    return "in"


@pytest.mark.parametrize(("age", "code"), [(299, "in"), (301, "no"), (-59, "in"), (-62, "no")])
def test_created_may_lie_five_minutes_back_and_one_ahead(
    house: House, door: Door, age: float, code: str
) -> None:
    token = digest_token("billing", new_client(house)["secret"], door.now(-age))
    expected = "in" if code == "in" else "AUTHENTICATION_FAILED"
    assert code_of(door.authenticator, token) == expected


def test_created_without_a_zone_is_no_time(house: House, door: Door) -> None:
    token = digest_token("billing", new_client(house)["secret"], door.now().removesuffix("Z"))
    assert code_of(door.authenticator, token) == "AUTHENTICATION_FAILED"


def test_a_digest_stands_for_its_nonce_and_time(house: House, door: Door) -> None:
    token = digest_token("billing", new_client(house)["secret"], door.now())
    moved = PasswordDigest(token.name, token.digest, token.nonce, door.now(1))
    other = PasswordDigest(token.name, token.digest, os.urandom(16), token.created)
    assert code_of(door.authenticator, moved) == "AUTHENTICATION_FAILED"
    assert code_of(door.authenticator, other) == "AUTHENTICATION_FAILED"
    assert code_of(door.authenticator, token) == "in"


def test_a_nonce_serves_once(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    first = digest_token("billing", secret, door.now(-10), b"nonce")
    again = digest_token("billing", secret, door.now(), b"nonce")
    assert code_of(door.authenticator, first) == "in"
    assert code_of(door.authenticator, first) == "REPLAYED_MESSAGE"
    assert code_of(door.authenticator, again) == "REPLAYED_MESSAGE"


def test_a_nonce_is_its_clients_alone(house: House, door: Door) -> None:
    for name in ("billing", "other"):
        token = digest_token(name, new_client(house, name)["secret"], door.now(), b"nonce")
        assert code_of(door.authenticator, token) == "in"


def test_a_nonce_is_remembered_for_as_long_as_its_message_is_fresh(house: House, door: Door) -> None:
    token = digest_token("billing", new_client(house)["secret"], door.now(59))
    assert code_of(door.authenticator, token) == "in"
    for _ in range(5):
        house.clock.pass_time(seconds=65)
        door.refused(NameAndSecret("nobody", "x"))
        assert code_of(door.authenticator, token) == "REPLAYED_MESSAGE"


def test_a_password_text_with_a_nonce_serves_once_too(house: House, door: Door) -> None:
    secret = new_client(house)["secret"]
    token = NameAndSecret("billing", secret, b"nonce", door.now())
    assert code_of(door.authenticator, token) == "in"
    assert code_of(door.authenticator, token) == "REPLAYED_MESSAGE"
    stale = NameAndSecret("billing", secret, b"other", door.now(-400))
    assert code_of(door.authenticator, stale) == "AUTHENTICATION_FAILED"


def test_a_wrong_secret_uses_no_nonce_up(house: House, door: Door) -> None:
    secret, created = new_client(house)["secret"], door.now()
    assert code_of(door.authenticator, NameAndSecret("billing", "x", b"nonce", created)) != "in"
    assert code_of(door.authenticator, NameAndSecret("billing", secret, b"nonce", created)) == "in"


def test_of_sixteen_copies_in_threads_one_gets_in(build_house: Callable[[], House]) -> None:
    house = build_house()
    doors = [door_of(house), door_of(build_house())]
    secret = new_client(house)["secret"]
    for _ in range(5):
        token = digest_token("billing", secret, doors[0].now())
        ready = threading.Barrier(COPIES)

        def enter(number: int, token: PasswordDigest = token, ready: threading.Barrier = ready) -> str:
            ready.wait()
            return code_of(doors[number % 2].authenticator, token)

        with ThreadPoolExecutor(COPIES) as pool:
            codes = sorted(pool.map(enter, range(COPIES)))
        assert codes == ["REPLAYED_MESSAGE"] * (COPIES - 1) + ["in"]


def _enter(
    settings: Settings,
    tokens: list[PasswordDigest],
    ready: Barrier,
    codes: "multiprocessing.Queue[list[str]]",
) -> None:
    parts = compose(settings)
    authenticator = Authenticator(parts.database, parts.settings, parts.keys, parts.dispatcher.clock)
    found = []
    for token in tokens:
        ready.wait(60)
        found.append(code_of(authenticator, token))
    codes.put(found)
    parts.database.engine.dispose()


def test_of_sixteen_copies_in_processes_one_gets_in(house: House, door: Door, settings: Settings) -> None:
    processes, rounds = 4, 8
    secret = new_client(house)["secret"]
    tokens = [digest_token("billing", secret, door.now()) for _ in range(rounds)]
    context = multiprocessing.get_context("spawn")
    ready, codes = context.Barrier(processes), context.Queue()
    started = [
        context.Process(target=_enter, args=(settings, tokens, ready, codes)) for _ in range(processes)
    ]
    for each in started:
        each.start()
    found = [codes.get(timeout=90) for _ in started]
    for each in started:
        each.join()
    for copies in zip(*found, strict=True):
        assert sorted(copies) == ["REPLAYED_MESSAGE"] * (processes - 1) + ["in"]

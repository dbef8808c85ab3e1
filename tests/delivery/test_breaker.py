"""Receivers that do not answer."""

import pytest

from provisioning.delivery.breaker import Breaker
from provisioning.delivery.channels import NotNow
from provisioning.delivery.retry import Retry


class Watch:
    """A clock in a test's hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def breaker(watch: Watch) -> Breaker:
    return Breaker(Retry(first=1, factor=2, longest=8, jitter=0), watch)


def test_a_target_that_failed_is_closed_and_then_tried_by_one(breaker: Breaker, watch: Watch) -> None:
    breaker.pass_by("a")
    assert breaker.failed("a").total_seconds() == 1
    assert breaker.closed() == {"a"}
    assert breaker.to_try() == set()
    with pytest.raises(NotNow) as stopped:
        breaker.pass_by("a")
    assert stopped.value.wait.total_seconds() == 1
    watch.now += 1
    assert breaker.to_try() == {"a"}
    breaker.started("a")
    assert breaker.to_try() == set()
    breaker.pass_by("a")


def test_waits_grow_with_every_trial_that_fails(breaker: Breaker, watch: Watch) -> None:
    waits = []
    for _ in range(5):
        waits.append(breaker.failed("a").total_seconds())
        watch.now += waits[-1]
    assert waits == [1, 2, 4, 8, 8]


def test_those_who_were_on_their_way_are_one_failure(breaker: Breaker) -> None:
    assert [breaker.failed("a").total_seconds() for _ in range(4)] == [1] * 4


def test_a_target_that_answers_is_open_and_starts_anew(breaker: Breaker, watch: Watch) -> None:
    breaker.failed("a")
    watch.now += 1
    breaker.failed("a")
    assert breaker.answered("a")
    assert not breaker.answered("a")
    assert breaker.closed() == set()
    assert breaker.failed("a").total_seconds() == 1


def test_who_had_started_and_did_not_get_there_lets_others_try(breaker: Breaker, watch: Watch) -> None:
    breaker.failed("a")
    watch.now += 1
    breaker.started("a")
    breaker.left("a")
    assert breaker.to_try() == {"a"}


def test_who_is_turned_away_is_not_the_one_who_tries(breaker: Breaker, watch: Watch) -> None:
    """It was taken before the target was closed, and prepared afterwards."""
    breaker.failed("a")
    breaker.started("a")
    with pytest.raises(NotNow):
        breaker.pass_by("a")
    watch.now += 1
    assert breaker.to_try() == {"a"}

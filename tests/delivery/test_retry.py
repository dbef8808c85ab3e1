"""Waiting, as a table."""

from datetime import timedelta

import pytest

from provisioning.delivery.retry import Retry

PLAIN = Retry(first=0.5, factor=2, longest=30, jitter=0, tries=4)


@pytest.mark.parametrize(
    ("attempt", "seconds"),
    [(1, 0.5), (2, 1), (3, 2), (4, 4), (5, 8), (6, 16), (7, 30), (8, 30), (1000, 30), (10**9, 30)],
)
def test_waits_grow_up_to_the_longest(attempt: int, seconds: float) -> None:
    assert PLAIN.wait(attempt, 0.5) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("chance", "seconds"), [(0, 1.5), (0.25, 1.75), (0.5, 2), (1, 2.5)])
def test_chance_scatters_them(chance: float, seconds: float) -> None:
    assert Retry(first=2, jitter=0.25).wait(1, chance) == timedelta(seconds=seconds)

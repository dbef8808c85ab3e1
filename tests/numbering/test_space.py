"""A space of numbers against a plain set, and at sizes where a scan would show."""

import itertools
import time
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings, strategies
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select
from sqlalchemy.orm import Session

from provisioning.numbering import NumberKind, Space, draw_space, find_space, remove_space
from provisioning.numbering.model import FreeRange
from tests.house import House

LOWEST, HIGHEST, PREFERRED = 10, 49, 25
number = strategies.integers(LOWEST - 2, HIGHEST + 2)


@pytest.fixture
def db(house: House) -> Iterator[Session]:
    with house.application.database.writing() as session:
        yield session


def drawn(db: Session, company_id: str, *ends: int, **more: object) -> Space:
    """A space of extensions: companies have one that tests may change."""
    draw_space(db, company_id, NumberKind.EXTENSION, *ends, **more)  # type: ignore[arg-type] # a test's shorthand
    space = find_space(db, company_id, NumberKind.EXTENSION)
    assert space is not None
    return space


def test_any_steps_leave_what_a_plain_set_has(house: House, db: Session) -> None:
    class Numbers(RuleBasedStateMachine):
        @initialize(held=strategies.sets(number))
        def draw(self, held: set[int]) -> None:
            self.space = drawn(db, house.company_id, LOWEST, HIGHEST, preferred=PREFERRED, held=held)
            self.free = set(range(LOWEST, HIGHEST + 1)) - held

        @rule(wish=number)
        def take(self, wish: int) -> None:
            assert self.space.take(wish) == (wish in self.free)
            self.free.discard(wish)

        @rule(count=strategies.integers(0, 15))
        def take_free(self, count: int) -> None:
            wanted = sorted(self.free, key=lambda each: (each < PREFERRED, each))[:count]
            assert self.space.take_free(count) == wanted
            self.free -= set(wanted)

        @rule(back=number)
        def give_back(self, back: int) -> None:
            self.space.give_back(back)
            self.free |= {back} & set(range(LOWEST, HIGHEST + 1))

        @rule(wish=number, count=strategies.integers(1, 12))
        def near(self, wish: int, count: int) -> None:
            nearest = sorted(self.free, key=lambda each: (abs(each - wish), each))[:count]
            assert self.space.near(wish, count) == nearest

        @invariant()
        def ranges_neither_overlap_nor_touch(self) -> None:
            rows = db.execute(
                select(FreeRange.first, FreeRange.last)
                .where(FreeRange.company_id == house.company_id, FreeRange.kind == NumberKind.EXTENSION)
                .order_by(FreeRange.last)
            ).all()
            assert {each for first, last in rows for each in range(first, last + 1)} == self.free
            assert all(one.last + 1 < other.first for one, other in itertools.pairwise(rows))

    run_state_machine_as_test(Numbers, settings=settings(max_examples=40, deadline=None))


def test_a_company_without_a_space_has_no_numbers(house: House, db: Session) -> None:
    assert find_space(db, house.public_id, NumberKind.EXTENSION) is None
    remove_space(db, house.company_id, NumberKind.EXTENSION)
    assert find_space(db, house.company_id, NumberKind.EXTENSION) is None


def best(step: Callable[[], object], runs: int = 50) -> float:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return min(times)


@pytest.mark.parametrize("highest", [9_999, 99_999_999])
def test_a_nearly_full_space_is_as_fast_as_an_empty_one(house: House, db: Session, highest: int) -> None:
    empty = drawn(db, house.company_id, 0, highest)
    when_empty = best(lambda: empty.give_back(empty.take_free()[0]))
    gaps = range(5, 9_999, 1000)
    held = [each for each in range(9_999) if each not in gaps]
    full = drawn(db, house.company_id, 0, highest, held=held)
    assert full.near(5000, 1) == [5005]
    when_full = best(lambda: full.give_back(full.take_free()[0]))
    assert when_full < 3 * when_empty + 0.001

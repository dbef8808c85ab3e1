"""Threads: results and errors come back, a bounded number wait, what nobody waits for is not run."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from provisioning.wire.threads import Threads


def _run(work: Any) -> Any:
    return asyncio.run(work)


@contextmanager
def _all_that_start_end() -> Iterator[None]:
    """Threads of other tests may end meanwhile."""
    there = set(threading.enumerate())
    yield
    started = [each for each in threading.enumerate() if each.name.startswith("work-") and each not in there]
    for each in started:
        each.join(10)
    assert not any(each.is_alive() for each in started)


def test_a_result_comes_back_from_another_thread() -> None:
    threads = Threads(1, 10)

    async def ask() -> tuple[str, int]:
        return await threads.run(lambda text: (text.upper(), threading.get_ident()), "done")

    text, thread = _run(ask())
    assert text == "DONE"
    assert thread != threading.get_ident()
    threads.close()


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_comes_back_and_the_thread_goes_on(error: type[BaseException]) -> None:
    threads = Threads(1, 10)

    def fail(kind: type[BaseException]) -> None:
        raise kind

    async def ask() -> int:
        with pytest.raises(error):
            await threads.run(fail, error)
        return await threads.run(len, "three")

    assert _run(ask()) == 5
    threads.close()


def test_several_threads_work_at_once() -> None:
    threads = Threads(3, 10)
    meeting = threading.Barrier(3, timeout=5)

    async def ask() -> None:
        await asyncio.gather(*(threads.run(lambda _: meeting.wait(), None) for _ in range(3)))

    _run(ask())
    threads.close()


def test_it_is_full_when_as_many_wait_as_may() -> None:
    threads = Threads(1, 2)
    go = threading.Event()

    async def ask() -> None:
        tasks = []
        for number in range(3):
            assert not threads.full
            tasks.append(asyncio.create_task(threads.run(lambda _: go.wait(5), number)))
            await asyncio.sleep(0)
        assert threads.full
        go.set()
        await asyncio.gather(*tasks)
        assert not threads.full

    _run(ask())
    threads.close()


def test_what_nobody_waits_for_any_more_is_not_run() -> None:
    threads = Threads(1, 10)
    go = threading.Event()
    ran: list[int] = []

    async def ask() -> None:
        first = asyncio.create_task(threads.run(lambda _: go.wait(5), 0))
        second = asyncio.create_task(threads.run(ran.append, 1))
        await asyncio.sleep(0.05)
        second.cancel()
        await asyncio.sleep(0)
        go.set()
        await first
        await threads.run(ran.append, 2)

    _run(ask())
    assert ran == [2]
    threads.close()


def test_closing_ends_the_threads_after_what_waits() -> None:
    threads = Threads(2, 10)
    done: list[int] = []

    async def ask() -> None:
        tasks = [asyncio.create_task(threads.run(done.append, number)) for number in range(4)]
        await asyncio.sleep(0)
        threads.close()
        await asyncio.gather(*tasks)

    with _all_that_start_end():
        _run(ask())
    assert sorted(done) == [0, 1, 2, 3]


def test_a_loop_that_has_ended_ends_the_thread() -> None:
    threads = Threads(1, 10)
    go = threading.Event()

    async def leave() -> None:
        task = asyncio.create_task(threads.run(lambda _: go.wait(5), None))
        await asyncio.sleep(0.05)
        task.cancel()

    with _all_that_start_end():
        _run(leave())
        go.set()

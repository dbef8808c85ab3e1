"""Processor time of a server: all threads of all processes below those that it was started as, by /proc."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")


def parent_of(pid: int) -> int:
    # The program's name, in parentheses, may hold blanks and parentheses itself.
    return int((_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])


def cpu_of(roots: Iterable[int]) -> float:
    """Seconds, user and system, that the processes have spent up to now.

    In schedstat they stand in nanoseconds; stat has the same time in steps of ten milliseconds. Threads that have
    ended are not counted: the servers measured here keep theirs.
    """
    spent = 0
    for pid in _tree(roots):
        with suppress(FileNotFoundError, ProcessLookupError):
            for thread in (_PROC / str(pid) / "task").iterdir():
                spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


def _tree(roots: Iterable[int]) -> Iterator[int]:
    children = defaultdict(list)
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with suppress(FileNotFoundError, ProcessLookupError):
                children[parent_of(int(entry.name))].append(int(entry.name))
    waiting = list(roots)
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children[pid]

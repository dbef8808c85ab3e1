"""``make bench``: what a request costs the service in processor time, beside other servers."""

import argparse
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from bench.calls import OPERATIONS
from bench.measuring import Bounds, measure
from bench.others import lxml_handler, php_soap_server
from bench.report import show
from bench.service import on_postgres, on_sqlite
from bench.target import Missing, Target

_SERVERS = {
    "service on SQLite": on_sqlite,
    "service on PostgreSQL": on_postgres,
    "hand-written lxml handler": lxml_handler,
    "PHP SoapServer": php_soap_server,
}
_REFERENCE = "PHP SoapServer"
_WARM_UP = Bounds(seconds=0.5, requests=100)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="measurements of each cell; the median counts")
    parser.add_argument("--seconds", type=float, default=1.0, help="the longest a measurement lasts")
    parser.add_argument("--requests", type=int, default=400, help="the most requests of a measurement")
    parser.add_argument(
        "--limit",
        type=float,
        default=150,
        help="seconds after which no other round begins; one is always made",
    )
    asked = parser.parse_args()
    # Who ends the benchmark ends the servers: what stands in "finally" must run.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    deadline = time.monotonic() + asked.limit
    rounds: dict[tuple[str, str], list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="bench") as folder, ExitStack() as stack:
        targets, absent = _start(Path(folder), stack)
        for target in targets:
            for operation in OPERATIONS:
                measure(target, operation, _WARM_UP)
        # Round by round, so that whatever else the machine does befalls all servers alike.
        for number in range(asked.rounds):
            if number and time.monotonic() > deadline:
                break
            for operation in OPERATIONS:
                for target in targets:
                    cost = measure(target, operation, Bounds(asked.seconds, asked.requests))
                    rounds[target.name, operation.name].append(cost)
    show(rounds, [each.name for each in targets], [each.name for each in OPERATIONS], _REFERENCE, absent)


Server = Callable[[Path], AbstractContextManager[Target]]


def _start(folder: Path, stack: ExitStack) -> tuple[list[Target], dict[str, str]]:
    """The servers, all at once, and what is missing for the others."""

    def start(place: str, server: Server) -> Target | Missing:
        try:
            return stack.enter_context(server(folder / place))
        except Missing as missing:
            return missing

    with ThreadPoolExecutor() as threads:
        places = (str(number) for number in range(len(_SERVERS)))
        found = dict(zip(_SERVERS, threads.map(start, places, _SERVERS.values()), strict=True))
    targets = [each for each in found.values() if isinstance(each, Target)]
    return targets, {name: str(each) for name, each in found.items() if isinstance(each, Missing)}


if __name__ == "__main__":
    main()

"""Servers that the tests of a module share."""

from collections.abc import Iterator

import pytest

from tests.transport.running import SOON, Server, running

DEADLINE = 3
# Within which a slow caller is cut off: the connections are looked at once a second.
PATIENCE = DEADLINE + 1 + SOON / 2
LONGEST = 100_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Two workers with little patience for small bodies."""
    with running(tmp_path_factory.mktemp("server"), deadline=DEADLINE, max_body=LONGEST) as started:
        yield started


@pytest.fixture(autouse=True)
def still_serves(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a test did to the shared server: no worker died of it, and the next request is served."""
    if "server" not in request.fixturenames:
        yield
        return
    started: Server = request.getfixturevalue("server")
    before = sorted(started.workers())
    yield
    assert started.serves()
    assert sorted(started.workers()) == before

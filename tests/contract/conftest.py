"""The sample service behind its endpoint and behind a real server."""

from collections.abc import Iterator

import pytest

from tests.soap.conftest import soap  # noqa: F401 - a fixture
from tests.transport.running import Server, running


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(
        tmp_path_factory.mktemp("server"), max_body=100_000, public_url="https://provisioning.example.com"
    ) as started:
        yield started

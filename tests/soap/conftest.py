"""The sample service for every test here."""

from collections.abc import Iterator

import pytest

from provisioning.wire.soap.endpoint import SoapEndpoint
from tests.soap.sample import Gatekeeper, sample_dispatcher
from tests.soap.service import Service


@pytest.fixture(scope="session")
def soap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    gatekeeper = Gatekeeper()
    dispatcher = sample_dispatcher(tmp_path_factory.mktemp("soap"), gatekeeper)
    yield Service(SoapEndpoint(dispatcher), gatekeeper)
    dispatcher.database.engine.dispose()

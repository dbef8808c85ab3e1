"""zeep in strict mode: every operation in both versions of SOAP."""

from collections.abc import Iterator

import pytest

from provisioning import catalogue
from tests.clients.journey import Journey, Plain
from tests.clients.zeep_client import PORTS, ZeepClient


@pytest.fixture(params=sorted(PORTS))
def journey(request: pytest.FixtureRequest, demo: Plain) -> Iterator[Journey]:
    made = Journey(
        demo,
        lambda name, secret: ZeepClient(demo["wsdl"], request.param, name, secret),
        f"zeep{request.param}",
    )
    yield made
    made.close()


def test_every_operation(journey: Journey) -> None:
    journey.walk()
    assert journey.called == {each.name for each in catalogue.PUBLISHED}

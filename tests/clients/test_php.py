"""PHP: SoapClient in both versions of SOAP, and XML-RPC by hand."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from provisioning import catalogue
from tests.clients.journey import Journey, Plain
from tests.clients.lines import LineClient
from tests.conftest import missing

HERE = Path(__file__).parent / "php"


@pytest.fixture
def php() -> str:
    found = shutil.which("php")
    if found is None:
        missing("PHP")
    return found or ""


@pytest.fixture(params=["1.1", "1.2"])
def journey(request: pytest.FixtureRequest, demo: Plain, php: str) -> Iterator[Journey]:
    def connect(name: str, secret: str) -> LineClient:
        return LineClient([php, str(HERE / "driver.php"), demo["wsdl"], request.param, name, secret])

    made = Journey(demo, connect, f"php{request.param}")
    yield made
    made.close()


def test_every_operation_by_soap(journey: Journey) -> None:
    journey.walk()
    assert journey.called == {each.name for each in catalogue.PUBLISHED}


def test_every_operation_by_xmlrpc(demo: Plain, php: str) -> None:
    def connect(name: str, secret: str) -> LineClient:
        return LineClient([php, str(HERE / "xmlrpc.php"), demo["xmlrpc"], name, secret])

    with closing(Journey(demo, connect, "phpxmlrpc")) as journey:
        journey.walk()
    assert journey.called == {each.name for each in catalogue.PUBLISHED}

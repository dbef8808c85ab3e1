"""The golden messages are what the front ends read and write, and what the published schema allows."""

from collections.abc import Iterator

import pytest
from lxml import etree

from provisioning import catalogue
from provisioning.kernel.operation import Operation
from provisioning.wire.soap.names import SERVICE
from tests.rules.golden import FOLDER, PROTOCOLS, Fronts, fronts, golden_file, request_of
from tests.rules.tree import ROOT
from tests.samples import sample

AGAIN = "`make contract` writes it anew"

every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(each, id=each.name) for each in catalogue.PUBLISHED]
)
every_protocol = pytest.mark.parametrize("protocol", PROTOCOLS)


@pytest.fixture(scope="module")
def ends() -> Iterator[Fronts]:
    with fronts() as made:
        yield made


@pytest.fixture(scope="module")
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(ROOT / "schemas" / "provisioning.xsd"))


@every_protocol
@every_operation
def test_the_golden_request_is_read_whole(operation: Operation, protocol: str, ends: Fronts) -> None:
    golden = golden_file(operation, protocol, "request").read_bytes()
    assert golden == request_of(operation, protocol), AGAIN
    ends.read.clear()
    ends.answer(protocol, golden)
    assert ends.read == {operation.name: sample(operation.request)}


@every_protocol
@every_operation
def test_the_answer_is_the_golden_one(operation: Operation, protocol: str, ends: Fronts) -> None:
    golden = golden_file(operation, protocol, "answer").read_bytes()
    assert golden == ends.answer(protocol, request_of(operation, protocol)), AGAIN


@pytest.mark.parametrize("side", ["request", "answer"])
@pytest.mark.parametrize("protocol", ["soap11", "soap12"])
@every_operation
def test_the_published_schema_allows_the_golden_message(
    operation: Operation, protocol: str, side: str, schema: etree.XMLSchema
) -> None:
    envelope = etree.parse(golden_file(operation, protocol, side))
    (message,) = envelope.getroot()[-1]
    assert message.tag == f"{{{SERVICE}}}{operation.name}{'Response' if side == 'answer' else ''}"
    schema.assertValid(message)


def test_no_golden_message_is_left_of_what_is_not_published() -> None:
    assert {each.name for each in FOLDER.iterdir()} == {each.name for each in catalogue.PUBLISHED}

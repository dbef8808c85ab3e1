"""Golden messages: for every operation the full request and its answer, in both versions of SOAP and by XML-RPC.

``python -m tests.rules.golden`` writes them anew. They go through the real front ends and the dispatcher; only
the operations are replaced, by ones that expect the sample request and answer with the sample result.
"""

import dataclasses
import re
import shutil
import tempfile
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lxml import etree

from provisioning import catalogue
from provisioning.kernel.caller import ALL_RIGHTS, Caller
from provisioning.kernel.credentials import NameAndSecret
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.operation import Operation
from provisioning.kernel.plain import write_plain
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import Base
from provisioning.persistence.engine import open_database
from provisioning.settings import Settings
from provisioning.wire.exchange import HttpRequest
from provisioning.wire.soap.endpoint import SoapEndpoint
from provisioning.wire.soap.names import ENVELOPE_11, ENVELOPE_12, SERVICE
from provisioning.wire.soap.writer import writer_of
from provisioning.wire.xmlrpc.endpoint import XmlRpcEndpoint
from tests.samples import BY_TYPE, sample

FOLDER = Path(__file__).resolve().parents[1] / "golden"
PROTOCOLS = {"soap11": "text/xml", "soap12": "application/soap+xml", "xmlrpc": "text/xml"}

_ENVELOPES = {"soap11": ENVELOPE_11, "soap12": ENVELOPE_12}
_IDS = re.compile(rb"\b[0-9a-v]{26}\b")
# What XML-RPC needs many tags for stands on one line.
_SCALAR = re.compile(rb"<value>\s+(<(\w|\.)+>[^<]*</(\w|\.)+>)\s+</value>")
_MEMBER = re.compile(rb"<member>\s+(<name>\w+</name>)\s+<value>")
_CALLER = Caller(client_id="golden", client_name="golden", provider_id="golden", rights=ALL_RIGHTS)


class Fronts:
    """The front ends over operations that only know their samples."""

    def __init__(self, folder: Path) -> None:
        database = open_database(f"sqlite:///{folder / 'golden.db'}")
        Base.metadata.create_all(database.engine)
        self.read: dict[str, Any] = {}
        dispatcher = Dispatcher(
            operations={each.name: self._rehearsed(each) for each in catalogue.PUBLISHED},
            database=database,
            authenticate=lambda _: _CALLER,
            settings=Settings(var=folder),
            keys=KeyRing.parse(KeyRing.new_key("golden")),
            reactions={},
            lost_races={},
        )
        soap = SoapEndpoint(dispatcher)
        self._endpoints = {"soap11": soap, "soap12": soap, "xmlrpc": XmlRpcEndpoint(dispatcher)}
        self.close = database.engine.dispose

    def _rehearsed(self, operation: Operation) -> Operation:
        def run(request: Any, _: Caller, unit: UnitOfWork) -> Any:
            self.read[operation.name] = request
            unit.version_checked = True
            return sample(operation.result)

        return dataclasses.replace(operation, run=run, before=None)

    def answer(self, protocol: str, body: bytes) -> bytes:
        """The answer to a request, readable; what the service numbers at random is the sample identifier."""
        answer = self._endpoints[protocol].answer(
            HttpRequest(
                body=body,
                media_type=PROTOCOLS[protocol],
                charset="utf-8",
                headers={},
                source="127.0.0.1",
                secure=True,
                token=NameAndSecret("golden", "golden"),
            )
        )
        octets = answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)
        return _readable(_IDS.sub(BY_TYPE["ObjectId"].encode(), octets))


@contextmanager
def fronts() -> Iterator[Fronts]:
    with tempfile.TemporaryDirectory() as folder:
        made = Fronts(Path(folder))
        yield made
        made.close()


def request_of(operation: Operation, protocol: str) -> bytes:
    """The sample request of an operation as a client would send it."""
    request = sample(operation.request)
    if protocol == "xmlrpc":
        plain: Any = write_plain(operation.request, request)
        return _readable(xmlrpc.client.dumps((plain,), operation.name, encoding="utf-8").encode())
    return _readable(
        f'<soap:Envelope xmlns:soap="{_ENVELOPES[protocol]}"><soap:Body><{operation.name} xmlns="{SERVICE}">'
        f"{writer_of(operation.request.type).write(request)}</{operation.name}></soap:Body></soap:Envelope>".encode()
    )


def golden_file(operation: Operation, protocol: str, side: str) -> Path:
    return FOLDER / operation.name / f"{side}.{protocol}.xml"


def _readable(octets: bytes) -> bytes:
    root = etree.fromstring(octets, etree.XMLParser(remove_blank_text=True))
    etree.indent(root)
    text = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return _MEMBER.sub(rb"<member>\1<value>", _SCALAR.sub(rb"<value>\1</value>", text)) + b"\n"


def write_golden_files() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    with fronts() as ends:
        for operation in catalogue.PUBLISHED:
            for protocol in PROTOCOLS:
                request = request_of(operation, protocol)
                golden_file(operation, protocol, "request").parent.mkdir(parents=True, exist_ok=True)
                golden_file(operation, protocol, "request").write_bytes(request)
                golden_file(operation, protocol, "answer").write_bytes(ends.answer(protocol, request))


if __name__ == "__main__":
    write_golden_files()

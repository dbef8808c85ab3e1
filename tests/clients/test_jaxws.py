"""JAX-WS: the classes that wsimport generates call every operation in both versions of SOAP."""

import base64
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pytest
from lxml import etree

from provisioning import catalogue
from provisioning.kernel.operation import Operation
from provisioning.kernel.plain import read_plain, write_plain
from provisioning.kernel.shape import Shape
from provisioning.wire.soap.names import SERVICE
from tests.clients.journey import Journey, Plain, Refused
from tests.conftest import missing

HERE = Path(__file__).parent / "java"
JARS = Path("/usr/share/java")
OPERATIONS: dict[str, Operation] = {each.name: each for each in catalogue.PUBLISHED}


class JavaClient:
    """Gives a driver whole request elements, as the generated classes read and write them."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def call(self, operation: str, fields: Plain) -> Plain:
        kind, *rest = self._exchange(_request(OPERATIONS[operation], fields)).split()
        if kind == "FAULT":
            code, field = rest
            raise Refused(code, None if field == "null" else field)
        result = OPERATIONS[operation].result
        element = etree.fromstring(base64.b64decode(rest[0]))
        return write_plain(result, read_plain(result, _texts(result, element)))

    def _exchange(self, xml: str) -> str:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(base64.b64encode(xml.encode("utf-8")).decode("ascii") + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the client has ended with {self._process.wait()}"
        return line

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def _texts(shape: Shape, element: Any) -> Plain:
    """What JAXB wrote, as a plain structure of texts."""
    read: Plain = {}
    for child in element:
        name = etree.QName(child).localname
        field = shape.by_wire[name]
        value = child.text or "" if field.shape is None else _texts(field.shape, child)
        if field.repeated:
            read.setdefault(name, []).append(value)
        else:
            read[name] = value
    return read


def _request(operation: Operation, fields: Plain) -> str:
    """The request's element as a Java developer's fields would be marshalled, right or wrong."""
    return f'<{operation.name} xmlns="{SERVICE}">{_elements(operation.request, fields)}</{operation.name}>'


def _elements(shape: Shape, fields: Plain) -> str:
    return "".join(
        f"<{field.wire}>{_elements(field.shape, value) if field.shape else _text(value)}</{field.wire}>"
        for field in shape.fields
        for value in _listed(fields.get(field.wire))
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _text(value: Any) -> str:
    return escape(str(value).lower() if isinstance(value, bool) else str(value))


@pytest.fixture(scope="module")
def generated(demo: Plain, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The Java command that runs the driver over freshly generated classes."""
    if shutil.which("javac") is None or not (JARS / "jaxws-tools.jar").exists():
        missing("JAX-WS")
    folder = tmp_path_factory.mktemp("generated")
    path = ":".join(map(str, sorted(JARS.glob("*.jar"))))
    wsimport = ["java", "-cp", path, "com.sun.tools.ws.WsImport", "-extension", "-Xnocompile", "-keep"]
    subprocess.run(
        [*wsimport, "-d", str(folder), "-p", "client", demo["wsdl"]], check=True, capture_output=True
    )
    sources = [*map(str, (folder / "client").glob("*.java"))]
    assert not [each for each in sources if "JAXBElement" in Path(each).read_text("utf-8")]
    sources.append(str(HERE / "Driver.java"))
    subprocess.run(
        ["javac", "-nowarn", "-cp", path, "-d", str(folder), *sources], check=True, capture_output=True
    )
    return ["java", "-Xmx256m", "-cp", f"{folder}:{path}", "Driver", demo["wsdl"]]


@pytest.fixture(params=["1.1", "1.2"])
def journey(request: pytest.FixtureRequest, demo: Plain, generated: list[str]) -> Iterator[Journey]:
    def connect(name: str, secret: str) -> JavaClient:
        return JavaClient([*generated, request.param, name, secret])

    made = Journey(demo, connect, f"jaxws{request.param}")
    yield made
    made.close()


def test_every_operation(journey: Journey) -> None:
    journey.walk()
    assert journey.called == {each.name for each in catalogue.PUBLISHED}

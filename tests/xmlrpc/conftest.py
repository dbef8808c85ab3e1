"""The endpoint over the sample contract, called as the transport calls it."""

import xmlrpc.client
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from provisioning.kernel.caller import Caller
from provisioning.kernel.credentials import Credentials, NameAndSecret
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.errors import CODES, Refusal
from provisioning.kernel.secrets import KeyRing
from provisioning.persistence.engine import open_database
from provisioning.settings import Settings
from provisioning.wire.exchange import HttpAnswer, HttpRequest
from provisioning.wire.xmlrpc.endpoint import XmlRpcEndpoint
from tests.contract import sample
from tests.xmlrpc.operations import OPERATIONS

RIGHT = NameAndSecret("client", "right")


class AuthenticationFailed(Refusal):
    code = "AUTHENTICATION_FAILED"
    text = CODES["AUTHENTICATION_FAILED"].meaning


class Service:
    """What a client sees of the endpoint; counts how often a caller had to prove who it is."""

    def __init__(self, settings: Settings) -> None:
        self.database = open_database(settings.database)
        self.authenticated = 0
        operations = {each.name: each for each in (*sample.OPERATIONS, *OPERATIONS)}
        self._endpoint = XmlRpcEndpoint(
            Dispatcher(
                operations=operations,
                database=self.database,
                authenticate=self._authenticate,
                settings=settings,
                keys=KeyRing.parse(KeyRing.new_key("test")),
                reactions={},
                lost_races={},
            )
        )

    def _authenticate(self, credentials: Credentials) -> Caller:
        self.authenticated += 1
        if credentials.token != RIGHT:
            raise AuthenticationFailed
        return Caller(client_id="c", client_name="client", provider_id="p", source=credentials.source)

    def post(self, body: bytes | str, charset: str | None = None, secret: str = RIGHT.secret) -> bytes:
        """The octets that come back to some octets."""
        answer = self.answer(body, charset, secret)
        assert (answer.status, answer.content_type) == (200, "text/xml; charset=utf-8")
        return answer.body if isinstance(answer.body, bytes) else b"".join(answer.body)

    def answer(self, body: bytes | str, charset: str | None = None, secret: str = RIGHT.secret) -> HttpAnswer:
        request = HttpRequest(
            body=body if isinstance(body, bytes) else body.encode(),
            media_type="text/xml",
            charset=charset,
            headers={},
            source="127.0.0.1",
            secure=True,
            token=NameAndSecret("client", secret),
        )
        return self._endpoint.answer(request)

    def call(self, method: str, *parameters: Any, secret: str = RIGHT.secret, **members: Any) -> Any:
        """Call as xmlrpc.client does, with members or with positional parameters; raises its Fault."""
        given = parameters or ((members,) if members else ())
        return self.read(self.post(xmlrpc.client.dumps(given, method, allow_none=True), secret=secret))

    @staticmethod
    def read(answer: bytes) -> Any:
        ((result,), _) = xmlrpc.client.loads(answer)
        return result

    def fault(self, body: bytes | str, charset: str | None = None) -> xmlrpc.client.Fault:
        """The fault that some octets are answered with."""
        try:
            result = self.read(self.post(body, charset))
        except xmlrpc.client.Fault as fault:
            return fault
        raise AssertionError(result)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Service]:
    """One for all tests here: what the front end does is the same on every database."""
    folder = tmp_path_factory.mktemp("xmlrpc")
    (folder / "test.db").write_bytes(sqlite_template.read_bytes())
    made = Service(Settings(var=folder, database_url=f"sqlite:///{folder / 'test.db'}"))
    yield made
    made.database.engine.dispose()


def call_with(value: str, method: str = "CreateThing") -> str:
    """A call with one parameter, written out."""
    return (
        f"<methodCall><methodName>{method}</methodName>"
        f"<params><param><value>{value}</value></param></params></methodCall>"
    )


def struct(**members: str) -> str:
    inside = "".join(
        f"<member><name>{name}</name><value>{value}</value></member>" for name, value in members.items()
    )
    return f"<struct>{inside}</struct>"


def thing(**members: str) -> str:
    """A call that makes a thing with members written out."""
    return call_with(struct(newThing=struct(**{"code": "A1", "color": "RED", **members})))

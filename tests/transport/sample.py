"""Operations that do to a server what a test wants, behind the real dispatcher and on a real database."""

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from provisioning.application import Application
from provisioning.kernel.caller import Caller
from provisioning.kernel.credentials import BearerSecret, Credentials, NameAndSecret
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.errors import Refusal
from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.messages import Request
from provisioning.kernel.operation import reads
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Text
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.engine import open_database
from provisioning.settings import Settings

LENGTH = 2000
Story = Annotated[str, Facet(name="Story", max_length=2_000_000, multiline=True, doc="A long text.")]
Count = Annotated[int, Facet(Kind.INT, name="Count", minimum=0, maximum=1_000_000, doc="How many.")]


class AuthenticationFailed(Refusal):
    code = "AUTHENTICATION_FAILED"
    text = Text("The name or the secret is not right.", "Le nom ou le secret est inexact.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the server saw of a call."""

    text: Annotated[str, "What was said."]
    source: Annotated[str, "Where it came from."]
    moment: Annotated[datetime, "When."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One of many."""

    number: Annotated[int, "Which."]
    text: Annotated[str, "Some text."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Many rows."""

    row: Annotated[tuple[Row, ...], "The rows."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoRequest(Request):
    text: Annotated[Story | None, "What to say."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitRequest(Request):
    milliseconds: Annotated[Count, "How long."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRowsRequest(Request):
    count: Annotated[Count, "How many."]


@reads(None)
def echo(request: EchoRequest, caller: Caller, unit: UnitOfWork) -> Seen:
    """Say what was said."""
    return Seen(text=request.text or "", source=caller.source, moment=unit.now)


@reads(None)
def wait(request: WaitRequest, caller: Caller, unit: UnitOfWork) -> Seen:
    """Take a while."""
    time.sleep(request.milliseconds / 1000)
    return Seen(text="waited", source=caller.source, moment=unit.now)


@reads(None)
def list_rows(request: ListRowsRequest, caller: Caller, unit: UnitOfWork) -> Rows:
    """Give many rows."""
    text = "x" * LENGTH
    return Rows(row=tuple(Row(number=number, text=text) for number in range(request.count)))


@reads(None)
def break_down(request: EchoRequest, caller: Caller, unit: UnitOfWork) -> Seen:
    """Fail as nobody foresaw."""
    raise RuntimeError(f"secret insides: {request.text}")


OPERATIONS = (echo, wait, list_rows, break_down)


def authenticate(credentials: Credentials) -> Caller:
    """Takes client and secret, or the bearer secret, on a way that may carry secrets."""
    right = credentials.token in (NameAndSecret("client", "secret"), BearerSecret("bearer"))
    if not right or not credentials.secure:
        raise AuthenticationFailed
    return Caller(client_id="c", client_name="client", provider_id="p", source=credentials.source)


def sample_application(settings: Settings, **more: Any) -> Application:
    """An application of these operations."""
    database = open_database(settings.database, threads=settings.threads)
    keys = KeyRing.parse(KeyRing.new_key("sample"))
    operations = {each.name: each for each in OPERATIONS}
    dispatcher = Dispatcher(
        operations=operations,
        database=database,
        authenticate=authenticate,
        settings=settings,
        keys=keys,
        reactions={},
        lost_races={},
        **more,
    )
    return Application(
        settings=settings, keys=keys, database=database, dispatcher=dispatcher, operations=OPERATIONS
    )

"""A small service behind the real dispatcher: the sample contract, and operations that go wrong on purpose."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, cast

from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.credentials import Credentials, NameAndSecret, PasswordDigest
from provisioning.kernel.dispatch import Dispatcher
from provisioning.kernel.errors import BackendUnavailable, LimitReached, NotFound, Refusal, VersionConflict
from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.messages import Request
from provisioning.kernel.operation import reads
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Text
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.engine import open_database
from provisioning.settings import Settings
from tests.contract import sample as contract

AnyText = Annotated[str, Facet(multiline=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoRequest(Request):
    text: AnyText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EchoResult:
    answer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseRequest(Request):
    code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRequest(Request):
    count: Annotated[int, Facet(Kind.INT)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    number: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberedPage:
    total: int
    numbered: tuple[Numbered, ...] = ()
    cursor: str | None = None


class AuthenticationFailed(Refusal):
    code = "AUTHENTICATION_FAILED"
    text = Text("The name or the secret is not right.", "Le nom ou le secret est inexact.")


REFUSALS = {
    "NOT_FOUND": NotFound(field="user", object="2206", what="user"),
    "VERSION_CONFLICT": VersionConflict(field="control.expectedVersion", current=7, expected=3),
    "LIMIT_REACHED": LimitReached(limit="users", used=10, allowed=10),
    "BACKEND_UNAVAILABLE": BackendUnavailable(retry_after=2),
}


@reads(None)
def echo(request: EchoRequest, caller: Caller, unit: UnitOfWork) -> EchoResult:
    """Say what was said."""
    return EchoResult(answer=request.text)


@reads(None)
def ping(request: Request, caller: Caller, unit: UnitOfWork) -> EchoResult:
    """Say nothing."""
    return EchoResult()


@reads(None)
def refuse(request: RefuseRequest, caller: Caller, unit: UnitOfWork) -> EchoResult:
    """Refuse, as asked for."""
    raise REFUSALS[request.code]


@reads(Right.USERS_READ)
def forbid(request: EchoRequest, caller: Caller, unit: UnitOfWork) -> EchoResult:
    """Needs a right that nobody here has."""
    return EchoResult()


@reads(None)
def break_answer(request: EchoRequest, caller: Caller, unit: UnitOfWork) -> Numbered:
    """Give what cannot be written."""
    return Numbered(number=cast("int", None), text="secret insides")


@reads(None)
def count_up(request: CountRequest, caller: Caller, unit: UnitOfWork) -> NumberedPage:
    """Give as many as asked for."""
    numbered = tuple(Numbered(number=each, text="x" * 400) for each in range(request.count))
    return NumberedPage(total=request.count, numbered=numbered, cursor="the end")


OPERATIONS = (*contract.OPERATIONS, echo, ping, refuse, forbid, break_answer, count_up)


@dataclass
class Gatekeeper:
    """Stands for the access room: lets in who knows the secret, and remembers what it was shown."""

    shown: list[Credentials] = field(default_factory=list)

    def __call__(self, credentials: Credentials) -> Caller:
        self.shown.append(credentials)
        token: Any = credentials.token
        if not isinstance(token, NameAndSecret | PasswordDigest) or token.name != "client":
            raise AuthenticationFailed
        return Caller(client_id="c", client_name="client", provider_id="p", source=credentials.source)


def sample_dispatcher(folder: Path, gatekeeper: Gatekeeper, **settings: Any) -> Dispatcher:
    url = f"sqlite:///{folder / 'sample.db'}"
    return Dispatcher(
        operations={each.name: each for each in OPERATIONS},
        database=open_database(url),
        authenticate=gatekeeper,
        settings=Settings(database_url=url, **settings),
        keys=KeyRing.parse(KeyRing.new_key("sample")),
        reactions={},
        lost_races={},
    )

"""What the sample contract lacks: an operation that nobody foresaw to fail, one that says what it got, a late one."""

from dataclasses import dataclass
from typing import Annotated

from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import LimitReached, VersionConflict
from provisioning.kernel.facets import Most, Name
from provisioning.kernel.messages import Request
from provisioning.kernel.operation import reads
from provisioning.kernel.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainText:
    """A text."""

    text: Annotated[str, "The text."]
    maybe: Annotated[str | None, "Never there."] = None
    word: Annotated[tuple[str, ...], "Words."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SayRequest(Request):
    text: Annotated[str | None, "What to say."] = None
    word: Annotated[tuple[Name, ...], Most(2), "Words to say."] = ()


@reads(None)
def say(request: SayRequest, caller: Caller, unit: UnitOfWork) -> PlainText:
    """Say a text."""
    return PlainText(text=request.text or "", word=request.word)


@reads(None)
def say_illegal(request: SayRequest, caller: Caller, unit: UnitOfWork) -> PlainText:
    """Say what XML cannot carry."""
    return PlainText(text="a\x00b\x1b\ufffe<&>]]>\r\n\t𝄞é")


@reads(None)
def break_down(request: SayRequest, caller: Caller, unit: UnitOfWork) -> PlainText:
    """Fail as nobody foresaw."""
    raise RuntimeError("insides")


@reads(None)
def reach_limit(request: SayRequest, caller: Caller, unit: UnitOfWork) -> PlainText:
    """Refuse with figures."""
    raise LimitReached(limit="users", used=10, allowed=10, object="ACME", retry_after=7)


@reads(None)
def conflict(request: SayRequest, caller: Caller, unit: UnitOfWork) -> PlainText:
    """Refuse a version."""
    raise VersionConflict(field="control.expectedVersion", current=5, expected=4)


OPERATIONS = (say, say_illegal, break_down, reach_limit, conflict)

"""Messages of the phone systems room; its operations are the operator's alone."""

from dataclasses import dataclass
from typing import Annotated

from provisioning.kernel.facets import Facet, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.phone_systems.model import PhoneSystemKind

DatabaseUrl = Annotated[str, Facet(min_length=10, max_length=500, secret=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of a phone system."""

    name: Annotated[str, "Its name."]
    value: Annotated[str, "Its value."]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSystemView:
    """A phone system, without what is secret of it."""

    phone_system_id: Annotated[ObjectId, "Its identifier."]
    name: Annotated[Name, "Its name."]
    kind: Annotated[PhoneSystemKind, "What it is."]
    enabled: Annotated[bool, "False: it is not spoken to, and what it has to be told waits."]
    setting: Annotated[tuple[Setting, ...], "Its settings."] = ()
    waiting: Annotated[int, "How many users it has still to be told of."] = 0
    failed: Annotated[int, "How many of those have been given up."] = 0
    version: Annotated[int, "Grows with every change."]


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSystemResult:
    """A phone system after a write."""

    phone_system: Annotated[PhoneSystemView, "The phone system."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSystemList:
    """Phone systems of a provider."""

    phone_system: Annotated[tuple[PhoneSystemView, ...], "The phone systems, by name."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPhoneSystemRequest(Request):
    name: Annotated[Name, "Its name, unique for the provider."]
    kind: Annotated[PhoneSystemKind, "What it is."]
    url: Annotated[DatabaseUrl, "Its database: sqlite:///path or postgresql+psycopg://user:secret@host/name."]
    setting: Annotated[tuple[Setting, ...], "Settings; the kind says which there are."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePhoneSystemRequest(Request):
    name: Annotated[Name, "The phone system."]
    url: Annotated[DatabaseUrl | None, "Its database; absent leaves it."] = None
    enabled: Annotated[bool | None, "Whether it is spoken to; absent leaves it."] = None
    setting: Annotated[tuple[Setting, ...], "Settings to change; the others stay."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSystemRequest(Request):
    name: Annotated[Name, "The phone system."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPhoneSystemsRequest(Request):
    pass

"""Messages of the service room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from provisioning.access import ClientMode
from provisioning.kernel.caller import Right, Scope
from provisioning.kernel.errors import Family
from provisioning.kernel.facets import Facet
from provisioning.kernel.messages import Request, RequestId

ErrorFamily = Annotated[
    Family, Facet(name="ErrorFamily", enum=Family, doc="What a caller has to do about an error.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PingRequest(Request):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Pong:
    """The service's answer to a ping."""

    time: Annotated[datetime, "The service's time, UTC."]
    service_version: Annotated[str, "Version of the service."]
    contract_version: Annotated[str, "Version of the contract it serves."]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCapabilitiesRequest(Request):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceLimits:
    """How much and how long, in this installation."""

    most_page_items: Annotated[int, "Most items of a page of a list."]
    usual_page_items: Annotated[int, "Items of a page when the request does not say."]
    most_body_octets: Annotated[int, "Longest request body, in octets."]
    most_elements: Annotated[int, "Most XML elements of a request."]
    deadline_seconds: Annotated[int, "How long a caller has to send its request, in seconds."]
    request_id_days: Annotated[int, "How long a repeat of a requestId gets the first answer, in days."]
    changes_days: Annotated[int, "How far the change feed reaches back, in days."]
    restore_days: Annotated[int, "How long a deleted user can be restored, in days."]
    reservation_minutes: Annotated[int, "How long a DID reservation lasts unless it says, in minutes."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """An enumeration of the contract. Later versions may append values."""

    name: Annotated[str, "Name of its type."]
    value: Annotated[tuple[str, ...], "Its values."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailProtocolNumber:
    """A number that stands for a mail protocol in import files."""

    number: Annotated[int, "The number."]
    protocol: Annotated[str, "EWS, GDAPI, POP3, IMAP or OWA."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CallingClient:
    """The client that calls, as the service sees it."""

    name: Annotated[str, "What it signed in with."]
    scope: Annotated[Scope, "PROVIDER: it sees all companies of its provider. COMPANY: only its own."]
    company_id: Annotated[str | None, "Its company, with scope COMPANY."] = None
    right: Annotated[tuple[Right, ...], "What it may do; the READ that a WRITE brings is among them."] = ()
    mode: Annotated[ClientMode, "LIVE or TEST."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What this installation can do, and for whom."""

    contract_version: Annotated[tuple[str, ...], "Versions of the contract it serves."]
    service_limits: Annotated[ServiceLimits, "How much and how long."]
    enumeration: Annotated[tuple[Enumeration, ...], "The enumerations of the contract."] = ()
    mail_protocol_number: Annotated[
        tuple[MailProtocolNumber, ...], "What the numbers of mail protocols in import files mean here."
    ] = ()
    calling_client: Annotated[CallingClient, "Who calls, and what it may do."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListErrorCodesRequest(Request):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCode:
    """One code that a fault may carry. Later versions may append codes."""

    code: Annotated[str, "The code, as the fault has it."]
    family: Annotated[ErrorFamily, "What a caller has to do about it."]
    number: Annotated[int, "The faultCode of XML-RPC."]
    retryable: Annotated[bool, "True: the same request may succeed later."]
    meaning_en: Annotated[str, "What it means, in English."]
    meaning_fr: Annotated[str, "What it means, in French."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorCodeList:
    """All codes."""

    error_code: Annotated[tuple[ErrorCode, ...], "The codes, by number."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetRequestStatusRequest(Request):
    request_id: Annotated[RequestId, "The requestId that a request of this client carried."]


class RequestState(StrEnum):
    """UNKNOWN: never seen, refused, a dry run, or no longer kept. IN_PROGRESS: it runs. DONE: it is kept."""

    UNKNOWN = "UNKNOWN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestStatus:
    """What became of a request."""

    state: Annotated[RequestState, "UNKNOWN, IN_PROGRESS or DONE."]
    operation: Annotated[str | None, "With DONE: the operation."] = None
    transaction_id: Annotated[str | None, "With DONE: its transactionId."] = None
    at: Annotated[datetime | None, "With DONE: when it was done, UTC."] = None

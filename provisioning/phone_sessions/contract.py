"""Messages of the phone sessions room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import Facet, Kind, Most, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, FieldViolation, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.users import UserRef

CallId = Annotated[
    str,
    Facet(
        name="CallId",
        min_length=1,
        max_length=128,
        pattern="[!-~]*",
        doc="The phone system's own id of a call, unique per provider: printable ASCII without blanks.",
    ),
]
Seconds = Annotated[int, Facet(Kind.INT, name="Seconds", minimum=0, doc="A number of seconds.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSession:
    """A session to record."""

    call_id: Annotated[CallId, "The phone system's id of the call; a repeated one is ignored."]
    user_ref: Annotated[UserRef, "Whose session it was."]
    started_at: Annotated[datetime, "When it began."]
    seconds: Annotated[Seconds | None, "How long it lasted."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSessionsRequest(Request):
    new_session: Annotated[tuple[NewSession, ...], Most(1000), "Up to 1000 sessions, in any order."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSessionsResult:
    """What became of a report."""

    recorded: Annotated[int, "Sessions that were new."]
    repeated: Annotated[int, "Sessions that were known already."]
    field_violation: Annotated[
        tuple[FieldViolation, ...], "Sessions that were left out, each with its path and why."
    ] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUserSessionsRequest(PagedRequest):
    company_id: CompanyId = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSessions:
    """How often a user called, and when last."""

    user_id: Annotated[ObjectId, "The user."]
    user_number: Annotated[str, "The user's number."]
    first_name: Annotated[Name, "First name."]
    last_name: Annotated[Name, "Last name."]
    sessions: Annotated[int, "How many sessions."]
    last_at: Annotated[datetime | None, "When the last began."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserSessionsPage:
    """A page of users with their sessions."""

    user_sessions: Annotated[tuple[UserSessions, ...], "All living users of the company, by number."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many users there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSessionsRequest(PagedRequest):
    company_id: CompanyId = None
    user_ref: Annotated[UserRef | None, "Only of this user."] = None
    since: Annotated[datetime | None, "Only sessions that began at this moment or later."] = None
    until: Annotated[datetime | None, "Only sessions that began before this moment."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSession:
    """A session as it was reported."""

    call_id: Annotated[CallId, "The phone system's id of the call."]
    user_id: Annotated[ObjectId, "The user."]
    started_at: Annotated[datetime, "When it began, UTC."]
    seconds: Annotated[Seconds | None, "How long it lasted."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """A page of sessions."""

    phone_session: Annotated[tuple[PhoneSession, ...], "The sessions, the latest first."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None

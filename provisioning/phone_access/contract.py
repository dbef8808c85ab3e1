"""Messages of the phone access room."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import Email, Name, ObjectId, Pin, UserNumber
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.texts import Language


class AccessFlag(StrEnum):
    """What the phone system has to say or do about an attempt."""

    WRONG_CODES = "WRONG_CODES"
    LOCKED = "LOCKED"
    EXPIRES_SOON = "EXPIRES_SOON"
    EXPIRED = "EXPIRED"
    PENDING = "PENDING"
    SUSPENDED = "SUSPENDED"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckAccessRequest(Request):
    company_id: CompanyId = None
    user_number: Annotated[UserNumber | None, "The number the user gave. Give this or email."] = None
    email: Annotated[Email | None, "The address the user gave. Give this or userNumber."] = None
    pin: Annotated[Pin, "The PIN the user gave."]
    source: Annotated[
        Name | None,
        "Where the attempt comes from, for instance the calling number: failures are counted for it too.",
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessVerdict:
    """Whether somebody may use the account. About who failed it says nothing."""

    allowed: Annotated[bool, "True: the codes are right and the service is open."]
    access_flag: Annotated[tuple[AccessFlag, ...], "What else is to be said."] = ()
    user_id: Annotated[ObjectId | None, "With the right codes: the user."] = None
    first_name: Annotated[Name | None, "With the right codes: for a greeting."] = None
    last_name: Annotated[Name | None, "With the right codes: for a greeting."] = None
    language: Annotated[Language | None, "With the right codes: in which to speak."] = None
    expires_on: Annotated[date | None, "With EXPIRES_SOON or EXPIRED: the last day of service."] = None
    days_left: Annotated[int | None, "With EXPIRES_SOON: days until then, 0 on the last one."] = None
    retry_after_seconds: Annotated[int | None, "With LOCKED: how long no attempt is judged."] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED

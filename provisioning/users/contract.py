"""Messages of the users room."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import (
    Email,
    ExtensionNumber,
    ExternalId,
    Facet,
    Most,
    Name,
    ObjectId,
    PhoneNumber,
    Pin,
    UserNumber,
)
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.texts import Language
from provisioning.users.model import UserState

WishedUserNumber = Annotated[
    str,
    Facet(
        name="WishedUserNumber",
        pattern="-1|[0-9]{4,8}",
        doc="A user number to have, with as many digits as the company uses, or -1 for any free one.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRef:
    """Names one user, by exactly one of userId, userNumber, externalId and email.

    A company's own client leaves companyId out; a provider's client says it, except with userId.
    """

    company_id: CompanyId = None
    user_id: Annotated[ObjectId | None, "The user's identifier: global, never changes."] = None
    user_number: Annotated[UserNumber | None, "The user's number in its company."] = None
    external_id: Annotated[ExternalId | None, "The caller's own key."] = None
    email: Annotated[Email | None, "The e-mail address, when only one user of the company has it."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """A user to create."""

    first_name: Annotated[Name, "First name."]
    last_name: Annotated[Name, "Last name."]
    email: Annotated[Email, "E-mail address; unique in the provider's system unless allowDuplicateEmail."]
    language: Annotated[Language | None, "Language of messages; the company's by default."] = None
    mobile_phone: Annotated[PhoneNumber | None, "Mobile telephone."] = None
    home_phone: Annotated[PhoneNumber | None, "Telephone at home."] = None
    business_phone: Annotated[PhoneNumber | None, "Telephone at work."] = None
    user_number: Annotated[WishedUserNumber | None, "User number; -1 or absent generates one."] = None
    external_id: Annotated[ExternalId | None, "The caller's own key, unique in the company."] = None
    administrator: Annotated[bool | None, "True: a company administrator. False by default."] = None
    pin: Annotated[
        Pin | None, "PIN: no repeated digit, no run, not the user number. Generated when absent."
    ] = None
    extension: Annotated[ExtensionNumber | None, "Virtual extension, in a PRIVATE company only."] = None
    did: Annotated[tuple[PhoneNumber, ...], Most(20), "DIDs to assign; the first is the primary one."] = ()
    reservation_id: Annotated[ObjectId | None, "A reservation whose DID is to be assigned."] = None
    expires_on: Annotated[date | None, "Last day of service; not in the past. Absent: no expiry."] = None
    allow_duplicate_email: Annotated[
        bool | None, "True: create the user although another has this e-mail address."
    ] = None
    notify: Annotated[bool | None, "True: send the access codes to the user."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as it is."""

    user_id: Annotated[ObjectId, "Its identifier; never changes."]
    company_id: Annotated[ObjectId, "Its company."]
    user_number: Annotated[str, "Its number in the company."]
    external_id: Annotated[ExternalId | None, "The caller's own key."] = None
    first_name: Annotated[Name, "First name."]
    last_name: Annotated[Name, "Last name."]
    email: Annotated[str, "E-mail address."]
    language: Annotated[Language, "Language of messages."]
    mobile_phone: Annotated[str | None, "Mobile telephone, E.164."] = None
    home_phone: Annotated[str | None, "Telephone at home, E.164."] = None
    business_phone: Annotated[str | None, "Telephone at work, E.164."] = None
    administrator: Annotated[bool, "True for a company administrator."]
    state: Annotated[UserState, "Where it is in its life."]
    suspension_reason: Annotated[str | None, "With SUSPENDED: what SuspendUser was told."] = None
    extension: Annotated[str | None, "Virtual extension."] = None
    did: Annotated[tuple[str, ...], "DIDs, E.164, the primary one first."] = ()
    expires_on: Annotated[date | None, "Last day of service."] = None
    created_at: Annotated[datetime, "When it was created, UTC."]
    deleted_at: Annotated[datetime | None, "With DELETED: when it was deleted."] = None
    restorable_until: Annotated[datetime | None, "With DELETED: until when RestoreUser can be called."] = None
    version: Annotated[int, "Grows with every change."]


@dataclass(frozen=True, slots=True, kw_only=True)
class FreedResources:
    """What a user loses by leaving, or gets back by being restored."""

    extension: Annotated[str | None, "Virtual extension."] = None
    did: Annotated[tuple[str, ...], "DIDs, E.164."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class UserResult:
    """A user after a write."""

    user: Annotated[User, "The user as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUserRequest(Request):
    company_id: CompanyId = None
    new_user: Annotated[NewUser, "The user to create."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]

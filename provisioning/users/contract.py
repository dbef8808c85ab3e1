"""Messages of the users room."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import (
    Code,
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
from provisioning.kernel.messages import UNDECIDED, FieldViolation, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.kernel.texts import Language
from provisioning.users.model import UserState
from provisioning.users.parts import (
    GeneratedSipSecret,
    MailAccess,
    NewServiceConfiguration,
    NewSipAccount,
    OptionValues,
)

WishedUserNumber = Annotated[
    str,
    Facet(
        name="WishedUserNumber",
        pattern="-1|[0-9]{4,8}",
        doc="A user number to have, with as many digits as the company uses, or -1 for any free one.",
    ),
]
Letter = Annotated[str, Facet(name="Letter", min_length=1, max_length=1, doc="One letter.")]
Reason = Annotated[str, Facet(name="Reason", min_length=1, max_length=200, doc="A reason, on one line.")]


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
    package_code: Annotated[
        tuple[Code, ...], Most(200), "Service packages; absent: those the company gives by default."
    ] = ()
    restriction_code: Annotated[
        tuple[Code, ...], Most(200), "Call restrictions of the company to apply."
    ] = ()
    option_values: Annotated[OptionValues | None, "Options; absent ones are the company's defaults."] = None
    mail_access: Annotated[MailAccess | None, "How the assistant reads the user's mail."] = None
    new_service_configuration: Annotated[
        tuple[NewServiceConfiguration, ...], Most(50), "Services to configure."
    ] = ()
    new_sip_account: Annotated[tuple[NewSipAccount, ...], Most(3), "SIP accounts, one per purpose."] = ()


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
    sip_account: Annotated[tuple[str, ...], "SIP accounts, as user@domain."] = ()
    count: Annotated[int, "How many of these there are together."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserResult:
    """A user after a write."""

    user: Annotated[User, "The user as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUserResult:
    """A user that was created."""

    user: Annotated[User, "The user as it is now."]
    generated_sip_secret: Annotated[
        tuple[GeneratedSipSecret, ...], "SIP secrets that this very call generated; keep them now."
    ] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUserRequest(Request):
    company_id: CompanyId = None
    new_user: Annotated[NewUser, "The user to create."]


class CreateMode(StrEnum):
    """ATOMIC: all of them or none. INDEPENDENT: each by itself."""

    ATOMIC = "ATOMIC"
    INDEPENDENT = "INDEPENDENT"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUsersItem:
    """One user of many to create."""

    new_user: Annotated[NewUser, "The user to create."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUsersRequest(Request):
    company_id: CompanyId = None
    mode: Annotated[CreateMode | None, "ATOMIC by default."] = None
    item: Annotated[tuple[CreateUsersItem, ...], Most(500), "The users to create."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUsersVerdict:
    """What became of one item: the user, or why it was refused."""

    index: Annotated[int, "Place in the request; the first item is 0."]
    external_id: Annotated[str | None, "The item's external id."] = None
    user: Annotated[User | None, "The user, when it was created."] = None
    code: Annotated[str | None, "Why it was not created: one of the codes that ListErrorCodes gives."] = None
    reason: Annotated[str | None, "A sentence in the request's language."] = None
    violation: Annotated[tuple[FieldViolation, ...], "Every reason, not only the first."] = ()
    generated_sip_secret: Annotated[
        tuple[GeneratedSipSecret, ...], "SIP secrets that this very call generated; keep them now."
    ] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateUsersResult:
    """What became of many users."""

    created: Annotated[int, "How many were created."]
    refused: Annotated[int, "How many were not."]
    verdict: Annotated[tuple[CreateUsersVerdict, ...], "One for each item, in the request's order."] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class UserFilter:
    """Which users of a company are meant. What is absent does not matter; the rest must all be met."""

    state: Annotated[
        UserState | None, "In this state, for instance PENDING; all but the deleted and rejected by default."
    ] = None
    letter: Annotated[Letter | None, "First or last name begins so; case and accents do not matter."] = None
    text: Annotated[
        Name | None,
        "First name, last name, both of them, e-mail, user number, extension or primary DID begins so.",
    ] = None
    did: Annotated[PhoneNumber | None, "Holds this DID."] = None
    extension: Annotated[ExtensionNumber | None, "Has this extension."] = None
    expires_before: Annotated[date | None, "Last day of service is earlier than this."] = None
    expires_after: Annotated[date | None, "Last day of service is later than this."] = None
    package_code: Annotated[Code | None, "Has this service package."] = None


class UserSort(StrEnum):
    """By what users are sorted. Names are sorted without regard to case and accents."""

    NUMBER = "NUMBER"
    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    EXTENSION = "EXTENSION"
    DID = "DID"
    EMAIL = "EMAIL"
    CREATED = "CREATED"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListUsersRequest(PagedRequest):
    company_id: CompanyId = None
    user_filter: Annotated[UserFilter | None, "Only these users."] = None
    sort: Annotated[UserSort | None, "By what to sort; NUMBER by default."] = None
    descending: Annotated[bool | None, "True: the other way round."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserPage:
    """A page of users."""

    user: Annotated[tuple[User, ...], "The users."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CountUsersRequest(Request):
    company_id: CompanyId = None
    user_filter: Annotated[UserFilter | None, "Only these users."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCounts:
    """How many users there are."""

    total: Annotated[int, "In the filter's state, or in all but DELETED and REJECTED."]
    pending: Annotated[int, "In state PENDING."]
    active: Annotated[int, "In state ACTIVE."]
    suspended: Annotated[int, "In state SUSPENDED."]
    expired: Annotated[int, "In state EXPIRED."]
    rejected: Annotated[int, "In state REJECTED."]
    deleted: Annotated[int, "In state DELETED."]


class UserField(StrEnum):
    """Fields of a user that can be cleared."""

    EXTERNAL_ID = "EXTERNAL_ID"
    MOBILE_PHONE = "MOBILE_PHONE"
    HOME_PHONE = "HOME_PHONE"
    BUSINESS_PHONE = "BUSINESS_PHONE"
    EXPIRES_ON = "EXPIRES_ON"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateUserRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    first_name: Annotated[Name | None, "New first name; absent leaves it."] = None
    last_name: Annotated[Name | None, "New last name; absent leaves it."] = None
    email: Annotated[Email | None, "New e-mail address; absent leaves it."] = None
    language: Annotated[Language | None, "New language; absent leaves it."] = None
    mobile_phone: Annotated[PhoneNumber | None, "New mobile telephone; absent leaves it."] = None
    home_phone: Annotated[PhoneNumber | None, "New telephone at home; absent leaves it."] = None
    business_phone: Annotated[PhoneNumber | None, "New telephone at work; absent leaves it."] = None
    external_id: Annotated[ExternalId | None, "New external id; absent leaves it."] = None
    administrator: Annotated[bool | None, "Whether it is a company administrator; absent leaves it."] = None
    expires_on: Annotated[
        date | None, "New last day of service; absent leaves it. One not past makes an EXPIRED user ACTIVE."
    ] = None
    allow_duplicate_email: Annotated[
        bool | None, "True: take the e-mail address although another user has it."
    ] = None
    clear_field: Annotated[tuple[UserField, ...], "Fields to clear."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspendUserRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    reason: Annotated[Reason | None, "Why, for people; shown while the user is SUSPENDED."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveUserRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    to_company_id: Annotated[ObjectId, "The company to move to, of the same provider."]
    notify: Annotated[bool | None, "True: tell the user by e-mail."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaveRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    notify: Annotated[bool | None, "True: tell the user by e-mail, once."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartedUserResult:
    """A user after it has left."""

    user: Annotated[User, "The user as it is now."]
    freed_resources: Annotated[FreedResources, "What it lost."]
    user_number_changed: Annotated[
        bool, "True: its number was not free where it is now, so it has a new one."
    ] = False
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoreUserRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    allow_duplicate_email: Annotated[
        bool | None, "True: restore it although another user has its e-mail address by now."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RestoredUserResult:
    """A user after it was restored."""

    user: Annotated[User, "The user as it is now."]
    returned_resources: Annotated[FreedResources, "What it got back; the rest others have by now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class LeavingImpact:
    """What one way of leaving would do."""

    possible: Annotated[bool, "False: it would be refused."]
    code: Annotated[str | None, "Why it would be refused."] = None
    reason: Annotated[str | None, "Why it would be refused, a sentence in the request's language."] = None
    user_number: Annotated[str | None, "The user's number afterwards, if it goes on."] = None
    freed_resources: Annotated[FreedResources | None, "What it would lose."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletionImpact:
    """What deleting a user would do, in the two ways there are."""

    user: Annotated[User, "The user as it is."]
    remove_from_company: Annotated[LeavingImpact, "With RemoveUserFromCompany."]
    delete_from_system: Annotated[LeavingImpact, "With DeleteUser."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPinRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    pin: Annotated[Pin, "The new PIN: no repeated digit, no run, not the user number."]
    notify: Annotated[bool | None, "True: send the access codes to the user."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPinRequest(Request):
    user_ref: Annotated[UserRef, "Which user."]
    notify: Annotated[bool | None, "False: do not send the access codes to the user. True by default."] = None

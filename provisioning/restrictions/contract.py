"""Messages of the restrictions room."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import Code, Facet, Most, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.restrictions.model import Rule, dialled_digits
from provisioning.users import UserRef

Pattern = Annotated[
    str,
    Facet(
        name="DialPattern",
        min_length=1,
        max_length=32,
        pattern="[0-9?]*[*]?",
        doc="Dialled digits, the country code first; ? is one digit, * at the end the rest.",
    ),
]
Dialled = Annotated[
    str,
    Facet(
        name="DialledNumber",
        min_length=1,
        max_length=40,
        normalize=dialled_digits,
        doc="A number as it is dialled; blanks, +, brackets and hyphens are ignored.",
    ),
]
Patterns = Annotated[tuple[Pattern, ...], Most(1000), "The numbers it is about, in the form of DialPattern."]
RestrictionCodes = Annotated[tuple[Code, ...], Most(200), "Codes of the company's call restrictions."]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCallRestriction:
    """A call restriction to define."""

    code: Annotated[Code, "Its code, unique in the company."]
    name_en: Annotated[Name, "Its name in English."]
    name_fr: Annotated[Name, "Its name in French."]
    rule: Annotated[Rule, "DENY bars the numbers, ALLOW excepts them from a shorter DENY."]
    pattern: Patterns


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRestriction:
    """A call restriction as it is."""

    restriction_id: Annotated[ObjectId, "Its identifier."]
    code: Annotated[Code, "Its code."]
    name_en: Annotated[Name, "Its name in English."]
    name_fr: Annotated[Name, "Its name in French."]
    rule: Annotated[Rule, "DENY or ALLOW."]
    pattern: Patterns
    version: Annotated[int, "Grows with every change."]


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateCallRestrictionRequest(Request):
    company_id: CompanyId = None
    new_call_restriction: Annotated[NewCallRestriction, "The restriction to define."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateCallRestrictionRequest(Request):
    company_id: CompanyId = None
    code: Annotated[Code, "The restriction to change."]
    name_en: Annotated[Name | None, "New English name; absent leaves it."] = None
    name_fr: Annotated[Name | None, "New French name; absent leaves it."] = None
    rule: Annotated[Rule | None, "New rule; absent leaves it."] = None
    pattern: Annotated[tuple[Pattern, ...], Most(1000), "All patterns from now on; absent leaves them."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteCallRestrictionRequest(Request):
    company_id: CompanyId = None
    code: Annotated[Code, "The restriction to delete."]
    lift_from_users: Annotated[
        bool | None, "True: lift it from users who have it. Otherwise one in use is refused with IN_USE."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRestrictionResult:
    """A call restriction after a write."""

    call_restriction: Annotated[CallRestriction, "The restriction as it is now, or was."]
    users_changed: Annotated[int, "How many users' calls are affected."] = 0
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCallRestrictionsRequest(PagedRequest):
    company_id: CompanyId = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRestrictionPage:
    """A page of call restrictions."""

    call_restriction: Annotated[tuple[CallRestriction, ...], "The company's restrictions, by code."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUserCallRestrictionsRequest(Request):
    user_ref: Annotated[UserRef, "The user."]


@dataclass(frozen=True, slots=True, kw_only=True)
class TickableRestriction:
    """A line of the manual's window: a restriction of the company and whether it is ticked for the user."""

    code: Annotated[Code, "The restriction's code."]
    name_en: Annotated[Name, "Its name in English."]
    name_fr: Annotated[Name, "Its name in French."]
    rule: Annotated[Rule, "DENY or ALLOW."]
    applied: Annotated[bool, "True: it is applied to the user."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserCallRestrictions:
    """All restrictions of a user's company, ticked or not."""

    user_id: Annotated[ObjectId, "The user."]
    tickable_restriction: Annotated[tuple[TickableRestriction, ...], "The restrictions, by code."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUserCallRestrictionsRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    restriction_code: RestrictionCodes = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUserCallRestrictionsResult:
    """A user's restrictions after a write."""

    restriction_code: RestrictionCodes = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


class DialingReason(StrEnum):
    """RULE: a pattern decided. NO_RULE: none matches. SERVICE_CLOSED: the user or company is not ACTIVE."""

    RULE = "RULE"
    NO_RULE = "NO_RULE"
    SERVICE_CLOSED = "SERVICE_CLOSED"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateDialingRequest(Request):
    user_ref: Annotated[UserRef, "Who would call."]
    number: Annotated[Dialled, "The number that would be dialled."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DialingVerdict:
    """Whether a user may dial a number, and why."""

    allowed: Annotated[bool, "True: the call may be placed."]
    reason: Annotated[DialingReason, "What decided."]
    restriction_code: Annotated[Code | None, "The restriction whose pattern decided."] = None
    pattern: Annotated[Pattern | None, "The pattern that decided: the longest that matches."] = None

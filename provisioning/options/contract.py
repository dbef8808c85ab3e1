"""Messages of the options room."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.phone_state import SipPurpose
from provisioning.options.model import Origin
from provisioning.users import OptionValues, SipDomain, SipSecret, SipUserName, UserRef


class OptionName(StrEnum):
    """Options that can be cleared: the company's default, or the system's, then holds."""

    MAX_MESSAGES_PER_CALL = "MAX_MESSAGES_PER_CALL"
    MAX_PHONE_CONTACTS = "MAX_PHONE_CONTACTS"
    MAX_VOICE_MESSAGES = "MAX_VOICE_MESSAGES"
    MAX_FAXES = "MAX_FAXES"
    PUBLIC_CONTACTS = "PUBLIC_CONTACTS"
    MANAGED_BY_ADMINISTRATOR = "MANAGED_BY_ADMINISTRATOR"
    STAYS_ON_RECEIVED_CALLS = "STAYS_ON_RECEIVED_CALLS"
    STAYS_ON_PLACED_CALLS = "STAYS_ON_PLACED_CALLS"
    EXPIRES_ON = "EXPIRES_ON"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegerOption:
    """A number and where it comes from."""

    value: Annotated[int, "The value in force."]
    origin: Annotated[Origin, "Who said so."]


@dataclass(frozen=True, slots=True, kw_only=True)
class BooleanOption:
    """A yes or no and where it comes from."""

    value: Annotated[bool, "The value in force."]
    origin: Annotated[Origin, "Who said so."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DateOption:
    """A day, if there is one, and where it comes from."""

    value: Annotated[date | None, "The day in force; absent: none."] = None
    origin: Annotated[Origin, "Who said so."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SipAccount:
    """A SIP account of a user, without its secret."""

    purpose: Annotated[SipPurpose, "What it is for."]
    user_name: Annotated[SipUserName, "Its user name."]
    domain: Annotated[SipDomain, "Its domain and realm."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """All options in force, each with its origin."""

    max_messages_per_call: Annotated[IntegerOption, "Most messages fetched each time the user calls."]
    max_phone_contacts: Annotated[IntegerOption, "Most personal contacts that can be reached by phone."]
    max_voice_messages: Annotated[IntegerOption, "Most voice messages kept."]
    max_faxes: Annotated[IntegerOption, "Most faxes kept."]
    public_contacts: Annotated[BooleanOption, "Access to the company's public contacts."]
    managed_by_administrator: Annotated[BooleanOption, "The user may not change the account's configuration."]
    stays_on_received_calls: Annotated[BooleanOption, "The assistant stays on during received calls."]
    stays_on_placed_calls: Annotated[BooleanOption, "The assistant stays on during and after placed calls."]
    expires_on: Annotated[DateOption, "Last day of service."]
    sip_account: Annotated[tuple[SipAccount, ...], "With a user: its SIP accounts."] = ()
    sip_domain: Annotated[SipDomain, "Domain of SIP accounts that are set without one."]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionsResult:
    """Options after a write."""

    options: Annotated[Options, "The options in force now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUserOptionsRequest(Request):
    user_ref: Annotated[UserRef, "The user."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SetUserOptionsRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    option_values: Annotated[OptionValues | None, "Options to set for this user."] = None
    clear_field: Annotated[tuple[OptionName, ...], "Options to leave to the company's default."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetCompanyOptionDefaultsRequest(Request):
    company_id: CompanyId = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetCompanyOptionDefaultsRequest(Request):
    company_id: CompanyId = None
    option_values: Annotated[
        OptionValues | None,
        "Defaults for the company's users. An expiry date is given to users created later.",
    ] = None
    sip_domain: Annotated[SipDomain | None, "Domain of SIP accounts set without one; absent leaves it."] = (
        None
    )
    clear_field: Annotated[tuple[OptionName, ...], "Defaults to leave to the system."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SetSipCredentialsRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    purpose: Annotated[SipPurpose, "Which of the three accounts."]
    user_name: Annotated[
        SipUserName | None,
        "SIP user name; absent keeps the one there is, or makes one of user number and company.",
    ] = None
    domain: Annotated[SipDomain | None, "Its domain; absent keeps it, or takes the company's."] = None
    secret: Annotated[SipSecret | None, "Its secret; absent keeps the one there is, or generates one."] = None
    generate_secret: Annotated[bool | None, "True: make a new secret and answer it once."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SipCredentialsResult:
    """A SIP account after a write."""

    sip_account: Annotated[SipAccount, "The account."]
    generated_secret: Annotated[
        SipSecret | None, "The secret, only if this very call generated it; a replay does not show it."
    ] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSipCredentialsRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    purpose: Annotated[SipPurpose, "Which of the three accounts."]


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoveSipCredentialsResult:
    """The SIP accounts left after a write."""

    sip_account: Annotated[tuple[SipAccount, ...], "The accounts the user still has."] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED

"""What a new user can be given besides: messages that the rooms above share with this one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from provisioning.kernel.facets import Code, Facet, Kind, Most
from provisioning.kernel.phone_state import SipPurpose

Maximum = Annotated[int, Facet(Kind.INT, name="Maximum", minimum=0, maximum=100_000, doc="How many at most.")]
SipUserName = Annotated[
    str,
    Facet(
        name="SipUserName",
        min_length=1,
        max_length=64,
        pattern="[A-Za-z0-9_.\\-+~]*",
        doc="User part of a SIP address: letters, digits and _ . - + ~.",
    ),
]
SipDomain = Annotated[
    str,
    Facet(
        name="SipDomain",
        min_length=1,
        max_length=253,
        pattern="[A-Za-z0-9]([A-Za-z0-9.\\-]*[A-Za-z0-9])?",
        normalize=str.lower,
        doc="Host part of a SIP address, the realm of its credentials.",
    ),
]
SipSecret = Annotated[
    str,
    Facet(
        name="SipSecret", min_length=8, max_length=128, pattern="[!-~]*", secret=True, doc="A SIP password."
    ),
]


SettingName = Annotated[
    str,
    Facet(
        name="SettingName",
        min_length=1,
        max_length=40,
        pattern="[A-Za-z][A-Za-z0-9]*",
        doc="The name of a service's parameter.",
    ),
]
# A value may be a password: no log, stored answer or audit row keeps it.
SettingValue = Annotated[
    str,
    Facet(
        name="SettingValue", min_length=1, max_length=500, secret=True, doc="A parameter's value, as text."
    ),
]
MailProtocol = Annotated[
    str,
    Facet(
        name="MailProtocol",
        min_length=1,
        max_length=10,
        doc="EWS, GDAPI, OWA, IMAP or POP3, or the number that GetCapabilities gives for it.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionValues:
    """Options to set. Absent ones stay as they are."""

    max_messages_per_call: Annotated[Maximum | None, "Most messages fetched each time the user calls."] = None
    max_phone_contacts: Annotated[Maximum | None, "Most personal contacts that can be reached by phone."] = (
        None
    )
    max_voice_messages: Annotated[Maximum | None, "Most voice messages kept."] = None
    max_faxes: Annotated[Maximum | None, "Most faxes kept."] = None
    public_contacts: Annotated[bool | None, "Access to the company's public contacts."] = None
    managed_by_administrator: Annotated[
        bool | None, "The user may not change the account's configuration."
    ] = None
    stays_on_received_calls: Annotated[
        bool | None, "The assistant stays on the line during received calls, for conferences and transfers."
    ] = None
    stays_on_placed_calls: Annotated[
        bool | None, "The assistant stays on the line during and after placed calls; takes a second channel."
    ] = None
    expires_on: Annotated[date | None, "Last day of service; closed from the day after."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSetting:
    """A parameter and its value."""

    name: Annotated[SettingName, "The parameter's name."]
    value: Annotated[SettingValue, "Its value as text; a CHOICE also by its number where it has one."]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewServiceConfiguration:
    """A service to configure for a new user."""

    code: Annotated[Code, "The service (ListServices)."]
    service_setting: Annotated[tuple[ServiceSetting, ...], Most(50), "Its parameters."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailAccess:
    """How the assistant reads a user's mail: the service MAIL in the words of the import file."""

    protocol: Annotated[MailProtocol, "The protocol, by name or number."]
    mail_server: Annotated[SettingValue, "The server, for instance http://mailserver.company.com."]
    user_name: Annotated[SettingValue, "The user's name there."]
    password: Annotated[SettingValue | None, "The user's password there; without it MAIL is INCOMPLETE."] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSipAccount:
    """A SIP account for a new user. Without a secret one is generated and answered once."""

    purpose: Annotated[SipPurpose, "What it is for."]
    user_name: Annotated[
        SipUserName | None, "SIP user name; made of user number and company when absent."
    ] = None
    domain: Annotated[SipDomain | None, "Its domain; the company's when absent."] = None
    secret: Annotated[SipSecret | None, "Its secret; generated when absent."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratedSipSecret:
    """A SIP secret that this very call generated. It is never shown again, not on a replay either."""

    purpose: Annotated[SipPurpose, "Of which account."]
    user_name: Annotated[SipUserName, "Its user name."]
    domain: Annotated[SipDomain, "Its domain."]
    secret: Annotated[SipSecret | None, "The secret; absent on a replay."] = None

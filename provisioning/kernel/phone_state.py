"""What a phone system is to know of a user: a state, never a verb. Rooms tell their part of it when asked."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any


class SipPurpose(StrEnum):
    """DEFAULT: shown to the SIP gateway. REGISTRATION: phones register with it. CALLING: places calls."""

    DEFAULT = "DEFAULT"
    REGISTRATION = "REGISTRATION"
    CALLING = "CALLING"


@dataclass(frozen=True, slots=True, kw_only=True)
class SipAccount:
    """A SIP name and its secret. A phone system is given a digest for its own realm, never the secret.

    Without a domain of its own the name is one of the user's domain.
    """

    purpose: SipPurpose
    username: str
    domain: str | None = None
    secret: str = field(repr=False)

    def ha1(self, realm: str, *, algorithm: str = "md5", username: str | None = None) -> str:
        """The digest of RFC 2617 and RFC 7616: of user name, realm and secret."""
        text = f"{username or self.username}:{realm}:{self.secret}"
        return hashlib.new(algorithm, text.encode("utf-8")).hexdigest()


class NumberUse(StrEnum):
    """What a number is for."""

    VOICE = "VOICE"
    FAX = "FAX"
    BOTH = "BOTH"


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldNumber:
    """A DID of the user, as E.164."""

    number: str
    use: NumberUse = NumberUse.VOICE
    primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneState:
    """One user, whole, as a phone system is to have it. Who does not exist has nothing there.

    ``version`` grows from one reading to the next; a phone system that has seen a newer one keeps it.
    ``service_open`` is false while the user or the company is suspended or expired: the account stays,
    calls are barred. ``barred`` are the codes of the user's call restrictions.
    """

    user_id: str
    version: int
    exists: bool = False
    service_open: bool = False
    company_id: str = ""
    domain: str | None = None
    display_name: str = ""
    user_number: str = ""
    extension: str | None = None
    email: str | None = None
    language: str = "en"
    voicemail: bool = False
    sip_accounts: tuple[SipAccount, ...] = ()
    numbers: tuple[HeldNumber, ...] = ()
    barred: frozenset[str] = frozenset()


class PhoneStateAsked:
    """A question to all rooms: what of yours is a phone system to know of these users? They ``tell`` it.

    Users that nobody tells of do not exist.
    """

    def __init__(self, user_ids: Iterable[str], version: int) -> None:
        self.states = {each: PhoneState(user_id=each, version=version) for each in user_ids}

    @property
    def user_ids(self) -> tuple[str, ...]:
        return tuple(self.states)

    def tell(self, user_id: str, **parts: Any) -> None:
        """Set parts of a user's state, by the names of its fields."""
        self.states[user_id] = replace(self.states[user_id], **parts)

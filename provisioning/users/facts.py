"""What happens to users. The rooms above react: they give what a new user wishes and free what a leaving one held."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from provisioning.companies import Company
from provisioning.kernel.facts import Fact
from provisioning.users.contract import NewUser
from provisioning.users.model import User
from provisioning.users.parts import GeneratedSipSecret


class LetterKind(StrEnum):
    """E-mails that users get: access codes, notices of leaving, a company's own message, reminders and warnings."""

    ACCESS_CODES = "ACCESS_CODES"
    LEFT_COMPANY = "LEFT_COMPANY"
    DELETED = "DELETED"
    MESSAGE = "MESSAGE"
    REMINDER = "REMINDER"
    EXPIRY_WARNING = "EXPIRY_WARNING"


@dataclass(slots=True)
class Freed:
    """What a user lost by leaving, or got back by being restored. Rooms above add what was theirs."""

    extension: str | None = None
    dids: list[str] = field(default_factory=list)
    sip_accounts: list[str] = field(default_factory=list)

    @property
    def told(self) -> dict[str, Any]:
        """What the change feed says of it."""
        parts = {"extension": self.extension, "did": self.dids, "sipAccount": self.sip_accounts}
        return {name: part for name, part in parts.items() if part}


@dataclass(kw_only=True)
class UserFact(Fact):
    """Something that happened to one user of one company. ``user`` is the row itself, not part of the feed."""

    object_type = "User"

    user: User = field(repr=False)


@dataclass(kw_only=True)
class UserCreated(UserFact):
    """Rooms above give what ``new_user`` wishes. A refusal names its field below ``path``, for instance newUser.did[0].

    SIP secrets that are generated go into ``sip_secrets``, for the answer alone.
    When the user itself is refused, reactions still run, so that the caller learns every violation at once.
    """

    new_user: NewUser
    company: Company
    path: str = "newUser"
    sip_secrets: list[GeneratedSipSecret] = field(default_factory=list, repr=False)


@dataclass(kw_only=True)
class UserChanged(UserFact):
    pass


@dataclass(kw_only=True)
class UserSuspended(UserFact):
    pass


@dataclass(kw_only=True)
class UserResumed(UserFact):
    pass


@dataclass(kw_only=True)
class UserExpired(UserFact):
    pass


@dataclass(kw_only=True)
class UserReactivated(UserFact):
    pass


@dataclass(kw_only=True)
class UserWarnedOfExpiry(UserFact):
    pass


@dataclass(kw_only=True)
class UserActivated(UserFact):
    """A PENDING user has become ACTIVE."""


@dataclass(kw_only=True)
class PinChanged(UserFact):
    pass


@dataclass(kw_only=True)
class Leaving(UserFact):
    """Recorded while the user still is where it was: company, number, extension and DIDs are the old ones."""

    freed: Freed = field(default_factory=Freed)


@dataclass(kw_only=True)
class UserLeftCompany(Leaving):
    """A user leaves a PRIVATE company for the public service ``joins``; RemoveUserFromCompany."""

    joins: Company


@dataclass(kw_only=True)
class UserMoved(Leaving):
    """A user leaves a company for another one, ``joins``; MoveUser."""

    joins: Company


@dataclass(kw_only=True)
class UserDeleted(Leaving):
    """A user leaves the system."""


@dataclass(kw_only=True)
class UserRejected(Leaving):
    """The sign-up of a PENDING user has ended for good."""


@dataclass(kw_only=True)
class UserJoinedCompany(UserFact):
    """The other half of leaving a company, in the feed of the company that the user comes to."""


@dataclass(kw_only=True)
class RestoreWindowEnded(UserFact):
    """A deleted user can no longer be restored. Rooms above erase what they kept for that."""


@dataclass(kw_only=True)
class UserRestored(UserFact):
    """A deleted user lives again. Rooms above give back what is still free and add it to ``returned``."""

    returned: Freed = field(default_factory=Freed)


def of(user: User, **more: Any) -> dict[str, Any]:
    """What every fact about a user says."""
    return {
        "user": user,
        "object_id": user.id,
        "provider_id": user.provider_id,
        "company_id": user.company_id,
        **more,
    }

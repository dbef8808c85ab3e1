"""Users. The door: what other rooms may call."""

from provisioning.users.contract import NewUser, UserRef, UserRequest
from provisioning.users.facts import (
    Freed,
    Leaving,
    PinChanged,
    UserChanged,
    UserCreated,
    UserDeleted,
    UserExpired,
    UserJoinedCompany,
    UserLeftCompany,
    UserMoved,
    UserReactivated,
    UserRestored,
    UserResumed,
    UserSuspended,
)
from provisioning.users.model import LIVING, User, UserState
from provisioning.users.store import find_user, show_extension, show_numbers, target_user

__all__ = [
    "LIVING",
    "Freed",
    "Leaving",
    "NewUser",
    "PinChanged",
    "User",
    "UserChanged",
    "UserCreated",
    "UserDeleted",
    "UserExpired",
    "UserJoinedCompany",
    "UserLeftCompany",
    "UserMoved",
    "UserReactivated",
    "UserRef",
    "UserRequest",
    "UserRestored",
    "UserResumed",
    "UserState",
    "UserSuspended",
    "find_user",
    "show_extension",
    "show_numbers",
    "target_user",
]

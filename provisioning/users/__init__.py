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
from provisioning.users.lookup import find_user, target_user
from provisioning.users.model import LIVING, User, UserState
from provisioning.users.operations import OPERATIONS
from provisioning.users.pins import reseal
from provisioning.users.reactions import number_users
from provisioning.users.refusals import LOST_RACES
from provisioning.users.store import living_user_ids, show_extension, show_numbers

__all__ = [
    "LIVING",
    "LOST_RACES",
    "OPERATIONS",
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
    "living_user_ids",
    "number_users",
    "reseal",
    "show_extension",
    "show_numbers",
    "target_user",
]

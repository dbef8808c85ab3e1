"""Users. The door: what other rooms may call."""

from provisioning.users.admission import Candidate, admit, admit_all, admit_each
from provisioning.users.changes import activate, give_pin, set_expiry
from provisioning.users.choosing import FILTERS, HolderSought, PackageSought
from provisioning.users.contract import NewUser, UserFilter, UserRef, UserRequest
from provisioning.users.contract import User as ShownUser
from provisioning.users.departure import reject
from provisioning.users.expiry import forget_warnings
from provisioning.users.facts import (
    Freed,
    Leaving,
    LetterKind,
    PinChanged,
    RestoreWindowEnded,
    UserActivated,
    UserChanged,
    UserCreated,
    UserDeleted,
    UserExpired,
    UserJoinedCompany,
    UserLeftCompany,
    UserMoved,
    UserReactivated,
    UserRejected,
    UserRestored,
    UserResumed,
    UserSuspended,
    UserWarnedOfExpiry,
)
from provisioning.users.listing import find_users
from provisioning.users.lookup import OwnChange, find_user, target_user
from provisioning.users.model import LIVING, User, UserState
from provisioning.users.operations import OPERATIONS, OPERATOR_OPERATIONS
from provisioning.users.operations.daily import end_restore_windows, expire_users, warn_of_expiry
from provisioning.users.parts import (
    GeneratedSipSecret,
    OptionValues,
    ServiceSetting,
    SettingName,
    SipDomain,
    SipSecret,
    SipUserName,
)
from provisioning.users.phone import concern_users, tell_users
from provisioning.users.pins import open_pin, refuse_trivial, reseal, seal_pin
from provisioning.users.reactions import count, delete_users, number_users
from provisioning.users.refusals import LOST_RACES
from provisioning.users.store import living_user_ids, show_extension, show_numbers
from provisioning.users.view import shown as shown_user

__all__ = [
    "FILTERS",
    "LIVING",
    "LOST_RACES",
    "OPERATIONS",
    "OPERATOR_OPERATIONS",
    "Candidate",
    "Freed",
    "GeneratedSipSecret",
    "HolderSought",
    "Leaving",
    "LetterKind",
    "NewUser",
    "OptionValues",
    "OwnChange",
    "PackageSought",
    "PinChanged",
    "RestoreWindowEnded",
    "ServiceSetting",
    "SettingName",
    "ShownUser",
    "SipDomain",
    "SipSecret",
    "SipUserName",
    "User",
    "UserActivated",
    "UserChanged",
    "UserCreated",
    "UserDeleted",
    "UserExpired",
    "UserFilter",
    "UserJoinedCompany",
    "UserLeftCompany",
    "UserMoved",
    "UserReactivated",
    "UserRef",
    "UserRejected",
    "UserRequest",
    "UserRestored",
    "UserResumed",
    "UserState",
    "UserSuspended",
    "UserWarnedOfExpiry",
    "activate",
    "admit",
    "admit_all",
    "admit_each",
    "concern_users",
    "count",
    "delete_users",
    "end_restore_windows",
    "expire_users",
    "find_user",
    "find_users",
    "forget_warnings",
    "give_pin",
    "living_user_ids",
    "number_users",
    "open_pin",
    "refuse_trivial",
    "reject",
    "reseal",
    "seal_pin",
    "set_expiry",
    "show_extension",
    "show_numbers",
    "shown_user",
    "target_user",
    "tell_users",
    "warn_of_expiry",
]

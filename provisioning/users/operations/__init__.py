"""Operations of the users room, in published order."""

from provisioning.users.operations.change import reset_pin, set_pin, update_user
from provisioning.users.operations.create import create_user, create_users
from provisioning.users.operations.daily import end_restore_windows, expire_users, warn_of_expiry
from provisioning.users.operations.leave import (
    delete_user,
    get_deletion_impact,
    move_user,
    remove_user_from_company,
    restore_user,
)
from provisioning.users.operations.read import count_users, get_user, list_users
from provisioning.users.operations.states import resume_user, suspend_user

OPERATIONS = (
    create_user,
    create_users,
    get_user,
    list_users,
    count_users,
    update_user,
    suspend_user,
    resume_user,
    move_user,
    get_deletion_impact,
    remove_user_from_company,
    delete_user,
    restore_user,
    set_pin,
    reset_pin,
)
OPERATOR_OPERATIONS = (warn_of_expiry, expire_users, end_restore_windows)

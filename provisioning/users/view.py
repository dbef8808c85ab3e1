"""How users are shown to callers, from a mapped user or from the columns of one."""

from datetime import date
from typing import Any

from provisioning.kernel.texts import Language
from provisioning.users import contract
from provisioning.users.facts import Freed
from provisioning.users.model import UserState, effective_state

# What a read needs of a user's row: neither its PIN nor the keys it is sorted by.
COLUMNS = (
    "id",
    "company_id",
    "user_number",
    "external_id",
    "first_name",
    "last_name",
    "email",
    "language",
    "mobile_phone",
    "home_phone",
    "business_phone",
    "is_administrator",
    "state",
    "living",
    "suspension_reason",
    "extension",
    "dids",
    "expires_on",
    "created_at",
    "deleted_at",
    "restorable_until",
    "version",
)

# For a page of users: to call an enumeration takes eight times as long.
_LANGUAGES = {each.value: each for each in Language}


def shown(user: Any, day: date) -> contract.User:
    """The user as callers see it on a day."""
    state = effective_state(user.state, user.expires_on, day)
    return contract.User(
        user_id=user.id,
        company_id=user.company_id,
        user_number=user.user_number,
        external_id=user.external_id,
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        language=_LANGUAGES[user.language],
        mobile_phone=user.mobile_phone,
        home_phone=user.home_phone,
        business_phone=user.business_phone,
        administrator=user.is_administrator,
        state=state,
        suspension_reason=user.suspension_reason if state is UserState.SUSPENDED else None,
        extension=user.extension or None,
        did=tuple(user.dids.split()),
        expires_on=user.expires_on,
        created_at=user.created_at,
        deleted_at=user.deleted_at,
        restorable_until=user.restorable_until,
        version=user.version,
    )


def shown_freed(freed: Freed) -> contract.FreedResources:
    return contract.FreedResources(
        extension=freed.extension,
        did=tuple(freed.dids),
        sip_account=tuple(freed.sip_accounts),
        count=bool(freed.extension) + len(freed.dids) + len(freed.sip_accounts),
    )

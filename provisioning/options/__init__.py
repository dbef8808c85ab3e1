"""Options of users and companies, and SIP accounts. The door: what other rooms may call."""

from provisioning.options.choosing import choose, chosen, options_of
from provisioning.options.model import LOST_RACES
from provisioning.options.operations import OPERATIONS
from provisioning.options.reactions import (
    forget_accounts,
    free_accounts,
    give_accounts_back,
    lose_accounts,
    refuse_own_change,
    set_wished,
    tell_accounts,
)
from provisioning.options.sip import set_account
from provisioning.options.store import reseal

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "choose",
    "chosen",
    "forget_accounts",
    "free_accounts",
    "give_accounts_back",
    "lose_accounts",
    "options_of",
    "refuse_own_change",
    "reseal",
    "set_account",
    "set_wished",
    "tell_accounts",
]

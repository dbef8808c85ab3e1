"""Service packages. The door: what other rooms may call."""

from provisioning.packages.giving import answer_included, give, give_defaults, take, tell_voicemail
from provisioning.packages.model import LOST_RACES
from provisioning.packages.operations import OPERATIONS
from provisioning.packages.reactions import (
    USER_FILTERS,
    give_wished,
    join_with_defaults,
    lose_packages,
    name_package,
)
from provisioning.packages.store import held

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "USER_FILTERS",
    "answer_included",
    "give",
    "give_defaults",
    "give_wished",
    "held",
    "join_with_defaults",
    "lose_packages",
    "name_package",
    "take",
    "tell_voicemail",
]

"""Call restrictions. The door: what other rooms may call."""

from provisioning.restrictions.model import LOST_RACES
from provisioning.restrictions.operations import OPERATIONS, apply_exactly
from provisioning.restrictions.reactions import apply_wished, lose_restrictions, tell_barred
from provisioning.restrictions.store import applied_to

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "applied_to",
    "apply_exactly",
    "apply_wished",
    "lose_restrictions",
    "tell_barred",
]

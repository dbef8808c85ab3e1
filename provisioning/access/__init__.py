"""Clients and who calls. The door: what other rooms may call."""

from provisioning.access.attempts import FailedAttempts, count_failure, forget_old, forgive
from provisioning.access.authenticator import Authenticator
from provisioning.access.model import (
    LOST_RACES,
    SECRET_PREFIX,
    ClientChanged,
    ClientCreated,
    ClientMode,
    ClientRevoked,
    ClientSecretRotated,
)
from provisioning.access.operations import OPERATIONS, revoke_clients_of
from provisioning.access.store import hold_caller, may, reseal

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "SECRET_PREFIX",
    "Authenticator",
    "ClientChanged",
    "ClientCreated",
    "ClientMode",
    "ClientRevoked",
    "ClientSecretRotated",
    "FailedAttempts",
    "count_failure",
    "forget_old",
    "forgive",
    "hold_caller",
    "may",
    "reseal",
    "revoke_clients_of",
]

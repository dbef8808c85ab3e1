"""Phone systems and whom they serve. The door: what other parts may call."""

from provisioning.phone_systems.model import (
    LOST_RACES,
    AsteriskSettings,
    HashAlgorithm,
    KamailioSettings,
    PhoneSystem,
    PhoneSystemKind,
    PhoneSystemRemoved,
    SystemSettings,
)
from provisioning.phone_systems.operations import OPERATOR_OPERATIONS
from provisioning.phone_systems.store import (
    disabled,
    find_phone_system,
    phone_systems,
    phone_systems_by_id,
    reseal,
    serving,
)

__all__ = [
    "LOST_RACES",
    "OPERATOR_OPERATIONS",
    "AsteriskSettings",
    "HashAlgorithm",
    "KamailioSettings",
    "PhoneSystem",
    "PhoneSystemKind",
    "PhoneSystemRemoved",
    "SystemSettings",
    "disabled",
    "find_phone_system",
    "phone_systems",
    "phone_systems_by_id",
    "reseal",
    "serving",
]

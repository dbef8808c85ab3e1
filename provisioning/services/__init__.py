"""Services and what users configure of them. The door: what other rooms may call."""

from provisioning.services.model import Service
from provisioning.services.operations import (
    OPERATIONS,
    OPERATOR_OPERATIONS,
    IncludedServices,
    configure,
    take_away,
)
from provisioning.services.reactions import configure_wished, forget_settings
from provisioning.services.store import find_service, reseal, services_of

__all__ = [
    "OPERATIONS",
    "OPERATOR_OPERATIONS",
    "IncludedServices",
    "Service",
    "configure",
    "configure_wished",
    "find_service",
    "forget_settings",
    "reseal",
    "services_of",
    "take_away",
]

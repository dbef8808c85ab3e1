"""DIDs: a provider's numbers, who has them and who may have them next. The door."""

from provisioning.dids.endings import OPERATOR_OPERATIONS, end_did_reservations
from provisioning.dids.model import (
    Did,
    DidAssigned,
    DidChanged,
    DidReservationReleased,
    DidReserved,
    DidsAdded,
    DidsAllocated,
    DidState,
    DidsWithdrawn,
    DidTransferred,
    DidUnassigned,
    DidUse,
)
from provisioning.dids.operations import OPERATIONS
from provisioning.dids.promises import give_promised, keep_for, release_promised
from provisioning.dids.reactions import (
    count,
    empty_company,
    forget,
    free_all,
    give_back,
    give_wished,
    let_all_go,
    let_go,
    name_holder,
    tell_numbers,
)

__all__ = [
    "OPERATIONS",
    "OPERATOR_OPERATIONS",
    "Did",
    "DidAssigned",
    "DidChanged",
    "DidReservationReleased",
    "DidReserved",
    "DidState",
    "DidTransferred",
    "DidUnassigned",
    "DidUse",
    "DidsAdded",
    "DidsAllocated",
    "DidsWithdrawn",
    "count",
    "empty_company",
    "end_did_reservations",
    "forget",
    "free_all",
    "give_back",
    "give_promised",
    "give_wished",
    "keep_for",
    "let_all_go",
    "let_go",
    "name_holder",
    "release_promised",
    "tell_numbers",
]

"""Reconciliations of phone systems. The door: what other parts may call."""

from provisioning.reconciliations.model import (
    LOST_RACES,
    Difference,
    Drift,
    Reconciliation,
    ReconciliationMode,
    ReconciliationState,
)
from provisioning.reconciliations.operations import OPERATIONS
from provisioning.reconciliations.store import count_not_over, forget_old
from provisioning.reconciliations.work import Job, Step, is_any_due, keep, let_go, put_off, take

__all__ = [
    "LOST_RACES",
    "OPERATIONS",
    "Difference",
    "Drift",
    "Job",
    "Reconciliation",
    "ReconciliationMode",
    "ReconciliationState",
    "Step",
    "count_not_over",
    "forget_old",
    "is_any_due",
    "keep",
    "let_go",
    "put_off",
    "take",
]

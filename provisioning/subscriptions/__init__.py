"""Subscriptions to changes. The door: what other parts may call."""

from provisioning.subscriptions.contract import DisableSubscriptionRequest
from provisioning.subscriptions.model import DisabledReason, Subscription
from provisioning.subscriptions.operations import (
    OPERATIONS,
    OPERATOR_OPERATIONS,
    disable_subscription,
    end_subscriptions_of,
)
from provisioning.subscriptions.progress import Lease, may_be_due, pass_over, placed, take
from provisioning.subscriptions.store import count_by_state, forget_old, reseal
from provisioning.subscriptions.targets import (
    NotAllowed,
    Resolve,
    Target,
    allowed_addresses,
    read_target,
    system_addresses,
)

__all__ = [
    "OPERATIONS",
    "OPERATOR_OPERATIONS",
    "DisableSubscriptionRequest",
    "DisabledReason",
    "Lease",
    "NotAllowed",
    "Resolve",
    "Subscription",
    "Target",
    "allowed_addresses",
    "count_by_state",
    "disable_subscription",
    "end_subscriptions_of",
    "forget_old",
    "may_be_due",
    "pass_over",
    "placed",
    "read_target",
    "reseal",
    "system_addresses",
    "take",
]

"""Sign-ups. The door: what other rooms may call."""

from provisioning.signups.model import LOST_RACES
from provisioning.signups.operations import OPERATIONS, OPERATOR_OPERATIONS, end_sign_ups

__all__ = ["LOST_RACES", "OPERATIONS", "OPERATOR_OPERATIONS", "end_sign_ups"]

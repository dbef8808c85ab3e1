"""The daily run: what time does to accounts, and forgetting what is kept only for a time. The door."""

from provisioning.daily.claims import Claim, is_open, take
from provisioning.daily.hours import due_day
from provisioning.daily.model import DailyRun
from provisioning.daily.operations import OPERATOR_OPERATIONS
from provisioning.daily.running import Report, run_steps

__all__ = [
    "OPERATOR_OPERATIONS",
    "Claim",
    "DailyRun",
    "Report",
    "due_day",
    "is_open",
    "run_steps",
    "take",
]

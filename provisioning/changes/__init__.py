"""The change feed, as callers read it. The door."""

from provisioning.changes.operations import OPERATIONS
from provisioning.changes.store import forget_old

__all__ = ["OPERATIONS", "forget_old"]

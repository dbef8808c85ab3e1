"""What has still to be delivered, as callers see it. The door."""

from provisioning.tasks.figures import figures
from provisioning.tasks.operations import OPERATIONS

__all__ = ["OPERATIONS", "figures"]

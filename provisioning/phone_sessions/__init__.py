"""Phone sessions. The door: what other rooms may call."""

from provisioning.phone_sessions.operations import OPERATIONS

__all__ = ["OPERATIONS"]

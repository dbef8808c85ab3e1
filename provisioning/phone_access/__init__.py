"""Whether somebody on the phone may use an account. The door: what other rooms may call."""

from provisioning.phone_access.operations import OPERATIONS

__all__ = ["OPERATIONS"]

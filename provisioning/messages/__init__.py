"""E-mails to users: what is kept of each. The door: what other parts may call."""

from provisioning.messages.model import Delivery
from provisioning.messages.post import post

__all__ = ["Delivery", "post"]

"""E-mails to users: what is kept of each. The door: what other parts may call."""

from provisioning.messages.composing import ComposedLetter, compose_letter
from provisioning.messages.contract import LinkedUser
from provisioning.messages.links import end_links, reseal
from provisioning.messages.model import Delivery, LinkOver, LinkUnknown
from provisioning.messages.operations import OPERATIONS, PAGE_OPERATIONS
from provisioning.messages.post import post
from provisioning.messages.store import forget_old, note_sent

__all__ = [
    "OPERATIONS",
    "PAGE_OPERATIONS",
    "ComposedLetter",
    "Delivery",
    "LinkOver",
    "LinkUnknown",
    "LinkedUser",
    "compose_letter",
    "end_links",
    "forget_old",
    "note_sent",
    "post",
    "reseal",
]

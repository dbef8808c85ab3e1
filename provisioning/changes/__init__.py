"""The change feed, as callers read it. The door."""

from provisioning.changes.contract import Change, ChangedObjectType, ChangeKind, ListChangesRequest
from provisioning.changes.feed import Place, is_kept, read_place, write_place
from provisioning.changes.operations import OPERATIONS, read_on
from provisioning.changes.store import anything_after, end_of_feed, forget_old

__all__ = [
    "OPERATIONS",
    "Change",
    "ChangeKind",
    "ChangedObjectType",
    "ListChangesRequest",
    "Place",
    "anything_after",
    "end_of_feed",
    "forget_old",
    "is_kept",
    "read_on",
    "read_place",
    "write_place",
]

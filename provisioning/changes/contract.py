"""Messages of the changes room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from provisioning.kernel.facets import Facet, Most, ObjectId
from provisioning.kernel.paging import PagedRequest

ChangeKind = Annotated[
    str,
    Facet(
        name="ChangeKind",
        min_length=1,
        max_length=60,
        pattern="[A-Za-z]*",
        doc="What happened, in the past tense: UserCreated, DidAssigned.",
    ),
]
ChangedObjectType = Annotated[
    str,
    Facet(
        name="ChangedObjectType",
        min_length=1,
        max_length=40,
        pattern="[A-Za-z]*",
        doc="What it happened to: Company, Client, User, Did.",
    ),
]
ChangedObjectId = Annotated[
    str,
    Facet(
        name="ChangedObjectId",
        min_length=1,
        max_length=64,
        doc="Identifier of the object; of a DID its number.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListChangesRequest(PagedRequest):
    since: Annotated[
        datetime | None,
        "Only changes from this moment on; without it and without a cursor: all that are kept.",
    ] = None
    kind: Annotated[tuple[ChangeKind, ...], Most(100), "Only changes of these kinds."] = ()
    object_type: Annotated[ChangedObjectType | None, "Only changes of objects of this type."] = None
    object_id: Annotated[ChangedObjectId | None, "Only changes of this object."] = None
    user_id: Annotated[
        ObjectId | None, "Only changes of this user, and of what it got or lost, a number for instance."
    ] = None
    company_id: Annotated[ObjectId | None, "Only changes in this company."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDetail:
    """One thing that a change tells. A name may occur several times when there are several values."""

    name: Annotated[str, "What it is about."]
    value: Annotated[str | None, "The value now; absent: none, or no longer any."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of one object."""

    change_id: Annotated[str, "Its identifier, unique in the installation."]
    at: Annotated[datetime, "When it happened, UTC."]
    kind: Annotated[ChangeKind, "What happened. Later versions may add kinds: pass over one you do not know."]
    object_type: Annotated[ChangedObjectType, "Type of the object it happened to."]
    object_id: Annotated[ChangedObjectId, "The object it happened to."]
    company_id: Annotated[ObjectId | None, "The object's company; absent when it is the provider's."] = None
    detail: Annotated[tuple[ChangeDetail, ...], "What else is to be told; never a secret."] = ()
    client_name: Annotated[str, "Who did it."]
    operation: Annotated[str, "By which operation."]
    request_id: Annotated[str | None, "The requestId of that call, when it had one."] = None
    transaction_id: Annotated[str, "The transactionId of that call; its changes share it."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePage:
    """A page of changes, in the order in which they were made."""

    change: Annotated[tuple[Change, ...], "The changes."] = ()
    next_cursor: Annotated[
        str,
        "Where to go on: at once when more is true, otherwise when you like to ask for news. Always there.",
    ]
    more: Annotated[bool, "True: the next page has changes already."]
    total: Annotated[int | None, "How many there are by these filters, when asked for."] = None

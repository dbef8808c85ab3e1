"""Messages of the access room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from provisioning.access.model import ClientMode
from provisioning.access.reach import read_network
from provisioning.kernel.caller import Right, Scope
from provisioning.kernel.facets import Facet, Kind, Most, ObjectId, Secret
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest

CLIENT_NAME = "[A-Za-z0-9][A-Za-z0-9_.@\\-]*"

ClientName = Annotated[
    str,
    Facet(
        name="ClientName",
        min_length=1,
        max_length=64,
        pattern=CLIENT_NAME,
        doc="The name a client signs in with: ASCII letters, digits, dot, hyphen, underscore, at sign.",
    ),
]
SourceNetwork = Annotated[
    str,
    Facet(
        name="SourceNetwork",
        min_length=2,
        max_length=49,
        normalize=read_network,
        doc="A network in CIDR form, 192.0.2.0/24 or 2001:db8::/32, or a single address.",
    ),
]
RequestRate = Annotated[
    int, Facet(Kind.INT, name="RequestRate", minimum=1, maximum=100_000, doc="Requests in a minute.")
]
OverlapMinutes = Annotated[
    int,
    Facet(
        Kind.INT, name="OverlapMinutes", minimum=0, maximum=43_200, doc="Minutes, at most 30 days of them."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """A client to create."""

    name: Annotated[ClientName, "What it signs in with, unique in the installation."]
    company_id: Annotated[
        ObjectId | None,
        "The company it belongs to and whose things alone it sees. Absent: the company of the calling client, "
        "or, when a provider's client calls, a client of the provider.",
    ] = None
    right: Annotated[
        tuple[Right, ...], Most(len(Right)), "What it may do, per group of operations; WRITE includes READ."
    ] = ()
    network: Annotated[
        tuple[SourceNetwork, ...],
        Most(100),
        "From where it may call. Absent: from where the calling client may; usually anywhere.",
    ] = ()
    expires_at: Annotated[
        datetime | None, "From when on it is refused. Absent: when the calling client is; usually never."
    ] = None
    requests_per_minute: Annotated[RequestRate | None, "Most requests in a minute; absent: no limit."] = None
    mode: Annotated[ClientMode | None, "LIVE by default. Writes of a TEST client are dry runs."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """A client as it is, without its secrets."""

    client_id: Annotated[ObjectId, "Its identifier; never changes."]
    name: Annotated[ClientName, "What it signs in with."]
    scope: Annotated[Scope, "PROVIDER: it sees all companies of its provider. COMPANY: only its own."]
    company_id: Annotated[ObjectId | None, "Its company, with scope COMPANY."] = None
    right: Annotated[tuple[Right, ...], "What it may do; WRITE includes READ."] = ()
    network: Annotated[tuple[SourceNetwork, ...], "From where it may call; none: from anywhere."] = ()
    expires_at: Annotated[datetime | None, "From when on it is refused, UTC."] = None
    requests_per_minute: Annotated[int | None, "Most requests in a minute."] = None
    mode: Annotated[ClientMode, "LIVE or TEST."]
    old_secret_until: Annotated[
        datetime | None, "Until when the secret before the last rotation is taken as well, UTC."
    ] = None
    revoked_at: Annotated[datetime | None, "When it was revoked, UTC; absent: it was not."] = None
    created_at: Annotated[datetime, "When it was created, UTC."]
    version: Annotated[int, "Grows with every change."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientResult:
    """A client after a write."""

    client: Annotated[Client, "The client as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecretResult:
    """A client and its new secret."""

    client: Annotated[Client, "The client as it is now."]
    secret: Annotated[
        Secret | None,
        "The new secret. Keep it: it is shown this once, and is absent when the answer is a replay.",
    ] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientPage:
    """A page of clients."""

    client: Annotated[tuple[Client, ...], "The clients, by name."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateClientRequest(Request):
    new_client: Annotated[NewClient, "The client to create."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListClientsRequest(PagedRequest):
    company_id: Annotated[ObjectId | None, "Only clients of this company."] = None
    with_revoked: Annotated[bool | None, "True: revoked ones as well."] = None


class ClientField(StrEnum):
    """Fields of a client that can be cleared."""

    RIGHTS = "RIGHTS"
    NETWORKS = "NETWORKS"
    EXPIRES_AT = "EXPIRES_AT"
    REQUESTS_PER_MINUTE = "REQUESTS_PER_MINUTE"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateClientRequest(Request):
    client_id: Annotated[ObjectId, "The client to change."]
    name: Annotated[ClientName | None, "New name; absent leaves it."] = None
    right: Annotated[tuple[Right, ...], Most(len(Right)), "All of its rights; none leaves them."] = ()
    network: Annotated[
        tuple[SourceNetwork, ...], Most(100), "All of its source networks; none leaves them."
    ] = ()
    expires_at: Annotated[datetime | None, "New expiry; absent leaves it."] = None
    requests_per_minute: Annotated[RequestRate | None, "New request rate; absent leaves it."] = None
    mode: Annotated[ClientMode | None, "New mode; absent leaves it."] = None
    clear_field: Annotated[tuple[ClientField, ...], "Fields to clear."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateClientSecretRequest(Request):
    client_id: Annotated[ObjectId, "The client that gets a new secret."]
    overlap_minutes: Annotated[
        OverlapMinutes | None,
        "How long the present secret is taken beside the new one, up to 43200 (30 days); "
        "absent or 0: it ends at once.",
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevokeClientRequest(Request):
    client_id: Annotated[ObjectId, "The client to revoke."]

"""Operations of the access room."""

from datetime import datetime, timedelta
from typing import Any

from provisioning.access import contract, store
from provisioning.access.contract import ClientResult, ClientSecretResult
from provisioning.access.model import (
    Client,
    ClientChanged,
    ClientCreated,
    ClientMode,
    ClientRevoked,
    ClientSecretRotated,
)
from provisioning.access.reach import Reach, networks_of, rights_of, words_of
from provisioning.companies import Company, CompanyDeleted, find_company
from provisioning.kernel.caller import ALL_RIGHTS, Caller, Right, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import DuplicateCode, invalid
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.shape import camel
from provisioning.kernel.unit_of_work import UnitOfWork

_CLEARED = {
    contract.ClientField.RIGHTS: ("rights", ""),
    contract.ClientField.NETWORKS: ("networks", ""),
    contract.ClientField.EXPIRES_AT: ("expires_at", None),
    contract.ClientField.REQUESTS_PER_MINUTE: ("requests_per_minute", None),
}


@writes(Right.ACCESS_WRITE)
def create_client(
    request: contract.CreateClientRequest, caller: Caller, unit: UnitOfWork
) -> ClientSecretResult:
    """Create a client, an account that a program calls with. Its secret is shown this once.

    Errors: NOT_FOUND (the company), DUPLICATE_CODE (the name), NOT_PERMITTED (a right, a network or an expiry
    that the calling client has not itself), INVALID_REQUEST (an expiry that is over).
    """
    own = _reach_of(caller, unit)
    client = _client_of(request.new_client, own, unit)
    with unit.all_violations() as violations:
        with violations.step():
            own.must_cover(client.reach, "newClient")
        with violations.step():
            _must_be_to_come(client.expires_at, "newClient.expiresAt", unit)
        with violations.step():
            _must_be_free(client.name, "newClient.name", unit)
    unit.db.add(client)
    unit.db.flush()
    secret = store.give_secret(unit.db, unit.keys, client.id)
    unit.record(ClientCreated(**_of(client), detail={"name": client.name, "mode": client.mode}))
    return ClientSecretResult(client=_shown(client), secret=secret)


@reads(Right.ACCESS_READ)
def list_clients(
    request: contract.ListClientsRequest, caller: Caller, unit: UnitOfWork
) -> contract.ClientPage:
    """The clients the caller sees, by name; never a secret. Errors: INVALID_CURSOR."""
    statement = store.listed(caller, request, unit.now)
    rows, cursor = take_page(unit.db, statement, Keyset("clients", (Client.name, Client.id)), request)
    return contract.ClientPage(
        client=tuple(_shown(row[0], row[1]) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@writes(Right.ACCESS_WRITE)
def update_client(request: contract.UpdateClientRequest, caller: Caller, unit: UnitOfWork) -> ClientResult:
    """Change a client. Absent fields stay as they are; clearField clears.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (it is revoked), DUPLICATE_CODE (the name), NOT_PERMITTED
    (it has, or would have, more than the calling client has itself), INVALID_REQUEST (an expiry that is over).
    """
    own = _reach_of(caller, unit)
    client = _target(request.client_id, own, unit)
    changes = {name: value for name, value in _wanted(request).items() if getattr(client, name) != value}
    with unit.all_violations() as violations, unit.db.no_autoflush:
        if "name" in changes:
            with violations.step():
                _must_be_free(changes["name"], "name", unit)
        if changes.get("expires_at"):
            with violations.step():
                _must_be_to_come(changes["expires_at"], "expiresAt", unit)
        for name, value in changes.items():
            setattr(client, name, value)
        with violations.step():
            own.must_cover(client.reach, "clientId")
    if changes:
        unit.db.flush()
        unit.record(ClientChanged(**_of(client), detail=_told(changes)))
    return ClientResult(client=_shown(client, store.find_old_secret_until(unit, client.id)))


@writes(Right.ACCESS_WRITE)
def rotate_client_secret(
    request: contract.RotateClientSecretRequest, caller: Caller, unit: UnitOfWork
) -> ClientSecretResult:
    """Give a client a new secret, shown this once. For as long as overlapMinutes says both are taken.

    At most two secrets are valid: one that was still valid from an earlier rotation ends at once.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_STATE (it is revoked), NOT_PERMITTED (it may do more than the
    calling client).
    """
    client = _target(request.client_id, _reach_of(caller, unit), unit)
    until = unit.now + timedelta(minutes=request.overlap_minutes) if request.overlap_minutes else None
    store.end_secrets(unit.db, client.id, until)
    secret = store.give_secret(unit.db, unit.keys, client.id)
    unit.db.flush()
    unit.record(ClientSecretRotated(**_of(client), detail={"oldSecretUntil": until and write_moment(until)}))
    return ClientSecretResult(client=_shown(client, until), secret=secret)


@writes(Right.ACCESS_WRITE)
def revoke_client(request: contract.RevokeClientRequest, caller: Caller, unit: UnitOfWork) -> ClientResult:
    """Refuse a client from now on, for good; its name may be given anew. Errors: NOT_FOUND, VERSION_CONFLICT."""
    client = store.lock_client(unit, request.client_id)
    if client.revoked_at is None:
        _revoke(client, unit)
    return ClientResult(client=_shown(client))


OPERATIONS = (create_client, list_clients, update_client, rotate_client_secret, revoke_client)


def revoke_clients_of(deleted: CompanyDeleted, unit: UnitOfWork) -> None:
    """A deleted company has no clients."""
    for client in store.living_clients(unit.db, deleted.object_id):
        _revoke(client, unit)


def _revoke(client: Client, unit: UnitOfWork) -> None:
    client.revoked_at = unit.now
    store.end_secrets(unit.db, client.id, None)
    unit.db.flush()
    unit.record(ClientRevoked(**_of(client), detail={"name": client.name}))


def _target(client_id: str, own: Reach, unit: UnitOfWork) -> Client:
    """The living client to change. Whoever could change one that reaches further could also call as it."""
    client = store.lock_client(unit, client_id)
    client.must_be_valid()
    own.must_cover(client.reach, "clientId")
    return client


def _reach_of(caller: Caller, unit: UnitOfWork) -> Reach:
    """How far the caller reaches itself; the operator, and whoever is no client, has no networks and no end."""
    if caller.operator:
        return Reach(ALL_RIGHTS)
    own = unit.db.get(Client, caller.client_id)
    return Reach(caller.rights, networks_of(own.networks), own.expires_at) if own else Reach(caller.rights)


def _client_of(new: contract.NewClient, own: Reach, unit: UnitOfWork) -> Client:
    company = _company_of(new, unit)
    return Client(
        id=new_id(),
        name=new.name,
        provider_id=company.provider_id if company else unit.caller.provider_id,
        company_id=company.id if company else None,
        rights=words_of(new.right),
        networks=words_of(new.network or own.networks),
        expires_at=new.expires_at or own.expires_at,
        requests_per_minute=new.requests_per_minute,
        mode=new.mode or ClientMode.LIVE,
        created_at=unit.now,
    )


def _company_of(new: contract.NewClient, unit: UnitOfWork) -> Company | None:
    if unit.caller.provider_id and not (new.company_id or unit.caller.company_id):
        return None
    return find_company(unit, new.company_id, field="newClient.companyId", lock=True)


def _wanted(request: contract.UpdateClientRequest) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        "name": request.name,
        "rights": words_of(request.right) or None,
        "networks": words_of(request.network) or None,
        "expires_at": request.expires_at,
        "requests_per_minute": request.requests_per_minute,
        "mode": request.mode,
    }
    given = {name: value for name, value in wanted.items() if value is not None}
    return given | dict(_CLEARED[field] for field in request.clear_field)


def _told(changes: dict[str, Any]) -> dict[str, Any]:
    """What the change feed shows of an update."""
    return {
        camel(name): write_moment(value) if isinstance(value, datetime) else value
        for name, value in changes.items()
    }


def _must_be_to_come(moment: datetime | None, field: str, unit: UnitOfWork) -> None:
    if moment is not None and moment <= unit.now:
        raise invalid(field, "IS_OVER", "must lie in the future", "doit se situer dans l'avenir")


def _must_be_free(name: str, field: str, unit: UnitOfWork) -> None:
    if store.has_name(unit.db, name):
        raise DuplicateCode(field=field, value=name)


def _shown(client: Client, old_secret_until: datetime | None = None) -> contract.Client:
    """The client as callers see it."""
    return contract.Client(
        client_id=client.id,
        name=client.name,
        scope=Scope.COMPANY if client.company_id else Scope.PROVIDER,
        company_id=client.company_id,
        right=tuple(sorted(rights_of(client.rights))),
        network=tuple(client.networks.split()),
        expires_at=client.expires_at,
        requests_per_minute=client.requests_per_minute,
        mode=ClientMode(client.mode),
        old_secret_until=old_secret_until,
        revoked_at=client.revoked_at,
        created_at=client.created_at,
        version=client.version,
    )


def _of(client: Client) -> dict[str, Any]:
    return {"object_id": client.id, "provider_id": client.provider_id, "company_id": client.company_id}

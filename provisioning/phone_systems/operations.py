"""Operations of the phone systems room. They are for the operator: where a password goes is his affair."""

from typing import Any

from sqlalchemy import make_url, select
from sqlalchemy.exc import ArgumentError

from provisioning.companies import Provider
from provisioning.kernel.caller import Caller, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import NotFound, invalid
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.outbox import OutboxState, Topic
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_systems import contract, store
from provisioning.phone_systems.contract import PhoneSystemResult
from provisioning.phone_systems.model import (
    SETTINGS,
    PhoneSystem,
    PhoneSystemAdded,
    PhoneSystemChanged,
    PhoneSystemKind,
    PhoneSystemRemoved,
)


@writes(None, scope=Scope.OPERATOR)
def add_phone_system(
    request: contract.AddPhoneSystemRequest, caller: Caller, unit: UnitOfWork
) -> PhoneSystemResult:
    """Let a phone system serve a provider. It is told of every user who changes from now on; of the others by
    a reconciliation with repair. Errors: NOT_FOUND (the provider), DUPLICATE_CODE, INVALID_REQUEST.
    """
    if unit.db.scalar(select(Provider.id).where(Provider.id == caller.provider_id)) is None:
        raise NotFound(object=caller.provider_id, what="provider")
    given = {each.name: each.value for each in request.setting}
    SETTINGS[request.kind].read(given)
    store.stop_writers(unit.db)
    system = PhoneSystem(
        id=new_id(),
        provider_id=caller.provider_id,
        name=request.name,
        kind=request.kind,
        settings=given,
        enabled=True,
        created_at=unit.now,
    )
    system.seal_url(_usable(request.url), unit.keys)
    unit.db.add(system)
    unit.db.flush()
    unit.record(PhoneSystemAdded(**_of(system), detail={"name": system.name, "kind": system.kind}))
    return PhoneSystemResult(phone_system=_shown(system, unit))


@reads(None, scope=Scope.OPERATOR)
def list_phone_systems(
    request: contract.ListPhoneSystemsRequest, caller: Caller, unit: UnitOfWork
) -> contract.PhoneSystemList:
    """The phone systems of a provider, and how many users each has still to be told of."""
    systems = store.phone_systems(unit.db, caller.provider_id)
    return contract.PhoneSystemList(phone_system=tuple(_shown(each, unit) for each in systems))


@writes(None, scope=Scope.OPERATOR)
def update_phone_system(
    request: contract.UpdatePhoneSystemRequest, caller: Caller, unit: UnitOfWork
) -> PhoneSystemResult:
    """Change a phone system's database or settings, or stop speaking to it for a while. Errors: NOT_FOUND,
    INVALID_REQUEST.
    """
    if request.url is not None or request.setting:
        store.stop_writers(unit.db)
    system = store.find_phone_system(unit, request.name)
    unit.check_version(system)
    changed = []
    if request.url is not None and not system.leads_to(request.url, unit.keys):
        system.seal_url(_usable(request.url), unit.keys)
        changed.append("url")
    if request.enabled is not None and request.enabled != system.enabled:
        system.enabled = request.enabled
        changed.append("enabled")
    settings = system.settings | {each.name: each.value for each in request.setting}
    if settings != system.settings:
        SETTINGS[PhoneSystemKind(system.kind)].read(settings)
        system.settings = settings
        changed.append("setting")
    if {"url", "setting"} & set(changed):
        store.tell_again(unit.db, system.id, unit.now)
        unit.outgoing.add(Topic.PHONE)
    if changed:
        unit.db.flush()
        unit.record(PhoneSystemChanged(**_of(system), detail={"name": system.name, "changed": changed}))
    return PhoneSystemResult(phone_system=_shown(system, unit))


@writes(None, scope=Scope.OPERATOR)
def remove_phone_system(
    request: contract.PhoneSystemRequest, caller: Caller, unit: UnitOfWork
) -> PhoneSystemResult:
    """Let a phone system serve a provider no longer. What it knows it keeps; what it had still to be told of is
    forgotten. Errors: NOT_FOUND.
    """
    system = store.find_phone_system(unit, request.name)
    shown = _shown(system, unit)
    store.forget_waiting(unit.db, system.id)
    unit.db.delete(system)
    unit.db.flush()
    unit.record(PhoneSystemRemoved(**_of(system), detail={"name": system.name}))
    return PhoneSystemResult(phone_system=shown)


OPERATOR_OPERATIONS = (add_phone_system, list_phone_systems, update_phone_system, remove_phone_system)


def _usable(url: str) -> str:
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise invalid(
            "url",
            "WRONG_FORM",
            "must begin with sqlite:/// or postgresql+psycopg://",
            "doit commencer par sqlite:/// ou postgresql+psycopg://",
        )
    try:
        usable = bool(make_url(url).database) or not url.startswith("sqlite")
    except (ArgumentError, ValueError):  # a port that is no number, for instance
        usable = False
    if not usable:
        raise invalid(
            "url",
            "WRONG_FORM",
            "cannot be read, or names no file",
            "est illisible, ou ne nomme aucun fichier",
        )
    return url


def _shown(system: PhoneSystem, unit: UnitOfWork) -> contract.PhoneSystemView:
    waiting = store.users_waiting(unit.db, system.id)
    return contract.PhoneSystemView(
        phone_system_id=system.id,
        name=system.name,
        kind=PhoneSystemKind(system.kind),
        enabled=system.enabled,
        setting=tuple(contract.Setting(name=name, value=value) for name, value in system.settings.items()),
        waiting=waiting.get(OutboxState.WAITING, 0),
        failed=waiting.get(OutboxState.FAILED, 0),
        version=system.version,
    )


def _of(system: PhoneSystem) -> dict[str, Any]:
    return {"object_id": system.id, "provider_id": system.provider_id}

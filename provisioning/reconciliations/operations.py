"""Operations of the reconciliations room. What they ask for is done by relays."""

from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import NotFound, invalid
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_systems import PhoneSystem, find_phone_system, phone_systems
from provisioning.reconciliations import contract, store
from provisioning.reconciliations.model import (
    NOT_COMPARED,
    Drift,
    FoundDifference,
    OtherReconciliationRuns,
    PhoneSystemDisabled,
    Reconciliation,
    ReconciliationMode,
    ReconciliationStarted,
    ReconciliationState,
)


@writes(Right.PROVISIONING_WRITE, scope=Scope.PROVIDER)
def start_reconciliation(
    request: contract.StartReconciliationRequest, caller: Caller, unit: UnitOfWork
) -> contract.StartReconciliationResult:
    """Have a phone system compared with what the service knows, and with mode REPAIR what differs mended.

    A relay does it: ask GetReconciliation how far it is. What has still to be delivered is no difference, and rows that
    are not the service's own are never touched. While one of the same mode is not over, it is the answer, with
    noChange. Errors: NOT_FOUND, IN_USE (one of the other mode is not over), INVALID_STATE (the phone system is
    disabled), INVALID_REQUEST (no name, and the provider has several phone systems).
    """
    system = _asked_system(unit, request.phone_system)
    mode = request.mode or ReconciliationMode.REPORT
    row = store.under_way(unit.db, system.id)
    if row is None:
        row = _begin(unit, system, mode)
    elif row.mode != mode:
        raise OtherReconciliationRuns(field="mode", object=row.id, mode=row.mode)
    return contract.StartReconciliationResult(reconciliation=_shown(row, unit))


@reads(Right.PROVISIONING_READ, scope=Scope.PROVIDER)
def get_reconciliation(
    request: contract.GetReconciliationRequest, caller: Caller, unit: UnitOfWork
) -> contract.ReconciliationPage:
    """How far a reconciliation is, and what it found, page by page. Errors: NOT_FOUND, INVALID_CURSOR."""
    row = store.find_reconciliation(unit, request.reconciliation_id)
    statement = store.differences(row.id)
    # The cursor of another reconciliation's differences is refused.
    keyset = Keyset(f"differences {row.id}", (FoundDifference.number,))
    rows, cursor = take_page(unit.db, statement, keyset, request)
    return contract.ReconciliationPage(
        reconciliation=_shown(row, unit),
        difference=tuple(
            contract.PhoneSystemDifference(
                drift=Drift(each[0]), table=each[1], name=each[2], column=tuple(each[3]), user_id=each[4]
            )
            for each in rows
        ),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


OPERATIONS = (start_reconciliation, get_reconciliation)


def _asked_system(unit: UnitOfWork, name: str | None) -> PhoneSystem:
    """The phone system that is meant, locked: two calls at once see each other's reconciliation."""
    if name is None:
        systems = phone_systems(unit.db, unit.caller.provider_id)
        if len(systems) > 1:
            raise invalid(
                "phoneSystem",
                "REQUIRED",
                "is required: the provider has several phone systems",
                "est obligatoire : le fournisseur a plusieurs systèmes téléphoniques",
            )
        if not systems:
            raise NotFound(field="phoneSystem", what="phone system")
        name = systems[0].name
    return find_phone_system(unit, name, field="phoneSystem", lock=True)


def _begin(unit: UnitOfWork, system: PhoneSystem, mode: ReconciliationMode) -> Reconciliation:
    if not system.enabled:
        raise PhoneSystemDisabled(field="phoneSystem", object=system.name, name=system.name)
    row = Reconciliation(
        id=new_id(),
        provider_id=system.provider_id,
        phone_system_id=system.id,
        phone_system=system.name,
        mode=mode,
        state=ReconciliationState.QUEUED,
        transaction_id=unit.transaction_id,
        requested_at=unit.now,
        due_at=unit.now,
    )
    unit.db.add(row)
    unit.db.flush()
    detail = {"phone_system": system.name, "mode": mode}
    unit.record(ReconciliationStarted(object_id=row.id, provider_id=row.provider_id, detail=detail))
    return row


def _shown(row: Reconciliation, unit: UnitOfWork) -> contract.Reconciliation:
    error = row.last_error
    return contract.Reconciliation(
        reconciliation_id=row.id,
        phone_system=row.phone_system,
        mode=ReconciliationMode(row.mode),
        state=ReconciliationState(row.state),
        requested_at=row.requested_at,
        started_at=row.started_at,
        ended_at=row.ended_at,
        users_checked=row.checked,
        missing=row.missing,
        extra=row.extra,
        different=row.different,
        foreign=row.foreign,
        users_repaired=row.repaired,
        error=NOT_COMPARED.in_language(unit.language, said=error) if error else None,
    )

"""Reservations that end by themselves."""

from provisioning.dids import store
from provisioning.dids.model import DidReservationReleased
from provisioning.kernel.caller import Caller, Scope
from provisioning.kernel.messages import BatchRequest, BatchResult
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork

AT_ONCE = 200


@writes(None, scope=Scope.OPERATOR)
def end_did_reservations(request: BatchRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:  # noqa: ARG001 - the signature of operations
    """Forget for whom numbers were kept until a moment that has passed; they are free since. For the operator only."""
    dids = store.lock_ended_reservations(unit.db, caller.provider_id, unit.now, AT_ONCE)
    for did in dids:
        did.forget_reservation()
        unit.record(
            DidReservationReleased(
                object_id=did.number, provider_id=did.provider_id, company_id=did.company_id
            )
        )
    unit.db.flush()
    return BatchResult(count=len(dids), more=len(dids) == AT_ONCE)


OPERATOR_OPERATIONS = (end_did_reservations,)

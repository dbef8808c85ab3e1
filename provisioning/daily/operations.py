"""Forgetting what is kept only for a time."""

from collections.abc import Callable
from datetime import timedelta

from provisioning import access, changes
from provisioning.daily.contract import ForgetOldRequest, Kept
from provisioning.daily.model import DailyRun
from provisioning.kernel.caller import Caller, Scope
from provisioning.kernel.idempotency import RequestRow
from provisioning.kernel.journal import AuditEntry
from provisioning.kernel.messages import BatchResult
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.deletion import delete_some
from provisioning.users import forget_warnings

AT_ONCE = 2000
_RUNS_KEPT = timedelta(days=365)


def _forget_answers(unit: UnitOfWork, most: int) -> int:
    before = unit.now - timedelta(days=unit.settings.retention_days)
    return delete_some(unit.db, RequestRow, RequestRow.at < before, most)


def _forget_audit(unit: UnitOfWork, most: int) -> int:
    before = unit.now - timedelta(days=unit.settings.audit_days)
    return delete_some(unit.db, AuditEntry, AuditEntry.at < before, most)


def _forget_runs(unit: UnitOfWork, most: int) -> int:
    return delete_some(unit.db, DailyRun, DailyRun.day < unit.today - _RUNS_KEPT, most)


_FORGETTING: dict[Kept, Callable[[UnitOfWork, int], int]] = {
    Kept.ANSWERS: _forget_answers,
    Kept.SIGN_INS: lambda unit, most: access.forget_old(unit.db, unit.now, most),
    Kept.CHANGES: lambda unit, most: changes.forget_old(unit.db, unit.settings, unit.now, most),
    Kept.AUDIT: _forget_audit,
    Kept.WARNINGS: lambda unit, most: forget_warnings(unit.db, unit.today, most),
    Kept.RUNS: _forget_runs,
}


@writes(None, scope=Scope.OPERATOR)
def forget_old(request: ForgetOldRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:
    """Delete some of what is older than the service is set to keep it. For the operator only."""
    count = _FORGETTING[request.kept](unit, AT_ONCE)
    return BatchResult(count=count, more=count >= AT_ONCE)


OPERATOR_OPERATIONS = (forget_old,)

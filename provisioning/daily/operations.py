"""Forgetting what is kept only for a time."""

from collections.abc import Callable
from datetime import datetime, timedelta

from provisioning import access, changes, messages, reconciliations, subscriptions
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


def _forget_answers(unit: UnitOfWork) -> int:
    return delete_some(unit.db, RequestRow, RequestRow.at < _ago(unit, unit.settings.retention_days), AT_ONCE)


def _forget_audit(unit: UnitOfWork) -> int:
    return delete_some(unit.db, AuditEntry, AuditEntry.at < _ago(unit, unit.settings.audit_days), AT_ONCE)


def _forget_runs(unit: UnitOfWork) -> int:
    return delete_some(unit.db, DailyRun, DailyRun.day < unit.today - _RUNS_KEPT, AT_ONCE)


def _ago(unit: UnitOfWork, days: int) -> datetime:
    return unit.now - timedelta(days=days)


_FORGETTING: dict[Kept, Callable[[UnitOfWork], int]] = {
    Kept.ANSWERS: _forget_answers,
    Kept.SIGN_INS: lambda unit: access.forget_old(unit.db, unit.now, AT_ONCE),
    Kept.CHANGES: lambda unit: changes.forget_old(unit.db, unit.settings, unit.now, AT_ONCE),
    Kept.AUDIT: _forget_audit,
    Kept.MAILS: lambda unit: messages.forget_old(unit.db, _ago(unit, unit.settings.delivery_days), AT_ONCE),
    Kept.SUBSCRIPTIONS: lambda unit: subscriptions.forget_old(unit.db, unit.settings, unit.now, AT_ONCE),
    Kept.RECONCILIATIONS: lambda unit: reconciliations.forget_old(
        unit.db, _ago(unit, unit.settings.changes_days)
    ),
    Kept.WARNINGS: lambda unit: forget_warnings(unit.db, unit.today, AT_ONCE),
    Kept.RUNS: _forget_runs,
}


@writes(None, scope=Scope.OPERATOR)
def forget_old(request: ForgetOldRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:
    """Delete some of what is older than the service is set to keep it. For the operator only."""
    count = _FORGETTING[request.kept](unit)
    return BatchResult(count=count, more=count > 0)


OPERATOR_OPERATIONS = (forget_old,)

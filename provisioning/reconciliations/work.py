"""How relays share the work on reconciliations: take one, keep each step with its checkpoint, end it or put it off.

Every step is kept only by the relay that still has the reconciliation: what is counted is counted once.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from provisioning.persistence.base import table_of
from provisioning.reconciliations.model import (
    MOST_KEPT,
    Difference,
    Drift,
    FoundDifference,
    Reconciliation,
    ReconciliationMode,
    ReconciliationState,
)

_ERROR_LENGTH = 500
_ADD = insert(table_of(FoundDifference))

# How long to wait after the so-manieth attempt has failed; None: there were enough.
WaitAfter = Callable[[int], timedelta | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A reconciliation that a relay has taken, and where it goes on."""

    reconciliation_id: str
    phone_system_id: str
    transaction_id: str
    mends: bool
    after: str
    worker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Users who were compared; ``last`` is None when there are no more of them."""

    checked: int
    last: str | None
    differences: Sequence[Difference]
    repaired: int


def is_any_due(db: Session, now: datetime) -> bool:
    return db.scalars(_due(now)).first() is not None


def take(db: Session, worker: str, now: datetime, lease: timedelta) -> Job | None:
    """Take the reconciliation that has waited longest; those that others take at this moment are passed over."""
    row = db.scalars(_due(now).with_for_update(skip_locked=True)).first()
    if row is None:
        return None
    row.state = ReconciliationState.RUNNING
    row.started_at = row.started_at or now
    row.leased_by, row.due_at = worker, now + lease
    return Job(
        reconciliation_id=row.id,
        phone_system_id=row.phone_system_id,
        transaction_id=row.transaction_id,
        mends=row.mode == ReconciliationMode.REPAIR,
        after=row.checkpoint,
        worker=worker,
    )


def keep(db: Session, job: Job, step: Step, now: datetime, lease: timedelta) -> bool:
    """Keep a step; False when the reconciliation is another relay's by now, and nothing was kept."""
    row = _own(db, job)
    if row is None:
        return False
    _keep_differences(db, row, step.differences)
    row.checked += step.checked
    row.repaired += step.repaired
    row.attempts, row.last_error = 0, None
    row.due_at = now + lease
    if step.last is None:
        _end(row, ReconciliationState.DONE, now)
    else:
        row.checkpoint = step.last
    return True


def put_off(db: Session, job: Job, now: datetime, error: str, wait_after: WaitAfter) -> None:
    """An attempt has failed: there will be another one, or there have been enough."""
    row = _own(db, job)
    if row is None:
        return
    row.attempts += 1
    row.last_error = error[:_ERROR_LENGTH]
    wait = wait_after(row.attempts)
    if wait is None:
        _end(row, ReconciliationState.FAILED, now)
    else:
        row.leased_by, row.due_at = None, now + wait


def let_go(db: Session, job: Job, now: datetime) -> None:
    """Leave it to another relay, at once."""
    row = _own(db, job)
    if row is not None:
        row.leased_by, row.due_at = None, now


def _due(now: datetime) -> Select[Reconciliation]:
    return (
        select(Reconciliation)
        .where(Reconciliation.ended_at.is_(None), Reconciliation.due_at <= now)
        .order_by(Reconciliation.due_at, Reconciliation.id)
        .limit(1)
    )


def _own(db: Session, job: Job) -> Reconciliation | None:
    return db.scalars(
        select(Reconciliation)
        .where(Reconciliation.id == job.reconciliation_id, Reconciliation.leased_by == job.worker)
        .with_for_update()
    ).one_or_none()


def _keep_differences(db: Session, row: Reconciliation, found: Sequence[Difference]) -> None:
    """Count them all and keep the first ones."""
    first = row.found + 1
    rows = [
        {
            "reconciliation_id": row.id,
            "number": number,
            "user_id": each.user_id,
            "drift": each.drift,
            "table_name": each.table,
            "row_name": each.name,
            "columns": list(each.columns),
        }
        for number, each in enumerate(found, first)
        if number <= MOST_KEPT
    ]
    if rows:
        db.execute(_ADD, rows)
    counts = Counter(each.drift for each in found)
    row.missing += counts[Drift.MISSING]
    row.extra += counts[Drift.EXTRA]
    row.different += counts[Drift.DIFFERENT]
    row.foreign += counts[Drift.FOREIGN]


def _end(row: Reconciliation, state: ReconciliationState, now: datetime) -> None:
    row.state, row.ended_at, row.leased_by = state, now, None

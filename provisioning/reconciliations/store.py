"""Queries of the reconciliations room. The tenant stands in each of those that callers' requests lead to."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from provisioning.kernel.errors import NotFound
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.reconciliations.model import FoundDifference, Reconciliation, ReconciliationState


def find_reconciliation(unit: UnitOfWork, reconciliation_id: str) -> Reconciliation:
    statement = select(Reconciliation).where(Reconciliation.id == reconciliation_id)
    if unit.caller.provider_id:
        statement = statement.where(Reconciliation.provider_id == unit.caller.provider_id)
    found = unit.db.scalars(statement).one_or_none()
    if found is None:
        raise NotFound(field="reconciliationId", object=reconciliation_id, what="reconciliation")
    return found


def under_way(db: Session, phone_system_id: str) -> Reconciliation | None:
    """The one reconciliation of a phone system that is not over."""
    return db.scalars(
        select(Reconciliation).where(
            Reconciliation.phone_system_id == phone_system_id, Reconciliation.ended_at.is_(None)
        )
    ).one_or_none()


def count_not_over(db: Session) -> dict[ReconciliationState, int]:
    """How many there are in each state that is not the last."""
    rows = db.execute(
        select(Reconciliation.state, func.count())
        .where(Reconciliation.ended_at.is_(None))
        .group_by(Reconciliation.state)
    )
    return {ReconciliationState(state): count for state, count in rows}


def differences(reconciliation_id: str) -> Select[*tuple[Any, ...]]:
    """What was found, without paging."""
    statement: Select[*tuple[Any, ...]] = select(
        FoundDifference.drift,
        FoundDifference.table_name,
        FoundDifference.row_name,
        FoundDifference.columns,
        FoundDifference.user_id,
    )
    return statement.where(FoundDifference.reconciliation_id == reconciliation_id)


def forget_old(db: Session, before: datetime, most: int = 20) -> int:
    """Delete some of the reconciliations that ended before a moment; how many."""
    ended = select(Reconciliation.id).where(Reconciliation.ended_at < before).limit(most)
    old = db.scalars(ended.with_for_update(skip_locked=True)).all()
    db.execute(delete(FoundDifference).where(FoundDifference.reconciliation_id.in_(old)))
    db.execute(delete(Reconciliation).where(Reconciliation.id.in_(old)))
    return len(old)

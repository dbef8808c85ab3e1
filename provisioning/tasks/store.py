"""Queries of the tasks room. The tenant stands in each of them."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select, update

from provisioning.kernel.caller import Caller
from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_systems import PhoneSystem
from provisioning.tasks.model import TOPICS

# Of whom, of which company, of which topic.
Group = tuple[str, str | None, str]


def visible(caller: Caller) -> list[ColumnElement[bool]]:
    """Which tasks a caller may know of."""
    conditions: list[ColumnElement[bool]] = [OutboxRow.topic.in_(TOPICS.values())]
    if caller.provider_id:
        conditions.append(OutboxRow.provider_id == caller.provider_id)
    if caller.company_id:
        conditions.append(OutboxRow.company_id == caller.company_id)
    if caller.user_id:
        conditions.append(OutboxRow.subject_id == caller.user_id)
    return conditions


def tasks(conditions: Collection[ColumnElement[bool]]) -> Select[*tuple[Any, ...]]:
    """Tasks and the names of their phone systems, without paging."""
    statement: Select[*tuple[Any, ...]] = select(OutboxRow, PhoneSystem.name)
    joined = statement.outerjoin(
        PhoneSystem, (OutboxRow.topic == Topic.PHONE) & (PhoneSystem.id == OutboxRow.target_id)
    )
    return joined.where(*conditions)


def find_task(unit: UnitOfWork, task_id: int) -> tuple[OutboxRow, str | None] | None:
    """A task, locked, and the name of its phone system."""
    statement = tasks([*visible(unit.caller), OutboxRow.id == task_id]).with_for_update(of=OutboxRow)
    row = unit.db.execute(statement).one_or_none()
    return (row[0], row[1]) if row else None


def retry_failed(unit: UnitOfWork, conditions: Collection[ColumnElement[bool]]) -> Counter[Group]:
    """Let what has been given up be tried again; how many of each provider, company and topic."""
    rows = unit.db.execute(
        update(OutboxRow)
        .where(*conditions, OutboxRow.state == OutboxState.FAILED)
        .values(again(unit.now))
        .returning(OutboxRow.provider_id, OutboxRow.company_id, OutboxRow.topic)
        .execution_options(synchronize_session=False)
    )
    return Counter((row[0], row[1], row[2]) for row in rows)


def again(now: datetime) -> dict[str, Any]:
    """What a task that was given up begins anew with. Why it failed stays to be read until it is done."""
    return {"state": OutboxState.WAITING, "attempts": 0, "due_at": now, "leased_by": None}

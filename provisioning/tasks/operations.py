"""Operations of the tasks room."""

from typing import Any

from sqlalchemy import ColumnElement

from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.errors import invalid
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_systems import find_phone_system
from provisioning.tasks import contract, store
from provisioning.tasks.contract import (
    ProvisioningTaskKind,
    ProvisioningTaskState,
    RetryProvisioningTaskResult,
)
from provisioning.tasks.model import (
    KINDS,
    TOPICS,
    FailedTasksRetried,
    ProvisioningTaskRetried,
    TaskGone,
    is_in,
    is_running,
    state_of,
)
from provisioning.users import find_user

_ORDER = Keyset("provisioning tasks", (OutboxRow.id,))


@reads(Right.PROVISIONING_READ)
def list_provisioning_tasks(
    request: contract.ListProvisioningTasksRequest, caller: Caller, unit: UnitOfWork
) -> contract.ProvisioningTaskPage:
    """What phone systems and users have still to be told of, and what has been given up, the oldest first.

    What has been delivered is not listed: no task of a transactionId is left when all of that call is done.
    Errors: NOT_FOUND (the user, the phone system), INVALID_CURSOR.
    """
    conditions = store.visible(caller) + _filters(unit, request)
    if request.state is not None:
        conditions.append(is_in(request.state, unit.now))
    if request.user_ref is not None:
        conditions.append(OutboxRow.subject_id == find_user(unit, request.user_ref).id)
    if request.transaction_id is not None:
        conditions.append(OutboxRow.transaction_id == request.transaction_id)
    statement = store.tasks(conditions)
    rows, cursor = take_page(unit.db, statement, _ORDER, request)
    return contract.ProvisioningTaskPage(
        provisioning_task=tuple(_shown(row[0], row[1], unit) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@writes(Right.PROVISIONING_WRITE)
def retry_provisioning_task(
    request: contract.RetryProvisioningTaskRequest, caller: Caller, unit: UnitOfWork
) -> RetryProvisioningTaskResult:
    """Try a task again at once, or all tasks that have been given up (allFailed), from the first attempt on.

    A task that is RUNNING, or due already, is no change; none that has failed is none either. A phone system that is
    away is waited for all the same. Errors: NOT_FOUND (the task, perhaps because it is done; the phone system),
    INVALID_REQUEST (not exactly one of taskId and allFailed, or filters with taskId).
    """
    if (request.task_id is None) == (not request.all_failed):
        raise invalid(
            "taskId",
            "ONE_OF",
            "give either taskId or allFailed",
            "donnez soit taskId, soit allFailed",
        )
    if request.task_id is None:
        return _retry_failed(request, unit)
    if request.kind or request.company_id or request.phone_system:
        raise invalid(
            "taskId",
            "ONE_OF",
            "kind, companyId and phoneSystem go with allFailed only",
            "kind, companyId et phoneSystem ne vont qu'avec allFailed",
        )
    return _retry_one(request.task_id, unit)


OPERATIONS = (list_provisioning_tasks, retry_provisioning_task)


def _filters(unit: UnitOfWork, request: Any) -> list[ColumnElement[bool]]:
    """What both operations may be told to look at only."""
    conditions = []
    if request.kind is not None:
        conditions.append(OutboxRow.topic == TOPICS[request.kind])
    if request.company_id is not None:
        conditions.append(OutboxRow.company_id == request.company_id)
    if request.phone_system is not None:
        system = find_phone_system(unit, request.phone_system, field="phoneSystem")
        conditions += [OutboxRow.topic == Topic.PHONE, OutboxRow.target_id == system.id]
    return conditions


def _retry_failed(
    request: contract.RetryProvisioningTaskRequest, unit: UnitOfWork
) -> RetryProvisioningTaskResult:
    groups = store.retry_failed(unit, store.visible(unit.caller) + _filters(unit, request))
    for (provider_id, company_id, topic), count in groups.items():
        unit.outgoing.add(Topic(topic))
        unit.record(
            FailedTasksRetried(
                object_id=company_id or provider_id,
                provider_id=provider_id,
                company_id=company_id,
                detail={"kind": KINDS[Topic(topic)], "retried": count},
            )
        )
    return RetryProvisioningTaskResult(retried=groups.total())


def _retry_one(task_id: str, unit: UnitOfWork) -> RetryProvisioningTaskResult:
    found = store.find_task(unit, int(task_id))
    if found is None:
        raise TaskGone(field="taskId", object=task_id, task_id=task_id)
    row, system = found
    retried = _begin_again(row, unit)
    if retried:
        unit.db.flush()
        unit.outgoing.add(Topic(row.topic))
        unit.record(
            ProvisioningTaskRetried(
                object_id=task_id,
                provider_id=row.provider_id,
                company_id=row.company_id,
                detail={"kind": KINDS[Topic(row.topic)], "user_id": row.subject_id},
            )
        )
    return RetryProvisioningTaskResult(retried=int(retried), provisioning_task=_shown(row, system, unit))


def _begin_again(row: OutboxRow, unit: UnitOfWork) -> bool:
    """Make a task due; says whether it was not."""
    if row.state == OutboxState.FAILED:
        for name, value in store.again(unit.now).items():
            setattr(row, name, value)
        return True
    if is_running(row, unit.now) or row.due_at <= unit.now:
        return False
    row.due_at = unit.now
    return True


def _shown(row: OutboxRow, system: str | None, unit: UnitOfWork) -> contract.ProvisioningTask:
    kind, state = KINDS[Topic(row.topic)], state_of(row, unit.now)
    # What a phone system says when it fails may tell of the provider's network.
    private = kind is ProvisioningTaskKind.PHONE_SYSTEM and unit.caller.scope is Scope.COMPANY
    return contract.ProvisioningTask(
        task_id=str(row.id),
        kind=kind,
        state=state,
        user_id=row.subject_id,
        company_id=row.company_id,
        phone_system=system,
        delivery_id=row.object_id,
        attempts=row.attempts,
        created_at=row.created_at,
        next_attempt_at=row.due_at if state is ProvisioningTaskState.WAITING else None,
        last_error=None if private else row.last_error,
        transaction_id=row.transaction_id,
    )

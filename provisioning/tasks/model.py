"""Provisioning tasks: rows of the outbox, by the words of callers."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, not_

from provisioning.kernel.errors import Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic
from provisioning.kernel.texts import Text
from provisioning.tasks.contract import ProvisioningTaskKind, ProvisioningTaskState

TOPICS = {ProvisioningTaskKind.PHONE_SYSTEM: Topic.PHONE, ProvisioningTaskKind.MAIL: Topic.MAIL}
KINDS = {topic: kind for kind, topic in TOPICS.items()}


def is_running(row: OutboxRow, now: datetime) -> bool:
    """A relay is at it; one that has died had its time."""
    return row.state == OutboxState.WAITING and row.leased_by is not None and row.due_at > now


def state_of(row: OutboxRow, now: datetime) -> ProvisioningTaskState:
    if is_running(row, now):
        return ProvisioningTaskState.RUNNING
    return ProvisioningTaskState(row.state)


def is_in(state: ProvisioningTaskState, now: datetime) -> ColumnElement[bool]:
    """The same as a condition of a query."""
    running = and_(OutboxRow.leased_by.is_not(None), OutboxRow.due_at > now)
    match state:
        case ProvisioningTaskState.FAILED:
            return OutboxRow.state == OutboxState.FAILED
        case ProvisioningTaskState.RUNNING:
            return and_(OutboxRow.state == OutboxState.WAITING, running)
        case ProvisioningTaskState.WAITING:
            return and_(OutboxRow.state == OutboxState.WAITING, not_(running))


class TaskGone(Refusal):
    code = "NOT_FOUND"
    text = Text(
        "There is no task {task_id}; it may be done, for what has been delivered is no longer listed.",
        "Il n'y a pas de tâche {task_id}; elle est peut-être accomplie, car ce qui a été livré n'est plus énuméré.",
    )


class ProvisioningTaskRetried(Fact):
    object_type = "ProvisioningTask"


class FailedTasksRetried(Fact):
    """All those of a company, or of a provider's users whose company is not known."""

    object_type = "ProvisioningTask"

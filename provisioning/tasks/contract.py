"""Messages of the tasks room."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from provisioning.kernel.facets import Facet, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.users import UserRef


class ProvisioningTaskKind(StrEnum):
    """Whom a task tells: a phone system of the state of a user, or a user by e-mail."""

    PHONE_SYSTEM = "PHONE_SYSTEM"
    MAIL = "MAIL"


class ProvisioningTaskState(StrEnum):
    """WAITING for its (next) attempt; RUNNING at this moment; FAILED when it has been given up.

    A task that is done is no longer there.
    """

    WAITING = "WAITING"
    RUNNING = "RUNNING"
    FAILED = "FAILED"


ProvisioningTaskId = Annotated[
    str, Facet(name="ProvisioningTaskId", pattern="[0-9]{1,18}", doc="The number of a task.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningTask:
    """One thing that has still to be told outside."""

    task_id: Annotated[ProvisioningTaskId, "Its identifier."]
    kind: Annotated[ProvisioningTaskKind, "Whom it tells."]
    state: Annotated[ProvisioningTaskState, "How it stands."]
    user_id: Annotated[ObjectId, "The user it is about."]
    company_id: Annotated[ObjectId | None, "The user's company at the time; absent when it is not known."] = (
        None
    )
    phone_system: Annotated[
        Name | None, "With PHONE_SYSTEM: its name; absent when it has been removed meanwhile."
    ] = None
    delivery_id: Annotated[ObjectId | None, "With MAIL: the message, as ListDeliveries names it."] = None
    attempts: Annotated[int, "How many attempts were made; waiting for a receiver that is away is none."]
    created_at: Annotated[datetime, "When it came about, UTC."]
    next_attempt_at: Annotated[datetime | None, "When it is tried next, UTC; only while it is WAITING."] = (
        None
    )
    last_error: Annotated[
        str | None, "Why the last attempt failed. Of phone systems told to the provider's clients only."
    ] = None
    transaction_id: Annotated[str, "The transactionId of the call that it comes from."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListProvisioningTasksRequest(PagedRequest):
    state: Annotated[ProvisioningTaskState | None, "Only tasks in this state."] = None
    kind: Annotated[ProvisioningTaskKind | None, "Only tasks of this kind."] = None
    user_ref: Annotated[UserRef | None, "Only tasks about this user."] = None
    company_id: Annotated[ObjectId | None, "Only tasks about users of this company."] = None
    phone_system: Annotated[Name | None, "Only tasks of this phone system."] = None
    transaction_id: Annotated[ObjectId | None, "Only tasks that come from this call."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningTaskPage:
    """A page of tasks."""

    provisioning_task: Annotated[tuple[ProvisioningTask, ...], "The tasks, the oldest first."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are by these filters, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryProvisioningTaskRequest(Request):
    task_id: Annotated[ProvisioningTaskId | None, "This task; or allFailed."] = None
    all_failed: Annotated[bool | None, "True: all FAILED tasks by the following filters; without taskId."] = (
        None
    )
    kind: Annotated[ProvisioningTaskKind | None, "With allFailed: only tasks of this kind."] = None
    company_id: Annotated[ObjectId | None, "With allFailed: only tasks about users of this company."] = None
    phone_system: Annotated[Name | None, "With allFailed: only tasks of this phone system."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryProvisioningTaskResult:
    """What is tried again."""

    retried: Annotated[int, "How many tasks are tried again at once."]
    provisioning_task: Annotated[ProvisioningTask | None, "With taskId: the task as it is now."] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED

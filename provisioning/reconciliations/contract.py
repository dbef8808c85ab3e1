"""Messages of the reconciliations room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from provisioning.kernel.facets import Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.reconciliations.model import Drift, ReconciliationMode, ReconciliationState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciliation:
    """A reconciliation as it stands; while it runs the counts grow."""

    reconciliation_id: Annotated[ObjectId, "Its identifier."]
    phone_system: Annotated[Name, "The phone system by its name."]
    mode: Annotated[ReconciliationMode, "Whether what differs is mended."]
    state: Annotated[ReconciliationState, "How far it is."]
    requested_at: Annotated[datetime, "When it was asked for, UTC."]
    started_at: Annotated[datetime | None, "When it began, UTC; absent while it is QUEUED."] = None
    ended_at: Annotated[datetime | None, "When it ended, UTC; absent before."] = None
    users_checked: Annotated[int, "Users compared so far."]
    missing: Annotated[int, "Rows that the phone system lacks."]
    extra: Annotated[int, "Rows of ours that it should not have."]
    different: Annotated[int, "Rows of ours with other values than they should have."]
    foreign: Annotated[int, "Rows of somebody else's where ours should be; they are never touched."]
    users_repaired: Annotated[
        int, "Users whose state was sent again, with REPAIR; ListProvisioningTasks has them."
    ]
    error: Annotated[str | None, "When something went wrong: what, a sentence."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSystemDifference:
    """One row of the phone system that is not as it should be. Values are never told."""

    drift: Annotated[Drift, "How it differs."]
    table: Annotated[str, "The phone system's table."]
    name: Annotated[str, "The row's key there."]
    column: Annotated[tuple[str, ...], "With DIFFERENT: the columns whose values differ."] = ()
    user_id: Annotated[str, "Whose row it is, or should be."]


@dataclass(frozen=True, slots=True, kw_only=True)
class StartReconciliationRequest(Request):
    phone_system: Annotated[Name | None, "The phone system; absent: the only one that the provider has."] = (
        None
    )
    mode: Annotated[ReconciliationMode | None, "REPORT by default."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartReconciliationResult:
    """A reconciliation that was asked for."""

    reconciliation: Annotated[Reconciliation, "The reconciliation."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class GetReconciliationRequest(PagedRequest):
    reconciliation_id: Annotated[ObjectId, "The reconciliation."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReconciliationPage:
    """A reconciliation and a page of its differences."""

    reconciliation: Annotated[Reconciliation, "How it stands."]
    difference: Annotated[
        tuple[PhoneSystemDifference, ...], "What was found, in the order of users; the first 10,000 are kept."
    ] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many differences are kept, when asked for."] = None

"""Rows of the outbox as relays leave them."""

from datetime import timedelta
from typing import Any

from sqlalchemy import update

from provisioning.kernel.outbox import OutboxRow
from tests.delivery.site import Site
from tests.house import Plain


def change_row(site: Site, task_id: str, **values: Any) -> None:
    with site.house.application.database.writing() as db:
        db.execute(update(OutboxRow).where(OutboxRow.id == int(task_id)).values(**values))
        db.commit()


def fail(site: Site, task_id: str, error: str = "no room") -> None:
    """As when a relay has given it up."""
    change_row(site, task_id, state="FAILED", attempts=8, last_error=error)


def lease(site: Site, task_id: str) -> None:
    """As while a relay delivers it."""
    due_at = site.house.clock() + timedelta(seconds=30)
    change_row(site, task_id, leased_by="relay", due_at=due_at, attempts=1)


def postpone(site: Site, task_id: str) -> None:
    """As between two attempts."""
    due_at = site.house.clock() + timedelta(seconds=30)
    change_row(site, task_id, due_at=due_at, attempts=3, last_error="busy")


def tasks(site: Site, caller: Any = None, /, **filters: Any) -> list[Plain]:
    caller = caller or site.house.provider
    listed = site.house.call("ListProvisioningTasks", caller, **filters)
    found: list[Plain] = listed.get("provisioningTask", [])
    return found


def one_task(site: Site) -> Plain:
    """The only task there is."""
    (task,) = tasks(site)
    return task

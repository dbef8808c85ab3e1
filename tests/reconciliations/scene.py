"""What somebody does to a phone system by hand, and a reconciliation as callers see it."""

import contextlib
import sqlite3
from threading import Event
from typing import Any

from provisioning.delivery.reconciler import Reconciler
from provisioning.delivery.retry import Retry
from tests.delivery.site import Site
from tests.house import Plain

PATIENT = Retry(first=1, factor=1, jitter=0, tries=3)


def tamper(site: Site, statement: str, *values: str) -> None:
    with contextlib.closing(sqlite3.connect(site.path())) as connection:
        connection.execute(statement, values)
        connection.commit()


def drift(site: Site, count: int = 1) -> list[str]:
    """Users of whom the phone system has lost what it knew."""
    users = [site.create_user() for _ in range(count)]
    site.deliver()
    tamper(site, "DELETE FROM recorded")
    return users


def start(site: Site, **fields: Any) -> Plain:
    started: Plain = site.house.call("StartReconciliation", site.house.provider, **fields)
    return started


def start_one(site: Site, **fields: Any) -> str:
    reconciliation_id: str = start(site, **fields)["reconciliation"]["reconciliationId"]
    return reconciliation_id


def page(site: Site, reconciliation_id: str, **fields: Any) -> Plain:
    caller = site.house.provider
    shown: Plain = site.house.call("GetReconciliation", caller, reconciliationId=reconciliation_id, **fields)
    return shown


def shown(site: Site, reconciliation_id: str) -> Plain:
    found: Plain = page(site, reconciliation_id)["reconciliation"]
    return found


def reconciler(site: Site) -> Reconciler:
    """The companion of a relay: each call gives that of another one."""
    return Reconciler(site.house.application, retry=PATIENT)


def work(site: Site) -> float:
    """One turn of a relay's companion."""
    return reconciler(site).turn(Event())

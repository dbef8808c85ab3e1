"""Who does the run of a day: of all relays on all hosts one, as long as it lives."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from provisioning.daily.model import DailyRun
from provisioning.kernel.clock import Clock
from provisioning.persistence.base import table_of
from provisioning.persistence.engine import Database


@dataclass(slots=True)
class Claim:
    """A day's run, taken. It must be held again and again, or somebody takes it over."""

    database: Database
    clock: Clock
    day: date
    holder: str
    lease: timedelta
    until: datetime

    def hold(self) -> bool:
        """Whether the run is still this one's; what is left of the lease is made good when it gets short."""
        now = self.clock()
        if self.until - now > self.lease / 2:
            return True
        self.until = now + self.lease
        return self._keep(leased_until=self.until)

    def finish(self, counts: dict[str, int]) -> None:
        """Everything is done: nobody does the run of this day again."""
        self._keep(finished_at=self.clock(), counts=counts)

    def give_up(self, wait: timedelta = timedelta(0)) -> None:
        """Let others go on, or this one, after a while."""
        self._keep(leased_until=self.clock() + wait)

    def _keep(self, **values: Any) -> bool:
        mine = update(DailyRun).where(DailyRun.day == self.day, DailyRun.leased_by == self.holder)
        with self.database.writing() as db:
            kept = db.execute(mine.values(**values).returning(DailyRun.day)).first() is not None
            db.commit()
        return kept


def is_open(db: Session, day: date, now: datetime) -> bool:
    """Whether the run of a day may be taken: nobody has finished it, and nobody is at it."""
    run = db.execute(
        select(DailyRun.finished_at, DailyRun.leased_until).where(DailyRun.day == day)
    ).one_or_none()
    return run is None or (run.finished_at is None and run.leased_until <= now)


def take(database: Database, clock: Clock, day: date, holder: str, lease: timedelta) -> Claim | None:
    """Take the run of a day; of several who try at once one gets it."""
    now = clock()
    until = now + lease
    with database.writing() as db:
        taken = db.execute(_claim(db, day, holder, now, until)).first() is not None
        db.commit()
    return Claim(database, clock, day, holder, lease, until) if taken else None


def _claim(db: Session, day: date, holder: str, now: datetime, until: datetime) -> Any:
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    new = {"leased_by": holder, "leased_until": until, "started_at": now}
    runs = table_of(DailyRun)
    return (
        dialect.insert(runs)
        .values(day=day, counts={}, **new)
        .on_conflict_do_update(
            index_elements=["day"],
            set_=new,
            where=runs.c.finished_at.is_(None) & (runs.c.leased_until <= now),
        )
        .returning(runs.c.day)
    )

"""The outbox as relays see it: take what is due, say what became of it.

A lane is everything about one subject for one receiver. A lane is delivered by one relay at a time, as far as
that can be had without a lock while sending: a relay that is slower than its lease may overlap with the next
one, so receivers have to bear a repeat.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, case, delete, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from provisioning.kernel.outbox import OutboxRow, OutboxState, Topic

_ERROR_LENGTH = 500
_MOMENT = OutboxRow.due_at.type


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Rows that a relay has taken to deliver them together: all of a lane, or one where each counts."""

    topic: Topic
    subject_id: str
    target_id: str
    provider_id: str
    row_ids: tuple[int, ...]
    object_id: str | None
    attempt: int

    @property
    def lane(self) -> tuple[str, str, str]:
        return self.topic, self.subject_id, self.target_id


def take(
    db: Session,
    worker: str,
    now: datetime,
    lease: timedelta,
    *,
    most: int,
    together: Collection[Topic],
    topics: Collection[Topic],
    closed: Collection[str] = (),
    only: str | None = None,
) -> list[Task]:
    """Take what is due, the longest waiting first, and nothing that goes to a ``closed`` target.

    Lanes of the topics ``together`` are taken whole: what is sent is the newest state, whatever the number
    of rows that ask for it. Other relays at the same work pass over what this one takes.
    """
    rows = _mark(db, worker, now + lease, _chosen(now, topics, closed, only, most))
    tasks = {row.id: _task(row) for row in rows}
    whole = {task.lane: key for key, task in tasks.items() if task.topic in together}
    for row in _mark(db, worker, now + lease, _rest_of(whole, tasks, now)) if whole else ():
        first = whole[row.topic, row.subject_id, row.target_id]
        tasks[first] = replace(tasks[first], row_ids=(*tasks[first].row_ids, row.id))
    return list(tasks.values())


def _is_due(row: Any, now: datetime) -> ColumnElement[bool]:
    return and_(row.state == OutboxState.WAITING, row.due_at <= now)


def _same_lane(one: Any, other: Any) -> ColumnElement[bool]:
    return and_(
        one.subject_id == other.subject_id, one.target_id == other.target_id, one.topic == other.topic
    )


def _waits_in_lane(row: Any) -> ColumnElement[bool]:
    """The same as WAITING, in words that no index answers: rows of a lane are found by their subject.

    A planner whose figures are of an empty queue would look at all that waits once for each row.
    """
    waits: ColumnElement[bool] = row.state != OutboxState.FAILED
    return waits


def _chosen(
    now: datetime, topics: Collection[Topic], closed: Collection[str], only: str | None, most: int
) -> Any:
    """The first row of each lane that nobody is at work on."""
    before = aliased(OutboxRow)
    in_the_way = (
        select(before.id)
        .where(
            _same_lane(before, OutboxRow),
            _waits_in_lane(before),
            before.id != OutboxRow.id,
            or_(
                and_(before.due_at <= now, before.id < OutboxRow.id),
                and_(before.due_at > now, before.leased_by.is_not(None)),
            ),
        )
        .exists()
    )
    chosen = select(OutboxRow.id).where(_is_due(OutboxRow, now), OutboxRow.topic.in_(topics), ~in_the_way)
    if only is not None:
        chosen = chosen.where(OutboxRow.target_id == only)
    if closed:
        chosen = chosen.where(OutboxRow.target_id.not_in(closed))
    return chosen.order_by(OutboxRow.due_at, OutboxRow.id).limit(most).with_for_update(skip_locked=True)


def _rest_of(lanes: Iterable[tuple[str, str, str]], taken: Collection[int], now: datetime) -> Any:
    """The other rows of these lanes, also those that have failed and wait for another attempt."""
    return (
        select(OutboxRow.id)
        .where(
            tuple_(OutboxRow.topic, OutboxRow.subject_id, OutboxRow.target_id).in_(list(lanes)),
            _waits_in_lane(OutboxRow),
            OutboxRow.id.not_in(taken),
            or_(OutboxRow.leased_by.is_(None), OutboxRow.due_at <= now),
        )
        .with_for_update(skip_locked=True)
    )


def _mark(db: Session, worker: str, until: datetime, chosen: Any) -> Sequence[OutboxRow]:
    """In a common table expression the choice is made once; a subquery PostgreSQL may run again and again."""
    rows: Sequence[OutboxRow] = db.scalars(
        update(OutboxRow)
        .where(OutboxRow.id.in_(select(chosen.cte("chosen").c.id)))
        .values(leased_by=worker, due_at=until, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow)
        .execution_options(synchronize_session=False)
    ).all()
    return rows


def _task(row: OutboxRow) -> Task:
    return Task(
        topic=Topic(row.topic),
        subject_id=row.subject_id,
        target_id=row.target_id,
        provider_id=row.provider_id,
        row_ids=(row.id,),
        object_id=row.object_id,
        attempt=row.attempts,
    )


def finish(db: Session, tasks: Sequence[Task], together: Collection[Topic]) -> None:
    """What has been delivered leaves the outbox; a whole lane takes with it what had been given up before."""
    rows = [row_id for task in tasks for row_id in task.row_ids]
    _change(db, delete(OutboxRow).where(OutboxRow.id.in_(rows)))
    lanes = [task.lane for task in tasks if task.topic in together]
    if lanes:
        lane = tuple_(OutboxRow.topic, OutboxRow.subject_id, OutboxRow.target_id)
        _change(db, delete(OutboxRow).where(lane.in_(lanes), OutboxRow.state == OutboxState.FAILED))


def put_back(db: Session, task: Task, worker: str, due_at: datetime, error: str | None) -> None:
    """It was not tried, or the receiver is not there: the attempt does not count."""
    _return(db, task, worker, due_at=due_at, attempts=OutboxRow.attempts - 1, last_error=_cut(error))


def put_off(
    db: Session, task: Task, worker: str, due_at: datetime, error: str, *, most: int, now: datetime
) -> None:
    """The attempt failed. Rows that have had as many as there may be are given up."""
    given_up = OutboxRow.attempts >= most
    _return(
        db,
        task,
        worker,
        due_at=case((given_up, literal(now, _MOMENT)), else_=literal(due_at, _MOMENT)),
        state=case((given_up, OutboxState.FAILED), else_=OutboxState.WAITING),
        last_error=_cut(error),
    )


def _return(db: Session, task: Task, worker: str, **values: Any) -> None:
    """Only what is still this relay's: another one may have taken over."""
    mine = and_(OutboxRow.id.in_(task.row_ids), OutboxRow.leased_by == worker)
    _change(db, update(OutboxRow).where(mine).values(leased_by=None, **values))


def hurry(db: Session, target_id: str, now: datetime) -> None:
    """A receiver is there again: nothing has to wait for its next attempt."""
    waits = and_(OutboxRow.state == OutboxState.WAITING, OutboxRow.leased_by.is_(None))
    _change(
        db,
        update(OutboxRow)
        .where(OutboxRow.target_id == target_id, waits, OutboxRow.due_at > now)
        .values(due_at=now),
    )


def next_due(db: Session, topics: Collection[Topic], closed: Collection[str]) -> datetime | None:
    """When there is something to do, as far as one can say now."""
    earliest = select(func.min(OutboxRow.due_at)).where(
        OutboxRow.state == OutboxState.WAITING, OutboxRow.topic.in_(topics)
    )
    if closed:
        earliest = earliest.where(OutboxRow.target_id.not_in(closed))
    due: datetime | None = db.scalar(earliest)
    return due


def _change(db: Session, statement: Any) -> None:
    db.execute(statement.execution_options(synchronize_session=False))


def _cut(error: str | None) -> str | None:
    return None if error is None else error[:_ERROR_LENGTH]

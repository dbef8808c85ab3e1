"""Queries of the changes room. The tenant stands in each of them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, or_, select, text, tuple_
from sqlalchemy.orm import Session

from provisioning.changes.contract import ListChangesRequest
from provisioning.changes.feed import Place
from provisioning.kernel.caller import Caller
from provisioning.kernel.journal import Change
from provisioning.persistence.deletion import delete_some
from provisioning.settings import Settings

_OLDEST_RUNNING = text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
_LAST_NUMBER = text("SELECT seq FROM sqlite_sequence WHERE name = 'changes'")
# Longer than any call lasts: its changes bear the time at which it began.
_LONGEST_CALL = timedelta(days=1)

_place = tuple_(Change.writer, Change.id)
_COLUMNS = (
    Change.id,
    Change.writer,
    Change.at,
    Change.kind,
    Change.object_type,
    Change.object_id,
    Change.company_id,
    Change.detail,
    Change.client_name,
    Change.operation,
    Change.request_id,
    Change.transaction_id,
)


def end_of_feed(db: Session) -> Place:
    """The place before which everything is there to be seen and nothing will ever appear any more.

    On PostgreSQL that is the oldest transaction still running: whatever a later one has committed already has
    to wait, or a reader would pass over what the older one is about to commit. On SQLite it is the last number
    given out, also when its row is gone.
    """
    if db.get_bind().dialect.name == "postgresql":
        return db.execute(_OLDEST_RUNNING).scalar_one(), 0
    return 0, db.execute(_LAST_NUMBER).scalar() or 0


def filtered(caller: Caller, request: ListChangesRequest, end: Place) -> Select[*tuple[Any, ...]]:
    """The changes that a caller may know of and asks for, up to the end of the feed."""
    statement = select(*_COLUMNS).where(_place <= tuple_(*end))
    if caller.provider_id:
        statement = statement.where(Change.provider_id == caller.provider_id)
    for company_id in filter(None, (caller.company_id, request.company_id)):
        statement = statement.where(Change.company_id == company_id)
    if request.since is not None:
        statement = statement.where(Change.at >= request.since)
    if request.kind:
        statement = statement.where(Change.kind.in_(request.kind))
    if request.object_type is not None:
        statement = statement.where(Change.object_type == request.object_type)
    if request.object_id is not None:
        statement = statement.where(Change.object_id == request.object_id)
    if request.user_id is not None:
        statement = statement.where(
            or_(Change.user_id == request.user_id, Change.other_user_id == request.user_id)
        )
    return statement


def following(
    db: Session, statement: Select[*tuple[Any, ...]], place: Place, count: int
) -> Sequence[Row[*tuple[Any, ...]]]:
    """The first changes after a place."""
    after = statement.where(_place > tuple_(*place))
    return db.execute(after.order_by(Change.writer, Change.id).limit(count)).all()


def anything_after(provider_id: Any, writer: Any, number: Any) -> ColumnElement[bool]:
    """Whether a provider has changes after a place, all three being columns of a reader's own table.

    Some of them may not be there to be read yet: see end_of_feed.
    """
    return exists().where(Change.provider_id == provider_id, _place > tuple_(writer, number))


def forget_old(db: Session, settings: Settings, now: datetime, most: int = 1000) -> int:
    """Delete some of the changes that no cursor leads to any longer; how many."""
    before = now - timedelta(days=settings.changes_days) - _LONGEST_CALL
    return delete_some(db, Change, Change.at < before, most)

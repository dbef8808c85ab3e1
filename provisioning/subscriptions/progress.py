"""How far deliveries have come, kept by who delivers: any number of pumps share the subscriptions."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select, update
from sqlalchemy.orm import Session

from provisioning.access import may
from provisioning.changes import Place, anything_after
from provisioning.kernel.caller import Right
from provisioning.subscriptions.model import Subscription

_ENABLED = and_(Subscription.deleted_at.is_(None), Subscription.disabled_at.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """A subscription in the hands of one pump."""

    subscription_id: str
    holder: str

    def keep(self, db: Session, **values: Any) -> bool:
        """Keep how it goes; False when the subscription is this pump's no longer, or to be served no longer."""
        mine = and_(Subscription.id == self.subscription_id, Subscription.leased_by == self.holder, _ENABLED)
        return _change(db, mine, values) == 1


def may_be_due(db: Session, now: datetime) -> Sequence[Subscription]:
    """Those that nobody is at work on and that may have something to deliver; the longest waiting first."""
    statement = select(Subscription).where(
        _ENABLED,
        Subscription.due_at <= now,
        may(Subscription.client_id, Right.CHANGES_READ, now),
        anything_after(Subscription.provider_id, Subscription.place_writer, Subscription.place_number),
    )
    return db.scalars(statement.order_by(Subscription.due_at, Subscription.id)).all()


def take(
    db: Session, ids: Collection[str], holder: str, now: datetime, until: datetime
) -> Sequence[Subscription]:
    """Take those of these that are due still, as they are now; others at the same work pass over them."""
    due = select(Subscription.id).where(Subscription.id.in_(ids), _ENABLED, Subscription.due_at <= now)
    chosen = due.with_for_update(skip_locked=True).cte("chosen")
    return db.scalars(
        update(Subscription)
        .where(Subscription.id.in_(select(chosen.c.id)))
        .values(leased_by=holder, due_at=until)
        .returning(Subscription)
        .execution_options(synchronize_session=False)
    ).all()


def pass_over(db: Session, seen: Subscription, end: Place, now: datetime) -> None:
    """Nothing up to the end of the feed is for this one: its place moves there, unless it has moved already."""
    unmoved = and_(
        Subscription.id == seen.id,
        Subscription.place_writer == seen.place_writer,
        Subscription.place_number == seen.place_number,
        Subscription.due_at <= now,
    )
    _change(db, unmoved, placed(end, now))


def placed(place: Place, at: datetime) -> dict[str, Any]:
    """The columns of a place, and of the moment from which on changes after it may date."""
    return {"place_writer": place[0], "place_number": place[1], "place_at": at}


def _change(db: Session, which: ColumnElement[bool], values: dict[str, Any]) -> int:
    statement = update(Subscription).where(which).values(**values)
    return db.execute(statement.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined, no-any-return] # an update's result has it

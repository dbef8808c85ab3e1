"""Warnings of expiry: which one is due, and that each goes out once."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import pairwise

from sqlalchemy import ColumnElement, Date, ForeignKey, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from provisioning.companies import Company, CompanyState
from provisioning.persistence.base import Base, Id, table_of
from provisioning.persistence.deletion import delete_some
from provisioning.users.model import EXPIRING, User

# A date that has passed by so much is the last day of nobody who could still be warned, in whatever zone.
_KEPT_AFTER_EXPIRY = timedelta(days=7)


class ExpiryWarning(Base):
    """A user was warned, so many days before. The key is the promise: once for each last day of service."""

    __tablename__ = "expiry_warnings"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    expires_on: Mapped[date] = mapped_column(Date, primary_key=True)
    days: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)


def due_warning(days_left: int, thresholds: Iterable[int]) -> int | None:
    """The most urgent of the warnings whose day has come; those before it are late and stay unsent."""
    return next((days for days, span in _spans(thresholds) if days_left in span), None)


def _spans(thresholds: Iterable[int]) -> list[tuple[int, range]]:
    """With how many days left each warning is due: until the next one is."""
    return [(days, range(after + 1, days + 1)) for after, days in pairwise([-1, *sorted(set(thresholds))])]


def lock_unwarned(
    db: Session, provider_id: str, today: date, thresholds: Iterable[int], limit: int
) -> Sequence[User]:
    """Users with a warning due that they have not had, nor a more urgent one; locked.

    Users of companies that are suspended are not written to: they could not do anything about it.
    """
    due = [_is_due(today, days, span) for days, span in _spans(thresholds)]
    if not due:
        return ()
    return db.scalars(
        select(User)
        .join(Company, Company.id == User.company_id)
        .where(
            Company.provider_id == provider_id,
            Company.state == CompanyState.ACTIVE,
            User.state.in_(EXPIRING),
            User.expires_on >= today,
            or_(*due),
        )
        .limit(limit)
        .with_for_update(of=User)
    ).all()


def _is_due(today: date, days: int, span: range) -> ColumnElement[bool]:
    warned = select(ExpiryWarning.user_id).where(
        ExpiryWarning.user_id == User.id,
        ExpiryWarning.expires_on == User.expires_on,
        ExpiryWarning.days <= days,
    )
    first, last = (today + timedelta(days=each) for each in (span.start, span.stop - 1))
    return User.expires_on.between(first, last) & ~warned.exists()


def note_warnings(db: Session, warnings: Sequence[tuple[str, date, int]]) -> set[str]:
    """Keep that these users are being warned; of the users those whom nobody else warns at this moment."""
    dialect = postgresql if db.get_bind().dialect.name == "postgresql" else sqlite
    once = dialect.insert(table_of(ExpiryWarning)).on_conflict_do_nothing().returning(ExpiryWarning.user_id)
    rows = [{"user_id": user_id, "expires_on": day, "days": days} for user_id, day, days in warnings]
    return set(db.execute(once, rows).scalars())


def forget_warnings(db: Session, today: date, most: int) -> int:
    """Delete some of the warnings of days that are over; how many."""
    return delete_some(db, ExpiryWarning, ExpiryWarning.expires_on < today - _KEPT_AFTER_EXPIRY, most)

"""Which daily runs there were."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.persistence.base import Base, Json, Moment


class DailyRun(Base):
    """The run of one day of the calendar. Who puts its name into ``leased_by`` does it; the key lets nobody else.

    When whoever does it dies, others may take it over from ``leased_until`` on. ``counts`` says what was done, step
    by step, once it is finished.
    """

    __tablename__ = "daily_runs"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    leased_by: Mapped[str] = mapped_column(String(80))
    leased_until: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    counts: Mapped[dict[str, int]] = mapped_column(Json)

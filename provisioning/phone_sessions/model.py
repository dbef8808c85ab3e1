"""Phone sessions: calls of users to the assistant, as the phone system reports them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.facts import Fact
from provisioning.persistence.base import Base, Id, Moment, key_text


class PhoneSession(Base):
    """One session. The phone system's own call id makes repeated reports harmless."""

    __tablename__ = "phone_sessions"
    __table_args__ = (
        Index("ix_phone_sessions_user_id", "user_id", "started_at", "call_id"),
        Index("ix_phone_sessions_company_id", "company_id", "started_at", "call_id"),
    )

    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"), primary_key=True)
    call_id: Mapped[str] = mapped_column(key_text(128), primary_key=True)
    company_id: Mapped[str] = mapped_column(Id)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    started_at: Mapped[datetime] = mapped_column(Moment)
    seconds: Mapped[int | None] = mapped_column()


class SessionCount(Base):
    """How many sessions a user had, and the last: kept with each report, so that a list of users needs no counting."""

    __tablename__ = "session_counts"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    sessions: Mapped[int] = mapped_column()
    last_at: Mapped[datetime] = mapped_column(Moment)


class SessionsRecorded(Fact):
    object_type = "Company"

"""Deliveries: the letters that users are sent, and what became of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.persistence.base import Base, Id, Json, Moment


class Delivery(Base):
    """One letter to one user, to the address that the user had when it was written.

    It is SENT once ``sent_at`` is there. Until then the outbox row that names it in ``object_id`` says how
    things stand: WAITING for (another) try, or FAILED. ``company_id`` is the company whose templates apply.
    No secret stands in ``detail``.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_provider_id", "provider_id", "id"),
        Index("ix_deliveries_company_id", "company_id", "id"),
        Index("ix_deliveries_user_id", "user_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"))
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    transaction_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)

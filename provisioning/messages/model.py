"""Deliveries: the letters that users are sent, and what became of each. Templates, and links to choose a PIN by."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import NotFound, Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment, key_text

_UNSENT = text("sent_at IS NULL")


class DeliveryState(StrEnum):
    """QUEUED (waits for an attempt, or for the next one), SENT, or FAILED (given up)."""

    QUEUED = "QUEUED"
    SENT = "SENT"
    FAILED = "FAILED"


class Delivery(Base):
    """One letter to one user, to the address that the user had when it was written.

    It is SENT once ``sent_at`` is there. Until then the outbox row that names it in ``object_id`` says how
    things stand: WAITING for (another) try, or FAILED. ``company_id`` is the company whose templates apply.
    No secret stands in ``detail``; the token of a link stands sealed in ``sealed_link``, so that a letter which
    is sent once more is the very same.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        Index("ix_deliveries_provider_id", "provider_id", "id"),
        Index("ix_deliveries_company_id", "company_id", "id"),
        Index("ix_deliveries_user_id", "user_id", "id"),
        Index("ix_deliveries_transaction_id", "transaction_id", "id"),
        Index("ix_deliveries_unsent", "provider_id", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"))
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(30))
    address: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)
    sealed_link: Mapped[str | None] = mapped_column(String(200))
    transaction_id: Mapped[str] = mapped_column(Id)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)


class OwnWords(Base):
    """What a caller of SendMessage wrote: kept once, however many it goes to."""

    __tablename__ = "own_words"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)


class PinLink(Base):
    """A link by which a user chooses a PIN, once. What is kept of its token is a digest; it is too long to be guessed."""

    __tablename__ = "pin_links"

    digest: Mapped[str] = mapped_column(key_text(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class CompanyTemplate(Base):
    """A company's own words for one kind of letter in one language. Without a text they were taken back.

    The built-in template counts as version 1, so that whoever replaces it can say what was expected.
    """

    __tablename__ = "company_templates"

    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    language: Mapped[str] = mapped_column(String(2), primary_key=True)
    subject: Mapped[str | None] = mapped_column(String(200))
    text: Mapped[str | None] = mapped_column()
    html: Mapped[str | None] = mapped_column()
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {  # noqa: RUF012 - SQLAlchemy raises the version with each update
        "version_id_col": version,
        "version_id_generator": lambda version: (version or 1) + 1,
    }


class LinkUnknown(NotFound):
    text = Text("There is no such link.", "Ce lien n'existe pas.")


class LinkOver(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "The link was used already, or its time is over.", "Le lien a déjà servi, ou son délai est écoulé."
    )


class MessagesSent(Fact):
    """Letters were written to users of a company; the detail says of which kind and how many."""

    object_type = "Company"


class MessageTemplateChanged(Fact):
    object_type = "Company"

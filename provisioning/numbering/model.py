"""Spaces of numbers and the ranges in them that are free."""

from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.persistence.base import Base, Id, key_text


class NumberKind(StrEnum):
    """What is numbered in a company."""

    USER = "USER"
    EXTENSION = "EXTENSION"


class NumberSpace(Base):
    """From where to where the numbers of a company go. Whoever changes a space holds the lock on this row."""

    __tablename__ = "number_spaces"
    __table_args__ = {"sqlite_with_rowid": False}  # noqa: RUF012 - SQLAlchemy reads it once

    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(key_text(10), primary_key=True)
    lowest: Mapped[int] = mapped_column()
    highest: Mapped[int] = mapped_column()
    preferred: Mapped[int] = mapped_column()


class FreeRange(Base):
    """Numbers without a gap that nobody has. Ranges of a space neither overlap nor touch.

    The key is the end of the range, so that one look at an index finds the range of a number or the next one.
    """

    __tablename__ = "number_ranges"
    __table_args__ = (CheckConstraint("first <= last", name="order"), {"sqlite_with_rowid": False})

    company_id: Mapped[str] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(key_text(10), primary_key=True)
    last: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[int] = mapped_column()

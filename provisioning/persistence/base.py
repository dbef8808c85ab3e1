"""The declarative base of every mapped class, and the column types the two databases share."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from sqlalchemy import DateTime, Dialect, MetaData, String, Table
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import JSON, TypeDecorator

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Constraints are named by rule, so that a violated one can be recognised by its name."""

    metadata = MetaData(naming_convention=NAMES)


class _SqliteMoment(sqlite.DATETIME):
    """SQLAlchemy's own text, read with its zone by a function of Python's that takes a quarter of the time."""

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:  # noqa: ARG002 - the signature is SQLAlchemy's
        return lambda text: None if text is None else datetime.fromisoformat(f"{text}+00:00")


class Moment(TypeDecorator[datetime]):
    """A moment, always with a zone in Python; SQLite, which has no zones, holds UTC."""

    impl = DateTime(timezone=True).with_variant(_SqliteMoment, "sqlite")
    cache_ok = True

    @property
    def python_type(self) -> type[Any]:
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - the signature is SQLAlchemy's
        moment: datetime | None = value
        return moment if moment is None or moment.tzinfo is UTC else moment.astimezone(UTC)


def key_text(length: int) -> String:
    """Text that is compared and sorted by code point, equally on both databases: keys, not prose."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


Id = key_text(26)
Json = JSON(none_as_null=True)


def table_of(mapped: type[Base]) -> Table:
    """The table of a mapped class: hot statements go to it directly, past the ORM."""
    return cast("Table", mapped.__table__)

"""Deleting a great many rows, some at a time: nobody waits long for what this has locked."""

from sqlalchemy import ColumnElement, delete, inspect, select, tuple_
from sqlalchemy.orm import Session

from provisioning.persistence.base import Base


def delete_some(db: Session, mapped: type[Base], old: ColumnElement[bool], most: int) -> int:
    """Delete rows of which a condition holds, so many at most; how many. Rows that others work on are left."""
    keys = inspect(mapped).primary_key
    chosen = select(*keys).where(old).limit(most).with_for_update(skip_locked=True)
    statement = delete(mapped).where(tuple_(*keys).in_(chosen)).execution_options(synchronize_session=False)
    return db.execute(statement).rowcount  # type: ignore[attr-defined, no-any-return] # a deletion's result has it

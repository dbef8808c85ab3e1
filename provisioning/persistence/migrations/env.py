"""Run by Alembic, on the connection and in the transaction that persistence.migrate gives it."""

from typing import Any, Literal

from alembic import context
from sqlalchemy.types import TypeDecorator


def _as_stored(kind: str, item: Any, _: Any) -> str | Literal[False]:
    """A revision names what stands in the database, not the types of the day's code."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl!r}"
    return False


given = context.config.attributes
context.configure(
    connection=given["connection"],
    target_metadata=given["metadata"],
    transactional_ddl=True,
    render_as_batch=True,
    render_item=_as_stored,
)
context.run_migrations()

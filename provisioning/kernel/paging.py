"""Lists by keyset: a page begins after the last row of the one before, so it stays right while data change."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import ColumnElement, Row, Select, func, select, tuple_
from sqlalchemy.orm import QueryableAttribute, Session

from provisioning.kernel.errors import CODES, Refusal
from provisioning.kernel.facets import Cursor, PageSize
from provisioning.kernel.messages import Request

USUAL_PAGE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class PagedRequest(Request):
    """What every list request may say."""

    page_size: Annotated[PageSize | None, "Items of a page, 1 to 1000; 100 by default."] = None
    cursor: Annotated[Cursor | None, "nextCursor of the page before; absent for the first page."] = None
    with_total: Annotated[bool | None, "True: count all items as well, which costs time."] = None


class InvalidCursor(Refusal):
    code = "INVALID_CURSOR"
    text = CODES["INVALID_CURSOR"].meaning


@dataclass(frozen=True, slots=True)
class Keyset:
    """How a list is ordered. A cursor of a list with another name or order is refused."""

    name: str
    columns: tuple[QueryableAttribute[Any] | ColumnElement[Any], ...]
    descending: bool = False


def take_page(
    db: Session, statement: Select[*tuple[Any, ...]], keyset: Keyset, request: PagedRequest
) -> tuple[Sequence[Row[*tuple[Any, ...]]], str | None]:
    """The rows of one page and the cursor of the next; the last columns of each row are the keys."""
    size = request.page_size or USUAL_PAGE
    statement = statement.add_columns(*keyset.columns)
    if request.cursor is not None:
        kinds = [each.type.python_type for each in keyset.columns]
        after = tuple_(*read_cursor(keyset.name, kinds, request.cursor))
        keys = tuple_(*keyset.columns)
        statement = statement.where(keys < after if keyset.descending else keys > after)
    order = [each.desc() if keyset.descending else each.asc() for each in keyset.columns]
    rows = db.execute(statement.order_by(*order).limit(size + 1)).all()
    if len(rows) <= size:
        return rows, None
    return rows[:size], write_cursor(keyset.name, rows[size - 1][-len(keyset.columns) :])


def count_all(db: Session, statement: Select[*tuple[Any, ...]], request: PagedRequest) -> int | None:
    """How many items there are, only when asked for."""
    if not request.with_total:
        return None
    return db.execute(select(func.count()).select_from(statement.order_by(None).subquery())).scalar_one()


def write_cursor(name: str, values: Sequence[Any]) -> str:
    plain = [{"at": each.isoformat()} if isinstance(each, datetime) else each for each in values]
    return base64.urlsafe_b64encode(json.dumps([name, plain]).encode("utf-8")).decode("ascii")


def read_cursor(name: str, kinds: Sequence[type], cursor: str) -> tuple[Any, ...]:
    """The key values of a cursor of this very list. Whatever a caller made of it, a database can take them."""
    try:
        of, plain = json.loads(base64.b64decode(cursor, altchars=b"-_", validate=True))
        if of == name:
            return tuple(_read_key(kind, each) for kind, each in zip(kinds, plain, strict=True))
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
        pass
    raise InvalidCursor(field="cursor")


def _read_key(kind: type, value: Any) -> Any:
    if kind is datetime:
        return datetime.fromisoformat(value["at"]).astimezone(UTC)
    if type(value) is not kind:
        raise TypeError
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 63:
        raise OverflowError
    if isinstance(value, str) and b"\0" in value.encode("utf-8"):
        raise ValueError(value)
    return value

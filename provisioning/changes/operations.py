"""Operations of the changes room."""

import dataclasses
from collections.abc import Iterator
from typing import Any

from sqlalchemy.orm import Session

from provisioning.changes import contract, store
from provisioning.changes.feed import BEGINNING, Place, oldest_shown, read_place, write_place
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import reads
from provisioning.kernel.paging import USUAL_PAGE, count_all
from provisioning.kernel.shape import camel
from provisioning.kernel.unit_of_work import UnitOfWork


@reads(Right.CHANGES_READ)
def list_changes(
    request: contract.ListChangesRequest, caller: Caller, unit: UnitOfWork
) -> contract.ChangePage:
    """What changed, when, by whom and by which request: every change of the caller's tenant exactly once, in
    the order in which they were made.

    To follow the changes give back nextCursor again and again: it is there on every page, also on an empty one,
    and stays good as long as changes are kept (90 days unless the installation says otherwise). Keep the filters
    while you do. A change appears when all calls that began to write before it have ended: within a second, as a
    rule.

    Errors: INVALID_CURSOR, CURSOR_EXPIRED (its reason says how to catch up).
    """
    end = store.end_of_feed(unit.db)
    place = BEGINNING
    if request.cursor is not None:
        place, _ = read_place(request.cursor, end, unit.settings, unit.now)
    else:
        oldest = oldest_shown(unit.settings, unit.now)
        request = dataclasses.replace(request, since=max(request.since or oldest, oldest))
    statement = store.filtered(caller, request, end)
    size = request.page_size or USUAL_PAGE
    rows = store.following(unit.db, statement, place, size + 1)
    more = len(rows) > size
    cursor = _cursor_of(rows[size - 1]) if more else write_place(end, unit.now)
    return contract.ChangePage(
        change=tuple(_shown(row) for row in rows[:size]),
        next_cursor=cursor,
        more=more,
        total=count_all(unit.db, statement, request),
    )


OPERATIONS = (list_changes,)


def read_on(
    db: Session, caller: Caller, wanted: contract.ListChangesRequest, place: Place, count: int
) -> tuple[list[tuple[Place, contract.Change]], Place]:
    """The next changes after a place as ListChanges would show them, each with its own place; and the feed's end."""
    end = store.end_of_feed(db)
    rows = store.following(db, store.filtered(caller, wanted, end), place, count)
    return [((row.writer, row.id), _shown(row)) for row in rows], end


def _cursor_of(row: Any) -> str:
    return write_place((row.writer, row.id), row.at)


def _shown(row: Any) -> contract.Change:
    return contract.Change(
        change_id=str(row.id),
        at=row.at,
        kind=row.kind,
        object_type=row.object_type,
        object_id=row.object_id,
        company_id=row.company_id,
        detail=tuple(each for name, value in row.detail.items() for each in _details(camel(name), value)),
        client_name=row.client_name,
        operation=row.operation,
        request_id=row.request_id,
        transaction_id=row.transaction_id,
    )


def _details(name: str, value: Any) -> Iterator[contract.ChangeDetail]:
    """One for a value, one for each of a list, and those of a structure by their paths."""
    match value:
        case dict():
            for inner, each in value.items():
                yield from _details(f"{name}.{camel(inner)}", each)
        case list():
            for each in value:
                yield from _details(name, each)
        case bool():
            yield contract.ChangeDetail(name=name, value="true" if value else "false")
        case None:
            yield contract.ChangeDetail(name=name)
        case _:
            yield contract.ChangeDetail(name=name, value=str(value))

"""Taking numbers and giving them back: a few index look-ups, however full a space is."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from provisioning.numbering.model import FreeRange, NumberKind, NumberSpace
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot

_spaces = table_of(NumberSpace)
_ranges = table_of(FreeRange)
_in_space = (_ranges.c.company_id == bindparam("company")) & (_ranges.c.kind == bindparam("of"))

_SPACE = hot(
    select(_spaces.c.lowest, _spaces.c.highest, _spaces.c.preferred).where(
        _spaces.c.company_id == bindparam("company"), _spaces.c.kind == bindparam("of")
    )
)
_LOCKED_SPACE = hot(_SPACE.with_for_update())
_FROM = hot(
    select(_ranges.c.first, _ranges.c.last)
    .where(_in_space, _ranges.c.last >= bindparam("number"))
    .order_by(_ranges.c.last)
    .limit(bindparam("most"))
)
_BELOW = hot(
    select(_ranges.c.first, _ranges.c.last)
    .where(_in_space, _ranges.c.last < bindparam("number"))
    .order_by(_ranges.c.last.desc())
    .limit(bindparam("most"))
)
_ADD = hot(insert(_ranges))
_SHORTEN = hot(
    update(_ranges).where(_in_space, _ranges.c.last == bindparam("end")).values(first=bindparam("new_first"))
)
_REMOVE = hot(delete(_ranges).where(_in_space, _ranges.c.last == bindparam("end")))
_REMOVE_ALL = hot(delete(_ranges).where(_in_space))
_ADD_SPACE = insert(_spaces)
_CHANGE_SPACE = update(_spaces).where(
    _spaces.c.company_id == bindparam("company"), _spaces.c.kind == bindparam("of")
)
_REMOVE_SPACE = delete(_spaces).where(
    _spaces.c.company_id == bindparam("company"), _spaces.c.kind == bindparam("of")
)


@dataclass(frozen=True, slots=True)
class Space:
    """The numbers of one kind in one company. Only a locked one may be changed."""

    db: Session
    company_id: str
    kind: NumberKind
    lowest: int
    highest: int
    preferred: int

    @property
    def size(self) -> int:
        return self.highest - self.lowest + 1

    def take_free(self, count: int = 1) -> list[int]:
        """The lowest free numbers from the preferred one on, then those below it; fewer when there are no more."""
        taken: list[int] = []
        for start in (self.preferred, self.lowest):
            while len(taken) < count and (found := self._from(start, 1)):
                piece = range(max(found[0].start, start), found[0].stop)[: count - len(taken)]
                self._cut(found[0], piece)
                taken += piece
        return taken

    def take(self, number: int) -> bool:
        """Take this very number; False when it is not free."""
        for found in self._from(number, 1):
            if number in found:
                self._cut(found, range(number, number + 1))
                return True
        return False

    def give_back(self, number: int) -> None:
        """Let a number be taken again. One that is free already, or outside the space, stays as it is."""
        if not self.lowest <= number <= self.highest:
            return
        start, stop = number, number + 1
        for found in self._from(number - 1, 2):
            if number in found:
                return
            if found.stop == number or found.start == number + 1:
                start, stop = min(start, found.start), max(stop, found.stop)
                self._run(_REMOVE, end=found[-1])
        self._add(range(start, stop))

    def near(self, wish: int, count: int) -> list[int]:
        """Free numbers, those nearest to the wish first."""
        above = self._from(wish, count)
        below = [*above[:1], *self._ask(_BELOW, wish, count)]
        near = {number for found in above for number in range(max(found.start, wish), found.stop)[:count]}
        near |= {number for found in below for number in range(found.start, min(found.stop, wish))[-count:]}
        return sorted(near, key=lambda number: (abs(number - wish), number))[:count]

    def _cut(self, around: range, piece: range) -> None:
        """Take a piece out of a free range."""
        if piece.stop < around.stop:
            self._run(_SHORTEN, end=around[-1], new_first=piece.stop)
        else:
            self._run(_REMOVE, end=around[-1])
        if around.start < piece.start:
            self._add(range(around.start, piece.start))

    def _from(self, number: int, most: int) -> list[range]:
        """The range with the number, or else the next one above, and those that follow."""
        return self._ask(_FROM, number, most)

    def _ask(self, statement: Any, number: int, most: int) -> list[range]:
        rows = self.db.execute(
            statement, {"company": self.company_id, "of": self.kind, "number": number, "most": most}
        )
        return [range(first, last + 1) for first, last in rows]

    def _run(self, statement: Any, **values: int) -> None:
        self.db.execute(statement, {"company": self.company_id, "of": self.kind, **values})

    def _add(self, free: range) -> None:
        self.db.execute(_ADD, _range_row(self.company_id, self.kind, free))


def find_space(db: Session, company_id: str, kind: NumberKind, *, lock: bool = True) -> Space | None:
    """The numbers of a company, if it has such numbers; with ``lock`` nobody else changes them meanwhile."""
    row = db.execute(_LOCKED_SPACE if lock else _SPACE, {"company": company_id, "of": kind}).one_or_none()
    return Space(db, company_id, kind, *row) if row else None


def draw_space(
    db: Session,
    company_id: str,
    kind: NumberKind,
    lowest: int,
    highest: int,
    *,
    preferred: int | None = None,
    held: Iterable[int] = (),
) -> None:
    """Give a company a space of numbers, or change the one it has. All are free but the held ones.

    The row of a space stays when it changes: who waits for its lock finds it, and finds it changed.
    """
    ends = {"lowest": lowest, "highest": highest, "preferred": lowest if preferred is None else preferred}
    if find_space(db, company_id, kind) is None:
        db.execute(_ADD_SPACE, {"company_id": company_id, "kind": kind, **ends})
    else:
        db.execute(_CHANGE_SPACE, {"company": company_id, "of": kind, **ends})
        db.execute(_REMOVE_ALL, {"company": company_id, "of": kind})
    marks = [lowest - 1, *sorted(each for each in set(held) if lowest <= each <= highest), highest + 1]
    gaps = [range(left + 1, right) for left, right in pairwise(marks) if left + 1 < right]
    if gaps:
        db.execute(_ADD, [_range_row(company_id, kind, gap) for gap in gaps])


def remove_space(db: Session, company_id: str, kind: NumberKind) -> None:
    """Take all numbers of a kind from a company."""
    db.execute(_LOCKED_SPACE, {"company": company_id, "of": kind})
    db.execute(_REMOVE_ALL, {"company": company_id, "of": kind})
    db.execute(_REMOVE_SPACE, {"company": company_id, "of": kind})


def _range_row(company_id: str, kind: NumberKind, free: range) -> dict[str, Any]:
    return {"company_id": company_id, "kind": kind, "first": free.start, "last": free[-1]}

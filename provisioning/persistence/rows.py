"""What hot statements find: named tuples, whose columns cost a twentieth of what those of SQLAlchemy's rows do."""

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy.exc import MultipleResultsFound, NoResultFound
from sqlalchemy.orm import class_mapper

M = TypeVar("M")


def row_maker(names: Iterable[str]) -> Callable[[Iterable[Any]], Any]:
    """What makes a row of its columns' values. One kind of row for the same columns, wherever they come from."""
    return _maker(tuple(names))


@cache
def _maker(names: tuple[str, ...]) -> Callable[[Iterable[Any]], Any]:
    kind: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc] # noqa: PYI024 - the names are known at run time only
    make: Callable[[Iterable[Any]], Any] = kind._make
    return make


class Rows:
    """All rows, or all values of their first column; of SQLAlchemy's results what rooms ask for."""

    def __init__(self, found: Sequence[Any]) -> None:
        self._found = found

    def __iter__(self) -> Iterator[Any]:
        return iter(self._found)

    def all(self) -> Sequence[Any]:
        return self._found

    def first(self) -> Any:
        return self._found[0] if self._found else None

    def one(self) -> Any:
        if not self._found:
            raise NoResultFound("No row was found when one was required")
        return self.one_or_none()

    def one_or_none(self) -> Any:
        if len(self._found) > 1:
            raise MultipleResultsFound("Multiple rows were found when at most one was required")
        return self.first()

    def scalars(self) -> "Rows":
        return Rows([each[0] for each in self._found])

    def scalar(self) -> Any:
        return self.scalars().first()

    def scalar_one(self) -> Any:
        return self.scalars().one()

    def scalar_one_or_none(self) -> Any:
        return self.scalars().one_or_none()


def picture_of(mapped: type[M], row: Any) -> M:
    """An object with the values of a row, to look at: no session knows it, so what is changed in it is kept nowhere.

    The class may never have been used in this process: unlike a query, a mere look does not make its mapping ready.
    """
    made: M = class_mapper(mapped).class_manager.new_instance()
    made.__dict__.update(row._asdict())
    return made

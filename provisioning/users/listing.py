"""Lists of users whose pages cost the same at any size.

An index per order of sorting holds the users of a company state by state, so a page is a merge of a few index
ranges. Where a filter leaves few users of a state, its own index gives them, and they are sorted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, literal, or_, select, tuple_, union_all
from sqlalchemy.orm import Session

from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.hot import hot
from provisioning.users.choosing import FILTERS, Chosen, choose, users
from provisioning.users.contract import UserFilter
from provisioning.users.model import EXPIRING, LIVING, SORT_KEYS, UserState
from provisioning.users.view import COLUMNS

# Up to so many users in all come by a filter's index. When there are more, a walk in the list's order soon meets
# a page of them; but not in a state where there are next to none.
FEW = 4000
NEXT_TO_NONE = 100

_OF_COMPANY = users.company_id == bindparam("company")
_IN_FORCE = users.expires_on.is_(None) | (users.expires_on >= bindparam("today"))
# Nobody may have noted yet that an expiry date has passed.
_OVERDUE = users.expires_on < bindparam("today")
_Conditions = list[ColumnElement[bool]]
_Filters = frozenset[str]
_States = frozenset[UserState]


def read_page(
    db: Session, chosen: Chosen, sort: str, *, descending: bool, after: Sequence[Any] | None, size: int
) -> Sequence[Row[Any]]:
    """The first users in an order, or those after a place in it."""
    stored = (chosen.state,) if chosen.state else LIVING
    few = _with_few(db, chosen, stored)
    lazy = db.get_bind().dialect.name == "sqlite"
    statement = _page(chosen.filters, chosen.state, few, sort, descending, after is not None, lazy)
    place = {f"after_{number}": value for number, value in enumerate(after or ())}
    return db.execute(statement, {**chosen.parameters, **place, "size": size}).all()


def find_users(
    unit: UnitOfWork, company_id: str, wanted: UserFilter, states: Iterable[UserState], most: int
) -> list[Row[Any]]:
    """The users of a company that a filter means, of these states alone; at most so many of them."""
    found: list[Row[Any]] = []
    for state in states:
        chosen = choose(unit, company_id, replace(wanted, state=state))
        rows = read_page(unit.db, chosen, "created", descending=False, after=None, size=most - len(found))
        found.extend(rows)
    return found


def count_by_state(db: Session, chosen: Chosen) -> dict[UserState, int]:
    """How many users there are in each state that counts on the day, whatever state is chosen."""
    counts = dict.fromkeys(UserState, 0)
    for state, count, overdue in db.execute(_count(chosen.filters), chosen.parameters):
        counts[UserState(state)] += count - overdue
        counts[UserState.EXPIRED] += overdue
    return counts


def _with_few(db: Session, chosen: Chosen, states: tuple[UserState, ...]) -> _States:
    """The states of which a filter leaves so few users that it pays to sort them."""
    if not chosen.filters:
        return frozenset()
    found = db.execute(_probe(chosen.filters, states), chosen.parameters).all()
    limit = FEW if sum(count for _, count in found) <= FEW else NEXT_TO_NONE
    return frozenset(UserState(state) for state, count in found if count <= limit)


@cache
def _probe(filters: _Filters, states: tuple[UserState, ...]) -> Any:
    return union_all(
        *(
            select(
                literal(state.value),
                select(func.count())
                .select_from(union_all(*_narrowed(filters, state)).limit(FEW + 1).subquery())
                .scalar_subquery(),
            )
            for state in states
        )
    )


@cache
def _count(filters: _Filters) -> Any:
    indexed = frozenset(UserState) if filters else frozenset()
    return union_all(
        *(
            select(
                literal(state.value),
                _number_of(_stored(filters, state, indexed)),
                _number_of([*_stored(filters, state, indexed), _OVERDUE] if state in EXPIRING else None),
            )
            for state in UserState
        )
    )


@cache
def _page(
    filters: _Filters,
    wanted: UserState | None,
    few: _States,
    sort: str,
    descending: bool,
    after: bool,
    lazy: bool,
) -> Select[Any]:
    """One page. A lazy database merges the branches row by row; another has to be told that each is short."""
    size: ColumnElement[int] = bindparam("size")
    beyond = _beyond(sort, descending) if after else []
    columns = [users[name] for name in dict.fromkeys((*COLUMNS, *SORT_KEYS[sort]))]
    branches = [
        _ordered(select(*columns).where(*each, *beyond), users, sort, descending)
        for each in _branches(filters, wanted, few)
    ]
    if len(branches) == 1:
        return hot(branches[0].limit(size))
    in_order = [select((each if lazy else each.limit(size)).subquery()) for each in branches]
    merged = union_all(*in_order).subquery()
    return hot(_ordered(select(merged), merged.c, sort, descending).limit(size))


def _branches(filters: _Filters, wanted: UserState | None, few: _States) -> list[_Conditions]:
    """The users in a state that counts, as groups of which each comes in the list's order."""
    if wanted is None:
        return [_stored(filters, state, few) for state in LIVING]
    own = _stored(filters, wanted, few)
    if wanted in EXPIRING:
        return [[*own, _IN_FORCE]]
    if wanted is UserState.EXPIRED:
        return [own, [_OF_COMPANY, users.state.in_(EXPIRING), _OVERDUE, *_met(filters)]]
    return [own]


def _stored(filters: _Filters, state: UserState, few: _States) -> _Conditions:
    """The users whose row says this state."""
    if state in few:
        return [users.id.in_(union_all(*_narrowed(filters, state))), *_met(filters)]
    return [_OF_COMPANY, users.state == state, *_met(filters)]


def _narrowed(filters: _Filters, state: UserState) -> list[Select[Any]]:
    """Users of one state by the index of one filter, without an order."""
    narrow = next(name for name in FILTERS if name in filters)
    return [select(users.id).where(_OF_COMPANY, users.state == state, part) for part in FILTERS[narrow]]


def _met(filters: _Filters) -> _Conditions:
    """The filters as conditions that no index is chosen for: the walk must not leave the list's order."""
    return [or_(*FILTERS[name]).is_(True) for name in FILTERS if name in filters]


def _number_of(conditions: _Conditions | None) -> ColumnElement[int]:
    if conditions is None:
        return literal(0)
    return select(func.count()).where(*conditions).scalar_subquery()


def _beyond(sort: str, descending: bool) -> _Conditions:
    keys = tuple_(*(users[name] for name in SORT_KEYS[sort]))
    place = tuple_(*(bindparam(f"after_{number}") for number in range(len(SORT_KEYS[sort]))))
    return [keys < place if descending else keys > place]


def _ordered(statement: Select[Any], columns: Any, sort: str, descending: bool) -> Select[Any]:
    keys = [columns[name] for name in SORT_KEYS[sort]]
    order = [key.desc() if descending else key.asc() for key in keys]
    return statement.order_by(*order)

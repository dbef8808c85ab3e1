"""Reading users."""

from provisioning.companies import find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import reads
from provisioning.kernel.paging import USUAL_PAGE, read_cursor, write_cursor
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users import contract
from provisioning.users.choosing import choose
from provisioning.users.contract import UserSort
from provisioning.users.listing import count_by_state, read_page
from provisioning.users.lookup import read_user
from provisioning.users.model import LIVING, SORT_KEYS, UserState
from provisioning.users.view import shown


@reads(Right.USERS_READ, quick=True)
def get_user(request: contract.UserRequest, caller: Caller, unit: UnitOfWork) -> contract.User:
    """A user, by any of its names. A deleted one is shown as DELETED.

    Errors: NOT_FOUND, INVALID_REQUEST (no name or several; an e-mail address that several users have).
    """
    return shown(read_user(unit, request.user_ref), unit.today)


@reads(Right.USERS_READ, quick=True)
def list_users(request: contract.ListUsersRequest, caller: Caller, unit: UnitOfWork) -> contract.UserPage:
    """The users of a company, filtered, sorted, and paged so that changes meanwhile shift nothing.

    Errors: NOT_FOUND, INVALID_CURSOR (also when sort or direction differ from those of the page before).
    """
    company = find_company(unit, request.company_id)
    chosen = choose(unit, company.id, request.user_filter)
    sort = (request.sort or UserSort.NUMBER).value.lower()
    descending = bool(request.descending)
    name = f"users {sort} {'down' if descending else 'up'}"
    keys = SORT_KEYS[sort]
    after = read_cursor(name, [str] * len(keys), request.cursor) if request.cursor else None
    size = request.page_size or USUAL_PAGE
    rows = read_page(unit.db, chosen, sort, descending=descending, after=after, size=size + 1)
    cursor = None
    if len(rows) > size:
        rows = rows[:size]
        cursor = write_cursor(name, [getattr(rows[-1], key) for key in keys])
    today = unit.today
    return contract.UserPage(
        user=tuple(shown(row, today) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=_total(count_by_state(unit.db, chosen), chosen.state) if request.with_total else None,
    )


@reads(Right.USERS_READ)
def count_users(request: contract.CountUsersRequest, caller: Caller, unit: UnitOfWork) -> contract.UserCounts:
    """How many users of a company there are in each state, and in all. Errors: NOT_FOUND."""
    company = find_company(unit, request.company_id)
    chosen = choose(unit, company.id, request.user_filter)
    counts = count_by_state(unit.db, chosen)
    shares = {state.value.lower(): counts[state] for state in UserState}
    return contract.UserCounts(total=_total(counts, chosen.state), **shares)


def _total(counts: dict[UserState, int], state: UserState | None) -> int:
    return counts[state] if state else sum(counts[each] for each in LIVING)

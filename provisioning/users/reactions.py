"""What this room does when companies change."""

from sqlalchemy import select

from provisioning.companies import (
    Company,
    CompanyCounting,
    CompanyCreated,
    CompanyDeleted,
)
from provisioning.kernel.errors import InUse
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.numbering import NumberKind, draw_space, remove_space
from provisioning.users import store
from provisioning.users.choosing import Chosen
from provisioning.users.departure import delete
from provisioning.users.listing import count_by_state
from provisioning.users.model import User, UserState
from provisioning.users.numbers import hold_numbers

_AT_ONCE = 500


def number_users(fact: CompanyCreated, unit: UnitOfWork) -> None:
    """Give a new company its user numbers. Those without a leading zero come first: spreadsheets eat zeros."""
    company = unit.db.get_one(Company, fact.object_id)
    beyond = 10**company.user_number_digits
    draw_space(unit.db, company.id, NumberKind.USER, 0, beyond - 1, preferred=beyond // 10)


def delete_users(fact: CompanyDeleted, unit: UnitOfWork) -> None:
    """A company with users is deleted only when they may go as well; nobody restores them then."""
    hold_numbers(unit, fact.object_id)
    ids = store.living_user_ids(unit.db, fact.object_id)
    if ids and not fact.delete_users:
        raise InUse(field="deleteUsers", object=fact.object_id, count=len(ids))
    for start in range(0, len(ids), _AT_ONCE):
        batch = select(User).where(User.id.in_(ids[start : start + _AT_ONCE])).with_for_update()
        for user in unit.db.scalars(batch).all():
            delete(unit, user, restorable=False)
    remove_space(unit.db, fact.object_id, NumberKind.USER)


def count(question: CompanyCounting, unit: UnitOfWork) -> None:
    chosen = Chosen(company_id=question.company_id, today=unit.today)
    counts = count_by_state(unit.db, chosen)
    for state in (UserState.ACTIVE, UserState.PENDING, UserState.SUSPENDED, UserState.EXPIRED):
        question.counts[f"{state.value.lower()}_users"] = counts[state]

"""Finding the one user that a reference names. The tenant stands in each query."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, select

from provisioning.kernel.addresses import email_key
from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import NotFound, invalid
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import table_of
from provisioning.persistence.hot import hot
from provisioning.users.contract import UserRef
from provisioning.users.model import User
from provisioning.users.refusals import WrongState
from provisioning.users.view import COLUMNS

# Columns of the table: with one of the mapped class even a select of columns would go through the ORM.
_users = table_of(User).c
_KEYS: dict[str, ColumnElement[bool]] = {
    "user_id": _users.id == bindparam("key"),
    "user_number": (_users.user_number == bindparam("key")) & _users.number_held,
    "external_id": (_users.external_id == bindparam("key")) & _users.living,
    "former external_id": (_users.external_id == bindparam("key")) & ~_users.living,
    "email": _users.email_key == bindparam("key"),
}
_NOBODYS_COMPANY = ""


class OwnChange:
    """A question to the rooms above: may this user change its own account? They refuse, or say nothing."""

    def __init__(self, user: User) -> None:
        self.user = user


def find_user(unit: UnitOfWork, ref: UserRef, *, field: str = "userRef", lock: bool = False) -> User:
    """The user a request names; with ``lock`` nobody else changes it before this call is over.

    A living user comes before a deleted one of the same name: callers look at the state.
    """
    found: User = _find(unit, ref, field, whole=True, lock=lock)[0]
    return found


def read_user(unit: UnitOfWork, ref: UserRef, *, field: str = "userRef") -> Row[Any]:
    """The columns of the user a request names: what a read needs, without the cost of a mapped object."""
    return _find(unit, ref, field, whole=False, lock=False)


def target_user(unit: UnitOfWork, ref: UserRef, *, field: str = "userRef") -> User:
    """The living user that a write is about, locked; refuses another version than expected."""
    user = find_user(unit, ref, field=field, lock=True)
    unit.check_version(user)
    if not user.living:
        raise WrongState(user, user.state_on(unit.today), field)
    if unit.caller.user_id is not None:
        unit.ask(OwnChange(user))
    return user


def _find(unit: UnitOfWork, ref: UserRef, field: str, *, whole: bool, lock: bool) -> Row[Any]:
    name, key = _name_in(ref, field)
    values = {
        "key": key,
        "company": _company_of(ref, unit.caller),
        "provider": unit.caller.provider_id,
        "own": unit.caller.user_id,
    }
    if values["company"] is None and name != "user_id":
        raise invalid(
            f"{field}.companyId",
            "REQUIRED",
            "is required: this client sees several companies",
            "est obligatoire : ce client voit plusieurs compagnies",
        )
    for each in (name, f"former {name}") if name == "external_id" else (name,):
        statement = _statement(
            each, values["company"] is not None, bool(values["provider"]), bool(values["own"]), whole, lock
        )
        rows = unit.db.execute(statement, values).all()
        if rows:
            return _only(rows, field, whole=whole)
    raise NotFound(field=field, object=key, what="user")


@cache
def _statement(
    name: str, of_company: bool, of_provider: bool, own: bool, whole: bool, lock: bool
) -> Select[Any]:
    statement: Select[Any] = select(User) if whole else select(*(_users[column] for column in COLUMNS))
    statement = statement.where(_KEYS[name])
    if own:
        statement = statement.where(_users.id == bindparam("own"))
    if of_company:
        statement = statement.where(_users.company_id == bindparam("company"))
    if of_provider:
        statement = statement.where(_users.provider_id == bindparam("provider"))
    if name in {"email", "former external_id"}:
        statement = statement.order_by(_users.living.desc(), _users.deleted_at.desc()).limit(2)
    if lock:
        statement = statement.with_for_update()
    return statement if whole else hot(statement)


def _name_in(ref: UserRef, field: str) -> tuple[str, str]:
    names = [name for name in ("user_id", "user_number", "external_id", "email") if getattr(ref, name)]
    if len(names) != 1:
        raise invalid(
            field,
            "ONE_NAME",
            "must have exactly one of userId, userNumber, externalId and email",
            "doit porter exactement un de userId, userNumber, externalId et email",
        )
    name, key = names[0], getattr(ref, names[0])
    return name, email_key(key) if name == "email" else key


def _company_of(ref: UserRef, caller: Caller) -> str | None:
    """The company to look in. For a company's own client there is but one, whatever the request says."""
    if caller.company_id and ref.company_id not in {None, caller.company_id}:
        return _NOBODYS_COMPANY
    return caller.company_id or ref.company_id


def _only(rows: Sequence[Row[Any]], field: str, *, whole: bool) -> Row[Any]:
    if len(rows) > 1 and all((row[0] if whole else row).living for row in rows):
        raise invalid(
            f"{field}.email",
            "AMBIGUOUS",
            "is the address of several users; name the user by another of its keys",
            "est l'adresse de plusieurs usagers; désignez l'usager par une autre de ses clés",
        )
    return rows[0]

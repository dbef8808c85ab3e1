"""Queries of the users room. The tenant stands in each of them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from provisioning.kernel.addresses import email_key
from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import InvalidState, NotFound, invalid
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users.contract import UserRef
from provisioning.users.model import User

USER_NAMES = ("user_id", "user_number", "external_id", "email")


def find_user(unit: UnitOfWork, ref: UserRef, *, field: str = "userRef", lock: bool = False) -> User:
    """The user a request names; with ``lock`` nobody else changes it before this call is over.

    A living user comes before a deleted one of the same name: callers look at the state.
    """
    conditions = _named(ref, unit.caller, field)
    statement: Select[User] = select(User).where(*visible(unit.caller), *conditions)
    for living in (True, False):
        found = statement.where(User.living.is_(living)).order_by(User.deleted_at.desc()).limit(2)
        users = unit.db.scalars(found.with_for_update() if lock else found).all()
        if users:
            return _only(users, field, living=living)
    raise NotFound(field=field, object=_called(ref), what="user")


def target_user(unit: UnitOfWork, ref: UserRef, *, field: str = "userRef") -> User:
    """The living user that a write is about, locked; refuses another version than expected."""
    user = find_user(unit, ref, field=field, lock=True)
    unit.check_version(user)
    if not user.living:
        raise InvalidState(field=field, object=user.id, state=user.state)
    return user


def show_numbers(unit: UnitOfWork, user: User, dids: Sequence[str]) -> None:
    """Let a user be seen with these DIDs, the primary one first. For the room that assigns them."""
    user.primary_did = dids[0] if dids else ""
    user.dids = " ".join(dids)
    unit.db.flush()


def show_extension(unit: UnitOfWork, user: User, extension: str | None) -> None:
    """Let a user be seen with this extension. For the room that assigns them."""
    user.extension = extension or ""
    unit.db.flush()


def visible(caller: Caller) -> list[ColumnElement[bool]]:
    """The users that a caller may know of."""
    conditions: list[ColumnElement[bool]] = []
    if caller.provider_id:
        conditions.append(User.provider_id == caller.provider_id)
    if caller.company_id:
        conditions.append(User.company_id == caller.company_id)
    return conditions


def _named(ref: UserRef, caller: Caller, field: str) -> list[Any]:
    names = [name for name in USER_NAMES if getattr(ref, name) is not None]
    if len(names) != 1:
        raise invalid(
            field,
            "ONE_NAME",
            "must have exactly one of userId, userNumber, externalId and email",
            "doit porter exactement un de userId, userNumber, externalId et email",
        )
    (name,) = names
    company_id = ref.company_id or caller.company_id
    if company_id is None and name != "user_id":
        raise invalid(
            f"{field}.companyId",
            "REQUIRED",
            "is required: this client sees several companies",
            "est obligatoire : ce client voit plusieurs compagnies",
        )
    conditions: list[Any] = [] if company_id is None else [User.company_id == company_id]
    match name:
        case "user_id":
            conditions.append(User.id == ref.user_id)
        case "user_number":
            conditions.append(User.user_number == ref.user_number)
        case "external_id":
            conditions.append(User.external_id == ref.external_id)
        case _:
            conditions.append(User.email_key == email_key(ref.email or ""))
    return conditions


def _only(users: Sequence[User], field: str, *, living: bool) -> User:
    if len(users) > 1 and living:
        raise invalid(
            f"{field}.email",
            "AMBIGUOUS",
            "is the address of several users; name the user by another of its keys",
            "est l'adresse de plusieurs usagers; désignez l'usager par une autre de ses clés",
        )
    return users[0]


def _called(ref: UserRef) -> str | None:
    return ref.user_id or ref.user_number or ref.external_id or ref.email

"""Changing what is known of a user, and what follows for its state."""

from datetime import date
from typing import Any

from provisioning.kernel.facts import Letter
from provisioning.kernel.shape import camel
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users.facts import (
    LetterKind,
    PinChanged,
    UserActivated,
    UserChanged,
    UserExpired,
    UserReactivated,
    of,
)
from provisioning.users.model import EXPIRING, User, UserState
from provisioning.users.pins import seal_pin
from provisioning.users.refusals import WrongState

# What a phone system knows of a user.
_SHOWN_TO_PHONES = {"first_name", "last_name", "email", "language"}


def change(unit: UnitOfWork, user: User, wanted: dict[str, Any], *, exclusive_email: bool = True) -> None:
    """Give fields of a user other values; what is so already is no change."""
    changed = {name: value for name, value in wanted.items() if getattr(user, name) != value}
    if not changed:
        return
    before = user.state_on(unit.today)
    for name, value in changed.items():
        setattr(user, name, value)
    if changed.keys() & {"first_name", "last_name"}:
        user.rename(user.first_name, user.last_name)
    if "email" in changed:
        user.write_to(user.email, exclusive=exclusive_email)
    unit.record(
        UserChanged(
            **of(user),
            concerns=(user.id,) if changed.keys() & _SHOWN_TO_PHONES else (),
            detail={camel(name): _told(value) for name, value in changed.items()},
        )
    )
    if "expires_on" in changed:
        _follow_expiry(unit, user, before)
    unit.db.flush()


def activate(unit: UnitOfWork, user: User, *, letters: tuple[Letter, ...] = ()) -> None:
    """Make a PENDING user ACTIVE: it has paid, or need not."""
    if user.state != UserState.PENDING:
        raise WrongState(user, user.state_on(unit.today), "userRef")
    user.become(UserState.ACTIVE)
    unit.record(UserActivated(**of(user), concerns=(user.id,), letters=letters))
    unit.db.flush()


def give_pin(unit: UnitOfWork, user: User, pin: str, *, notify: bool = False) -> None:
    """Give a user another PIN, which somebody has found fit before; with ``notify`` the user is written what it is."""
    user.sealed_pin = seal_pin(unit.keys, pin, user.id)
    letters = (Letter(user_id=user.id, kind=LetterKind.ACCESS_CODES),) if notify else ()
    unit.record(PinChanged(**of(user), letters=letters))
    unit.db.flush()


def set_expiry(unit: UnitOfWork, user: User, expires_on: date | None) -> None:
    """Give a user another last day of service, or none; for the room of the options."""
    change(unit, user, {"expires_on": expires_on})


def expire(unit: UnitOfWork, user: User) -> None:
    """Let a user be EXPIRED: its last day of service has passed. A new one will make it ACTIVE."""
    user.become(UserState.EXPIRED)
    unit.record(UserExpired(**of(user), concerns=(user.id,)))


def _follow_expiry(unit: UnitOfWork, user: User, before: UserState) -> None:
    """A day that has passed closes the account; another one opens a closed one."""
    passed = user.expires_on is not None and user.expires_on < unit.today
    if passed and user.state in EXPIRING:
        expire(unit, user)
    elif before is UserState.EXPIRED and not passed:
        user.become(UserState.ACTIVE)
        user.suspension_reason = None
        unit.record(UserReactivated(**of(user), concerns=(user.id,)))


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value

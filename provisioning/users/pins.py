"""PINs: which are too easy, how new ones are made, how they are kept."""

import secrets

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from provisioning.kernel.errors import invalid
from provisioning.kernel.secrets import KeyRing
from provisioning.users.model import User

GENERATED_DIGITS = 6
_UP = "0123456789" * 3
_RUNS = (_UP, _UP[::-1])


def is_trivial(pin: str, user_number: str | None) -> bool:
    """One repeated digit, a run up or down, or the user number."""
    return len(set(pin)) == 1 or any(pin in run for run in _RUNS) or pin == user_number


def refuse_trivial(pin: str, user_number: str | None, field: str) -> None:
    if is_trivial(pin, user_number):
        raise invalid(
            field,
            "TRIVIAL_PIN",
            "is too easy: no repeated digit, no run such as 1234, not the user number",
            "est trop facile : ni chiffre répété, ni suite comme 1234, ni numéro d'usager",
        )


def new_pin(user_number: str) -> str:
    """A random PIN that is not trivial."""
    while True:
        pin = f"{secrets.randbelow(10**GENERATED_DIGITS):0{GENERATED_DIGITS}}"
        if not is_trivial(pin, user_number):
            return pin


def seal_pin(keys: KeyRing, pin: str, user_id: str) -> str:
    """The PIN as it is kept: bound to its user, whatever company that is in."""
    return keys.seal(pin, f"users.{user_id}.pin")


def open_pin(keys: KeyRing, sealed: str, user_id: str) -> str:
    return keys.open(sealed, f"users.{user_id}.pin")


_SEALED = select(User.id, User.sealed_pin).where(User.sealed_pin != "").with_for_update()
_SEAL = (
    update(User.__table__)  # type: ignore[arg-type] # SQLAlchemy types a mapped class's table as any FROM clause
    .where(User.__table__.c.id == bindparam("user_id"))
    .values(sealed_pin=bindparam("pin"))
)


def reseal(db: Session, keys: KeyRing) -> int:
    """Seal every PIN under the first key of the ring; how many were under another. No user's version grows."""
    moved = [
        {"user_id": user_id, "pin": seal_pin(keys, open_pin(keys, sealed, user_id), user_id)}
        for user_id, sealed in db.execute(_SEALED)
        if keys.needs_sealing_again(sealed)
    ]
    if moved:
        db.execute(_SEAL, moved)
    return len(moved)

"""What the database says of users, as phone systems are to have it."""

import time
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from provisioning.application import Application
from provisioning.kernel.caller import operator
from provisioning.kernel.phone_state import PhoneState, PhoneStateAsked

_CLOCK = text("SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint")


def read_states(application: Application, db: Session, user_ids: Iterable[str]) -> dict[str, PhoneState]:
    """The states of these users at this moment, by user. All rooms are asked; nobody tells of strangers.

    The version is drawn first, from the one clock that all relays share: so a state with a greater version
    knows everything that one with a smaller version was sent for.
    """
    question = PhoneStateAsked(user_ids, _version(db))
    application.dispatcher.unit_for(db, operator()).ask(question)
    return question.states


def _version(db: Session) -> int:
    """Microseconds. A SQLite database is used on one host, whose clock is as good as the database's."""
    if db.get_bind().dialect.name == "postgresql":
        return int(db.execute(_CLOCK).scalar_one())
    return time.time_ns() // 1000

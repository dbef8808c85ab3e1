"""Links by which users choose their PIN: made with the letter, used once, ended by any new PIN."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages.model import Delivery, PinLink
from provisioning.persistence.base import table_of
from provisioning.users import PinChanged

_OCTETS = 24
_links, _deliveries = table_of(PinLink), table_of(Delivery)
_ADD = insert(_links)
_END = (
    update(_links)
    .where(_links.c.user_id == bindparam("of_user"), _links.c.ended_at.is_(None))
    .values(ended_at=bindparam("now"))
)
_SEALED = (
    select(_deliveries.c.id, _deliveries.c.sealed_link)
    .where(_deliveries.c.sealed_link.is_not(None))
    .with_for_update()
)
_SEAL = (
    update(_deliveries)
    .where(_deliveries.c.id == bindparam("of_delivery"))
    .values(sealed_link=bindparam("sealed"))
)


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """A link as a letter says it: its token, and until when it can be used."""

    token: str
    expires_at: datetime


def digest_of(token: str) -> str:
    """Without a key: nobody can try out so many tokens, and a key that is gone must not spoil links."""
    return hashlib.sha256(token.encode("utf-8")).hexdigest()


def make_links(unit: UnitOfWork, letters: Sequence[tuple[str, str]]) -> dict[str, str]:
    """A link for each delivery and its user; by delivery, the token as it is kept there."""
    tokens = [secrets.token_urlsafe(_OCTETS) for _ in letters]
    expires_at = unit.now + timedelta(hours=unit.settings.pin_link_hours)
    rows = [
        {"digest": digest_of(token), "user_id": user_id, "expires_at": expires_at}
        for (_, user_id), token in zip(letters, tokens, strict=True)
    ]
    if rows:
        unit.db.execute(_ADD, rows)
    return {
        delivery_id: unit.keys.seal(token, _owner(delivery_id))
        for (delivery_id, _), token in zip(letters, tokens, strict=True)
    }


def open_link(db: Session, keys: KeyRing, delivery_id: str, sealed: str) -> OpenedLink:
    token = keys.open(sealed, _owner(delivery_id))
    return OpenedLink(token, db.get_one(PinLink, digest_of(token)).expires_at)


def address_of(address: str, token: str) -> str:
    """Where a browser finds the page."""
    return f"{address}/pin/{token}"


def end_links(fact: PinChanged, unit: UnitOfWork) -> None:
    """A PIN was set, by whatever way: older links must not change it again."""
    unit.db.execute(_END, {"of_user": fact.object_id, "now": unit.now})


def reseal(db: Session, keys: KeyRing) -> int:
    """Seal every token under the first key of the ring; how many were under another."""
    moved = [
        {
            "of_delivery": row.id,
            "sealed": keys.seal(keys.open(row.sealed_link, _owner(row.id)), _owner(row.id)),
        }
        for row in db.execute(_SEALED)
        if keys.needs_sealing_again(row.sealed_link)
    ]
    if moved:
        db.execute(_SEAL, moved)
    return len(moved)


def _owner(delivery_id: str) -> str:
    return f"deliveries.{delivery_id}.link"

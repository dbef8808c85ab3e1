"""Queries of the messages room."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from provisioning.kernel.outbox import OutboxRow
from provisioning.messages.model import Delivery, OwnWords, PinLink
from provisioning.persistence.base import table_of

_deliveries = table_of(Delivery)
_NOTE_SENT = (
    update(_deliveries)
    .where(_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(sent_at=bindparam("now"))
)


def note_sent(db: Session, delivery_ids: Collection[str], now: datetime) -> None:
    """These letters are with the mail server."""
    db.execute(_NOTE_SENT, {"ids": list(delivery_ids), "now": now})


def forget_old(db: Session, before: datetime) -> int:
    """Delete the letters that were written before a moment, whatever became of them; how many there were."""
    old = select(Delivery.id).where(Delivery.created_at < before)
    db.execute(delete(OutboxRow).where(OutboxRow.object_id.in_(old)))
    forgotten = db.execute(delete(Delivery).where(Delivery.created_at < before).returning(Delivery.id)).all()
    db.execute(delete(OwnWords).where(OwnWords.created_at < before))
    db.execute(delete(PinLink).where(PinLink.expires_at < before))
    return len(forgotten)

"""Queries of the messages room."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from provisioning.companies import find_company
from provisioning.kernel.outbox import OutboxRow, OutboxState
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages import contract
from provisioning.messages.links import digest_of
from provisioning.messages.model import Delivery, DeliveryState, OwnWords, PinLink
from provisioning.persistence.base import table_of
from provisioning.persistence.deletion import delete_some
from provisioning.users import LetterKind

_deliveries = table_of(Delivery)
_NOTE_SENT = (
    update(_deliveries)
    .where(_deliveries.c.id.in_(bindparam("ids", expanding=True)))
    .values(sent_at=bindparam("now"))
)
_FORGET = delete(_deliveries).where(_deliveries.c.id.in_(bindparam("ids", expanding=True)))
_outbox = table_of(OutboxRow)
_FORGET_ROWS = delete(_outbox).where(_outbox.c.object_id.in_(bindparam("ids", expanding=True)))


def note_sent(db: Session, delivery_ids: Collection[str], now: datetime) -> None:
    """These letters are with the mail server."""
    db.execute(_NOTE_SENT, {"ids": list(delivery_ids), "now": now})


def forget_old(db: Session, before: datetime, most: int = 2000) -> int:
    """Delete letters that were written before a moment, whatever became of them, so many at most; how many.

    After the last of them words that were sent, and links that are over: these count as well.
    """
    chosen = select(Delivery.id).where(Delivery.created_at < before).limit(most)
    old = db.scalars(chosen.with_for_update(skip_locked=True)).all()
    db.execute(_FORGET_ROWS, {"ids": old})
    db.execute(_FORGET, {"ids": old})
    if len(old) == most:
        return most
    words = delete_some(db, OwnWords, OwnWords.created_at < before, most)
    return len(old) + words + delete_some(db, PinLink, PinLink.expires_at < before, most)


_IN_STATE: dict[DeliveryState, tuple[ColumnElement[bool], ...]] = {
    DeliveryState.SENT: (Delivery.sent_at.is_not(None),),
    DeliveryState.QUEUED: (Delivery.sent_at.is_(None), OutboxRow.state == OutboxState.WAITING),
    DeliveryState.FAILED: (
        Delivery.sent_at.is_(None),
        or_(OutboxRow.id.is_(None), OutboxRow.state == OutboxState.FAILED),
    ),
}


def pin_link(db: Session, token: str) -> PinLink | None:
    return db.get(PinLink, digest_of(token), populate_existing=True)


def listed(
    unit: UnitOfWork, request: contract.ListDeliveriesRequest, user_id: str | None
) -> Select[Delivery, OutboxRow]:
    """The deliveries of a list request, each with its outbox row if there is one; without paging."""
    statement = select(Delivery, OutboxRow).outerjoin(OutboxRow, OutboxRow.object_id == Delivery.id)
    statement = statement.where(*_visible(unit, request.company_id))
    if user_id is not None:
        statement = statement.where(Delivery.user_id == user_id)
    if request.letter_kind is not None:
        statement = statement.where(Delivery.kind == request.letter_kind)
    if request.state is not None:
        statement = statement.where(*_IN_STATE[request.state])
    if request.since is not None:
        statement = statement.where(Delivery.created_at >= request.since)
    if request.transaction_id is not None:
        statement = statement.where(Delivery.transaction_id == request.transaction_id)
    return statement


def _visible(unit: UnitOfWork, company_id: str | None) -> list[ColumnElement[bool]]:
    caller = unit.caller
    visible: list[ColumnElement[bool]] = []
    if caller.provider_id:
        visible.append(Delivery.provider_id == caller.provider_id)
    if company_id or caller.company_id:
        visible.append(Delivery.company_id == find_company(unit, company_id).id)
    if caller.user_id:
        visible.append(Delivery.user_id == caller.user_id)
    return visible


def shown(row: Any) -> contract.Delivery:
    delivery, waiting = row[0], row[1] if row[0].sent_at is None else None
    state = _state(delivery, waiting)
    return contract.Delivery(
        delivery_id=delivery.id,
        company_id=delivery.company_id,
        user_id=delivery.user_id,
        address=delivery.address,
        letter_kind=LetterKind(delivery.kind),
        language=Language(delivery.language),
        state=state,
        attempts=waiting.attempts if waiting else None,
        last_error=waiting.last_error if waiting else None,
        next_attempt_at=waiting.due_at if waiting and state is DeliveryState.QUEUED else None,
        created_at=delivery.created_at,
        sent_at=delivery.sent_at,
        transaction_id=delivery.transaction_id,
    )


def _state(delivery: Delivery, waiting: OutboxRow | None) -> DeliveryState:
    if delivery.sent_at is not None:
        return DeliveryState.SENT
    waits = waiting is not None and waiting.state == OutboxState.WAITING
    return DeliveryState.QUEUED if waits else DeliveryState.FAILED

"""The first answer of each requestId, kept in the transaction of the change itself."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Row, String, bindparam, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from provisioning.kernel.errors import Refusal
from provisioning.kernel.operation import Operation
from provisioning.kernel.plain import write_plain
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment, table_of
from provisioning.persistence.hot import hot


class RequestIdReused(Refusal):
    code = "REQUEST_ID_REUSED"
    text = Text(
        "requestId {request_id} was used for {operation} with other arguments.",
        "Le requestId {request_id} a servi pour {operation} avec d'autres arguments.",
    )


class RequestInProgress(Refusal):
    code = "REQUEST_IN_PROGRESS"
    text = Text(
        "The first request with this requestId still runs; ask again.",
        "La première requête portant ce requestId est encore en cours; redemandez.",
    )


class RequestRow(Base):
    """What was answered to a requestId. The primary key is the promise: one row per client and key."""

    __tablename__ = "requests"

    client_id: Mapped[str] = mapped_column(Id, primary_key=True)
    request_id: Mapped[str] = mapped_column(String(128), primary_key=True)
    operation: Mapped[str] = mapped_column(String(60))
    fingerprint: Mapped[str] = mapped_column(String(100))
    answer: Mapped[dict[str, Any]] = mapped_column(Json)
    transaction_id: Mapped[str] = mapped_column(Id)
    at: Mapped[datetime] = mapped_column(Moment, index=True)


_requests = table_of(RequestRow)
_ASKED_BEFORE = (_requests.c.client_id == bindparam("client_id")) & (
    _requests.c.request_id == bindparam("request_id")
)
_FIRST = hot(select(_requests.c.operation, _requests.c.fingerprint, _requests.c.answer).where(_ASKED_BEFORE))
_KEPT = hot(select(_requests.c.operation, _requests.c.transaction_id, _requests.c.at).where(_ASKED_BEFORE))
_KEEP = hot(insert(_requests))


def lock_key(client_id: str, request_id: str) -> str:
    """The key that a call holds while it works on a requestId."""
    return f"{client_id} {request_id}"


def find_kept(db: Session, client_id: str, request_id: str) -> Row[str, str, datetime] | None:
    """The operation, the transaction and the time of a requestId that was answered."""
    return db.execute(_KEPT, {"client_id": client_id, "request_id": request_id}).one_or_none()


def question(operation: Operation, request: Any) -> str:
    """What was asked for, without the control element: the same text in any protocol."""
    plain = write_plain(operation.request, request)
    plain.pop("control", None)
    return json.dumps([operation.name, plain], sort_keys=True)


def first_answer(
    db: Session, keys: KeyRing, client_id: str, request_id: str, asked: str
) -> dict[str, Any] | None:
    """The answer already given to this requestId, if any; refuses other arguments."""
    row = db.execute(_FIRST, {"client_id": client_id, "request_id": request_id}).one_or_none()
    if row is None:
        return None
    if not keys.same_digest(asked, row.fingerprint):
        raise RequestIdReused(field="control.requestId", request_id=request_id, operation=row.operation)
    return dict(row.answer)


def keep_answer(
    db: Session,
    keys: KeyRing,
    operation: Operation,
    client_id: str,
    request_id: str,
    asked: str,
    result: Any,
    now: datetime,
) -> None:
    """Keep the answer without the secrets it shows once, and of the question only a keyed digest."""
    db.execute(
        _KEEP,
        {
            "client_id": client_id,
            "request_id": request_id,
            "operation": operation.name,
            "fingerprint": keys.digest(asked),
            "answer": write_plain(operation.result, result, secrets=False),
            "transaction_id": result.outcome.transaction_id,
            "at": now,
        },
    )

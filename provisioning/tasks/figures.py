"""How much there is to deliver, for those who watch the service."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from provisioning.kernel.outbox import OutboxRow, Topic
from provisioning.phone_systems import PhoneSystem


@dataclass(frozen=True, slots=True)
class Figure:
    """Rows of the outbox of one topic and state, for all phone systems of one name, and when the oldest came about."""

    topic: str
    state: str
    phone_system: str
    rows: int
    oldest: datetime


def figures(db: Session) -> list[Figure]:
    """All that there are; none stands for no rows. Which phone system is known by name: names are few."""
    name = func.coalesce(PhoneSystem.name, "")
    oldest = func.min(OutboxRow.created_at, type_=OutboxRow.created_at.type)
    rows = db.execute(
        select(OutboxRow.topic, OutboxRow.state, name, func.count(), oldest)
        .outerjoin(PhoneSystem, (OutboxRow.topic == Topic.PHONE) & (PhoneSystem.id == OutboxRow.target_id))
        .group_by(OutboxRow.topic, OutboxRow.state, name)
        .order_by(OutboxRow.topic, OutboxRow.state, name)
    )
    return [Figure(*row) for row in rows]

"""Keeping the letters that a call wants sent, in the call's own transaction."""

from collections.abc import Sequence

from sqlalchemy import insert, select

from provisioning.kernel.clock import new_id
from provisioning.kernel.facts import Fact, Letter
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages.model import Delivery
from provisioning.persistence.base import table_of
from provisioning.users import User

_ADD = insert(table_of(Delivery))


def post(unit: UnitOfWork, letters: Sequence[tuple[Fact, Letter]]) -> list[str]:
    """Keep letters as deliveries; their identifiers, in the order of the letters."""
    users = {
        row.id: row
        for row in unit.db.execute(
            select(User.id, User.email, User.language).where(
                User.id.in_({letter.user_id for _, letter in letters})
            )
        )
    }
    rows = [
        {
            "id": new_id(),
            "provider_id": fact.provider_id,
            "company_id": fact.company_id,
            "user_id": letter.user_id,
            "kind": letter.kind,
            "address": users[letter.user_id].email,
            "language": users[letter.user_id].language,
            "detail": letter.detail,
            "transaction_id": unit.transaction_id,
            "created_at": unit.now,
        }
        for fact, letter in letters
    ]
    unit.db.execute(_ADD, rows)
    return [row["id"] for row in rows]

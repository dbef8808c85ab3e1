"""Keeping the letters that a call wants sent, in the call's own transaction."""

from collections.abc import Sequence

from sqlalchemy import bindparam, insert, select

from provisioning.companies import AccessCodesForm, Company
from provisioning.kernel.clock import new_id
from provisioning.kernel.facts import Fact, Letter
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages.links import make_links
from provisioning.messages.model import Delivery
from provisioning.persistence.base import table_of
from provisioning.users import LetterKind, User

_AT_ONCE = 500
_ADD = insert(table_of(Delivery))
_users, _companies = table_of(User).c, table_of(Company).c
_RECIPIENTS = select(_users.id, _users.email, _users.language).where(
    _users.id.in_(bindparam("ids", expanding=True))
)
_BY_LINK = select(_companies.id).where(
    _companies.id.in_(bindparam("ids", expanding=True)),
    _companies.send_access_codes_as == AccessCodesForm.LINK,
)


def post(unit: UnitOfWork, letters: Sequence[tuple[Fact, Letter]]) -> list[str]:
    """Keep letters as deliveries; their identifiers, in the order of the letters."""
    ids: list[str] = []
    for start in range(0, len(letters), _AT_ONCE):
        ids += _post(unit, letters[start : start + _AT_ONCE])
    return ids


def _post(unit: UnitOfWork, letters: Sequence[tuple[Fact, Letter]]) -> list[str]:
    ids = [new_id() for _ in letters]
    users = {
        row.id: row
        for row in unit.db.execute(_RECIPIENTS, {"ids": [letter.user_id for _, letter in letters]})
    }
    links = _links(unit, ids, letters)
    rows = [
        {
            "id": delivery_id,
            "provider_id": fact.provider_id,
            "company_id": fact.company_id,
            "user_id": letter.user_id,
            "kind": letter.kind,
            "address": users[letter.user_id].email,
            "language": users[letter.user_id].language,
            "detail": letter.detail,
            "sealed_link": links.get(delivery_id),
            "transaction_id": unit.transaction_id,
            "created_at": unit.now,
        }
        for delivery_id, (fact, letter) in zip(ids, letters, strict=True)
    ]
    unit.db.execute(_ADD, rows)
    return ids


def _links(unit: UnitOfWork, ids: Sequence[str], letters: Sequence[tuple[Fact, Letter]]) -> dict[str, str]:
    """Access codes go as links where the company has it so."""
    codes = [
        (delivery_id, fact.company_id, letter.user_id)
        for delivery_id, (fact, letter) in zip(ids, letters, strict=True)
        if letter.kind == LetterKind.ACCESS_CODES
    ]
    if not codes:
        return {}
    by_link = set(unit.db.scalars(_BY_LINK, {"ids": sorted({str(company) for _, company, _ in codes})}))
    return make_links(unit, [(each, user) for each, company, user in codes if company in by_link])

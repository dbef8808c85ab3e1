"""What this room does when companies change."""

from provisioning.companies import Company, CompanyCreated
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.numbering import NumberKind, draw_space


def number_users(fact: CompanyCreated, unit: UnitOfWork) -> None:
    """Give a new company its user numbers. Those without a leading zero come first: spreadsheets eat zeros."""
    company = unit.db.get_one(Company, fact.object_id)
    beyond = 10**company.user_number_digits
    draw_space(unit.db, company.id, NumberKind.USER, 0, beyond - 1, preferred=beyond // 10)

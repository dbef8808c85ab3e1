"""What happens to users' packages when something happens to the user or the company."""

from sqlalchemy import bindparam, select

from provisioning.companies import Company
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.packages import store
from provisioning.packages.giving import give, give_defaults, take
from provisioning.packages.model import UserPackage
from provisioning.persistence.base import table_of
from provisioning.users import Leaving, PackageSought, User, UserCreated, UserJoinedCompany

# How users are listed by a package they have; the question below sets ``package``.
USER_FILTERS = {
    "package": (
        table_of(User).c.id.in_(
            select(UserPackage.user_id).where(UserPackage.package_id == bindparam("package"))
        ),
    )
}


def name_package(question: PackageSought, unit: UnitOfWork) -> None:
    """Whoever lists users by a package they have asks here."""
    company = unit.db.get_one(Company, question.company_id)
    found = store.by_code(unit.db, company.provider_id, [question.code])
    question.package_id = found[question.code].id if found else None


def give_wished(fact: UserCreated, unit: UnitOfWork) -> None:
    """A new user gets the packages it wishes; without a wish, those the company gives unasked."""
    if fact.new_user.package_code:
        give(unit, fact.user, fact.new_user.package_code, f"{fact.path}.packageCode")
    else:
        give_defaults(unit, fact.user)


def lose_packages(fact: Leaving, unit: UnitOfWork) -> None:
    """A user who leaves a company loses the packages the company gave, with their services."""
    take(unit, fact.user, store.held(unit.db, fact.user.id))


def join_with_defaults(fact: UserJoinedCompany, unit: UnitOfWork) -> None:
    """A user who comes to a company gets what the company gives unasked."""
    give_defaults(unit, fact.user)

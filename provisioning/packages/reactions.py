"""What happens to users' packages when something happens to the user or the company."""

from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.packages import store
from provisioning.packages.giving import give, give_defaults, take
from provisioning.users import Leaving, UserCreated, UserJoinedCompany


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

"""What happens to users' restrictions when something happens to the user."""

from provisioning.kernel.phone_state import PhoneStateAsked
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.restrictions.model import Rule
from provisioning.restrictions.operations import apply_exactly
from provisioning.restrictions.store import codes_applied_to_all
from provisioning.users import Leaving, UserCreated


def apply_wished(fact: UserCreated, unit: UnitOfWork) -> None:
    if fact.new_user.restriction_code:
        apply_exactly(unit, fact.user, fact.new_user.restriction_code, f"{fact.path}.restrictionCode")


def lose_restrictions(fact: Leaving, unit: UnitOfWork) -> None:
    """Restrictions are the company's: who leaves it loses them."""
    apply_exactly(unit, fact.user, ())


def tell_barred(question: PhoneStateAsked, unit: UnitOfWork) -> None:
    """Phone systems learn the codes of what is barred."""
    for user_id, codes in codes_applied_to_all(unit.db, question.user_ids, Rule.DENY).items():
        question.tell(user_id, barred=frozenset(codes))

"""What phone systems have to know of users: who there is, and whose service is open."""

from sqlalchemy import select

from provisioning.companies import Company, CompanyResumed, CompanyState, CompanySuspended
from provisioning.kernel.phone_state import PhoneStateAsked
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.users.model import User, UserState, effective_state
from provisioning.users.store import living_user_ids

# A pending user has no service before it is activated; whoever was rejected or deleted has none any more.
KNOWN_TO_PHONES = {UserState.ACTIVE, UserState.SUSPENDED, UserState.EXPIRED}

_COLUMNS = (
    User.id,
    User.company_id,
    User.first_name,
    User.last_name,
    User.user_number,
    User.extension,
    User.email,
    User.language,
    User.state,
    User.expires_on,
    Company.state.label("company_state"),
)


def tell_users(question: PhoneStateAsked, unit: UnitOfWork) -> None:
    """The base that other rooms add to. The service is closed while user or company is suspended or expired."""
    asked = select(*_COLUMNS).join(Company, Company.id == User.company_id)
    for user in unit.db.execute(asked.where(User.id.in_(question.user_ids))):
        state = effective_state(user.state, user.expires_on, unit.today)
        question.tell(
            user.id,
            exists=state in KNOWN_TO_PHONES,
            service_open=state is UserState.ACTIVE and user.company_state == CompanyState.ACTIVE,
            company_id=user.company_id,
            display_name=f"{user.first_name} {user.last_name}",
            user_number=user.user_number,
            extension=user.extension or None,
            email=user.email,
            language=user.language,
        )


def concern_users(fact: CompanySuspended | CompanyResumed, unit: UnitOfWork) -> None:
    """What closes or opens a company's service does so on the phone of each of its users."""
    fact.concerns = living_user_ids(unit.db, fact.object_id)

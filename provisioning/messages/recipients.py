"""Who is meant by a request to send: users by name, or a filter; each of them once."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from provisioning.companies import find_company
from provisioning.kernel.errors import InvalidState, LimitReached, invalid
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages.contract import SendingRequest
from provisioning.users import UserFilter, UserState, find_user, find_users

MOST = 10_000


@dataclass(frozen=True, slots=True)
class Recipients:
    """The users of one company that get a letter."""

    provider_id: str
    company_id: str
    user_ids: tuple[str, ...]


def recipients(unit: UnitOfWork, request: SendingRequest, states: Collection[UserState]) -> list[Recipients]:
    """Those whom the request means, company by company.

    Only users in these states can get the letter: others who are named are refused, and a filter does not mean them.
    """
    if bool(request.user_ref) == (request.user_filter is not None):
        raise invalid(
            "userRef",
            "ONE_OF",
            "or userFilter is required, not both",
            "ou userFilter est obligatoire, mais pas les deux",
        )
    if request.user_filter == UserFilter():
        raise invalid(
            "userFilter",
            "REQUIRED",
            "is without any part: it would mean everybody",
            "est sans aucun critère : il viserait tout le monde",
        )
    if request.user_filter is not None:
        return _filtered(unit, request.company_id, request.user_filter, states)
    return _named(unit, request, states)


def _filtered(
    unit: UnitOfWork, company_id: str | None, wanted: UserFilter, states: Collection[UserState]
) -> list[Recipients]:
    company = find_company(unit, company_id)
    meant: Iterable[UserState] = states
    if wanted.state is not None:
        meant = {wanted.state} & set(states)
    found = find_users(unit, company.id, wanted, meant, MOST + 1)
    if len(found) > MOST:
        raise LimitReached(field="userFilter", limit="recipients", used=len(found), allowed=MOST)
    if not found:
        return []
    return [Recipients(company.provider_id, company.id, tuple(each.id for each in found))]


def _named(unit: UnitOfWork, request: SendingRequest, states: Collection[UserState]) -> list[Recipients]:
    meant: dict[tuple[str, str], dict[str, None]] = {}
    with unit.all_violations() as violations:
        for number, ref in enumerate(request.user_ref):
            with violations.step():
                field = f"userRef[{number}]"
                user = find_user(unit, ref, field=field)
                state = user.state_on(unit.today)
                if state not in states:
                    raise InvalidState(field=field, object=user.id, state=state)
                meant.setdefault((user.provider_id, user.company_id), {})[user.id] = None
    return [Recipients(provider, company, tuple(ids)) for (provider, company), ids in meant.items()]

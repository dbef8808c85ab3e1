"""Operations of the phone sessions room."""

from collections import defaultdict
from datetime import datetime

from provisioning.companies import find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import Refusal
from provisioning.kernel.messages import FieldViolation
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.phone_sessions import contract, store
from provisioning.phone_sessions.model import PhoneSession, SessionsRecorded
from provisioning.users import User, find_user


@writes(Right.SESSIONS_WRITE)
def record_sessions(
    request: contract.RecordSessionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.RecordSessionsResult:
    """Report sessions of the phone system: up to 1000 at once, in any order, late or twice.

    A call id that is known already changes nothing. A session of an unknown user is left out and listed; the
    others count.
    """
    left_out: list[FieldViolation] = []
    sessions: dict[str, tuple[User, contract.NewSession]] = {}
    for number, session in enumerate(request.new_session):
        try:
            user = find_user(unit, session.user_ref, field=f"newSession[{number}].userRef")
        except Refusal as refusal:
            left_out.extend(_violations(refusal, unit))
        else:
            sessions.setdefault(session.call_id, (user, session))
    rows = [_row(*sessions[call_id]) for call_id in sorted(sessions)]
    new = store.add_new(unit.db, rows)
    _count(unit, [sessions[call_id] for call_id in sorted(new)])
    return contract.RecordSessionsResult(
        recorded=len(new),
        repeated=len(request.new_session) - len(new) - len(left_out),
        field_violation=tuple(left_out),
    )


@reads(Right.SESSIONS_READ)
def list_user_sessions(
    request: contract.ListUserSessionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserSessionsPage:
    """All users of a company with the number of their sessions and the date of the last, by user number.

    Errors: NOT_FOUND, INVALID_CURSOR.
    """
    statement = store.users_with_counts(find_company(unit, request.company_id))
    rows, cursor = take_page(
        unit.db, statement, Keyset("user sessions", (User.user_number, User.id)), request
    )
    return contract.UserSessionsPage(
        user_sessions=tuple(
            contract.UserSessions(
                user_id=row[0],
                user_number=row[1],
                first_name=row[2],
                last_name=row[3],
                sessions=row[4] or 0,
                last_at=row[5],
            )
            for row in rows
        ),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@reads(Right.SESSIONS_READ)
def list_sessions(
    request: contract.ListSessionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.SessionPage:
    """The sessions of a user or of a whole company, the latest first. Errors: NOT_FOUND, INVALID_CURSOR."""
    user = find_user(unit, request.user_ref) if request.user_ref else None
    company = find_company(unit, user.company_id if user else request.company_id)
    statement = store.sessions(company, user, request)
    keyset = Keyset("sessions", (PhoneSession.started_at, PhoneSession.call_id), descending=True)
    rows, cursor = take_page(unit.db, statement, keyset, request)
    return contract.SessionPage(
        phone_session=tuple(
            contract.PhoneSession(call_id=row[0], user_id=row[1], started_at=row[2], seconds=row[3])
            for row in rows
        ),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


OPERATIONS = (record_sessions, list_user_sessions, list_sessions)


def _row(user: User, session: contract.NewSession) -> dict[str, object]:
    return {
        "provider_id": user.provider_id,
        "call_id": session.call_id,
        "company_id": user.company_id,
        "user_id": user.id,
        "started_at": session.started_at,
        "seconds": session.seconds,
    }


def _count(unit: UnitOfWork, new: list[tuple[User, contract.NewSession]]) -> None:
    """Count new sessions, users in one order so that two reports cannot block each other; one fact a company."""
    starts: dict[str, list[datetime]] = defaultdict(list)
    companies: dict[tuple[str, str], int] = defaultdict(int)
    for user, session in new:
        starts[user.id].append(session.started_at)
        companies[user.provider_id, user.company_id] += 1
    for user_id in sorted(starts):
        store.count(unit.db, user_id, starts[user_id])
    for (provider_id, company_id), sessions in companies.items():
        unit.record(
            SessionsRecorded(
                object_id=company_id,
                provider_id=provider_id,
                company_id=company_id,
                detail={"sessions": sessions},
            )
        )


def _violations(refusal: Refusal, unit: UnitOfWork) -> list[FieldViolation]:
    return [
        FieldViolation(field=each.field, code=each.code, reason=each.reason(unit.language))
        for each in refusal.violations
    ]

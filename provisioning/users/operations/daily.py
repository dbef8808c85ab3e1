"""What time does to users, some of them at each call: they are warned, they expire, they can no longer be restored."""

from datetime import date

from provisioning.kernel.caller import Caller, Scope
from provisioning.kernel.facts import Letter
from provisioning.kernel.messages import BatchRequest, BatchResult
from provisioning.kernel.operation import writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.numbering import NumberKind, find_space
from provisioning.users import expiry, store
from provisioning.users.changes import expire
from provisioning.users.facts import LetterKind, RestoreWindowEnded, UserWarnedOfExpiry, of
from provisioning.users.model import User

AT_ONCE = 200
OPENS_NOTHING = ""


@writes(None, scope=Scope.OPERATOR)
def warn_of_expiry(request: BatchRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:
    """Write to users whose last day of service is as near as the service is set to warn. For the operator only."""
    thresholds = unit.settings.warning_days
    users = expiry.lock_unwarned(unit.db, caller.provider_id, unit.today, thresholds, AT_ONCE)
    due: list[tuple[str, date, int]] = []
    for user in users:
        assert user.expires_on is not None
        days = expiry.due_warning((user.expires_on - unit.today).days, thresholds)
        assert days is not None
        due.append((user.id, user.expires_on, days))
    mine = expiry.note_warnings(unit.db, due) if due else set()
    for user in users:
        if user.id in mine:
            unit.record(_warned(user, unit.today))
    return BatchResult(count=len(mine), more=len(users) == AT_ONCE)


@writes(None, scope=Scope.OPERATOR)
def expire_users(request: BatchRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:
    """Let users be EXPIRED whose last day of service has passed. For the operator only."""
    users = store.lock_expired(unit.db, caller.provider_id, unit.today, AT_ONCE)
    for user in users:
        expire(unit, user)
    unit.db.flush()
    return BatchResult(count=len(users), more=len(users) == AT_ONCE)


@writes(None, scope=Scope.OPERATOR)
def end_restore_windows(request: BatchRequest, caller: Caller, unit: UnitOfWork) -> BatchResult:
    """Give back the numbers of deleted users who can no longer be restored, and erase their secrets.

    For the operator only.
    """
    over = store.restore_windows_over(unit.db, caller.provider_id, unit.now, AT_ONCE)
    # Numbers before users, and companies in order: as all calls do that lock several of them.
    spaces = {
        company_id: find_space(unit.db, company_id, NumberKind.USER)
        for company_id in sorted({row.company_id for row in over})
    }
    users = store.lock_restore_windows_over(unit.db, [row.id for row in over], unit.now)
    for user in users:
        space = spaces[user.company_id]
        if user.number_held and space is not None:
            space.give_back(int(user.user_number))
        user.number_held = False
        user.restorable_until = None
        user.sealed_pin = OPENS_NOTHING
        unit.record(RestoreWindowEnded(**of(user)))
    unit.db.flush()
    return BatchResult(count=len(users), more=len(over) == AT_ONCE)


def _warned(user: User, today: date) -> UserWarnedOfExpiry:
    assert user.expires_on is not None
    detail = {"expiresOn": user.expires_on.isoformat(), "daysLeft": (user.expires_on - today).days}
    letter = Letter(user_id=user.id, kind=LetterKind.EXPIRY_WARNING, detail=detail)
    return UserWarnedOfExpiry(**of(user), detail=detail, letters=(letter,))

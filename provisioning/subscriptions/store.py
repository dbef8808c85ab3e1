"""Queries of the subscriptions room. The client stands in each that a caller can ask for."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import NotFound
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.deletion import delete_some
from provisioning.settings import Settings
from provisioning.subscriptions.model import Subscription, SubscriptionState

_LIVING = Subscription.deleted_at.is_(None)


def visible(caller: Caller) -> Select[Subscription]:
    """The subscriptions that a caller may know of, deleted ones included: a client's own, all for the operator."""
    statement = select(Subscription)
    if not caller.operator:
        return statement.where(Subscription.client_id == caller.client_id)
    return (
        statement.where(Subscription.provider_id == caller.provider_id) if caller.provider_id else statement
    )


def listed(caller: Caller) -> Select[Subscription]:
    return visible(caller).where(_LIVING)


def lock_subscription(unit: UnitOfWork, subscription_id: str) -> Subscription:
    statement = visible(unit.caller).where(Subscription.id == subscription_id).with_for_update()
    subscription = unit.db.scalars(statement).one_or_none()
    if subscription is None:
        raise NotFound(field="subscriptionId", object=subscription_id, what="subscription")
    return subscription


def count_of(db: Session, client_id: str) -> int:
    """How many living subscriptions a client has."""
    statement = select(func.count()).where(Subscription.client_id == client_id, _LIVING)
    return db.scalars(statement).one()


def count_by_state(db: Session) -> dict[SubscriptionState, int]:
    """How many living subscriptions there are in each state."""
    state = case(
        (Subscription.disabled_at.is_not(None), SubscriptionState.DISABLED.value),
        (Subscription.failing_since.is_not(None), SubscriptionState.FAILING.value),
        else_=SubscriptionState.ACTIVE.value,
    )
    found = select(state.label("state")).where(_LIVING).subquery()
    rows = db.execute(select(found.c.state, func.count()).group_by(found.c.state))
    return {SubscriptionState(each): count for each, count in rows}


def lock_all_of(db: Session, client_id: str) -> Sequence[Subscription]:
    statement = select(Subscription).where(Subscription.client_id == client_id, _LIVING)
    return db.scalars(statement.order_by(Subscription.id).with_for_update()).all()


def forget_old(db: Session, settings: Settings, now: datetime, most: int = 1000) -> int:
    """Delete some of the subscriptions that were ended before the oldest change that is kept; how many."""
    before = now - timedelta(days=settings.changes_days)
    return delete_some(db, Subscription, Subscription.deleted_at < before, most)


def reseal(db: Session, keys: KeyRing) -> int:
    """Seal every secret under the first key of the ring; how many were under another one."""
    old = [
        each
        for each in db.scalars(select(Subscription).where(_LIVING).with_for_update())
        if keys.needs_sealing_again(each.sealed_secret)
    ]
    for each in old:
        each.seal_secret(each.open_secret(keys), keys)
    return len(old)

"""Operations of the subscriptions room."""

from typing import Any

from provisioning.access import ClientRevoked, hold_caller
from provisioning.changes import end_of_feed, read_place, write_place
from provisioning.companies import find_company
from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import LimitReached, Refusal
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.settings import Settings
from provisioning.subscriptions import contract, store
from provisioning.subscriptions.contract import NewSubscription, SubscriptionResult
from provisioning.subscriptions.model import (
    MOST_OF_A_CLIENT,
    DisabledReason,
    NotAClient,
    Subscription,
    SubscriptionCreated,
    SubscriptionDeleted,
    SubscriptionDisabled,
    SubscriptionState,
    new_secret,
)
from provisioning.subscriptions.progress import placed
from provisioning.subscriptions.targets import look_at, read_target

_PATIENCE = 2.0


def _look_at_url(request: contract.CreateSubscriptionRequest, settings: Settings) -> None:
    look_at(request.new_subscription.url, "newSubscription.url", settings, _PATIENCE)


@writes(Right.CHANGES_WRITE, before=_look_at_url)
def create_subscription(
    request: contract.CreateSubscriptionRequest, caller: Caller, unit: UnitOfWork
) -> contract.SubscriptionSecretResult:
    """Have changes posted to a URL as they happen: those that ListChanges would show this client, one POST for each,
    in their order, signed by the Standard Webhooks rules. The secret for that is shown this once.

    The first to arrive is the subscription's own SubscriptionCreated, unless filters or a cursor say otherwise. Any
    2xx answer takes a change; after anything else it is tried again, at growing intervals, and later changes
    wait. An answer may get lost: then a change comes twice, with the same webhook-id. After 410, or after days
    without success (5 unless the installation says otherwise), the subscription is DISABLED; create another one with
    its cursor to go on. The same URL may be subscribed twice, for instance to change the secret.

    Errors: INVALID_REQUEST (a URL that webhooks may not go to), NOT_FOUND (the company), LIMIT_REACHED (20 a client),
    INVALID_CURSOR, CURSOR_EXPIRED.
    """
    if not hold_caller(unit):
        raise NotAClient
    new = request.new_subscription
    if new.company_id is not None:
        find_company(unit, new.company_id, field="newSubscription.companyId")
    used = store.count_of(unit.db, caller.client_id)
    if used >= MOST_OF_A_CLIENT:
        raise LimitReached(limit="subscriptions", used=used, allowed=MOST_OF_A_CLIENT)
    subscription = _subscription_of(new, unit)
    secret = new_secret()
    subscription.seal_secret(secret, unit.keys)
    unit.db.add(subscription)
    unit.db.flush()
    unit.record(SubscriptionCreated(**_of(subscription)))
    return contract.SubscriptionSecretResult(subscription=_shown(subscription), secret=secret)


@reads(Right.CHANGES_READ)
def list_subscriptions(
    request: contract.ListSubscriptionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.SubscriptionPage:
    """The subscriptions of the calling client and how they are doing, the oldest first; never a secret.

    Errors: INVALID_CURSOR.
    """
    statement = store.listed(caller)
    rows, cursor = take_page(unit.db, statement, Keyset("subscriptions", (Subscription.id,)), request)
    return contract.SubscriptionPage(
        subscription=tuple(_shown(row[0]) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


@writes(Right.CHANGES_WRITE)
def delete_subscription(
    request: contract.DeleteSubscriptionRequest, caller: Caller, unit: UnitOfWork
) -> SubscriptionResult:
    """Post nothing more to this subscription's URL, save what is on its way. Again is no change.

    Errors: NOT_FOUND.
    """
    subscription = store.lock_subscription(unit, request.subscription_id)
    if subscription.deleted_at is None:
        _end(subscription, unit)
    return SubscriptionResult(subscription=_shown(subscription))


@writes(None, scope=Scope.OPERATOR)
def disable_subscription(
    request: contract.DisableSubscriptionRequest, caller: Caller, unit: UnitOfWork
) -> SubscriptionResult:
    """Deliver nothing more to a receiver that is not there. For who delivers and the operator only."""
    subscription = store.lock_subscription(unit, request.subscription_id)
    if subscription.deleted_at is None and subscription.disabled_at is None:
        subscription.disabled_at, subscription.disabled_reason = unit.now, request.reason
        unit.db.flush()
        unit.record(SubscriptionDisabled(**_of(subscription, reason=request.reason.value)))
    return SubscriptionResult(subscription=_shown(subscription))


OPERATIONS = (create_subscription, list_subscriptions, delete_subscription)
OPERATOR_OPERATIONS = (disable_subscription,)


def end_subscriptions_of(revoked: ClientRevoked, unit: UnitOfWork) -> None:
    """A client that is revoked is told nothing more."""
    for each in store.lock_all_of(unit.db, revoked.object_id):
        _end(each, unit)


def _end(subscription: Subscription, unit: UnitOfWork) -> None:
    subscription.deleted_at = unit.now
    subscription.sealed_secret = ""
    unit.db.flush()
    unit.record(SubscriptionDeleted(**_of(subscription)))


def _subscription_of(new: NewSubscription, unit: UnitOfWork) -> Subscription:
    caller = unit.caller
    return Subscription(
        id=new_id(),
        provider_id=caller.provider_id,
        company_id=caller.company_id,
        client_id=caller.client_id,
        url=new.url,
        kinds=sorted(set(new.kind)),
        object_type=new.object_type,
        only_company_id=new.company_id,
        description=new.description,
        created_at=unit.now,
        due_at=unit.now,
        **_beginning(new.cursor, unit),
    )


def _beginning(cursor: str | None, unit: UnitOfWork) -> dict[str, Any]:
    """The place where deliveries begin."""
    end = end_of_feed(unit.db)
    if cursor is None:
        return placed(end, unit.now)
    try:
        return placed(*read_place(cursor, end, unit.settings, unit.now))
    except Refusal as refusal:
        refusal.field = "newSubscription.cursor"
        raise


def _shown(subscription: Subscription) -> contract.Subscription:
    """The subscription as its client sees it."""
    failing = subscription.state is SubscriptionState.FAILING
    reason = subscription.disabled_reason
    return contract.Subscription(
        subscription_id=subscription.id,
        url=subscription.url,
        kind=tuple(subscription.kinds),
        object_type=subscription.object_type,
        company_id=subscription.only_company_id or subscription.company_id,
        description=subscription.description,
        state=subscription.state,
        failing_since=subscription.failing_since,
        attempts=subscription.attempts or None,
        last_status=subscription.last_status,
        last_error=subscription.last_error,
        next_attempt_at=subscription.due_at if failing else None,
        disabled_at=subscription.disabled_at,
        disabled_reason=DisabledReason(reason) if reason else None,
        last_delivered_change_id=subscription.delivered_change_id,
        last_delivered_at=subscription.delivered_at,
        cursor=write_place(subscription.place, subscription.place_at),
        created_at=subscription.created_at,
    )


def _of(subscription: Subscription, **more: str) -> dict[str, Any]:
    """Who it is about. Of the URL only where it leads: path and query may hold secrets."""
    return {
        "object_id": subscription.id,
        "provider_id": subscription.provider_id,
        "company_id": subscription.company_id,
        "detail": {"receiver": read_target(subscription.url).origin, **more},
    }

"""Messages of the subscriptions room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from provisioning.changes import ChangedObjectType, ChangeKind
from provisioning.kernel.facets import Cursor, Facet, Most, Name, ObjectId, Secret
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.subscriptions.model import DisabledReason, SubscriptionState

WebhookUrl = Annotated[
    str,
    Facet(
        name="WebhookUrl",
        min_length=10,
        max_length=1000,
        pattern="https?://[!-~]*",
        doc="Where webhooks go: https://, a public host, a path; no user, password or fragment.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSubscription:
    """A subscription to create."""

    url: Annotated[
        WebhookUrl,
        "Where each change is posted. https only, with a certificate that can be verified, and only to public "
        "addresses; every delivery looks anew where the name leads. Redirects are not followed.",
    ]
    kind: Annotated[
        tuple[ChangeKind, ...], Most(100), "Only changes of these kinds; none: of every kind."
    ] = ()
    object_type: Annotated[ChangedObjectType | None, "Only changes of objects of this type."] = None
    company_id: Annotated[
        ObjectId | None, "Only changes in this company. A company's client gets no others anyway."
    ] = None
    description: Annotated[Name | None, "What it is for, in your own words."] = None
    cursor: Annotated[
        Cursor | None,
        "Where to begin: nextCursor of ListChanges, or cursor of another subscription, a DISABLED one for "
        "instance, so that nothing is missed. Absent: with the changes from now on.",
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A subscription as it is, without its secret."""

    subscription_id: Annotated[ObjectId, "Its identifier; never changes."]
    url: Annotated[WebhookUrl, "Where changes are posted."]
    kind: Annotated[tuple[ChangeKind, ...], "Only changes of these kinds; none: of every kind."] = ()
    object_type: Annotated[ChangedObjectType | None, "Only changes of objects of this type."] = None
    company_id: Annotated[ObjectId | None, "Only changes in this company."] = None
    description: Annotated[Name | None, "What it is for."] = None
    state: Annotated[SubscriptionState, "ACTIVE, FAILING or DISABLED."]
    failing_since: Annotated[datetime | None, "Since when no change could be delivered, UTC."] = None
    attempts: Annotated[int | None, "How often the next change was tried in vain."] = None
    last_status: Annotated[int | None, "The HTTP status of the last attempt, when there was an answer."] = (
        None
    )
    last_error: Annotated[
        str | None,
        "Why the last attempt failed: STATUS (see lastStatus), NAME_NOT_KNOWN, ADDRESS_NOT_ALLOWED, NOT_SECURE, "
        "UNREACHABLE, TIMEOUT, CERTIFICATE, TLS or NOT_HTTP.",
    ] = None
    next_attempt_at: Annotated[datetime | None, "FAILING: when the next attempt is due, UTC."] = None
    disabled_at: Annotated[datetime | None, "Since when nothing is delivered any more, UTC."] = None
    disabled_reason: Annotated[
        DisabledReason | None,
        "GONE: the receiver answered 410. FAILED_TOO_LONG: no success for days. CHANGES_LOST: what was still to "
        "be delivered is no longer kept.",
    ] = None
    last_delivered_change_id: Annotated[str | None, "The change that was delivered last."] = None
    last_delivered_at: Annotated[datetime | None, "When that was, UTC."] = None
    cursor: Annotated[
        str,
        "How far it has come: ListChanges and a new subscription go on from here.",
    ]
    created_at: Annotated[datetime, "When it was created, UTC."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionSecretResult:
    """A subscription and its secret."""

    subscription: Annotated[Subscription, "The subscription as it is now."]
    secret: Annotated[
        Secret | None,
        "What webhooks are signed with, by the Standard Webhooks rules. Keep it: it is shown this once, and is "
        "absent when the answer is a replay.",
    ] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionResult:
    """A subscription after a write."""

    subscription: Annotated[Subscription, "The subscription as it was last."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionPage:
    """A page of subscriptions."""

    subscription: Annotated[tuple[Subscription, ...], "The subscriptions, the oldest first."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSubscriptionRequest(Request):
    new_subscription: Annotated[NewSubscription, "The subscription to create."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSubscriptionsRequest(PagedRequest):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteSubscriptionRequest(Request):
    subscription_id: Annotated[ObjectId, "The subscription to delete."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableSubscriptionRequest(Request):
    subscription_id: Annotated[ObjectId, "The subscription that nothing is delivered for any more."]
    reason: Annotated[DisabledReason, "Why."]

"""Subscriptions: which changes go to which URL, how far they have come, how it goes."""

import base64
import os
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.changes import ListChangesRequest, Place
from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment

MOST_OF_A_CLIENT = 20
# As the Standard Webhooks rules have it.
SECRET_PREFIX = "whsec_"  # noqa: S105 - a secret's beginning is none
_SECRET_OCTETS = 24


class SubscriptionState(StrEnum):
    """ACTIVE; FAILING: the next change could not be delivered yet; DISABLED: nothing is tried any more."""

    ACTIVE = "ACTIVE"
    FAILING = "FAILING"
    DISABLED = "DISABLED"


class DisabledReason(StrEnum):
    """GONE: the receiver answered 410. FAILED_TOO_LONG: no success for days. CHANGES_LOST: what was still to be
    delivered is no longer kept.
    """

    GONE = "GONE"
    FAILED_TOO_LONG = "FAILED_TOO_LONG"
    CHANGES_LOST = "CHANGES_LOST"


class Subscription(Base):
    """What a client wants to be told, and its place in the change feed. A deleted one keeps its row for a time.

    A pump takes a subscription by putting its name into ``leased_by`` and ``due_at`` behind the time it needs
    at most: when it dies, the subscription is due again by itself.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index(
            "ix_subscriptions_due_at",
            "due_at",
            sqlite_where=text("deleted_at IS NULL AND disabled_at IS NULL"),
            postgresql_where=text("deleted_at IS NULL AND disabled_at IS NULL"),
        ),
        Index("ix_subscriptions_client_id", "client_id", "id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    company_id: Mapped[str | None] = mapped_column(Id, ForeignKey("companies.id"))
    client_id: Mapped[str] = mapped_column(Id, ForeignKey("clients.id"))
    url: Mapped[str] = mapped_column(String(1000))
    kinds: Mapped[list[str]] = mapped_column(Json)
    object_type: Mapped[str | None] = mapped_column(String(40))
    only_company_id: Mapped[str | None] = mapped_column(Id)
    description: Mapped[str | None] = mapped_column(String(200))
    sealed_secret: Mapped[str] = mapped_column(String(300))
    created_at: Mapped[datetime] = mapped_column(Moment)

    place_writer: Mapped[int] = mapped_column(BigInteger)
    place_number: Mapped[int] = mapped_column(BigInteger)
    place_at: Mapped[datetime] = mapped_column(Moment)
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    delivered_change_id: Mapped[str | None] = mapped_column(String(20))
    delivered_at: Mapped[datetime | None] = mapped_column(Moment)

    attempts: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None] = mapped_column(Moment)
    last_status: Mapped[int | None] = mapped_column()
    last_error: Mapped[str | None] = mapped_column(String(40))
    disabled_at: Mapped[datetime | None] = mapped_column(Moment)
    disabled_reason: Mapped[str | None] = mapped_column(String(20))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def place(self) -> Place:
        return self.place_writer, self.place_number

    @property
    def state(self) -> SubscriptionState:
        if self.disabled_at is not None:
            return SubscriptionState.DISABLED
        return SubscriptionState.ACTIVE if self.failing_since is None else SubscriptionState.FAILING

    @property
    def reader(self) -> Caller:
        """Whose changes these are: what the client would see if it asked."""
        return Caller(
            client_id=self.client_id,
            client_name="",
            provider_id=self.provider_id,
            company_id=self.company_id,
        )

    @property
    def wanted(self) -> ListChangesRequest:
        return ListChangesRequest(
            kind=tuple(self.kinds), object_type=self.object_type, company_id=self.only_company_id
        )

    def seal_secret(self, secret: str, keys: KeyRing) -> None:
        self.sealed_secret = keys.seal(secret, self._owner)

    def open_secret(self, keys: KeyRing) -> str:
        return keys.open(self.sealed_secret, self._owner)

    @property
    def _owner(self) -> str:
        return f"subscriptions.{self.id}.secret"


def new_secret() -> str:
    """A secret that signs webhooks."""
    return SECRET_PREFIX + base64.b64encode(os.urandom(_SECRET_OCTETS)).decode("ascii")


class NotAClient(Refusal):
    code = "NOT_PERMITTED"
    text = Text(
        "A subscription belongs to a client; whoever calls here is none.",
        "Un abonnement appartient à un client; l'appelant n'en est pas un.",
    )


class SubscriptionCreated(Fact):
    object_type = "Subscription"


class SubscriptionDeleted(Fact):
    object_type = "Subscription"


class SubscriptionDisabled(Fact):
    object_type = "Subscription"

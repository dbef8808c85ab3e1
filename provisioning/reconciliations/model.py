"""Reconciliations: a phone system compared with the database, and what was found."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment

MOST_KEPT = 10_000


class ReconciliationMode(StrEnum):
    """REPORT only says what differs; REPAIR also has it mended."""

    REPORT = "REPORT"
    REPAIR = "REPAIR"


class ReconciliationState(StrEnum):
    """QUEUED until a relay takes it; DONE when all was compared; FAILED when the phone system did not answer."""

    QUEUED = "QUEUED"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"


class Drift(StrEnum):
    """How a phone system may differ from the database. FOREIGN: somebody else's row stands in the place."""

    MISSING = "MISSING"
    EXTRA = "EXTRA"
    DIFFERENT = "DIFFERENT"
    FOREIGN = "FOREIGN"


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference, by the names that the phone system has for things; values are left out."""

    user_id: str
    drift: Drift
    table: str
    name: str
    columns: tuple[str, ...] = ()


class Reconciliation(Base):
    """One comparison of one phone system, whose name is kept for when it is gone. One at a time is not over.

    ``checkpoint`` is the user up to whom everything was compared and kept. A relay takes it by putting its name into
    ``leased_by`` and ``due_at`` behind the time it needs at most for the next step: when it dies, another goes on.
    """

    __tablename__ = "reconciliations"
    __table_args__ = (
        Index(
            "uq_reconciliations_not_over",
            "phone_system_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    phone_system_id: Mapped[str] = mapped_column(Id)
    phone_system: Mapped[str] = mapped_column(String(100))
    mode: Mapped[str] = mapped_column(String(10))
    state: Mapped[str] = mapped_column(String(10))
    transaction_id: Mapped[str] = mapped_column(Id)
    requested_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    checkpoint: Mapped[str] = mapped_column(Id, default="")
    checked: Mapped[int] = mapped_column(default=0)
    missing: Mapped[int] = mapped_column(default=0)
    extra: Mapped[int] = mapped_column(default=0)
    different: Mapped[int] = mapped_column(default=0)
    foreign: Mapped[int] = mapped_column(default=0)
    repaired: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(Moment)
    leased_by: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(String(500))

    @property
    def found(self) -> int:
        """How many differences there are so far."""
        return self.missing + self.extra + self.different + self.foreign


class FoundDifference(Base):
    """One of the first differences that a reconciliation found."""

    __tablename__ = "reconciliation_differences"

    reconciliation_id: Mapped[str] = mapped_column(Id, ForeignKey("reconciliations.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[str] = mapped_column(Id)
    drift: Mapped[str] = mapped_column(String(10))
    table_name: Mapped[str] = mapped_column(String(40))
    row_name: Mapped[str] = mapped_column(String(200))
    columns: Mapped[list[str]] = mapped_column(Json)


class OtherReconciliationRuns(Refusal):
    code = "IN_USE"
    text = Text(
        "A reconciliation of this phone system in mode {mode} is not over yet; wait for its end.",
        "Une réconciliation de ce système téléphonique en mode {mode} n'est pas terminée; attendez sa fin.",
    )


class PhoneSystemDisabled(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "The phone system {name} is disabled: it is not spoken to.",
        "Le système téléphonique {name} est désactivé : on ne lui parle pas.",
    )


NOT_COMPARED = Text(
    "The phone system could not be compared: {said}", "Le système téléphonique n'a pu être comparé : {said}"
)


class ReconciliationStarted(Fact):
    object_type = "Reconciliation"


LOST_RACES = {
    "uq_reconciliations_not_over": lambda: OtherReconciliationRuns(field="phoneSystem", mode="?"),
}

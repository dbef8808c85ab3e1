"""Direct numbers: who has them, who may have them next."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Moment, key_text
from provisioning.users import User


class DidState(StrEnum):
    """AVAILABLE, RESERVED until a moment, ASSIGNED to a user, or RESTING until it may be had again."""

    AVAILABLE = "AVAILABLE"
    RESERVED = "RESERVED"
    ASSIGNED = "ASSIGNED"
    RESTING = "RESTING"


class DidUse(StrEnum):
    """What a user has a number for: calls, faxes, or both."""

    VOICE = "VOICE"
    FAX = "FAX"
    BOTH = "BOTH"


class DidNotAvailable(Refusal):
    code = "DID_NOT_AVAILABLE"
    text = Text("{number} is not available.", "Le numéro {number} n'est pas disponible.")


class NoDidAvailable(Refusal):
    code = "DID_NOT_AVAILABLE"
    text = Text(
        "No number that begins with {prefix} is available.",
        "Aucun numéro commençant par {prefix} n'est disponible.",
    )


class NoDidHeld(Refusal):
    code = "INVALID_STATE"
    text = Text("This user holds no number.", "Cet usager ne détient aucun numéro.")


class DidNotHeld(Refusal):
    code = "INVALID_STATE"
    text = Text("This user does not hold {number}.", "Cet usager ne détient pas le numéro {number}.")


NOT_RETURNED = Text(
    "{number} could not be given back: it is no longer available.",
    "Le numéro {number} n'a pu être rendu : il n'est plus disponible.",
)


def _where(condition: str) -> dict[str, Any]:
    """An index over the rows of which this is true. What is null in most of them says nothing to a planner."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}


class Did(Base):
    """One number of a provider's inventory. The key is the promise: a number has one row, hence one holder.

    ``reserved_for`` is a person: an e-mail address, as compared, or a user's identifier.
    ``state`` is what was last done. A number is free from the moment ``free_from`` on, whatever the state says:
    so reservations and rests end by themselves, and one comparison finds the free ones. A holder sets it to null.
    """

    __tablename__ = "dids"
    __table_args__ = (
        Index("uq_dids_primary", "user_id", unique=True, **_where("is_primary")),
        Index(
            "uq_dids_reservation_id", "reservation_id", unique=True, **_where("reservation_id IS NOT NULL")
        ),
        Index("ix_dids_user_id", "user_id", **_where("user_id IS NOT NULL")),
        Index("ix_dids_reserved_for", "reserved_for", "provider_id", **_where("reserved_for IS NOT NULL")),
        Index(
            "ix_dids_held_by_phone",
            "last_user_id",
            sqlite_where=text("held_by_phone = 1"),
            postgresql_where=text("held_by_phone"),
        ),
        Index("ix_dids_provider_id", "provider_id", "number"),
        Index("ix_dids_company_id", "company_id", "number"),
        Index(
            "ix_dids_free",
            "provider_id",
            "company_id",
            "free_from",
            "number",
            **_where("free_from IS NOT NULL"),
        ),
        CheckConstraint("(state = 'ASSIGNED') = (user_id IS NOT NULL)", "holder"),
        CheckConstraint("(user_id IS NULL) = (free_from IS NOT NULL)", "free_from"),
        CheckConstraint("user_id IS NOT NULL OR NOT is_primary", "primary"),
    )

    number: Mapped[str] = mapped_column(key_text(16), primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    company_id: Mapped[str | None] = mapped_column(Id, ForeignKey("companies.id"))
    state: Mapped[str] = mapped_column(String(10))
    free_from: Mapped[datetime | None] = mapped_column(Moment)
    user_id: Mapped[str | None] = mapped_column(Id, ForeignKey("users.id"))
    is_primary: Mapped[bool] = mapped_column(default=False)
    use: Mapped[str | None] = mapped_column(String(5))
    reservation_id: Mapped[str | None] = mapped_column(Id)
    reserved_by: Mapped[str | None] = mapped_column(Id)
    reserved_for: Mapped[str | None] = mapped_column(key_text(400))
    last_user_id: Mapped[str | None] = mapped_column(Id)
    held_by_phone: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    def state_at(self, now: datetime) -> DidState:
        """What the number is at a moment. One that the phone system has not let go rests."""
        if self.free_from is None:
            return DidState.ASSIGNED
        if self.free_from > now:
            return DidState(self.state)
        return DidState.RESTING if self.held_by_phone else DidState.AVAILABLE

    def is_free_for(
        self, user: User, caller: Caller, now: datetime, reservation_id: str | None = None
    ) -> bool:
        """Whether this caller may give the number to this user, perhaps by naming a reservation."""
        if not self._reaches(user, caller):
            return False
        if self.state_at(now) is DidState.RESERVED:
            return self._is_kept_for(user, caller, reservation_id)
        return self.is_left_for(user, now)

    def _is_kept_for(self, user: User, caller: Caller, reservation_id: str | None) -> bool:
        """A reservation for a person is theirs, any other its client's: one client may serve many visitors.

        Its identifier is known to its client alone, so who names it means it.
        """
        if reservation_id is not None and reservation_id == self.reservation_id:
            return True
        if self.reserved_for is None:
            return self.reserved_by == caller.client_id
        return self.reserved_for in {user.id, user.email_key}

    def is_left_for(self, user: User, now: datetime) -> bool:
        """Whether nobody has a claim to it that comes before this user's."""
        state = self.state_at(now)
        return state is DidState.AVAILABLE or (state is DidState.RESTING and self.last_user_id == user.id)

    def must_be_free_for(
        self, user: User, caller: Caller, now: datetime, field: str, reservation_id: str | None = None
    ) -> None:
        if not self.is_free_for(user, caller, now, reservation_id):
            raise DidNotAvailable(field=field, object=self.number, number=self.number)

    def must_reach(self, user: User, caller: Caller, field: str) -> None:
        if not self._reaches(user, caller):
            raise DidNotAvailable(field=field, object=self.number, number=self.number)

    def _reaches(self, user: User, caller: Caller) -> bool:
        """A company's numbers are for its users; the provider's own clients give from the pool as well."""
        in_pool = self.company_id is None and caller.company_id is None
        return self.provider_id == user.provider_id and (in_pool or self.company_id == user.company_id)

    def give_to(self, user: User, use: DidUse | None, *, primary: bool) -> None:
        """The reservation's identifier stays: who repeats the step by it finds it done."""
        self.state = DidState.ASSIGNED
        self.company_id = user.company_id
        self.user_id = user.id
        self.is_primary = primary
        self.held_by_phone = False
        self.use = use or self.use or DidUse.BOTH
        self.free_from = self.last_user_id = None
        self.reserved_by = self.reserved_for = None

    def free(self, now: datetime, resting: timedelta, *, held_by_phone: bool) -> None:
        """The holder has it no longer; for a while only the same user can have it again.

        A number that leads to the holder's phone still, in a phone system, is nobody else's before that has ended.
        """
        self.state = DidState.RESTING if resting else DidState.AVAILABLE
        self.free_from = now + resting
        self.last_user_id = self.user_id
        self.held_by_phone = held_by_phone
        self.user_id = self.use = self.reservation_id = None
        self.is_primary = False

    def is_reserved_by(self, client_id: str, email: str | None, now: datetime) -> bool:
        """Whether this client has reserved it for this person: a repeat, not another visitor of the same site."""
        mine = self.state_at(now) is DidState.RESERVED and self.reserved_by == client_id
        return mine and email is not None and self.reserved_for == email

    def reserve(self, reservation_id: str, client_id: str, email: str | None, until: datetime) -> None:
        self.state = DidState.RESERVED
        self.free_from = until
        self.reservation_id = reservation_id
        self.reserved_by, self.reserved_for = client_id, email
        self.last_user_id = None

    def end_reservation(self, now: datetime) -> None:
        self.forget_reservation()
        self.free_from = now

    def forget_reservation(self) -> None:
        """The reservation is over: it does not matter any more for whom it was."""
        self.state = DidState.AVAILABLE
        self.reserved_by = self.reserved_for = None


class LostDid(Base):
    """A number that a deleted user had: what is given back when the user is restored, if nobody took it."""

    __tablename__ = "lost_dids"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    number: Mapped[str] = mapped_column(key_text(16), primary_key=True)
    use: Mapped[str] = mapped_column(String(5))
    is_primary: Mapped[bool] = mapped_column()


class DidsAdded(Fact):
    """Numbers entered the inventory: one fact for each unbroken run, named first-last."""

    object_type = "Did"


class DidsAllocated(Fact):
    object_type = "Did"


class DidsWithdrawn(Fact):
    object_type = "Did"


class DidReserved(Fact):
    object_type = "Did"


class DidReservationReleased(Fact):
    object_type = "Did"


class DidAssigned(Fact):
    object_type = "Did"


class DidChanged(Fact):
    """The holder stays; whether it is primary, or the use, has changed."""

    object_type = "Did"


class DidTransferred(Fact):
    object_type = "Did"


class DidUnassigned(Fact):
    object_type = "Did"

"""Users: their states, their keys, what may happen to them."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.addresses import email_key, fold
from provisioning.persistence.base import Base, Id, Moment, key_text

KEY_LENGTH = 100


class UserState(StrEnum):
    """PENDING (signed up, payment not confirmed), ACTIVE, SUSPENDED, EXPIRED, REJECTED or DELETED."""

    PENDING = "PENDING"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    EXPIRED = "EXPIRED"
    REJECTED = "REJECTED"
    DELETED = "DELETED"


# Users who count: they hold their keys, and lists show them unless asked otherwise.
LIVING = (UserState.PENDING, UserState.ACTIVE, UserState.SUSPENDED, UserState.EXPIRED)


# States that an expiry date ends.
EXPIRING = (UserState.ACTIVE, UserState.SUSPENDED)

_STATES = {each.value: each for each in UserState}


def effective_state(state: str, expires_on: date | None, day: date) -> UserState:
    """The state that counts on a day."""
    expired = expires_on is not None and expires_on < day and state in EXPIRING
    return UserState.EXPIRED if expired else _STATES[state]


# By what lists are sorted; each has its index, state by state. Identifiers grow with time.
SORT_KEYS = {
    "number": ("user_number", "id"),
    "first_name": ("first_key", "last_key", "id"),
    "last_name": ("last_key", "first_key", "id"),
    "extension": ("extension", "id"),
    "did": ("primary_did", "id"),
    "email": ("email_key", "id"),
    "created": ("id",),
}


_KEYED = ("external_id IS NOT NULL", "living")
_FORMERLY_KEYED = ("external_id IS NOT NULL", "NOT living")
_EXPIRING = ("expires_on IS NOT NULL",)
_RESTORABLE = ("restorable_until IS NOT NULL",)


def _partial(name: str, *columns: str, where: tuple[str, ...], unique: bool = False) -> Index:
    """An index over some rows. SQLite, which has no booleans, must read the very words that queries say."""
    sqlite = [
        f"{each} = 1" if " " not in each else each.removeprefix("NOT ") + " = 0" * each.startswith("NOT ")
        for each in where
    ]
    return Index(
        name,
        *columns,
        unique=unique,
        sqlite_where=text(" AND ".join(sqlite)),
        postgresql_where=text(" AND ".join(where)),
    )


class User(Base):
    """A user of a company. Deleted ones keep their row; of their keys only the user number rests a while.

    ``living`` follows from the state and ``number_held`` says that the number is not free: both are columns
    because unique indexes ask for them. ``extension``, ``primary_did`` and ``dids`` show what the rooms above
    decide; only ``show_extension`` and ``show_numbers`` write them. Text that lists sort by is empty, not null.
    """

    __tablename__ = "users"
    __table_args__ = (
        _partial("uq_users_user_number", "company_id", "user_number", where=("number_held",), unique=True),
        _partial("uq_users_external_id", "company_id", "external_id", where=_KEYED, unique=True),
        _partial(
            "uq_users_email", "provider_id", "email_key", where=("email_exclusive", "living"), unique=True
        ),
        _partial("uq_users_extension", "company_id", "extension", where=("extension <> ''",), unique=True),
        _partial("ix_users_former", "company_id", "external_id", where=_FORMERLY_KEYED),
        _partial("ix_users_resting", "company_id", "restorable_until", where=("number_held", "NOT living")),
        _partial("ix_users_administrators", "company_id", where=("is_administrator", "living")),
        _partial("ix_users_expires_on", "company_id", "state", "expires_on", "id", where=_EXPIRING),
        _partial("ix_users_restorable", "provider_id", "restorable_until", where=_RESTORABLE),
        Index("ix_users_email", "provider_id", "email_key"),
        *(Index(f"ix_users_by_{name}", "company_id", "state", *keys) for name, keys in SORT_KEYS.items()),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"))
    user_number: Mapped[str] = mapped_column(key_text(8))
    number_held: Mapped[bool] = mapped_column(default=True)
    external_id: Mapped[str | None] = mapped_column(key_text(128))
    first_name: Mapped[str] = mapped_column(String(100))
    last_name: Mapped[str] = mapped_column(String(100))
    first_key: Mapped[str] = mapped_column(key_text(KEY_LENGTH))
    last_key: Mapped[str] = mapped_column(key_text(KEY_LENGTH))
    email: Mapped[str] = mapped_column(String(254))
    email_key: Mapped[str] = mapped_column(key_text(400))
    email_exclusive: Mapped[bool] = mapped_column(default=True)
    language: Mapped[str] = mapped_column(String(2))
    mobile_phone: Mapped[str | None] = mapped_column(String(16))
    home_phone: Mapped[str | None] = mapped_column(String(16))
    business_phone: Mapped[str | None] = mapped_column(String(16))
    is_administrator: Mapped[bool] = mapped_column(default=False)
    sealed_pin: Mapped[str] = mapped_column(String(200))
    extension: Mapped[str] = mapped_column(key_text(6), default="")
    primary_did: Mapped[str] = mapped_column(key_text(16), default="")
    dids: Mapped[str] = mapped_column(String(4000), default="")
    expires_on: Mapped[date | None] = mapped_column(Date)
    state: Mapped[str] = mapped_column(key_text(10), default=UserState.ACTIVE)
    living: Mapped[bool] = mapped_column(default=True)
    suspension_reason: Mapped[str | None] = mapped_column(String(200))
    state_before_deletion: Mapped[str | None] = mapped_column(String(10))
    deleted_at: Mapped[datetime | None] = mapped_column(Moment)
    restorable_until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    @property
    def held_dids(self) -> tuple[str, ...]:
        """All DIDs of the user, the primary one first."""
        return tuple(self.dids.split())

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"

    def rename(self, first_name: str, last_name: str) -> None:
        self.first_name, self.first_key = first_name, fold(first_name)[:KEY_LENGTH]
        self.last_name, self.last_key = last_name, fold(last_name)[:KEY_LENGTH]

    def write_to(self, email: str, *, exclusive: bool) -> None:
        """Take an e-mail address: an exclusive one nobody else may take unless they say so."""
        self.email, self.email_key, self.email_exclusive = email, email_key(email), exclusive

    def state_on(self, day: date) -> UserState:
        """The state that counts: the day after its expiry an account is EXPIRED, whoever has noted it yet."""
        return effective_state(self.state, self.expires_on, day)

    def become(self, state: UserState) -> None:
        self.state, self.living = state, state in LIVING

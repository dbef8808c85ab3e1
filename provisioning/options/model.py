"""The options of users and of companies, and SIP accounts."""

import secrets as randomness
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, validates

from provisioning.kernel.errors import Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment, key_text

# What holds where neither user nor company says anything. The names are those of contract.OptionValues.
SYSTEM_DEFAULTS: dict[str, int | bool] = {
    "max_messages_per_call": 20,
    "max_phone_contacts": 500,
    "max_voice_messages": 100,
    "max_faxes": 100,
    "public_contacts": True,
    "managed_by_administrator": False,
    "stays_on_received_calls": False,
    "stays_on_placed_calls": False,
}
_SECRET_OCTETS = 18


class Origin(StrEnum):
    """Who said so: the user's own setting, the company's default, or the system."""

    USER = "USER"
    COMPANY = "COMPANY"
    SYSTEM = "SYSTEM"


class UserOptions(Base):
    """What a user has set; what is absent comes from the company."""

    __tablename__ = "user_options"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    chosen: Mapped[dict[str, Any]] = mapped_column(Json)


class CompanyOptions(Base):
    """What a company has set for its users; what is absent comes from the system."""

    __tablename__ = "company_options"

    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"), primary_key=True)
    chosen: Mapped[dict[str, Any]] = mapped_column(Json)
    expires_on: Mapped[date | None] = mapped_column(Date)
    sip_domain: Mapped[str | None] = mapped_column(key_text(253))


class SipAccount(Base):
    """A SIP account of a user. The secret is sealed, bound to the account; phone systems get a digest of it.

    ``freed`` accounts belong to deleted users: their names are free, and come back with a restored user.
    """

    __tablename__ = "sip_accounts"
    __table_args__ = (
        Index("uq_sip_accounts_purpose", "user_id", "purpose", unique=True),
        Index(
            "uq_sip_accounts_user_name",
            "domain",
            "name_key",
            "purpose",
            unique=True,
            sqlite_where=text("freed = 0"),
            postgresql_where=text("NOT freed"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"))
    purpose: Mapped[str] = mapped_column(String(12))
    domain: Mapped[str] = mapped_column(key_text(253))
    user_name: Mapped[str] = mapped_column(key_text(64))
    name_key: Mapped[str] = mapped_column(key_text(91), server_default="")
    sealed_secret: Mapped[str] = mapped_column(String(600))
    freed: Mapped[bool] = mapped_column(default=False)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    @validates("user_name")
    def _key_it(self, _: str, user_name: str) -> str:
        """Names that differ in capitals alone are one: many a registrar takes them for the same."""
        self.name_key = user_name.lower()
        return user_name

    @property
    def owner(self) -> str:
        """What the sealed secret is bound to."""
        return f"sip_accounts {self.id}"


def new_secret() -> str:
    """A secret that phones can be typed: 24 characters of the URL alphabet."""
    return randomness.token_urlsafe(_SECRET_OCTETS)


class SipNameTaken(Refusal):
    code = "SIP_NAME_TAKEN"
    text = Text(
        "Another user has the SIP user name {name} in the domain {domain}.",
        "Un autre usager possède le nom d'usager SIP {name} dans le domaine {domain}.",
    )


class ManagedByAdministrator(Refusal):
    code = "MANAGED_BY_ADMINISTRATOR"
    text = Text(
        "This account is managed by the company's administrator.",
        "Ce compte est géré par l'administrateur de la compagnie.",
    )


class UserOptionsSet(Fact):
    object_type = "User"


class CompanyOptionDefaultsSet(Fact):
    object_type = "Company"


class SipCredentialsSet(Fact):
    object_type = "SipAccount"


class SipCredentialsRemoved(Fact):
    object_type = "SipAccount"


LOST_RACES = {
    "uq_sip_accounts_user_name": lambda: SipNameTaken(field="userName", name="?", domain="?"),
}

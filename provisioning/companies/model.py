"""Providers and their companies."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import DuplicateCode, InvalidState, Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Moment, key_text


class CompanyKind(StrEnum):
    """PRIVATE: users are employees who share a directory. PUBLIC: independent subscribers."""

    PRIVATE = "PRIVATE"
    PUBLIC = "PUBLIC"


class CompanyState(StrEnum):
    """ACTIVE, SUSPENDED (its users' service is closed), or DELETED."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    DELETED = "DELETED"


class AccessCodesForm(StrEnum):
    """LINK: a link by which the user chooses a PIN, once. TEXT: the PIN itself."""

    LINK = "LINK"
    TEXT = "TEXT"


class Provider(Base):
    """A provider of telephony services; several share an installation and see nothing of each other."""

    __tablename__ = "providers"

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    resting_days: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(Moment)


class Company(Base):
    """A company of a provider. Deleted ones keep their row and give up code and external id."""

    __tablename__ = "companies"
    __table_args__ = (
        Index(
            "uq_companies_code",
            "provider_id",
            "code",
            unique=True,
            sqlite_where=text("state <> 'DELETED'"),
            postgresql_where=text("state <> 'DELETED'"),
        ),
        Index(
            "uq_companies_external_id",
            "provider_id",
            "external_id",
            unique=True,
            sqlite_where=text("state <> 'DELETED'"),
            postgresql_where=text("state <> 'DELETED'"),
        ),
        Index(
            "uq_companies_public_service",
            "provider_id",
            unique=True,
            sqlite_where=text("is_public_service"),
            postgresql_where=text("is_public_service"),
        ),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    kind: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(key_text(40))
    name: Mapped[str] = mapped_column(String(100))
    external_id: Mapped[str | None] = mapped_column(key_text(128))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[str] = mapped_column(String(10))
    user_number_digits: Mapped[int] = mapped_column()
    extension_first: Mapped[str | None] = mapped_column(String(6))
    extension_last: Mapped[str | None] = mapped_column(String(6))
    send_access_codes_as: Mapped[str] = mapped_column(String(4), server_default=AccessCodesForm.LINK)
    is_public_service: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    @property
    def is_private(self) -> bool:
        return self.kind == CompanyKind.PRIVATE

    def must_be_active(self, field: str) -> None:
        """A suspended company takes no new users, numbers or services."""
        if self.state != CompanyState.ACTIVE:
            raise InvalidState(field=field, object=self.id, state=self.state)


class DuplicateCompanyExternalId(Refusal):
    code = "DUPLICATE_EXTERNAL_ID"
    text = Text(
        "Another company has this external id.", "Une autre compagnie possède cet identifiant externe."
    )


class CompanyCreated(Fact):
    object_type = "Company"


class CompanyChanged(Fact):
    object_type = "Company"


class CompanySuspended(Fact):
    object_type = "Company"


class CompanyResumed(Fact):
    object_type = "Company"


class CompanyDeleted(Fact):
    """Rooms above free what the company's users hold, or refuse when there are users and none may go."""

    object_type = "Company"
    delete_users: bool = False


LOST_RACES = {
    "uq_companies_code": lambda: DuplicateCode(field="newCompany.code", value="code"),
    "uq_companies_external_id": lambda: DuplicateCompanyExternalId(field="newCompany.externalId"),
    "uq_providers_name": lambda: DuplicateCode(field="name", value="name"),
}

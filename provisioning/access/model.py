"""Clients: the accounts that programs call with, and their secrets."""

import hashlib
import os
from base64 import b32hexencode
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.access.reach import Reach, networks_of, rights_of
from provisioning.kernel.errors import DuplicateCode, InvalidState
from provisioning.kernel.facts import Fact
from provisioning.persistence.base import Base, Id, Moment, key_text

# What every secret begins with, so that one that leaked is recognised where it turns up.
SECRET_PREFIX = "rps_"  # noqa: S105 - a secret's beginning is none
_SECRET_OCTETS = 25


class ClientMode(StrEnum):
    """LIVE, or TEST: every write is checked and computed, and nothing of it is kept."""

    LIVE = "LIVE"
    TEST = "TEST"


class Client(Base):
    """An account of a provider or of one company. Revoked ones keep their row and give up their name."""

    __tablename__ = "clients"
    __table_args__ = (
        Index(
            "uq_clients_name",
            "name",
            unique=True,
            sqlite_where=text("revoked_at IS NULL"),
            postgresql_where=text("revoked_at IS NULL"),
        ),
        Index("ix_clients_provider_id", "provider_id", "name", "id"),
        Index("ix_clients_company_id", "company_id"),
    )

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    name: Mapped[str] = mapped_column(key_text(64))
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    company_id: Mapped[str | None] = mapped_column(Id, ForeignKey("companies.id"))
    rights: Mapped[str] = mapped_column(Text)
    networks: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    requests_per_minute: Mapped[int | None] = mapped_column()
    mode: Mapped[str] = mapped_column(String(4))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    @property
    def reach(self) -> Reach:
        return Reach(rights_of(self.rights), networks_of(self.networks), self.expires_at)

    def must_be_valid(self) -> None:
        if self.revoked_at is not None:
            raise InvalidState(field="clientId", object=self.id, state="REVOKED")


class ClientSecret(Base):
    """A secret of a client: one, or two while a rotation overlaps.

    It has 200 random bits, so a fast digest is enough to recognise it. Sealed it is kept as well: a
    PasswordDigest can only be checked with the secret itself.
    """

    __tablename__ = "client_secrets"

    digest: Mapped[str] = mapped_column(key_text(64), primary_key=True)
    client_id: Mapped[str] = mapped_column(Id, ForeignKey("clients.id"), index=True)
    sealed: Mapped[str] = mapped_column(String(300))
    valid_until: Mapped[datetime | None] = mapped_column(Moment)


def new_secret() -> str:
    return SECRET_PREFIX + b32hexencode(os.urandom(_SECRET_OCTETS)).decode("ascii").lower()


def digest_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def owner_of(digest: str) -> str:
    """To which row a sealed secret is bound: in another one it does not open."""
    return f"client_secrets:{digest}"


class ClientCreated(Fact):
    object_type = "Client"


class ClientChanged(Fact):
    object_type = "Client"


class ClientSecretRotated(Fact):
    object_type = "Client"


class ClientRevoked(Fact):
    object_type = "Client"


LOST_RACES = {"uq_clients_name": lambda: DuplicateCode(field="newClient.name", value="name")}

"""Service packages: made by the provider, offered by a company, added to its users."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import DuplicateCode, Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment, key_text


class ServicePackage(Base):
    """A package of a provider. An inactive one stays with those who have it and is given to nobody else."""

    __tablename__ = "service_packages"
    __table_args__ = (Index("uq_service_packages_code", "provider_id", "code", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    code: Mapped[str] = mapped_column(key_text(40))
    name_en: Mapped[str] = mapped_column(String(100))
    name_fr: Mapped[str] = mapped_column(String(100))
    services: Mapped[list[str]] = mapped_column(Json)
    currency: Mapped[str] = mapped_column(String(3))
    base_price: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    included_minutes: Mapped[int] = mapped_column()
    price_per_minute: Mapped[Decimal] = mapped_column(Numeric(14, 4))
    active: Mapped[bool] = mapped_column()
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update


class OfferedPackage(Base):
    """A package that a company offers. Defaults are given to users who are created without a choice."""

    __tablename__ = "offered_packages"

    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"), primary_key=True)
    package_id: Mapped[str] = mapped_column(
        Id, ForeignKey("service_packages.id"), primary_key=True, index=True
    )
    is_default: Mapped[bool] = mapped_column()


class UserPackage(Base):
    """A package that a user has."""

    __tablename__ = "user_packages"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    package_id: Mapped[str] = mapped_column(
        Id, ForeignKey("service_packages.id"), primary_key=True, index=True
    )
    since: Mapped[datetime] = mapped_column(Moment)


class PackageNotOffered(Refusal):
    code = "PACKAGE_NOT_OFFERED"
    text = Text(
        "The company does not offer the service package {package}; ListServicePackages with companyId shows those it offers.",
        "La compagnie n'offre pas le forfait de services {package}; ListServicePackages avec companyId montre ceux qu'elle offre.",
    )


class ServicePackageCreated(Fact):
    object_type = "ServicePackage"


class ServicePackageChanged(Fact):
    object_type = "ServicePackage"


class ServicePackagesOffered(Fact):
    object_type = "Company"


class ServicePackagesWithdrawn(Fact):
    object_type = "Company"


class ServicePackagesAdded(Fact):
    object_type = "User"


class ServicePackagesRemoved(Fact):
    object_type = "User"


LOST_RACES = {
    "uq_service_packages_code": lambda: DuplicateCode(field="newServicePackage.code", value="code"),
    "pk_user_packages": lambda: DuplicateCode(field="packageCode", value="packageCode"),
    "pk_offered_packages": lambda: DuplicateCode(field="packageCode", value="packageCode"),
}

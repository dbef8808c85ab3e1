"""Phone systems: which one serves the users of a provider, and how it is reached."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import DuplicateCode, invalid
from provisioning.kernel.facts import Fact
from provisioning.kernel.secrets import KeyRing, KeyRingError
from provisioning.persistence.base import Base, Id, Json, Moment


class PhoneSystemKind(StrEnum):
    """What is at the other end. RECORDING only writes down what it is told: for demonstrations and tests."""

    KAMAILIO = "KAMAILIO"
    ASTERISK = "ASTERISK"
    RECORDING = "RECORDING"


class HashAlgorithm(StrEnum):
    """How SIP secrets are digested; one digest serves one algorithm."""

    MD5 = "MD5"
    SHA256 = "SHA-256"


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemSettings:
    """What an operator decides of a phone system, beside its database. Subclasses name the fields."""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Self:
        """The settings of these texts; refuses unknown and missing ones."""
        known = {each.name: each for each in fields(cls)}
        for name in given:
            if name not in known:
                raise invalid(
                    "setting",
                    "NO_SUCH_SETTING",
                    "{name} is no setting; there are {known}",
                    "{name} n'est pas un réglage; il y a {known}",
                    name=name,
                    known=", ".join(known),
                )
        for name, each in known.items():
            if each.metadata.get("required") and not given.get(name):
                raise invalid(
                    "setting",
                    "REQUIRED",
                    "{name} has to be set",
                    "{name} doit être réglé",
                    name=name,
                )
        return cls(**given)


# Words of keys in Kamailio's tables.
_FORMS = {
    "domain": re.compile(r"[A-Za-z0-9]([A-Za-z0-9.\-]*[A-Za-z0-9])?"),
    "suspended_group": re.compile(r"[!-~]+"),
    "barred_prefix": re.compile(r"[!-~]*"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KamailioSettings(SystemSettings):
    """``domain`` is where numbers of users without a phone lead: a SIP account has a domain of its own.

    ``rpc_url`` is Kamailio's JSON-RPC address, needed when it keeps registrations in memory (usrloc db_mode
    0, 1 or 2). ``suspended_group`` and ``barred_prefix`` with a restriction's code are rows of ``grp``.
    """

    domain: str = field(default="", metadata={"required": True})
    algorithm: str = HashAlgorithm.MD5
    rpc_url: str = ""
    suspended_group: str = "suspended"
    barred_prefix: str = "bar-"

    def __post_init__(self) -> None:
        if self.algorithm not in set(HashAlgorithm):
            raise invalid(
                "setting",
                "NOT_A_CHOICE",
                "algorithm is MD5 or SHA-256",
                "algorithm est MD5 ou SHA-256",
            )
        for name, form in _FORMS.items():
            if not form.fullmatch(getattr(self, name)):
                raise invalid(
                    "setting",
                    "WRONG_FORM",
                    "{name} has not the right form",
                    "{name} n'a pas la bonne forme",
                    name=name,
                )
        if self.rpc_url and not self.rpc_url.startswith(("http://", "https://")):
            raise invalid(
                "setting",
                "WRONG_FORM",
                "rpc_url must begin with http:// or https://",
                "rpc_url doit commencer par http:// ou https://",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class AsteriskSettings(SystemSettings):
    """The realm of ``ps_auths``, and contexts: of phones, of phones without service, of DIDs, of extensions."""

    realm: str = "asterisk"
    context: str = "from-internal"
    suspended_context: str = "suspended"
    trunk_context: str = "from-trunk"
    extension_context: str = "extensions"
    allow: str = "opus,alaw,ulaw"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingSettings(SystemSettings):
    """Nothing to decide."""


SETTINGS: dict[PhoneSystemKind, type[SystemSettings]] = {
    PhoneSystemKind.KAMAILIO: KamailioSettings,
    PhoneSystemKind.ASTERISK: AsteriskSettings,
    PhoneSystemKind.RECORDING: RecordingSettings,
}


class PhoneSystem(Base):
    """A phone system of a provider. The URL of its database holds a password: it is sealed.

    A disabled one is not spoken to: what it has to be told waits until it is enabled again.
    """

    __tablename__ = "phone_systems"
    __table_args__ = (UniqueConstraint("provider_id", "name"),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    name: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(String(10))
    settings: Mapped[dict[str, Any]] = mapped_column(Json)
    sealed_url: Mapped[str] = mapped_column(String(1000))
    enabled: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    @property
    def parsed_settings(self) -> SystemSettings:
        return SETTINGS[PhoneSystemKind(self.kind)].read(self.settings)

    def seal_url(self, url: str, keys: KeyRing) -> None:
        self.sealed_url = keys.seal(url, self._owner)

    def open_url(self, keys: KeyRing) -> str:
        return keys.open(self.sealed_url, self._owner)

    def leads_to(self, url: str, keys: KeyRing) -> bool:
        """Whether that is its URL. One that cannot be opened any more is another one."""
        try:
            return self.open_url(keys) == url
        except KeyRingError:
            return False

    @property
    def _owner(self) -> str:
        return f"phone_systems.{self.id}.url"


class PhoneSystemAdded(Fact):
    object_type = "PhoneSystem"


class PhoneSystemChanged(Fact):
    object_type = "PhoneSystem"


class PhoneSystemRemoved(Fact):
    """Nothing waits for it any longer: rooms above end what they held back until it would know."""

    object_type = "PhoneSystem"


LOST_RACES = {
    "uq_phone_systems_provider_id_name": lambda: DuplicateCode(field="name", value="name"),
}

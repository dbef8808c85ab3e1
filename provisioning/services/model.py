"""What services there are, how each describes its parameters, and what a user has configured."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.addresses import read_email, read_phone
from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.facts import Fact
from provisioning.kernel.lexical import NOT_A, NOT_A_CHOICE, WRONG_FORM, Invalid, read_bool, read_int
from provisioning.kernel.plain import UNKNOWN
from provisioning.persistence.base import Base, Id, Json, Moment, key_text


class ParameterType(StrEnum):
    """How a parameter's value is read: plain text, a whole number, true or false, one of some choices, ..."""

    TEXT = "TEXT"
    NUMBER = "NUMBER"
    BOOLEAN = "BOOLEAN"
    CHOICE = "CHOICE"
    HOST = "HOST"
    EMAIL = "EMAIL"
    PHONE = "PHONE"


class ServiceStatus(StrEnum):
    """NOT_CONFIGURED: nothing is set. INCOMPLETE: a required parameter is missing. CONFIGURED: all are there."""

    NOT_CONFIGURED = "NOT_CONFIGURED"
    INCOMPLETE = "INCOMPLETE"
    CONFIGURED = "CONFIGURED"


_HOST = re.compile(
    r"(https?://)?[A-Za-z0-9]([A-Za-z0-9.\-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?(/[!-~]{0,200})?"
)


def _read_host(text: str) -> str:
    if not _HOST.fullmatch(text):
        raise Invalid("NOT_A_HOST", NOT_A, what="a host name or an http address")
    return text


_READERS: dict[ParameterType, Callable[[str], str]] = {
    ParameterType.NUMBER: lambda text: str(read_int(text)),
    ParameterType.BOOLEAN: lambda text: "true" if read_bool(text) else "false",
    ParameterType.HOST: _read_host,
    ParameterType.EMAIL: read_email,
    ParameterType.PHONE: read_phone,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One parameter of a service. ``aliases`` maps other spellings of a choice to it, as the manual's numbers."""

    name: str
    en: str
    fr: str
    type: ParameterType = ParameterType.TEXT
    required: bool = False
    secret: bool = False
    choices: tuple[str, ...] = ()
    pattern: str | None = None

    def read(self, text: str, aliases: dict[str, str]) -> str:
        """The value in its one spelling; Invalid says what is wrong with it."""
        if self.type is ParameterType.CHOICE:
            value = aliases.get(text, text.upper())
            if value not in self.choices:
                raise Invalid("NOT_A_CHOICE", NOT_A_CHOICE, choices=", ".join(self.choices))
            return value
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise Invalid("WRONG_FORM", WRONG_FORM, pattern=self.pattern)
        reader = _READERS.get(self.type)
        return reader(text) if reader else text


class GivenSetting(NamedTuple):
    """A parameter as a request gives it, and where its name and its value stand there."""

    name: str
    text: str
    name_path: str
    value_path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service that packages bring and users configure."""

    code: str
    en: str
    fr: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def by_name(self) -> dict[str, Parameter]:
        return {each.name: each for each in self.parameters}

    @property
    def required(self) -> set[str]:
        return {each.name for each in self.parameters if each.required}

    def read(self, given: Iterable[GivenSetting], aliases: dict[str, str]) -> dict[str, str]:
        """The settings in their one spelling; refuses with every violation."""
        values: dict[str, str] = {}
        violations: list[Violation] = []
        for setting in given:
            parameter = self.by_name.get(setting.name)
            if parameter is None:
                violations.append(Violation(setting.name_path, "UNKNOWN_FIELD", UNKNOWN, {"type": self.code}))
                continue
            try:
                values[setting.name] = parameter.read(setting.text, aliases)
            except Invalid as error:
                violations.append(Violation(setting.value_path, error.code, error.text, error.values))
        if violations:
            raise InvalidRequest(violations)
        return values


class ServiceRow(Base):
    """A service that a provider added or changed; it hides the built-in one of the same code."""

    __tablename__ = "services"
    __table_args__ = (Index("uq_services_code", "provider_id", "code", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    code: Mapped[str] = mapped_column(key_text(40))
    en: Mapped[str] = mapped_column(String(100))
    fr: Mapped[str] = mapped_column(String(100))
    parameters: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    def as_service(self) -> Service:
        return Service(
            code=self.code,
            en=self.en,
            fr=self.fr,
            parameters=tuple(
                Parameter(**{**each, "type": ParameterType(each["type"]), "choices": tuple(each["choices"])})
                for each in self.parameters
            ),
        )


class UserService(Base):
    """What a user has configured of a service. Secrets are sealed, bound to user, service and parameter."""

    __tablename__ = "user_services"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    code: Mapped[str] = mapped_column(key_text(40), primary_key=True)
    settings: Mapped[dict[str, str]] = mapped_column(Json)
    secrets: Mapped[dict[str, str]] = mapped_column(Json)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update

    @property
    def set_names(self) -> set[str]:
        return set(self.settings) | set(self.secrets)


def owner_of(user_id: str, code: str, name: str) -> str:
    """What a sealed secret is bound to."""
    return f"user_services {user_id} {code} {name}"


def status(service: Service, row: UserService | None) -> ServiceStatus:
    """How far a user is with a service. A service without parameters needs no configuration."""
    names = row.set_names if row else set()
    if service.required <= names:
        return ServiceStatus.CONFIGURED
    return ServiceStatus.INCOMPLETE if names else ServiceStatus.NOT_CONFIGURED


class ServiceDefined(Fact):
    object_type = "Service"


class ServiceConfigured(Fact):
    object_type = "UserService"


class ServiceDisabled(Fact):
    object_type = "UserService"

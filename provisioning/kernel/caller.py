"""Who calls: a client of a provider or of one company, or the operator at the command line."""

from dataclasses import dataclass
from enum import StrEnum

from provisioning.kernel.errors import NotPermitted


class Right(StrEnum):
    """What a client may be granted, per group of operations. WRITE includes READ."""

    COMPANIES_READ = "COMPANIES_READ"
    COMPANIES_WRITE = "COMPANIES_WRITE"
    ACCESS_READ = "ACCESS_READ"
    ACCESS_WRITE = "ACCESS_WRITE"
    SIGNUP_READ = "SIGNUP_READ"
    SIGNUP_WRITE = "SIGNUP_WRITE"
    USERS_READ = "USERS_READ"
    USERS_WRITE = "USERS_WRITE"
    NUMBERS_READ = "NUMBERS_READ"
    NUMBERS_WRITE = "NUMBERS_WRITE"
    EXTENSIONS_READ = "EXTENSIONS_READ"
    EXTENSIONS_WRITE = "EXTENSIONS_WRITE"
    PACKAGES_READ = "PACKAGES_READ"
    PACKAGES_WRITE = "PACKAGES_WRITE"
    SERVICES_READ = "SERVICES_READ"
    SERVICES_WRITE = "SERVICES_WRITE"
    RESTRICTIONS_READ = "RESTRICTIONS_READ"
    RESTRICTIONS_WRITE = "RESTRICTIONS_WRITE"
    OPTIONS_READ = "OPTIONS_READ"
    OPTIONS_WRITE = "OPTIONS_WRITE"
    MESSAGES_READ = "MESSAGES_READ"
    MESSAGES_WRITE = "MESSAGES_WRITE"
    IMPORTS_READ = "IMPORTS_READ"
    IMPORTS_WRITE = "IMPORTS_WRITE"
    SESSIONS_READ = "SESSIONS_READ"
    SESSIONS_WRITE = "SESSIONS_WRITE"
    CHANGES_READ = "CHANGES_READ"
    CHANGES_WRITE = "CHANGES_WRITE"
    PROVISIONING_READ = "PROVISIONING_READ"
    PROVISIONING_WRITE = "PROVISIONING_WRITE"


ALL_RIGHTS = frozenset(Right)


def with_implied(rights: frozenset[Right]) -> frozenset[Right]:
    """The rights and the READ that each WRITE brings."""
    return rights | {Right(right.replace("_WRITE", "_READ")) for right in rights}


class Scope(StrEnum):
    """Who may call an operation at all: any client, clients of a provider, or only the command line."""

    COMPANY = "COMPANY"
    PROVIDER = "PROVIDER"
    OPERATOR = "OPERATOR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An authenticated caller. Without a company it sees all companies of its provider.

    With ``user_id`` it is a user who works on its own account and sees no other.
    """

    client_id: str
    client_name: str
    provider_id: str
    company_id: str | None = None
    user_id: str | None = None
    rights: frozenset[Right] = frozenset()
    test: bool = False
    source: str = ""
    operator: bool = False

    @property
    def scope(self) -> Scope:
        if self.operator:
            return Scope.OPERATOR
        return Scope.COMPANY if self.company_id else Scope.PROVIDER

    def must_have(self, right: Right | None, scope: Scope) -> None:
        """Refuse a caller without the right, or of too small a scope."""
        enough = self.operator or scope is Scope.COMPANY or (scope is Scope.PROVIDER and not self.company_id)
        if not enough:
            raise NotPermitted(right=f"{scope.value.lower()} scope")
        if right is not None and not self.operator and right not in self.rights:
            raise NotPermitted(right=right.value)


def operator(provider_id: str = "", company_id: str | None = None) -> Caller:
    """The person at the command line, acting for a provider."""
    return Caller(
        client_id="operator",
        client_name="operator",
        provider_id=provider_id,
        company_id=company_id,
        operator=True,
    )

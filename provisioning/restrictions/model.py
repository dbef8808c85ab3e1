"""Call restrictions: defined by a company, then applied to its users. The longest match wins."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import DuplicateCode, Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.lexical import NOT_A, Invalid
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, key_text


class Rule(StrEnum):
    """DENY bars the numbers that match; ALLOW lets them through where a shorter pattern would bar them."""

    DENY = "DENY"
    ALLOW = "ALLOW"


@dataclass(frozen=True, slots=True, order=True)
class Match:
    """A pattern that matches a number. Ordered by weight: longer first, then more digits, then DENY."""

    length: int
    digits: int
    denies: bool
    code: str
    pattern: str


def pattern_fits(pattern: str, number: str) -> bool:
    """Whether dialled digits match: ``?`` is one digit, ``*`` at the end the rest, none included."""
    start = pattern.removesuffix("*")
    if len(number) < len(start) or (start is pattern and len(number) != len(pattern)):
        return False
    return all(wanted in ("?", digit) for wanted, digit in zip(start, number, strict=False))


def longest_match(rules: Iterable["CallRestriction"], number: str) -> Match | None:
    """The pattern that decides about a number; none leaves it free."""
    matches = (
        Match(
            len(pattern.removesuffix("*")),
            sum(each.isdigit() for each in pattern),
            rule.rule == Rule.DENY,
            rule.code,
            pattern,
        )
        for rule in rules
        for pattern in rule.patterns
        if pattern_fits(pattern, number)
    )
    return max(matches, default=None)


def dialled_digits(text: str) -> str:
    """The digits of a number as people dial or write it."""
    digits = re.sub(r"[ ()+.\-/]", "", text)
    if not digits.isascii() or not digits.isdigit():
        raise Invalid("NOT_A_PHONE_NUMBER", NOT_A, what="a number to dial")
    return digits


class CallRestriction(Base):
    """A restriction that a company has defined."""

    __tablename__ = "call_restrictions"
    __table_args__ = (Index("uq_call_restrictions_code", "company_id", "code", unique=True),)

    id: Mapped[str] = mapped_column(Id, primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id)
    company_id: Mapped[str] = mapped_column(Id, ForeignKey("companies.id"))
    code: Mapped[str] = mapped_column(key_text(40))
    name_en: Mapped[str] = mapped_column(String(100))
    name_fr: Mapped[str] = mapped_column(String(100))
    rule: Mapped[str] = mapped_column(String(5))
    patterns: Mapped[list[str]] = mapped_column(Json)
    version: Mapped[int] = mapped_column()

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy raises it with each update


class UserRestriction(Base):
    """A restriction that is applied to a user."""

    __tablename__ = "user_restrictions"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    restriction_id: Mapped[str] = mapped_column(
        Id, ForeignKey("call_restrictions.id"), primary_key=True, index=True
    )


class RestrictionNotDefined(Refusal):
    code = "RESTRICTION_NOT_DEFINED"
    text = Text(
        "The company has not defined the call restriction {restriction}; create it first (CreateCallRestriction).",
        "La compagnie n'a pas défini la restriction d'appels {restriction}; créez-la d'abord (CreateCallRestriction).",
    )


class CallRestrictionCreated(Fact):
    object_type = "CallRestriction"


class CallRestrictionChanged(Fact):
    object_type = "CallRestriction"


class CallRestrictionDeleted(Fact):
    object_type = "CallRestriction"


class UserCallRestrictionsSet(Fact):
    object_type = "User"


LOST_RACES = {
    "uq_call_restrictions_code": lambda: DuplicateCode(field="newCallRestriction.code", value="code"),
}

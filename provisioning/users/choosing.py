"""Which users of a company are meant: filters, each met by an index."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, bindparam

from provisioning.kernel.addresses import fold
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.persistence.base import table_of
from provisioning.users.contract import UserFilter
from provisioning.users.model import User, UserState

users = table_of(User).c
_SEPARATORS = re.compile(r"[ ().\-/]+")
_LAST_CHARACTER = chr(0x10FFFF)


def _begins(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """A prefix as an index range, which both databases understand."""
    return (column >= bindparam(name)) & (column < bindparam(f"{name}_end"))


def _prefix(name: str, start: str) -> dict[str, str]:
    return {name: start, f"{name}_end": start + _LAST_CHARACTER}


_TEXT = (
    _begins(users.first_key, "text"),
    _begins(users.last_key, "text"),
    _begins(users.email_key, "text"),
    _begins(users.user_number, "digits"),
    _begins(users.extension, "digits"),
    _begins(users.primary_did, "plus"),
)
# A filter is met by any of its parts, and each part has an index. Those that leave fewest users come first.
# Rooms above add theirs in the catalogue.
FILTERS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "holder": (users.id == bindparam("holder"),),
    "extension": (users.extension == bindparam("extension"),),
    "text": _TEXT,
    "names": (
        *_TEXT,
        (users.first_key == bindparam("word")) & _begins(users.last_key, "rest"),
        (users.last_key == bindparam("word")) & _begins(users.first_key, "rest"),
    ),
    "letter": (_begins(users.first_key, "letter"), _begins(users.last_key, "letter")),
    "expires_before": (users.expires_on < bindparam("expires_before"),),
    "expires_after": (users.expires_on > bindparam("expires_after"),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Users of a company in a state (any of the living ones by default) that meet all filters added, on a day."""

    company_id: str
    today: date
    state: UserState | None = None
    values: dict[str, Any] = field(default_factory=dict)
    _filters: set[str] = field(default_factory=set)

    @property
    def filters(self) -> frozenset[str]:
        return frozenset(self._filters)

    @property
    def parameters(self) -> dict[str, Any]:
        return {"company": self.company_id, "today": self.today, **self.values}

    def holding(self, user_id: str) -> None:
        """The user who holds something."""
        self._add("holder", holder=user_id)

    def with_package(self, package_id: str) -> None:
        self._add("package", package=package_id)

    def with_extension(self, extension: str) -> None:
        self._add("extension", extension=extension)

    def beginning(self, letter: str) -> None:
        """Those whose first or last name begins so."""
        self._add("letter", **_prefix("letter", fold(letter)))

    def matching(self, text: str) -> None:
        """Those with a name, an address or a number that begins so, or with both parts of a name."""
        text = fold(text)
        digits = _SEPARATORS.sub("", text)
        plus = f"+{digits.removeprefix('+')}"
        values = {**_prefix("text", text), **_prefix("digits", digits), **_prefix("plus", plus)}
        word, _, rest = text.partition(" ")
        if rest:
            self._add("names", word=word, **_prefix("rest", rest.strip()), **values)
        else:
            self._add("text", **values)

    def expiring(self, before: date | None, after: date | None) -> None:
        if before is not None:
            self._add("expires_before", expires_before=before)
        if after is not None:
            self._add("expires_after", expires_after=after)

    def _add(self, name: str, **values: Any) -> None:
        self._filters.add(name)
        self.values.update(values)


class HolderSought:
    """A question to the room of the numbers: which user holds this DID? It sets ``user_id``."""

    def __init__(self, did: str) -> None:
        self.did = did
        self.user_id: str | None = None


class PackageSought:
    """A question to the room of the packages: which package has this code? It sets ``package_id``."""

    def __init__(self, company_id: str, code: str) -> None:
        self.company_id = company_id
        self.code = code
        self.package_id: str | None = None


def choose(unit: UnitOfWork, company_id: str, wanted: UserFilter | None) -> Chosen:
    """The users that a caller's filter means."""
    chosen = Chosen(company_id=company_id, today=unit.today, state=wanted.state if wanted else None)
    if wanted is None:
        return chosen
    if wanted.did is not None:
        question = HolderSought(wanted.did)
        unit.ask(question)
        chosen.holding(question.user_id or "")
    if wanted.package_code is not None:
        sought = PackageSought(company_id, wanted.package_code)
        unit.ask(sought)
        chosen.with_package(sought.package_id or "")
    if wanted.extension is not None:
        chosen.with_extension(wanted.extension)
    if wanted.letter is not None:
        chosen.beginning(wanted.letter)
    if wanted.text is not None:
        chosen.matching(wanted.text)
    chosen.expiring(wanted.expires_before, wanted.expires_after)
    return chosen

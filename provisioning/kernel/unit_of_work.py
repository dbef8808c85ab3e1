"""One call's work: one database session, one moment, one list of facts. Rolls back unless the dispatcher commits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session, SessionTransaction

from provisioning.kernel.caller import Caller
from provisioning.kernel.errors import Refusal, Refusals, VersionConflict
from provisioning.kernel.facts import Fact, Letter
from provisioning.kernel.messages import NO_CONTROL, Control, OutcomeWarning
from provisioning.kernel.outbox import Topic
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Language, Text
from provisioning.settings import Settings

Reaction = Callable[[Any, "UnitOfWork"], None]
IsHeld = Callable[[Session, str], bool]
FindPhoneSystems = Callable[[Session, str], tuple[str, ...]]
Reactions = Mapping[type, tuple[Reaction, ...]]
PostLetters = Callable[["UnitOfWork", Sequence[tuple[Fact, Letter]]], Sequence[str]]


def no_phone_systems(db: Session, provider_id: str) -> tuple[str, ...]:  # noqa: ARG001 - stands for a query
    return ()


def no_letters(unit: "UnitOfWork", letters: Sequence[tuple[Fact, Letter]]) -> Sequence[str]:
    raise LookupError(f"nobody keeps letters: {letters[0][1].kind} of {unit.transaction_id}")


class Versioned(Protocol):
    """A mapped class whose rows carry a version."""

    version: Any


@dataclass(kw_only=True)
class UnitOfWork:
    """What an operation works with. It reads and writes through ``db``, tells what happened by ``record``."""

    db: Session
    caller: Caller
    now: datetime
    transaction_id: str
    settings: Settings
    keys: KeyRing
    is_held: IsHeld
    reactions: Reactions = field(default_factory=dict)
    find_phone_systems: FindPhoneSystems = no_phone_systems
    control: Control = NO_CONTROL
    facts: list[Fact] = field(default_factory=list)
    warnings: list[OutcomeWarning] = field(default_factory=list)
    version_checked: bool = False
    outgoing: set[Topic] = field(default_factory=set)
    _phone_systems: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def language(self) -> Language:
        return self.control.language or Language.EN

    @property
    def today(self) -> date:
        """The day that expiry dates are compared with, where the operator's calendar is."""
        return self.now.astimezone(self.settings.zone).date()

    def record(self, fact: Fact, violations: "Collector | None" = None) -> None:
        """Keep a fact and let the rooms above react to it, in this very transaction.

        With ``violations`` a reaction's refusal is kept there and the other reactions run all the same.
        """
        self.facts.append(fact)
        for reaction in self.reactions.get(type(fact), ()):
            with violations.step() if violations else nullcontext():
                reaction(fact, self)

    def ask(self, question: Any) -> None:
        """Let the rooms above answer a question of this room; nothing is kept."""
        for reaction in self.reactions.get(type(question), ()):
            reaction(question, self)

    def phone_systems(self, provider_id: str) -> tuple[str, ...]:
        """The phone systems, by identifier, that have to be told of what happens to a provider's users."""
        if provider_id not in self._phone_systems:
            self._phone_systems[provider_id] = self.find_phone_systems(self.db, provider_id)
        return self._phone_systems[provider_id]

    def warn(self, code: str, text: Text, **values: Any) -> None:
        """Tell the caller something that is no reason to refuse."""
        self.warnings.append(OutcomeWarning(code=code, reason=text.in_language(self.language, **values)))

    def check_version(self, target: Versioned) -> None:
        """Refuse when the caller expected another version of what this call is about."""
        expected = self.control.expected_version
        self.version_checked = True
        if expected is not None and expected != target.version:
            raise VersionConflict(field="control.expectedVersion", current=target.version, expected=expected)

    @contextmanager
    def savepoint(self) -> Iterator[SessionTransaction]:
        """Steps that can be undone alone: by an exception, or by ``rollback()`` on what this gives."""
        facts, warnings = len(self.facts), len(self.warnings)
        kept = False
        try:
            with self.db.begin_nested() as nested:
                yield nested
                kept = nested.is_active
        finally:
            if not kept:
                del self.facts[facts:], self.warnings[warnings:]

    @contextmanager
    def all_violations(self) -> Iterator["Collector"]:
        """Run several steps and refuse once, with what each of them had against the request."""
        collector = Collector()
        yield collector
        if collector.refusals:
            if len(collector.refusals) == 1:
                raise collector.refusals[0]
            raise Refusals(collector.refusals)


class Collector:
    """Keeps the refusals of steps that do not depend on each other."""

    def __init__(self) -> None:
        self.refusals: list[Refusal] = []

    @contextmanager
    def step(self) -> Iterator[None]:
        try:
            yield
        except Refusal as refusal:
            self.refusals.append(refusal)

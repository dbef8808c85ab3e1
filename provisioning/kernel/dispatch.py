"""The one path of every call, whatever the front end: authenticate, authorise, read, run, keep, commit, answer."""

import dataclasses
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from provisioning.kernel import idempotency, journal, outbox
from provisioning.kernel.caller import Caller
from provisioning.kernel.clock import Clock, new_id, utc_now
from provisioning.kernel.errors import BackendUnavailable, InternalError, Refusal, invalid
from provisioning.kernel.faults import fault_of
from provisioning.kernel.messages import NO_CONTROL, Control, Outcome, Provisioning, ProvisioningFault
from provisioning.kernel.operation import Mode, Operation
from provisioning.kernel.outbox import Topic
from provisioning.kernel.plain import read_plain
from provisioning.kernel.secrets import KeyRing
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import (
    FindPhoneSystems,
    PostLetters,
    Reactions,
    UnitOfWork,
    no_letters,
    no_phone_systems,
)
from provisioning.persistence.engine import Database, DatabaseBusy, KeyHeld, expect_waiting, violated
from provisioning.settings import Settings

log = structlog.get_logger("provisioning")

_TRIES = 4
_WORTH_ANOTHER_TRY = {"40001", "40P01"}  # serialization failure, deadlock

Authenticate = Callable[[Any], Caller]
LostRaces = Mapping[str, Callable[[], Refusal]]


@dataclass(frozen=True, slots=True)
class Call:
    """What a front end hands over. ``read`` turns the body into a request once the caller is known.

    ``language`` is what the front end could see of the request's language before: refusals of the caller or of
    the request's form are in that language too.
    """

    operation: str
    credentials: Any
    read: Callable[[Operation], Any]
    language: Language = Language.EN


@dataclass(frozen=True, slots=True)
class Reply:
    """What a front end writes: the result of an operation, or the fault."""

    operation: Operation | None
    result: Any
    fault: ProvisioningFault | None


@dataclass(kw_only=True)
class Dispatcher:
    """Runs calls. ``lost_races`` names, by constraint, the refusal that the loser of a race gets."""

    operations: Mapping[str, Operation]
    database: Database
    authenticate: Authenticate
    settings: Settings
    keys: KeyRing
    reactions: Reactions
    lost_races: LostRaces
    clock: Clock = utc_now
    phone_systems: FindPhoneSystems = no_phone_systems
    post: PostLetters = no_letters

    def run(self, call: Call) -> Reply:
        """Run a call of a front end; raises nothing but WouldWait, where somebody asked for it."""
        transaction_id = new_id()
        language = call.language
        operation = None
        self._expect_to_run(call.operation)
        try:
            caller = self.authenticate(call.credentials)
            operation = self._find(call.operation)
            caller.must_have(operation.right, operation.scope)
            request = call.read(operation)
            control = request.control or NO_CONTROL
            language = control.language or Language.EN
            return Reply(operation, self._perform(operation, request, caller, transaction_id), None)
        except Exception as error:  # noqa: BLE001 - nothing an operation does may end a worker
            return Reply(operation, None, self._fault(error, language, transaction_id, call.operation))

    def perform(self, operation: Operation, request: Any, caller: Caller) -> Any:
        """Run an operation for a caller who is known already: console and command line. Raises refusals."""
        caller.must_have(operation.right, operation.scope)
        try:
            return self._perform(operation, request, caller, new_id())
        except Exception as error:
            raise self._refusal(error) or error from error

    def unit_for(self, db: Session, caller: Caller) -> UnitOfWork:
        """A unit of work for those who act without a request: who delivers what calls have left to do."""
        return self._unit(db, caller, NO_CONTROL, new_id())

    def _expect_to_run(self, name: str) -> None:
        operation = self.operations.get(name)
        if operation is not None and not operation.quick:
            expect_waiting()

    def _find(self, name: str) -> Operation:
        operation = self.operations.get(name)
        if operation is None:
            raise invalid(
                "", "UNKNOWN_OPERATION", "there is no such operation", "cette opération n'existe pas"
            )
        return operation

    def _perform(self, operation: Operation, request: Any, caller: Caller, transaction_id: str) -> Any:
        control = request.control or NO_CONTROL
        if operation.mode is Mode.READ:
            with self.database.reading() as db:
                return operation.run(request, caller, self._unit(db, caller, control, transaction_id))
        if operation.before is not None:
            operation.before(request, self.settings)
        for attempt in range(1, _TRIES):
            try:
                return self._write(operation, request, caller, control, transaction_id)
            except (OperationalError, StaleDataError) as error:
                if isinstance(error, OperationalError) and _state(error) not in _WORTH_ANOTHER_TRY:
                    raise
                time.sleep(random.uniform(0, 0.02 * attempt))  # noqa: S311 - jitter, no secret
        return self._write(operation, request, caller, control, transaction_id)

    def _write(
        self, operation: Operation, request: Any, caller: Caller, control: Control, transaction_id: str
    ) -> Any:
        rehearsal = operation.mode is Mode.REHEARSE
        dry = bool(control.dry_run) or caller.test or rehearsal
        key = control.request_id if not rehearsal else None
        with self.database.writing(idempotency.lock_key(caller.client_id, key) if key else None) as db:
            asked = idempotency.question(operation, request) if key else ""
            if key:
                first = idempotency.first_answer(db, self.keys, caller.client_id, key, asked)
                if first is not None:
                    return _replayed(operation, first)
            unit = self._unit(db, caller, control, transaction_id)
            result = operation.run(request, caller, unit)
            self._check_expectation(unit)
            db.flush()
            if rehearsal:
                return result
            result = dataclasses.replace(result, outcome=self._keep(operation, unit, dry=dry))
            if dry:
                return result
            if key:
                idempotency.keep_answer(
                    db, self.keys, operation, caller.client_id, key, asked, result, unit.now
                )
            db.commit()
            if unit.outgoing:
                self.database.announce()
            return result

    def _unit(self, db: Session, caller: Caller, control: Control, transaction_id: str) -> UnitOfWork:
        return UnitOfWork(
            db=db,
            caller=caller,
            now=self.clock(),
            transaction_id=transaction_id,
            settings=self.settings,
            keys=self.keys,
            reactions=self.reactions,
            control=control,
            is_held=self.database.is_held,
            find_phone_systems=self.phone_systems,
        )

    @staticmethod
    def _check_expectation(unit: UnitOfWork) -> None:
        if unit.control.expected_version is not None and not unit.version_checked:
            raise invalid(
                "control.expectedVersion",
                "NO_VERSION",
                "this operation has no object whose version could be expected",
                "cette opération n'a pas d'objet dont une version pourrait être attendue",
            )

    def _keep(self, operation: Operation, unit: UnitOfWork, *, dry: bool) -> Outcome:
        """Write what the facts ask for, and say what became of the call."""
        if unit.facts and not dry:
            unit.outgoing |= outbox.enqueue(
                unit.db,
                unit.facts,
                unit.transaction_id,
                unit.now,
                phone_systems_of=unit.phone_systems,
                post=lambda letters: self.post(unit, letters),
            )
            journal.write(
                unit.db,
                unit.facts,
                caller=unit.caller,
                operation=operation.name,
                request_id=unit.control.request_id,
                transaction_id=unit.transaction_id,
                now=unit.now,
                writer=self.database.writer_number(unit.db),
            )
        return Outcome(
            transaction_id=unit.transaction_id,
            no_change=not unit.facts,
            dry_run=dry,
            provisioning=Provisioning.PENDING if Topic.PHONE in unit.outgoing else Provisioning.IN_SYNC,
            warning=tuple(unit.warnings),
        )

    def _fault(
        self, error: Exception, language: Language, transaction_id: str, operation: str
    ) -> ProvisioningFault:
        refusal = self._refusal(error)
        if refusal is None:
            log.error("internal error", operation=operation, transaction=transaction_id, exc_info=error)
            refusal = InternalError()
        return fault_of(refusal, language, transaction_id)

    def _refusal(self, error: Exception) -> Refusal | None:
        """What an exception means to a caller; None when nobody foresaw it."""
        if isinstance(error, Refusal):
            return error
        if isinstance(error, IntegrityError):
            lost = self.lost_races.get(violated(error) or "")
            return lost() if lost else None
        if isinstance(error, KeyHeld):
            return idempotency.RequestInProgress(field="control.requestId", retry_after=1)
        if isinstance(error, DatabaseBusy | PoolTimeout | OperationalError | StaleDataError) or _lost(error):
            log.warning("database unavailable", error=type(error).__name__)
            return BackendUnavailable(retry_after=2)
        return None


def _replayed(operation: Operation, answer: dict[str, Any]) -> Any:
    result = read_plain(operation.result, answer)
    return dataclasses.replace(result, outcome=dataclasses.replace(result.outcome, replayed=True))


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _lost(error: Exception) -> bool:
    return isinstance(error, DBAPIError) and error.connection_invalidated

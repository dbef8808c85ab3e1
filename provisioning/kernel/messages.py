"""Messages that belong to every operation: the control element, the outcome of a write, the declared fault."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.texts import Language

RequestId = Annotated[
    str,
    Facet(
        name="RequestId",
        min_length=1,
        max_length=128,
        pattern="[!-~]*",
        doc="An idempotency key: printable ASCII without blanks.",
    ),
]
Version = Annotated[int, Facet(Kind.INT, minimum=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """How a request is to be run. Every part is optional."""

    request_id: Annotated[
        RequestId | None,
        "Idempotency key of this client: a repeat with the same arguments gets the first answer again.",
    ] = None
    dry_run: Annotated[bool | None, "True: check and compute everything, keep nothing."] = None
    language: Annotated[Language | None, "Language of reasons and warnings; en by default."] = None
    expected_version: Annotated[
        Version | None, "Refuse with VERSION_CONFLICT unless the object has this version."
    ] = None


NO_CONTROL = Control()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What every request may begin with."""

    control: Annotated[Control | None, "Idempotency, dry run, language, expected version."] = None


class Provisioning(StrEnum):
    """Whether the phone systems agree with the answer already."""

    IN_SYNC = "IN_SYNC"
    PENDING = "PENDING"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeWarning:
    """Something the caller should know although the call succeeded."""

    code: Annotated[str, "A stable code."]
    reason: Annotated[str, "A sentence in the request's language."]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a write."""

    transaction_id: Annotated[str, "Names this call in logs, the audit trail and the change feed."]
    replayed: Annotated[bool, "True: the requestId was seen before; this is the first answer again."] = False
    no_change: Annotated[bool, "True: everything was as asked for already."] = False
    dry_run: Annotated[bool, "True: nothing was kept."] = False
    provisioning: Annotated[
        Provisioning, "IN_SYNC, or PENDING while a phone system has still to be told."
    ] = Provisioning.IN_SYNC
    warning: Annotated[tuple[OutcomeWarning, ...], "What else the caller should know."] = ()


# Operations leave the outcome to the dispatcher, which alone knows it, after the commit.
UNDECIDED = Outcome(transaction_id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRequest(Request):
    """What an operation is asked that does a part of something long: it knows itself what is left to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchResult:
    """What an operation has done of something long."""

    count: Annotated[int, "How many it was this time."]
    more: Annotated[bool, "True: there may be more; call again."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldViolation:
    """One reason why a request was refused."""

    field: Annotated[str, "Path of the field from the operation's element, for instance newUser.email."]
    code: Annotated[str, "What is wrong, for programs."]
    reason: Annotated[str, "What is wrong, for people."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisioningFault:
    """The one declared fault. Act on code; show reason and violation; wait retryAfterSeconds before a repeat."""

    code: Annotated[str, "One of the codes that ListErrorCodes gives."]
    reason: Annotated[str, "A sentence in the request's language."]
    field: Annotated[str | None, "Path of the first field concerned."] = None
    object: Annotated[str | None, "The object concerned, by what the caller called it."] = None
    retryable: Annotated[bool, "True: the same request may succeed later."]
    retry_after_seconds: Annotated[int | None, "How long to wait before a repeat."] = None
    transaction_id: Annotated[str, "Quote it to the operator."]
    violation: Annotated[tuple[FieldViolation, ...], "Every reason, not only the first."] = ()
    current_version: Annotated[int | None, "With VERSION_CONFLICT: the version the object has."] = None
    limit: Annotated[int | None, "With LIMIT_REACHED: how many are allowed."] = None
    used: Annotated[int | None, "With LIMIT_REACHED or IN_USE: how many there are."] = None

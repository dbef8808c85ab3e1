"""Messages of the DID room."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.dids import model
from provisioning.dids.model import DidState, DidUse
from provisioning.kernel.addresses import read_phone_prefix
from provisioning.kernel.caller import Caller
from provisioning.kernel.facets import Email, Facet, Kind, Most, ObjectId, PhoneNumber
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.users import UserRef

MOST_NUMBERS = 10_000

DidPrefix = Annotated[
    str,
    Facet(
        name="DidPrefix",
        min_length=1,
        max_length=40,
        normalize=read_phone_prefix,
        doc="How a number begins, with its country code: +1 650. A plus sign alone stands for any number.",
    ),
]
ReservationMinutes = Annotated[
    int,
    Facet(Kind.INT, name="ReservationMinutes", minimum=1, maximum=525_600, doc="Minutes, 1 to 525600."),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Did:
    """A number as it is."""

    number: Annotated[PhoneNumber, "The number, E.164."]
    state: Annotated[DidState, "AVAILABLE, RESERVED, ASSIGNED or RESTING at this moment."]
    company_id: Annotated[
        ObjectId | None, "The company it is allocated to; absent in the provider's pool."
    ] = None
    user_id: Annotated[ObjectId | None, "Who holds it."] = None
    primary: Annotated[bool, "True: the one of its holder's numbers that lists show."] = False
    use: Annotated[DidUse | None, "What its holder has it for."] = None
    reservation_id: Annotated[ObjectId | None, "Its reservation; shown to the client that made it."] = None
    reserved_until: Annotated[datetime | None, "When the reservation ends, UTC."] = None
    resting_until: Annotated[
        datetime | None, "When it may be had by others than its last holder, UTC; absent while not known."
    ] = None
    version: Annotated[int, "Grows with every change."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DidRange:
    """All numbers from the first to the last, both included; both have equally many digits."""

    first: Annotated[PhoneNumber, "The lowest number."]
    last: Annotated[PhoneNumber, "The highest number."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DidVerdict:
    """Why a number of the request was left as it is."""

    number: Annotated[PhoneNumber, "The number, E.164."]
    code: Annotated[str, "NO_CHANGE when it was as asked for already, otherwise one of the error codes."]
    reason: Annotated[str, "A sentence in the request's language."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DidPage:
    """A page of numbers."""

    did: Annotated[tuple[Did, ...], "The numbers, in ascending order."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DidsRequest(Request):
    number: Annotated[tuple[PhoneNumber, ...], Most(MOST_NUMBERS), "Single numbers."] = ()
    range: Annotated[tuple[DidRange, ...], Most(1000), "Ranges of numbers."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDidsRequest(DidsRequest):
    company_id: Annotated[
        ObjectId | None, "Allocate the new numbers to this company; absent: leave them in the pool."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AddDidsResult:
    """What became of numbers to add."""

    added: Annotated[int, "How many numbers are new in the inventory."]
    did_verdict: Annotated[tuple[DidVerdict, ...], "The numbers that were not added."] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateDidsRequest(DidsRequest):
    company_id: CompanyId = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateDidsResult:
    """What became of numbers to allocate."""

    allocated: Annotated[int, "How many numbers the company has got."]
    did_verdict: Annotated[tuple[DidVerdict, ...], "The numbers that it has not got."] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDidsRequest(DidsRequest):
    from_inventory: Annotated[
        bool | None, "True: out of the inventory. Otherwise from their company back to the pool."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDidsResult:
    """What became of numbers to withdraw."""

    withdrawn: Annotated[int, "How many numbers were withdrawn."]
    did_verdict: Annotated[tuple[DidVerdict, ...], "The numbers that were not."] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDidsRequest(PagedRequest):
    company_id: Annotated[ObjectId | None, "Only those allocated to this company."] = None
    in_pool: Annotated[bool | None, "True: only those allocated to no company."] = None
    state: Annotated[DidState | None, "Only in this state at this moment."] = None
    prefix: Annotated[DidPrefix | None, "Only those that begin so."] = None
    user_ref: Annotated[UserRef | None, "Only those that this user holds."] = None
    use: Annotated[DidUse | None, "Only those held for this use."] = None
    available_for_me: Annotated[
        bool | None, "True: only those this client could assign now: available, or reserved by itself."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveDidRequest(Request):
    number: Annotated[PhoneNumber | None, "This number. Give it or a prefix, not both."] = None
    prefix: Annotated[DidPrefix | None, "Any number that begins so; without number and prefix, any."] = None
    company_id: Annotated[
        ObjectId | None,
        "Among the numbers of this company. A provider's client that leaves it out means the pool, when it "
        "names no number.",
    ] = None
    minutes: Annotated[ReservationMinutes | None, "How long; absent: as the service is set, 15 minutes."] = (
        None
    )
    email: Annotated[
        Email | None, "For whom: when a user with this address is created, the number is theirs."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReserveDidResult:
    """A reservation."""

    reservation_id: Annotated[ObjectId, "Names the reservation in AssignDid and elsewhere."]
    expires_at: Annotated[datetime, "When it ends by itself, UTC."]
    did: Annotated[Did, "The number."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDidReservationRequest(Request):
    reservation_id: Annotated[ObjectId, "What ReserveDid answered."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseDidReservationResult:
    """A reservation that has ended."""

    did: Annotated[Did, "The number as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignDidRequest(Request):
    user_ref: Annotated[UserRef, "Who gets the number."]
    number: Annotated[
        PhoneNumber | None, "This number. Give exactly one of number, reservationId and prefix."
    ] = None
    reservation_id: Annotated[ObjectId | None, "The number of this reservation."] = None
    prefix: Annotated[DidPrefix | None, "Any free number that begins so; + for any at all."] = None
    primary: Annotated[
        bool | None, "True: make it the user's primary number. A user's first number is primary anyway."
    ] = None
    use: Annotated[DidUse | None, "VOICE, FAX or BOTH; BOTH for a new holder, absent leaves it."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignDidResult:
    """A number and its holder."""

    did: Annotated[Did, "The number as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDidRequest(Request):
    user_ref: Annotated[UserRef, "Whose number changes."]
    from_number: Annotated[PhoneNumber | None, "The number to give up; absent: the primary one."] = None
    to_number: Annotated[
        PhoneNumber | None, "The new number. Give exactly one of toNumber, reservationId and prefix."
    ] = None
    reservation_id: Annotated[ObjectId | None, "The number of this reservation."] = None
    prefix: Annotated[DidPrefix | None, "Any free number that begins so; + for any at all."] = None
    use: Annotated[DidUse | None, "VOICE, FAX or BOTH; absent: as the old number was used."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDidResult:
    """A user's new number in the place of an old one."""

    did: Annotated[Did, "The new number as it is now."]
    freed: Annotated[Did | None, "The old number as it is now; absent when nothing changed."] = None
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDidRequest(Request):
    number: Annotated[PhoneNumber, "The number to hand over."]
    from_user_ref: Annotated[UserRef, "Who holds it."]
    to_user_ref: Annotated[UserRef, "Who gets it; of the same company."]
    primary: Annotated[bool | None, "True: make it the new holder's primary number."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferDidResult:
    """A number with its new holder."""

    did: Annotated[Did, "The number as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignDidRequest(Request):
    user_ref: Annotated[UserRef | None, "Whose number is taken away; absent: whoever holds it."] = None
    number: Annotated[PhoneNumber | None, "Which number; absent: all that the user holds."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnassignDidResult:
    """Numbers that have no holder any longer."""

    did: Annotated[tuple[Did, ...], "The freed numbers as they are now."] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


def shown(did: model.Did, caller: Caller, now: datetime) -> Did:
    """The number as this caller sees it at this moment."""
    state = did.state_at(now)
    reserved = state is DidState.RESERVED
    ends = did.free_from if did.free_from is not None and did.free_from > now else None
    return Did(
        number=did.number,
        state=state,
        company_id=did.company_id,
        user_id=did.user_id,
        primary=did.is_primary,
        use=DidUse(did.use) if did.use else None,
        reservation_id=did.reservation_id if reserved and did.reserved_by == caller.client_id else None,
        reserved_until=ends if reserved else None,
        resting_until=ends if state is DidState.RESTING else None,
        version=did.version,
    )

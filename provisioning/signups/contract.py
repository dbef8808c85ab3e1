"""Messages of the sign-up room."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel.facets import Facet, Kind, Most, Name, PhoneNumber
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.users import GeneratedSipSecret, NewUser, ShownUser, UserRef

PaymentReference = Annotated[
    str,
    Facet(
        name="PaymentReference",
        min_length=1,
        max_length=128,
        pattern="[!-~]*",
        doc="The payment system's own reference, unique per provider: printable ASCII without blanks.",
    ),
]
PaidAmount = Annotated[
    Decimal, Facet(Kind.DECIMAL, name="PaidAmount", minimum=0, doc="An amount that was paid.")
]
PaidCurrency = Annotated[
    str, Facet(name="PaidCurrency", pattern="[A-Z]{3}", doc="ISO 4217, for instance EUR.")
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """A sign-up as it is."""

    started_at: Annotated[datetime, "When it began, UTC."]
    expires_at: Annotated[datetime, "Until when it can be paid or activated, UTC."]
    over: Annotated[bool, "True: that moment has passed; UpdateSignUp can open it again."]
    wished_did: Annotated[tuple[str, ...], "DIDs reserved for the person, assigned with the activation."] = ()
    payment_reference: Annotated[PaymentReference | None, "The payment that counted."] = None
    amount: Annotated[PaidAmount | None, "What was paid."] = None
    currency: Annotated[PaidCurrency | None, "In which currency."] = None
    paid_at: Annotated[datetime | None, "When the payment was confirmed, UTC."] = None
    rejection_reason: Annotated[Name | None, "Why it was rejected."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUpResult:
    """A sign-up after a write."""

    user: Annotated[ShownUser, "The user as it is now."]
    sign_up: Annotated[SignUp, "The sign-up as it is now."]
    generated_sip_secret: Annotated[
        tuple[GeneratedSipSecret, ...], "From StartSignUp: SIP secrets it generated; keep them now."
    ] = ()
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSignUpRequest(Request):
    company_id: CompanyId = None
    new_user: Annotated[NewUser, "Who signs up. DIDs are reserved for the person, not assigned yet."]
    expires_at: Annotated[datetime | None, "Until when it waits for the payment; 24 hours by default."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateSignUpRequest(Request):
    user_ref: Annotated[UserRef, "The PENDING user."]
    expires_at: Annotated[
        datetime | None, "New end; opens a sign-up that is over again. Absent leaves it."
    ] = None
    wished_did: Annotated[
        tuple[PhoneNumber, ...], Most(20), "DIDs to reserve in place of those reserved; absent leaves them."
    ] = ()
    clear_wished_did: Annotated[bool | None, "True: give the reserved DIDs up."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmPaymentRequest(Request):
    user_ref: Annotated[UserRef, "The PENDING user."]
    payment_reference: Annotated[PaymentReference, "The payment."]
    amount: Annotated[PaidAmount | None, "What was paid."] = None
    currency: Annotated[PaidCurrency | None, "In which currency."] = None
    notify: Annotated[bool | None, "True: send the access codes."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivateUserRequest(Request):
    user_ref: Annotated[UserRef, "The PENDING user."]
    notify: Annotated[bool | None, "True: send the access codes."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectSignUpRequest(Request):
    user_ref: Annotated[UserRef, "The PENDING user."]
    reason: Annotated[Name | None, "Why; kept with the sign-up."] = None

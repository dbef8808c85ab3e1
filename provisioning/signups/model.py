"""Sign-ups: PENDING users, what they wait for, until when."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.kernel.errors import Refusal
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, Json, Moment, key_text


class SignUp(Base):
    """What a PENDING user waits for. The row stays as the record of the payment.

    ``wished_numbers`` were reserved for the person; they are assigned with the activation, if they still are.
    """

    __tablename__ = "sign_ups"
    __table_args__ = (
        Index("uq_sign_ups_payment_reference", "provider_id", "payment_reference", unique=True),
    )

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    provider_id: Mapped[str] = mapped_column(Id, ForeignKey("providers.id"))
    wished_numbers: Mapped[list[str]] = mapped_column(Json)
    started_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment, index=True)
    payment_reference: Mapped[str | None] = mapped_column(key_text(128))
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 4))
    currency: Mapped[str | None] = mapped_column(String(3))
    paid_at: Mapped[datetime | None] = mapped_column(Moment)
    rejection_reason: Mapped[str | None] = mapped_column(String(200))

    def is_over(self, now: datetime) -> bool:
        return self.expires_at <= now


class PaymentReferenceUsed(Refusal):
    code = "PAYMENT_REFERENCE_USED"
    text = Text(
        "The payment reference {reference} has paid for another sign-up.",
        "La référence de paiement {reference} a déjà payé une autre inscription.",
    )


class PaidOtherwise(Refusal):
    code = "PAYMENT_REFERENCE_USED"
    text = Text(
        "This sign-up was paid with another reference; the first one counts.",
        "Cette inscription a été payée avec une autre référence; la première compte.",
    )


class SignUpOver(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "The sign-up ended at {moment}; UpdateSignUp with a new expiresAt opens it again.",
        "L'inscription a pris fin à {moment}; UpdateSignUp avec un nouvel expiresAt la rouvre.",
    )


class NotSigningUp(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "This user is in state {state}; only a PENDING one can do this.",
        "Cet usager est dans l'état {state}; seul un usager PENDING le peut.",
    )


NUMBER_LOST = Text(
    "{number} was no longer reserved and belongs to somebody else now; the account has no such number.",
    "Le numéro {number} n'était plus réservé et appartient à quelqu'un d'autre; le compte ne l'a pas reçu.",
)


class SignUpStarted(Fact):
    object_type = "User"


class SignUpChanged(Fact):
    object_type = "User"


class PaymentConfirmed(Fact):
    object_type = "User"


LOST_RACES = {
    "uq_sign_ups_payment_reference": lambda: PaymentReferenceUsed(field="paymentReference", reference="?"),
}

"""Virtual extensions: what they are called, what is refused, what happens."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from provisioning.companies import Company
from provisioning.kernel.errors import CODES, Refusal, invalid
from provisioning.kernel.facts import Fact
from provisioning.kernel.texts import Text
from provisioning.persistence.base import Base, Id, key_text

NOT_RETURNED = Text(
    "Extension {extension} could not be given back: it is no longer free.",
    "L'extension {extension} n'a pu être rendue : elle n'est plus libre.",
)


class ExtensionTaken(Refusal):
    code = "EXTENSION_TAKEN"
    text = CODES["EXTENSION_TAKEN"].meaning


class ExtensionNotAllowed(Refusal):
    code = "EXTENSION_NOT_ALLOWED"
    text = CODES["EXTENSION_NOT_ALLOWED"].meaning


class LostExtension(Base):
    """The extension that a deleted user had: given back when the user is restored, if nobody took it.

    Who has which extension stands with the users themselves, one per user and one user per extension.
    """

    __tablename__ = "lost_extensions"

    user_id: Mapped[str] = mapped_column(Id, ForeignKey("users.id"), primary_key=True)
    extension: Mapped[str] = mapped_column(key_text(6))


class ExtensionAssigned(Fact):
    object_type = "Extension"


class ExtensionUnassigned(Fact):
    object_type = "Extension"


class Range:
    """The extensions of a company. Leading zeros count: all have as many digits as the first and the last."""

    def __init__(self, company: Company, field: str) -> None:
        if not company.is_private or company.extension_first is None or company.extension_last is None:
            raise ExtensionNotAllowed(field=field, object=company.id)
        self.first, self.last = company.extension_first, company.extension_last

    def __contains__(self, extension: str) -> bool:
        return len(extension) == len(self.first) and self.first <= extension <= self.last

    def must_have(self, extension: str, field: str) -> None:
        if extension not in self:
            raise invalid(
                field,
                "OUT_OF_RANGE",
                "must be from {first} to {last}, with as many digits",
                "doit être de {first} à {last}, avec autant de chiffres",
                first=self.first,
                last=self.last,
            )

    def written(self, number: int) -> str:
        return str(number).zfill(len(self.first))


# Behind the space of numbers this is the last guard; who loses a race learns it in the same words.
LOST_RACES = {"uq_users_extension": lambda: ExtensionTaken(field="extension")}

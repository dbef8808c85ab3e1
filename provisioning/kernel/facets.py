"""Field types shared by all rooms: their names on the wire, their limits, how text becomes a value and back."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, StrEnum
from typing import Annotated, Any

from provisioning.kernel import lexical
from provisioning.kernel.addresses import read_email, read_phone
from provisioning.kernel.lexical import Invalid


class Kind(Enum):
    """The primitive a field type is made of."""

    TEXT = "string"
    INT = "int"
    LONG = "long"
    BOOL = "boolean"
    DECIMAL = "decimal"
    DATE = "date"
    MOMENT = "dateTime"
    BINARY = "base64Binary"


_READ: dict[Kind, Callable[[str], Any]] = {
    Kind.INT: lexical.read_int,
    Kind.LONG: lexical.read_long,
    Kind.BOOL: lexical.read_bool,
    Kind.DECIMAL: lexical.read_decimal,
    Kind.DATE: lexical.read_date,
    Kind.MOMENT: lexical.read_moment,
    Kind.BINARY: lexical.read_binary,
}
_WRITE: dict[Kind, Callable[[Any], str]] = {
    Kind.TEXT: str,
    Kind.INT: str,
    Kind.LONG: str,
    Kind.BOOL: lambda value: "true" if value else "false",
    Kind.DECIMAL: lambda value: format(value, "f"),
    Kind.DATE: date.isoformat,
    Kind.MOMENT: lexical.write_moment,
    Kind.BINARY: lexical.write_binary,
}
_NOT_ALLOWED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_LINE_BREAK = re.compile("[\t\r\n\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Facet:
    """A field type. With a name it is a named simple type of the schema; without, the bare primitive."""

    kind: Kind = Kind.TEXT
    name: str | None = None
    doc: str = ""
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    enum: type[StrEnum] | None = None
    secret: bool = False
    multiline: bool = False
    normalize: Callable[[Any], Any] | None = None

    def read(self, text: str) -> Any:
        """The value that the text stands for; Invalid says what is wrong with it."""
        value: Any = self._read_text(text) if self.kind is Kind.TEXT else _READ[self.kind](text)
        if self.minimum is not None and value < self.minimum:
            raise Invalid("OUT_OF_RANGE", lexical.TOO_SMALL, minimum=self.minimum)
        if self.maximum is not None and value > self.maximum:
            raise Invalid("OUT_OF_RANGE", lexical.TOO_BIG, maximum=self.maximum)
        if self.normalize is None:
            return value
        value = self.normalize(value)
        if self.max_length is not None and len(value) > self.max_length:  # one spelling may be longer
            raise Invalid("TOO_LONG", lexical.TOO_LONG, maximum=self.max_length)
        return value

    def write(self, value: Any) -> str:
        return _WRITE[self.kind](value)

    def _read_text(self, text: str) -> str:
        if self.enum is not None:
            return self._read_choice(self.enum, text)
        if _NOT_ALLOWED.search(text) or (not self.multiline and _LINE_BREAK.search(text)):
            raise Invalid("BAD_CHARACTER", lexical.BAD_CHARACTER)
        if self.max_length is not None and len(text) > self.max_length:
            raise Invalid("TOO_LONG", lexical.TOO_LONG, maximum=self.max_length)
        if self.min_length is not None and len(text) < self.min_length:
            raise Invalid("TOO_SHORT", lexical.TOO_SHORT, minimum=self.min_length)
        if self.pattern is not None and not re.fullmatch(self.pattern, text):
            raise Invalid("WRONG_FORM", lexical.WRONG_FORM, pattern=self.pattern)
        return text

    @staticmethod
    def _read_choice(enum: type[StrEnum], text: str) -> StrEnum:
        try:
            return enum(text)
        except ValueError:
            raise Invalid("NOT_A_CHOICE", lexical.NOT_A_CHOICE, choices=", ".join(enum)) from None


@dataclass(frozen=True, slots=True)
class Most:
    """How often a repeated field may occur; without it, as often as the message has room."""

    count: int


def _trimmed(value: str) -> str:
    value = unicodedata.normalize("NFC", value.strip())
    if not value:
        raise Invalid("TOO_SHORT", lexical.TOO_SHORT, minimum=1)
    return value


PRIMITIVES: dict[type, Facet] = {
    str: Facet(Kind.TEXT, max_length=4000),
    int: Facet(Kind.INT),
    bool: Facet(Kind.BOOL),
    Decimal: Facet(Kind.DECIMAL),
    date: Facet(Kind.DATE),
    datetime: Facet(Kind.MOMENT),
    bytes: Facet(Kind.BINARY),
}

ObjectId = Annotated[
    str,
    Facet(
        name="ObjectId",
        min_length=1,
        max_length=26,
        pattern="[0-9a-v]*",
        doc="An identifier the service gave.",
    ),
]
Name = Annotated[
    str, Facet(name="Name", min_length=1, max_length=100, normalize=_trimmed, doc="A name on one line.")
]
Code = Annotated[
    str,
    Facet(
        name="Code",
        min_length=1,
        max_length=40,
        pattern="[A-Za-z0-9][A-Za-z0-9_.\\-]*",
        doc="A code that people chose: letters, digits, dot, hyphen, underscore.",
    ),
]
ExternalId = Annotated[
    str,
    Facet(
        name="ExternalId",
        min_length=1,
        max_length=128,
        normalize=_trimmed,
        doc="The caller's own key for an object, unique per company.",
    ),
]
Email = Annotated[
    str, Facet(name="Email", min_length=3, max_length=254, normalize=read_email, doc="An e-mail address.")
]
PhoneNumber = Annotated[
    str,
    Facet(
        name="PhoneNumber",
        min_length=3,
        max_length=40,
        normalize=read_phone,
        doc="A number with its country code. Taken as people write it, +1 (650) 555 1212; answered as E.164.",
    ),
]
UserNumber = Annotated[
    str,
    Facet(name="UserNumber", pattern="[0-9]{4,8}", doc="A user number: as many digits as its company uses."),
]
ExtensionNumber = Annotated[
    str,
    Facet(name="ExtensionNumber", pattern="[0-9]{1,6}", doc="A virtual extension; leading zeros count."),
]
Pin = Annotated[
    str, Facet(name="Pin", pattern="[0-9]{4,12}", secret=True, doc="A PIN: 4 to 12 digits. Never answered.")
]
Cursor = Annotated[
    str, Facet(name="Cursor", max_length=1000, doc="Where a list goes on: give back what the last page gave.")
]
MOST_PAGE = 1000
PageSize = Annotated[
    int,
    Facet(
        Kind.INT, name="PageSize", minimum=1, maximum=MOST_PAGE, doc="How many items a page has, 1 to 1000."
    ),
]
Secret = Annotated[str, Facet(name="Secret", min_length=1, max_length=200, secret=True, doc="A secret.")]

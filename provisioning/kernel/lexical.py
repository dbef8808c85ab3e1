"""From the text of a message to a value and back, for the primitives of XML Schema."""

import base64
import binascii
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from provisioning.kernel.texts import Text

TOO_SMALL = Text("must be at least {minimum}", "doit être au moins {minimum}")
TOO_BIG = Text("must be at most {maximum}", "doit être au plus {maximum}")
TOO_LONG = Text("has more than {maximum} characters", "compte plus de {maximum} caractères")
TOO_SHORT = Text("has fewer than {minimum} character(s)", "compte moins de {minimum} caractère(s)")
WRONG_FORM = Text("does not have the form {pattern}", "n'a pas la forme {pattern}")
NOT_A_CHOICE = Text("is none of: {choices}", "n'est pas parmi : {choices}")
BAD_CHARACTER = Text(
    "contains a control character or a line break", "contient un caractère de commande ou un saut de ligne"
)
NOT_A = Text("is not {what}", "n'est pas de la forme : {what}")
NO_ZONE = Text(
    "has no time zone; write for instance 2031-02-28T12:00:00Z",
    "n'a pas de fuseau horaire; écrivez par exemple 2031-02-28T12:00:00Z",
)

_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_INT_BITS = 31
_LONG_BITS = 63
_FURTHEST_ZONE = 14 * 60
_TO_SECONDS = len("2031-02-28T12:30:15")
_TO_MILLISECONDS = len("2031-02-28T12:30:15.250")


class Invalid(Exception):
    """A text that is not what its field takes: a code and a sentence that goes on from the field's name."""

    def __init__(self, code: str, text: Text, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.values = values


def _read_whole(text: str, bits: int) -> int:
    text = text.strip(" \t\r\n")
    if not re.fullmatch(r"[+-]?[0-9]{1,20}", text):
        raise Invalid("NOT_A_NUMBER", NOT_A, what="a whole number")
    value = int(text)
    if not -(1 << bits) <= value < 1 << bits:
        raise Invalid("OUT_OF_RANGE", NOT_A, what=f"a number of {bits + 1} bits")
    return value


def read_int(text: str) -> int:
    return _read_whole(text, _INT_BITS)


def read_long(text: str) -> int:
    return _read_whole(text, _LONG_BITS)


def read_bool(text: str) -> bool:
    value = {"true": True, "1": True, "false": False, "0": False}.get(text.strip(" \t\r\n"))
    if value is None:
        raise Invalid("NOT_A_BOOLEAN", NOT_A, what="true or false")
    return value


def read_decimal(text: str) -> Decimal:
    text = text.strip(" \t\r\n")
    if not re.fullmatch(r"[+-]?([0-9]{1,18}(\.[0-9]{0,9})?|\.[0-9]{1,9})", text):
        raise Invalid("NOT_A_NUMBER", NOT_A, what="a decimal number")
    return Decimal(text)


def read_date(text: str) -> date:
    """A day. A zone after it is taken and ignored: the day is what was meant."""
    match = _DAY.fullmatch(text.strip(" \t\r\n"))
    try:
        if match:
            _zone(match[4] or "Z")
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise Invalid("NOT_A_DATE", NOT_A, what="a date such as 2031-02-28")


def read_moment(text: str) -> datetime:
    """A moment in UTC, cut to milliseconds; any zone is taken, none is refused."""
    match = _MOMENT.fullmatch(text.strip(" \t\r\n"))
    if match is None:
        raise Invalid("NOT_A_DATE", NOT_A, what="a moment such as 2031-02-28T12:00:00Z")
    day, hour, minute, second, fraction, zone = match.groups()
    if zone is None:
        raise Invalid("NO_ZONE", NO_ZONE)
    try:
        return _moment(day, int(hour), int(minute), int(second), fraction or "0", _zone(zone))
    except (ValueError, OverflowError):
        raise Invalid("NOT_A_DATE", NOT_A, what="a moment such as 2031-02-28T12:00:00Z") from None


def _moment(day: str, hour: int, minute: int, second: int, fraction: str, zone: timezone) -> datetime:
    end_of_day = hour == 24 and minute == second == int(fraction) == 0  # noqa: PLR2004 - 24:00:00 is XML Schema's
    base = datetime.fromisoformat(day).replace(tzinfo=zone)
    millis = int(fraction[:3].ljust(3, "0"))
    if end_of_day:
        return (base + timedelta(days=1)).astimezone(UTC)
    return base.replace(hour=hour, minute=minute, second=second, microsecond=millis * 1000).astimezone(UTC)


def _zone(text: str) -> timezone:
    if text == "Z":
        return UTC
    minutes = int(text[1:3]) * 60 + int(text[4:6])
    if int(text[4:6]) > 59 or minutes > _FURTHEST_ZONE:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(text)
    return timezone(timedelta(minutes=-minutes if text[0] == "-" else minutes))


def write_moment(value: datetime) -> str:
    """In UTC, with milliseconds unless there are none."""
    return value.astimezone(UTC).isoformat()[: _TO_MILLISECONDS if value.microsecond else _TO_SECONDS] + "Z"


def read_binary(text: str) -> bytes:
    """Octets in base64 as XML Schema has it: blanks anywhere, but no bits in the padding that would be lost."""
    compact = re.sub(r"[ \t\r\n]", "", text)
    try:
        value = base64.b64decode(compact, validate=True)
    except (binascii.Error, ValueError):
        raise Invalid("NOT_BASE64", NOT_A, what="base64") from None
    if write_binary(value) != compact:
        raise Invalid("NOT_BASE64", NOT_A, what="base64")
    return value


def write_binary(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")

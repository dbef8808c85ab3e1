"""E-mail addresses and telephone numbers: one spelling for each."""

import re
import unicodedata
from functools import lru_cache

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from provisioning.kernel.lexical import NOT_A, Invalid

_SEPARATORS = re.compile(r"[ ().\-/\u00a0\u2011]+")
_DIALLED = re.compile(r"\+[1-9][0-9]{3,14}")
_BEGUN = re.compile(r"\+([1-9][0-9]{0,14})?")


@lru_cache(maxsize=4096)
def read_email(text: str) -> str:
    """The address, trimmed and in NFC, its domain in lower case."""
    try:
        return validate_email(text.strip(), check_deliverability=False, allow_smtputf8=True).normalized
    except EmailNotValidError:
        raise Invalid("NOT_AN_EMAIL", NOT_A, what="an e-mail address") from None


def email_key(address: str) -> str:
    """By what addresses are compared: trimmed, case folded, NFC."""
    return unicodedata.normalize("NFC", address.strip().casefold())


@lru_cache(maxsize=4096)
def read_phone(text: str) -> str:
    """E.164 of a number as people write it; the country code must be there.

    Numbers need only be possible, not assigned: the manual's own samples are fictitious.
    """
    compact = _SEPARATORS.sub("", text)
    if _DIALLED.fullmatch(compact):
        try:
            number = phonenumbers.parse(compact, None)
        except phonenumbers.NumberParseException:
            pass
        else:
            written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            # A second trunk prefix, as in +31 00 ..., would be taken off by whoever reads the number next.
            if phonenumbers.is_possible_number(number) and phonenumbers.parse(written, None) == number:
                return written
    raise Invalid("NOT_A_PHONE_NUMBER", NOT_A, what="a number with its country code, such as +1 650 555 1212")


def read_phone_prefix(text: str) -> str:
    """How an E.164 number begins, as people write it; a plus sign alone begins all of them."""
    compact = _SEPARATORS.sub("", text)
    if not _BEGUN.fullmatch(compact):
        raise Invalid("NOT_A_PREFIX", NOT_A, what="the beginning of a number, such as +1 650")
    return compact


def fold(text: str) -> str:
    """By what names are sorted and searched: without case and accents."""
    decomposed = unicodedata.normalize("NFKD", text.strip().casefold())
    return "".join(each for each in decomposed if not unicodedata.combining(each))

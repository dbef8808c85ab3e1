"""How a letter looks as a mail."""

import unicodedata
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, quote

from email_validator import EmailNotValidError, validate_email

from provisioning.delivery.channels import Rejected
from provisioning.delivery.mail.mailer import Mail
from provisioning.messages import ComposedLetter

_LINE_BREAKS = "\u2028\u2029"
_LINE_END = "\r\n"
_LONG_WORD = 60


def write_mail(letter: ComposedLetter, sender: Address, created_at: datetime) -> Mail:
    """The mail that a letter is: the same octets whenever it is written, so that a repeat is recognisable.

    Headers with what people wrote are made here: EmailMessage reads encoded words in what it is given, and on
    some Python releases a line break that such a word hides gets out of its header.
    """
    _must_be_one_line(letter.to_name, letter.to_address, letter.subject, letter.message_id, letter.language)
    recipient = _recipient(letter.to_address)
    headers = {
        "From": _mailbox("From", sender.display_name, sender.addr_spec),
        "To": _mailbox("To", letter.to_name.strip(), recipient),
        "Subject": _words("Subject", letter.subject.strip()),
        "Date": format_datetime(created_at),
        "Message-ID": f"<{letter.message_id}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": letter.language,
    }
    head = "".join(f"{name}: {value}{_LINE_END}" for name, value in headers.items())
    return Mail(
        message_id=letter.message_id,
        sender=sender.addr_spec,
        recipient=recipient,
        content=head.encode() + _body(letter),
        utf8=not recipient.isascii(),
    )


def _body(letter: ComposedLetter) -> bytes:
    """Text, and HTML as the alternative to it, with the headers that say so."""
    body = EmailMessage(policy=SMTP)
    body.set_content(letter.text, cte="quoted-printable")
    if letter.html is not None:
        # Quoted-printable never has "=_": no text can hold the boundary.
        body.make_alternative(f"=_{letter.message_id.partition('@')[0]}")
        body.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    return body.as_bytes()


def _must_be_one_line(*texts: str) -> None:
    for text in texts:
        if any(unicodedata.category(each) == "Cc" or each in _LINE_BREAKS for each in text):
            raise Rejected("the letter has a line break or a control character in its header")


def _recipient(address: str) -> str:
    """The address with its domain in ASCII, as mail servers know it."""
    try:
        known = validate_email(address, check_deliverability=False)
    except EmailNotValidError:
        raise Rejected("the user's e-mail address is none that can be written to") from None
    return f"{known.local_part}@{known.ascii_domain}"


def _mailbox(header: str, name: str, address: str) -> str:
    if not name:
        return address
    phrase = f'"{quote(name)}"' if _is_plain(name) else name
    return f"{_words(header, phrase)} <{address}>"


def _words(header: str, text: str) -> str:
    """Text as a header has it, in lines of the usual length."""
    charset = "us-ascii" if _is_plain(text) else "utf-8"
    return Header(text, charset, header_name=header).encode(linesep=_LINE_END)


def _is_plain(text: str) -> bool:
    """Whether it can stand as it is: a reader would decode what looks encoded, and long words fill no line well."""
    return text.isascii() and "=?" not in text and all(len(word) < _LONG_WORD for word in text.split())

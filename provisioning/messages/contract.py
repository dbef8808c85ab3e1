"""Messages of the room of the same name."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

from provisioning.companies import CompanyId
from provisioning.kernel import lexical
from provisioning.kernel.facets import Email, Facet, Most, Name, ObjectId, Pin
from provisioning.kernel.lexical import Invalid
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.kernel.paging import PagedRequest
from provisioning.kernel.texts import Language
from provisioning.messages.model import DeliveryState
from provisioning.users import LetterKind, UserFilter, UserRef


def _in_lines(text: str) -> str:
    """Without blanks at the ends, and with line ends of one kind."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise Invalid("TOO_SHORT", lexical.TOO_SHORT, minimum=1)
    return text


Subject = Annotated[
    str,
    Facet(
        name="MessageSubject",
        min_length=1,
        max_length=200,
        normalize=_in_lines,
        doc="The subject of an e-mail: one line, at most 200 characters.",
    ),
]
Body = Annotated[
    str,
    Facet(
        name="MessageText",
        min_length=1,
        max_length=20_000,
        multiline=True,
        normalize=_in_lines,
        doc="Plain text of several lines; an empty line ends a paragraph.",
    ),
]
Html = Annotated[
    str,
    Facet(
        name="MessageHtml",
        min_length=1,
        max_length=100_000,
        multiline=True,
        normalize=_in_lines,
        doc="A whole HTML document, at most 100,000 characters.",
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingRequest(Request):
    user_ref: Annotated[
        tuple[UserRef, ...], Most(1000), "To these users, named like elsewhere. Give these or userFilter."
    ] = ()
    company_id: CompanyId = None
    user_filter: Annotated[
        UserFilter | None,
        "To the users of the company that meet it and can get this kind of message. At least one part of it is given.",
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessageRequest(SendingRequest):
    subject: Annotated[Subject, "What the e-mail is about."]
    text: Annotated[Body, "What is to be said; greeting and ending come from the template MESSAGE."]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingResult:
    """What will be sent. ListDeliveries with the outcome's transactionId says what became of each letter."""

    letters: Annotated[int, "How many e-mails were queued: one for each user."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateDraft:
    """A template that is not kept."""

    subject: Annotated[Subject, "Its subject, with placeholders."]
    text: Annotated[Body, "Its text, with placeholders."]
    html: Annotated[Html | None, "Its HTML, with placeholders; absent: made from the text."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewMessageRequest(Request):
    user_ref: Annotated[UserRef, "Whom it would go to."]
    letter_kind: Annotated[LetterKind, "What kind of e-mail."]
    language: Annotated[Language | None, "In this language; the user's by default."] = None
    subject: Annotated[Subject | None, "With MESSAGE: what SendMessage would be given."] = None
    text: Annotated[Body | None, "With MESSAGE: what SendMessage would be given."] = None
    template_draft: Annotated[
        TemplateDraft | None, "By this template, which is not kept; by the one in force when absent."
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePreview:
    """An e-mail as the user would read it, but for its secrets."""

    address: Annotated[Email, "Where it would go."]
    language: Annotated[Language, "In which language it is."]
    subject: Annotated[str, "Its subject."]
    text: Annotated[Body, "Its plain text."]
    html: Annotated[Html, "The same as HTML."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDeliveriesRequest(PagedRequest):
    company_id: CompanyId = None
    user_ref: Annotated[UserRef | None, "Only to this user."] = None
    letter_kind: Annotated[LetterKind | None, "Only of this kind."] = None
    state: Annotated[DeliveryState | None, "Only in this state."] = None
    since: Annotated[datetime | None, "Only those written at this moment or later."] = None
    transaction_id: Annotated[ObjectId | None, "Only those of this call, by its outcome's transactionId."] = (
        None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An e-mail and what became of it."""

    delivery_id: Annotated[ObjectId, "Its identifier."]
    company_id: Annotated[ObjectId, "Whose templates it was written by."]
    user_id: Annotated[ObjectId, "To whom."]
    address: Annotated[str, "Where to: the user's e-mail address at that time."]
    letter_kind: Annotated[LetterKind, "What kind of e-mail."]
    language: Annotated[Language, "In which language."]
    state: Annotated[DeliveryState, "QUEUED, SENT or FAILED."]
    attempts: Annotated[int | None, "Unless SENT: how many attempts there were."] = None
    last_error: Annotated[str | None, "Unless SENT: why the last attempt failed."] = None
    next_attempt_at: Annotated[datetime | None, "With QUEUED: when it is tried next, UTC."] = None
    created_at: Annotated[datetime, "When it was written, UTC."]
    sent_at: Annotated[datetime | None, "With SENT: when the mail server took it, UTC."] = None
    transaction_id: Annotated[ObjectId, "The call that it was written by."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryPage:
    """A page of e-mails."""

    delivery: Annotated[tuple[Delivery, ...], "The e-mails, the newest first."] = ()
    next_cursor: Annotated[str | None, "Cursor of the next page; absent on the last."] = None
    more: Annotated[bool, "True: there is another page."]
    total: Annotated[int | None, "How many there are, when asked for."] = None


class TemplateOrigin(StrEnum):
    """COMPANY: the company's own template. SYSTEM: the built-in one."""

    COMPANY = "COMPANY"
    SYSTEM = "SYSTEM"


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplatePlaceholder:
    """A name in braces that stands for something."""

    name: Annotated[str, "Its name; stands as {name} in a template."]
    meaning: Annotated[str, "What it stands for, in the request's language."]
    in_subject: Annotated[bool, "True: subjects may have it as well."]
    required: Annotated[bool, "True: text and HTML must have it."]


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTemplate:
    """What one kind of e-mail says in one language."""

    company_id: Annotated[ObjectId, "The company whose users it goes to."]
    letter_kind: Annotated[LetterKind, "For which kind of e-mail."]
    language: Annotated[Language, "In which language."]
    origin: Annotated[TemplateOrigin, "COMPANY or SYSTEM."]
    subject: Annotated[Subject, "Its subject, with placeholders."]
    text: Annotated[Body, "Its text, with placeholders."]
    html: Annotated[Html | None, "Its HTML, with placeholders; absent: made from the text."] = None
    template_placeholder: Annotated[
        tuple[TemplatePlaceholder, ...], "All placeholders that this kind of e-mail knows."
    ] = ()
    version: Annotated[int, "Grows with every change; 1 as long as there was none."]


@dataclass(frozen=True, slots=True, kw_only=True)
class GetMessageTemplateRequest(Request):
    company_id: CompanyId = None
    letter_kind: Annotated[LetterKind, "For which kind of e-mail."]
    language: Annotated[Language, "In which language."]


class TemplateField(StrEnum):
    """Optional fields of a template that can be cleared."""

    HTML = "HTML"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMessageTemplateRequest(Request):
    company_id: CompanyId = None
    letter_kind: Annotated[LetterKind, "For which kind of e-mail."]
    language: Annotated[Language, "In which language."]
    subject: Annotated[Subject | None, "New subject, with placeholders; absent leaves it."] = None
    text: Annotated[Body | None, "New text, with placeholders; absent leaves it."] = None
    html: Annotated[Html | None, "New HTML, with placeholders; absent leaves it."] = None
    clear_field: Annotated[tuple[TemplateField, ...], "Fields to clear."] = ()
    reset: Annotated[bool | None, "True: back to the built-in template; nothing else is given then."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetMessageTemplateResult:
    """A template after a write."""

    message_template: Annotated[MessageTemplate, "The template as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


LinkToken = Annotated[
    str,
    Facet(
        name="LinkToken", pattern="[A-Za-z0-9_\\-]{32}", secret=True, doc="What stands at the end of a link."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class PinLinkRequest(Request):
    token: Annotated[LinkToken, "The link's token."]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedUser:
    """Whom a link is for, and what its page says of the account."""

    user_id: Annotated[ObjectId, "The user."]
    provider_id: Annotated[ObjectId, "Its provider."]
    company_id: Annotated[ObjectId, "Its company."]
    first_name: Annotated[Name, "For a greeting."]
    user_number: Annotated[str, "The user's number."]
    company_name: Annotated[Name, "The company's name."]
    language: Annotated[Language, "In which to speak."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePinRequest(Request):
    token: Annotated[LinkToken, "The link's token."]
    pin: Annotated[Pin, "The PIN."]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChoosePinResult:
    """The PIN is set."""

    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED

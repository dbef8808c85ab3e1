"""What users would read, and what became of what they were sent."""

from datetime import timedelta

from provisioning.companies import AccessCodesForm, Company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import invalid
from provisioning.kernel.operation import reads
from provisioning.kernel.paging import Keyset, count_all, take_page
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages import composing, contract, store
from provisioning.messages.composing import template_of, values_of, write
from provisioning.messages.contract import PreviewMessageRequest
from provisioning.messages.links import OpenedLink
from provisioning.messages.model import Delivery
from provisioning.messages.templates import Template, check
from provisioning.users import LetterKind, User, find_user

_HIDDEN = "****"


@reads(Right.MESSAGES_READ)
def preview_message(
    request: PreviewMessageRequest, caller: Caller, unit: UnitOfWork
) -> contract.MessagePreview:
    """An e-mail as a user would get it, by the template in force or by a draft. Nothing is sent or kept.

    In place of a PIN or of a link to choose one there are asterisks. Errors: NOT_FOUND, INVALID_REQUEST (MESSAGE
    without subject or text; a draft with an unknown placeholder, or without one that it needs).
    """
    user = find_user(unit, request.user_ref)
    company = unit.db.get_one(Company, user.company_id)
    language = request.language or Language(user.language)
    template = template_of(unit.db, company.id, request.letter_kind, language)
    if request.template_draft is not None:
        draft = request.template_draft
        template = Template(draft.subject, draft.text, draft.html)
        check(request.letter_kind, template, "templateDraft.")
    values = values_of(user, company, user.email) | _sample_values(unit, request, user, company, language)
    written = write(template, values, language)
    return contract.MessagePreview(
        address=user.email,
        language=language,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )


@reads(Right.MESSAGES_READ)
def list_deliveries(
    request: contract.ListDeliveriesRequest, caller: Caller, unit: UnitOfWork
) -> contract.DeliveryPage:
    """The e-mails that users were sent or are to be sent, the newest first, and what became of each.

    A company's client sees those of its company, a provider's client those of all companies. What was sent is
    forgotten after some time. Errors: NOT_FOUND, INVALID_CURSOR, INVALID_REQUEST.
    """
    user = find_user(unit, request.user_ref) if request.user_ref is not None else None
    statement = store.listed(unit, request, user.id if user else None)
    rows, cursor = take_page(
        unit.db, statement, Keyset("deliveries", (Delivery.id,), descending=True), request
    )
    return contract.DeliveryPage(
        delivery=tuple(store.shown(row) for row in rows),
        next_cursor=cursor,
        more=cursor is not None,
        total=count_all(unit.db, statement, request),
    )


def _sample_values(
    unit: UnitOfWork, request: PreviewMessageRequest, user: User, company: Company, language: Language
) -> dict[str, str]:
    """What only this kind of letter says, without a secret."""
    match request.letter_kind:
        case LetterKind.ACCESS_CODES if company.send_access_codes_as == AccessCodesForm.LINK:
            until = unit.now + timedelta(hours=unit.settings.pin_link_hours)
            return composing.by_link(unit.settings, OpenedLink(_HIDDEN, until), language)
        case LetterKind.ACCESS_CODES:
            return composing.by_text(_HIDDEN, language)
        case LetterKind.MESSAGE:
            return _own_words(request)
        case LetterKind.EXPIRY_WARNING:
            day = user.expires_on or unit.today
            return composing.expiry(day, max((day - unit.today).days, 0), language)
    return {}


def _own_words(request: PreviewMessageRequest) -> dict[str, str]:
    if request.subject is None or request.text is None:
        raise invalid(
            "subject" if request.subject is None else "text",
            "REQUIRED",
            "is required: this kind of message has no words of its own",
            "est obligatoire : ce type de message n'a pas de texte à lui",
        )
    return {"subject": request.subject, "text": request.text}

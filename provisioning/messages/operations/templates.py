"""A company's own words for what its users are sent."""

from dataclasses import dataclass

from provisioning.companies import Company, find_company
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.errors import invalid
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages import contract
from provisioning.messages.built_in import built_in
from provisioning.messages.composing import own_template
from provisioning.messages.contract import MessageTemplate, SetMessageTemplateRequest, TemplateOrigin
from provisioning.messages.model import CompanyTemplate, MessageTemplateChanged
from provisioning.messages.templates import Template, check, placeholders_of
from provisioning.users import LetterKind


@dataclass(slots=True)
class _Untouched:
    """The built-in template as something that has a version."""

    version: int = 1


@reads(Right.MESSAGES_READ)
def get_message_template(
    request: contract.GetMessageTemplateRequest, caller: Caller, unit: UnitOfWork
) -> MessageTemplate:
    """The template in force for one kind of e-mail in one language, and the placeholders that it may have.

    Errors: NOT_FOUND.
    """
    company = find_company(unit, request.company_id)
    own = unit.db.get(CompanyTemplate, (company.id, request.letter_kind, request.language))
    return _shown(unit, company, own, request.letter_kind, request.language)


@writes(Right.MESSAGES_WRITE)
def set_message_template(
    request: SetMessageTemplateRequest, caller: Caller, unit: UnitOfWork
) -> contract.SetMessageTemplateResult:
    """Give a company its own words for one kind of e-mail in one language, or go back to the built-in ones.

    Names in braces stand for something, for instance {firstName}; GetMessageTemplate lists them. What stands for them
    is escaped in HTML and on one line in a subject. Letters that are not sent yet are written by the new template.

    Errors: NOT_FOUND, VERSION_CONFLICT, INVALID_REQUEST (an unknown placeholder; one that is lacking, as {accessCode}
    in ACCESS_CODES and {text} in MESSAGE; a value together with reset or clearField).
    """
    company = find_company(unit, request.company_id, lock=True)
    kind, language = request.letter_kind, request.language
    own = unit.db.get(CompanyTemplate, (company.id, kind, language))
    unit.check_version(own or _Untouched())
    _check_contradiction(request)
    before = own_template(own)
    after = None if request.reset else _after(request, before or built_in(kind, language))
    if after is not None:
        check(kind, after)
    if after != before and (before is not None or after != built_in(kind, language)):
        own = _keep(unit, own or CompanyTemplate(company_id=company.id, kind=kind, language=language), after)
        unit.record(
            MessageTemplateChanged(
                object_id=company.id,
                provider_id=company.provider_id,
                company_id=company.id,
                detail={"kind": kind.value, "language": language.value, "origin": _origin(after).value},
            )
        )
    return contract.SetMessageTemplateResult(message_template=_shown(unit, company, own, kind, language))


def _check_contradiction(request: SetMessageTemplateRequest) -> None:
    given = request.subject or request.text or request.html
    if (request.reset and (given or request.clear_field)) or (request.html and request.clear_field):
        raise invalid(
            "reset" if request.reset else "html",
            "CONTRADICTION",
            "is given together with what it would undo",
            "est donné avec ce qu'il annulerait",
        )


def _after(request: SetMessageTemplateRequest, before: Template) -> Template:
    return Template(
        subject=request.subject or before.subject,
        text=request.text or before.text,
        html=None if request.clear_field else request.html or before.html,
    )


def _keep(unit: UnitOfWork, own: CompanyTemplate, template: Template | None) -> CompanyTemplate:
    own.subject = template.subject if template else None
    own.text = template.text if template else None
    own.html = template.html if template else None
    unit.db.add(own)
    unit.db.flush()
    return own


def _origin(own: Template | None) -> TemplateOrigin:
    return TemplateOrigin.SYSTEM if own is None else TemplateOrigin.COMPANY


def _shown(
    unit: UnitOfWork, company: Company, own: CompanyTemplate | None, kind: LetterKind, language: Language
) -> MessageTemplate:
    template = own_template(own)
    words = template or built_in(kind, language)
    return MessageTemplate(
        company_id=company.id,
        letter_kind=kind,
        language=language,
        origin=_origin(template),
        subject=words.subject,
        text=words.text,
        html=words.html,
        template_placeholder=tuple(
            contract.TemplatePlaceholder(
                name=each.name,
                meaning=each.meaning.in_language(unit.language),
                in_subject=each.in_subject,
                required=each.required,
            )
            for each in placeholders_of(kind)
        ),
        version=(own or _Untouched()).version,
    )

"""Writing a letter out: what the user reads, made when it is sent from what is known then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from provisioning.companies import Company
from provisioning.kernel.texts import Language, Text
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.messages import links
from provisioning.messages.built_in import built_in
from provisioning.messages.model import CompanyTemplate, Delivery, OwnWords
from provisioning.messages.templates import Template, fill_html, fill_subject, fill_text
from provisioning.settings import Settings
from provisioning.users import LetterKind, User, open_pin

_MONTHS = {
    Language.EN: "January February March April May June July August September October November December",
    Language.FR: "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
_BY_LINK = Text(
    "Please choose your PIN on this page, which can be used once, until {moment}:\n{link}",
    "Veuillez choisir votre NIP sur cette page, utilisable une seule fois, jusqu'au {moment} :\n{link}",
)
_BY_TEXT = Text("PIN: {pin}", "NIP : {pin}")
_DAYS = Text("{count} days", "{count} jours")
_ONE_DAY = Text("1 day", "1 jour")
_LAST_DAY = Text("today only", "aujourd'hui seulement")


@dataclass(frozen=True, slots=True)
class ComposedLetter:
    """A letter as it is sent. ``message_id`` stays the same however often that is; it has no angle brackets."""

    message_id: str
    to_name: str
    to_address: str
    language: str
    subject: str
    text: str
    html: str | None


@dataclass(frozen=True, slots=True)
class Written:
    """What a reader sees of a letter."""

    subject: str
    text: str
    html: str


def compose_letter(unit: UnitOfWork, delivery_id: str) -> ComposedLetter:
    """The letter of a delivery. Secrets that stand in it are kept nowhere else in the clear: do not log it."""
    delivery = unit.db.get_one(Delivery, delivery_id)
    user = unit.db.get_one(User, delivery.user_id)
    company = unit.db.get_one(Company, delivery.company_id)
    kind, language = LetterKind(delivery.kind), Language(delivery.language)
    values = {
        **values_of(user, company, delivery.address),
        **_own_values(unit, kind, delivery, user, language),
    }
    written = write(template_of(unit.db, company.id, kind, language), values, language)
    return ComposedLetter(
        message_id=f"{delivery.id}@{_host(unit.settings)}",
        to_name=user.name,
        to_address=delivery.address,
        language=language,
        subject=written.subject,
        text=written.text,
        html=written.html,
    )


def template_of(db: Session, company_id: str, kind: LetterKind, language: Language) -> Template:
    """The company's own template, or the built-in one."""
    own = db.get(CompanyTemplate, (company_id, kind, language))
    return own_template(own) or built_in(kind, language)


def own_template(own: CompanyTemplate | None) -> Template | None:
    if own is None or own.subject is None or own.text is None:
        return None
    return Template(own.subject, own.text, own.html)


def write(template: Template, values: Mapping[str, str], language: Language) -> Written:
    return Written(
        subject=fill_subject(template.subject, values),
        text=fill_text(template.text, values),
        html=fill_html(template, values, language),
    )


def values_of(user: User, company: Company, address: str) -> dict[str, str]:
    """What every letter can say."""
    return {
        "firstName": user.first_name,
        "lastName": user.last_name,
        "email": address,
        "userNumber": user.user_number,
        "companyName": company.name,
    }


def by_link(settings: Settings, link: links.OpenedLink, language: Language) -> dict[str, str]:
    moment = _moment(link.expires_at.astimezone(settings.zone), language)
    address = links.address_of(settings.address, link.token)
    return {"accessCode": _BY_LINK.in_language(language, moment=moment, link=address)}


def by_text(pin: str, language: Language) -> dict[str, str]:
    return {"accessCode": _BY_TEXT.in_language(language, pin=pin)}


def expiry(expires_on: date, days_left: int, language: Language) -> dict[str, str]:
    text = {0: _LAST_DAY, 1: _ONE_DAY}.get(days_left, _DAYS)
    return {
        "expiresOn": _day(expires_on, language),
        "daysLeft": text.in_language(language, count=days_left),
    }


def _own_values(
    unit: UnitOfWork, kind: LetterKind, delivery: Delivery, user: User, language: Language
) -> dict[str, str]:
    """What only letters of this kind say."""
    detail: dict[str, Any] = delivery.detail
    match kind:
        case LetterKind.ACCESS_CODES if delivery.sealed_link is not None:
            link = links.open_link(unit.db, unit.keys, delivery.id, delivery.sealed_link)
            return by_link(unit.settings, link, language)
        case LetterKind.ACCESS_CODES:
            return by_text(open_pin(unit.keys, user.sealed_pin, user.id), language)
        case LetterKind.MESSAGE:
            words = unit.db.get_one(OwnWords, detail["wordsId"])
            return {"subject": words.subject, "text": words.text}
        case LetterKind.EXPIRY_WARNING:
            return expiry(date.fromisoformat(detail["expiresOn"]), int(detail["daysLeft"]), language)
    return {}


def _day(day: date, language: Language) -> str:
    month = _MONTHS[language].split()[day.month - 1]
    first = "1er" if language is Language.FR and day.day == 1 else str(day.day)
    return f"{first} {month} {day.year}"


def _moment(moment: datetime, language: Language) -> str:
    hour = f"{moment:%H h %M}" if language is Language.FR else f"{moment:%H:%M}"
    return f"{_day(moment.date(), language)}, {hour} {moment.tzname()}"


def _host(settings: Settings) -> str:
    host = urlsplit(settings.address).hostname or "localhost"
    return f"[IPv6:{host}]" if ":" in host else host

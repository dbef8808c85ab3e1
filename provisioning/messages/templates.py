"""Templates: placeholders by known names, filled in one pass. What is filled in is never read as a template."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.texts import Text
from provisioning.users import LetterKind

_PLACEHOLDER = re.compile(r"\{([A-Za-z][A-Za-z0-9]*)\}")
_LINK = re.compile(r"(https?://[^\s<>\"']+[^\s<>\"'.,;:!?)])")


@dataclass(frozen=True, slots=True)
class Template:
    """A subject on one line and a text in paragraphs; without HTML of its own that is made from the text."""

    subject: str
    text: str
    html: str | None = None


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A name that stands for something in templates. ``in_subject`` says whether subjects may have it as well."""

    name: str
    meaning: Text
    in_subject: bool = True
    required: bool = False


_EVERYWHERE = (
    Placeholder("firstName", Text("The user's first name.", "Le prénom de l'usager.")),
    Placeholder("lastName", Text("The user's last name.", "Le nom de famille de l'usager.")),
    Placeholder("email", Text("The address that is written to.", "L'adresse à laquelle on écrit.")),
    Placeholder("userNumber", Text("The user's number.", "Le numéro d'usager.")),
    Placeholder("companyName", Text("The company's name.", "Le nom de la compagnie.")),
)
_MORE = {
    LetterKind.ACCESS_CODES: (
        Placeholder(
            "accessCode",
            Text(
                "A sentence with the PIN, or with the link to choose one by, as the company has it.",
                "Une phrase avec le NIP, ou avec le lien pour en choisir un, selon le choix de la compagnie.",
            ),
            in_subject=False,
            required=True,
        ),
    ),
    LetterKind.MESSAGE: (
        Placeholder("subject", Text("The subject of SendMessage.", "L'objet donné à SendMessage.")),
        Placeholder(
            "text",
            Text("The text of SendMessage.", "Le texte donné à SendMessage."),
            in_subject=False,
            required=True,
        ),
    ),
    LetterKind.EXPIRY_WARNING: (
        Placeholder("expiresOn", Text("The last day of service.", "Le dernier jour de service.")),
        Placeholder("daysLeft", Text("How long that is, as 7 days.", "Le temps restant, comme 7 jours.")),
    ),
}

UNKNOWN = Text(
    "has a placeholder {{{name}}} that letters of kind {kind} do not know",
    "contient {{{name}}}, que les lettres de type {kind} ne connaissent pas à cet endroit",
)
LACKING = Text(
    "lacks the placeholder {{{name}}}, without which letters of kind {kind} say nothing",
    "ne contient pas {{{name}}}, sans quoi les lettres de type {kind} ne disent rien",
)


def placeholders_of(kind: LetterKind) -> tuple[Placeholder, ...]:
    return _EVERYWHERE + _MORE.get(kind, ())


def check(kind: LetterKind, template: Template, path: str = "") -> None:
    """Refuse placeholders that nobody would fill, and a text that lacks the one it is about."""
    violations = [
        *_wrong(kind, template.subject, f"{path}subject", subject=True),
        *_wrong(kind, template.text, f"{path}text"),
        *(_wrong(kind, template.html, f"{path}html") if template.html is not None else ()),
    ]
    if violations:
        raise InvalidRequest(violations)


def _wrong(kind: LetterKind, part: str, field: str, *, subject: bool = False) -> list[Violation]:
    used = dict.fromkeys(_PLACEHOLDER.findall(part))
    known = {each.name for each in placeholders_of(kind) if each.in_subject or not subject}
    needed = [each.name for each in placeholders_of(kind) if each.required and not subject]
    wrong = [(name, "UNKNOWN_PLACEHOLDER", UNKNOWN) for name in used if name not in known]
    wrong += [(name, "PLACEHOLDER_REQUIRED", LACKING) for name in needed if name not in used]
    return [Violation(field, code, text, {"name": name, "kind": kind.value}) for name, code, text in wrong]


def fill_subject(template: str, values: Mapping[str, str]) -> str:
    """On one line, whatever is filled in."""
    return " ".join(_fill(template, values).split())


def fill_text(template: str, values: Mapping[str, str]) -> str:
    return _fill(template, values)


def fill_html(template: Template, values: Mapping[str, str], language: str) -> str:
    """The HTML of a letter; every value is escaped, and addresses in those of several lines become links."""
    shown = {name: _as_html(value, links=name in _WITH_LINKS) for name, value in values.items()}
    return _fill(template.html if template.html is not None else _framed(template.text, language), shown)


# Values that the company or this service wrote. In a name somebody else's address would look like ours.
_WITH_LINKS = {"accessCode", "text"}


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def _as_html(value: str, *, links: bool) -> str:
    parts = [escape(part) for part in (_LINK.split(value) if links else (value,))]
    parts[1::2] = (f'<a href="{address}">{address}</a>' for address in parts[1::2])
    return "".join(parts).replace("\n", "<br>\n")


def _framed(text: str, language: str) -> str:
    """A page of the paragraphs of a text, whose placeholders stay."""
    paragraphs = "".join(
        f"<p>{_as_html(each, links=False)}</p>\n" for each in re.split(r"\n{2,}", text.strip())
    )
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head><meta charset="utf-8"></head>\n'
        '<body style="margin:0;padding:24px;background:#f4f5f7">\n'
        '<div style="max-width:560px;margin:0 auto;padding:24px 32px;background:#ffffff;color:#1f2933;'
        'border-radius:8px;font:16px/1.5 sans-serif">\n'
        f"{paragraphs}</div>\n</body>\n</html>\n"
    )

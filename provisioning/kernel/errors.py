"""Refusals, by the stable codes of the contract. A room's own refusals stand beside its rules, in its model."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

from provisioning.kernel.texts import Language, Text


class Family(StrEnum):
    """What a caller has to do about an error; also which side SOAP blames."""

    CALLER = "CALLER"
    REQUEST = "REQUEST"
    NOT_THERE = "NOT_THERE"
    CONFLICT = "CONFLICT"
    RULES = "RULES"
    SERVICE = "SERVICE"


@dataclass(frozen=True, slots=True)
class ErrorCode:
    """One code of the contract: its family, its number in XML-RPC, whether repeating may help, its meaning."""

    code: str
    family: Family
    number: int
    retryable: bool
    meaning: Text


def _codes(family: Family, first: int, *rows: tuple[str, bool, str, str]) -> Iterable[ErrorCode]:
    for number, (code, retryable, en, fr) in enumerate(rows, first):
        yield ErrorCode(code, family, number, retryable, Text(en, fr))


# Numbers are part of the contract: append to a family, never insert.
CODES: dict[str, ErrorCode] = {
    each.code: each
    for each in (
        *_codes(
            Family.CALLER,
            100,
            (
                "AUTHENTICATION_FAILED",
                False,
                "The client's name, secret or signature is not right, or the client has expired.",
                "Le nom, le secret ou la signature du client est inexact, ou le client est échu.",
            ),
            (
                "NOT_PERMITTED",
                False,
                "The client has no right to this operation.",
                "Le client n'a pas le droit d'effectuer cette opération.",
            ),
            (
                "REPLAYED_MESSAGE",
                False,
                "This very message was received before; make a new nonce for each.",
                "Ce même message a déjà été reçu; produisez un nouveau nonce à chaque fois.",
            ),
            (
                "RATE_LIMITED",
                True,
                "More requests than the client may make in a minute.",
                "Plus de requêtes que le client ne peut en faire en une minute.",
            ),
            (
                "CLIENT_LOCKED",
                True,
                "Too many failed attempts; wait before the next one.",
                "Trop de tentatives infructueuses; attendez avant la prochaine.",
            ),
        ),
        *_codes(
            Family.REQUEST,
            200,
            (
                "INVALID_REQUEST",
                False,
                "The request breaks the contract; every violation is listed.",
                "La requête ne respecte pas le contrat; chaque infraction est énumérée.",
            ),
            ("TOO_LARGE", False, "The request is too large.", "La requête est trop volumineuse."),
            (
                "INVALID_CURSOR",
                False,
                "The cursor is not one of this list.",
                "Le curseur n'est pas de cette liste.",
            ),
            (
                "CURSOR_EXPIRED",
                False,
                "The cursor is too old; list the objects anew, then start without a cursor.",
                "Le curseur est trop ancien; relisez les objets, puis recommencez sans curseur.",
            ),
        ),
        *_codes(
            Family.NOT_THERE,
            300,
            (
                "NOT_FOUND",
                False,
                "There is no such object, or it is not the caller's.",
                "L'objet n'existe pas ou n'appartient pas à l'appelant.",
            ),
        ),
        *_codes(
            Family.CONFLICT,
            400,
            (
                "DUPLICATE_EMAIL",
                False,
                "Another user has this e-mail address.",
                "Un autre usager possède cette adresse de courriel.",
            ),
            (
                "DUPLICATE_EXTERNAL_ID",
                False,
                "Another object of the company has this external id.",
                "Un autre objet de la compagnie possède cet identifiant externe.",
            ),
            (
                "USER_NUMBER_TAKEN",
                False,
                "The user number is not free.",
                "Le numéro d'usager n'est pas libre.",
            ),
            ("EXTENSION_TAKEN", False, "The extension is not free.", "L'extension n'est pas libre."),
            (
                "SIP_NAME_TAKEN",
                False,
                "The SIP user name is not free.",
                "Le nom d'usager SIP n'est pas libre.",
            ),
            ("DUPLICATE_CODE", False, "The code or name is in use.", "Le code ou le nom est déjà utilisé."),
            ("DID_NOT_AVAILABLE", False, "The number is not available.", "Le numéro n'est pas disponible."),
            (
                "VERSION_CONFLICT",
                False,
                "The object was changed meanwhile; read it again.",
                "L'objet a été modifié entre-temps; relisez-le.",
            ),
            (
                "INVALID_STATE",
                False,
                "The object's state does not allow this.",
                "L'état de l'objet ne permet pas cette opération.",
            ),
            ("IN_USE", False, "The object is in use.", "L'objet est utilisé."),
            (
                "REQUEST_ID_REUSED",
                False,
                "This requestId was used with other arguments.",
                "Ce requestId a déjà servi avec d'autres arguments.",
            ),
            (
                "REQUEST_IN_PROGRESS",
                True,
                "The first request with this requestId still runs.",
                "La première requête portant ce requestId est encore en cours.",
            ),
            (
                "PAYMENT_REFERENCE_USED",
                False,
                "This payment reference was used before.",
                "Cette référence de paiement a déjà servi.",
            ),
        ),
        *_codes(
            Family.RULES,
            500,
            (
                "RESTRICTION_NOT_DEFINED",
                False,
                "The company has not defined this call restriction.",
                "La compagnie n'a pas défini cette restriction d'appels.",
            ),
            (
                "PACKAGE_NOT_OFFERED",
                False,
                "The company does not offer this service package.",
                "La compagnie n'offre pas ce forfait de services.",
            ),
            (
                "EXTENSION_NOT_ALLOWED",
                False,
                "Users of a public service have no extension.",
                "Les usagers d'un service public n'ont pas d'extension.",
            ),
            (
                "LAST_ADMINISTRATOR",
                False,
                "A company keeps at least one administrator.",
                "Une compagnie garde au moins un administrateur.",
            ),
            (
                "MANAGED_BY_ADMINISTRATOR",
                False,
                "Only the company's administrator may change this account.",
                "Seul l'administrateur de la compagnie peut modifier ce compte.",
            ),
            ("LIMIT_REACHED", False, "A limit has been reached.", "Une limite est atteinte."),
        ),
        *_codes(
            Family.SERVICE,
            600,
            (
                "BACKEND_UNAVAILABLE",
                True,
                "The service cannot reach its database; try again.",
                "Le service n'atteint pas sa base de données; réessayez.",
            ),
            (
                "INTERNAL",
                True,
                "Internal error. Quote the transaction id to the operator.",
                "Erreur interne. Donnez l'identifiant de transaction à l'exploitant.",
            ),
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Violation:
    """One reason why a request was refused: the field by its path, a code, a sentence."""

    field: str
    code: str
    text: Text
    values: dict[str, Any]

    def reason(self, language: Language) -> str:
        return self.text.in_language(language, **self.values)


class Refusal(Exception):
    """Something the caller asked for is refused. Subclasses name the code and the sentence."""

    code: ClassVar[str]
    text: ClassVar[Text]

    def __init__(
        self,
        *,
        field: str | None = None,
        object: str | None = None,  # noqa: A002 - the name is the contract's
        retry_after: int | None = None,
        **values: Any,
    ) -> None:
        super().__init__(self.code)
        self.field = field
        self.object = object
        self.retry_after = retry_after
        self.values = values

    def reason(self, language: Language) -> str:
        return self.text.in_language(language, **self.values)

    @property
    def violations(self) -> tuple[Violation, ...]:
        """What a caller shows beside its form fields: this refusal at its field."""
        if self.field is None:
            return ()
        return (Violation(self.field, self.code, self.text, self.values),)


class Refusals(Refusal):
    """Several refusals of one request: the code is the first one's, the violations are everybody's."""

    def __init__(self, refusals: list[Refusal]) -> None:
        first = refusals[0]
        self.code = first.code  # type: ignore[misc] # a mixture takes the code of its first part
        super().__init__(
            field=first.field, object=first.object, retry_after=first.retry_after, **first.values
        )
        self.parts = refusals

    def reason(self, language: Language) -> str:
        return self.parts[0].reason(language)

    @property
    def violations(self) -> tuple[Violation, ...]:
        return tuple(
            violation
            for part in self.parts
            for violation in (part.violations or (Violation("", part.code, part.text, part.values),))
        )


class InvalidRequest(Refusal):
    code = "INVALID_REQUEST"
    text = Text(
        "The request breaks the contract in {count} place(s): {first}",
        "La requête enfreint le contrat en {count} endroit(s) : {first}",
    )

    def __init__(self, violations: Iterable[Violation]) -> None:
        self._violations = tuple(violations)
        super().__init__(field=self._violations[0].field)

    def reason(self, language: Language) -> str:
        first = self._violations[0]
        shown = f"{first.field}: {first.reason(language)}" if first.field else first.reason(language)
        return self.text.in_language(language, count=len(self._violations), first=shown)

    @property
    def violations(self) -> tuple[Violation, ...]:
        return self._violations


def invalid(field: str, code: str, en: str, fr: str, **values: Any) -> InvalidRequest:
    """One violation that only an operation could see, in the same clothes as those the reader sees."""
    return InvalidRequest([Violation(field, code, Text(en, fr), values)])


class NotFound(Refusal):
    code = "NOT_FOUND"
    text = Text("There is no such {what}.", "Cet objet n'existe pas ({what}).")


class NotPermitted(Refusal):
    code = "NOT_PERMITTED"
    text = Text("This client has no right {right}.", "Ce client n'a pas le droit {right}.")


class VersionConflict(Refusal):
    code = "VERSION_CONFLICT"
    text = Text(
        "The object has version {current}; {expected} was expected.",
        "L'objet est à la version {current}; {expected} était attendue.",
    )


class InvalidState(Refusal):
    code = "INVALID_STATE"
    text = Text(
        "This is not possible in state {state}.",
        "Cette opération est impossible dans l'état {state}.",
    )


class InUse(Refusal):
    code = "IN_USE"
    text = Text("This is in use ({count} times).", "Cet objet est utilisé ({count} fois).")


class DuplicateCode(Refusal):
    code = "DUPLICATE_CODE"
    text = Text("{value} is in use already.", "{value} est déjà utilisé.")


class LimitReached(Refusal):
    code = "LIMIT_REACHED"
    text = Text(
        "The limit for {limit} is reached: {used} of {allowed} are in use.",
        "La limite pour {limit} est atteinte : {used} sur {allowed} sont utilisés.",
    )


class BackendUnavailable(Refusal):
    code = "BACKEND_UNAVAILABLE"
    text = CODES["BACKEND_UNAVAILABLE"].meaning


class InternalError(Refusal):
    """The only thing a caller learns of an error that nobody foresaw."""

    code = "INTERNAL"
    text = CODES["INTERNAL"].meaning

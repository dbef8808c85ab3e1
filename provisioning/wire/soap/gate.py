"""From the octets of a message to its elements: strictly decoded, without DTD, within limits.

One pass of expat does it all: what is refused is never built, and no second parser can read the message another way.
"""

import codecs
import re
from collections.abc import Collection
from typing import Final
from xml.parsers import expat

from provisioning.kernel.errors import CODES, InvalidRequest, Refusal, Violation
from provisioning.kernel.texts import Language, Text

MOST_LEVELS: Final = 40
MOST_ATTRIBUTES: Final = 32
LONGEST_NAME: Final = 256
LONGEST_TEXT: Final = 1024 * 1024
_ATTRIBUTES_PER_ELEMENT: Final = 4
_BUFFER: Final = 64 * 1024

_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "us-ascii": "ascii",
    "ascii": "ascii",
    "iso-8859-1": "latin-1",
    "latin1": "latin-1",
}
_MARKS_OF_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_DECLARED = re.compile(rb"""<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
# Texts and tags both lie between two "<": this bounds tags, and most texts, before the parser builds anything.
_LONG_RUN = re.compile(b"<[^<]{%d}" % (LONGEST_TEXT + 64 * 1024))

EMPTY = Text("the message is empty", "le message est vide")
NO_SUCH_ENCODING = Text(
    "the message must be in UTF-8, UTF-16 with a byte order mark, US-ASCII or ISO-8859-1",
    "le message doit être en UTF-8, en UTF-16 avec marque d'ordre des octets, en US-ASCII ou en ISO-8859-1",
)
NOT_IN_ENCODING = Text(
    "the octets of the message are not {encoding}", "les octets du message ne sont pas en {encoding}"
)
NOT_WELL_FORMED = Text(
    "the message is not well-formed XML (line {line}, column {column})",
    "le message n'est pas du XML bien formé (ligne {line}, colonne {column})",
)
NO_DOCTYPE = Text("a message may have no DOCTYPE", "un message ne peut comporter de DOCTYPE")
NO_INSTRUCTION = Text(
    "a message may have no processing instruction", "un message ne peut comporter d'instruction de traitement"
)
XML_1_0 = Text("a message must be XML 1.0", "un message doit être du XML 1.0")


class TooLarge(Refusal):
    """A message beyond one of the limits; ``allowed`` says how much would have passed."""

    code = "TOO_LARGE"
    text = CODES["TOO_LARGE"].meaning

    def __init__(self, limit: Text, allowed: int) -> None:
        super().__init__(allowed=allowed)
        self._limit = limit

    def reason(self, language: Language) -> str:
        return self._limit.in_language(language, **self.values)


TOO_MANY_ELEMENTS = Text(
    "The message has more than {allowed} elements.", "Le message compte plus de {allowed} éléments."
)
TOO_MANY_ATTRIBUTES = Text(
    "An element of the message has more than {allowed} attributes.",
    "Un élément du message compte plus de {allowed} attributs.",
)
TOO_MANY_ATTRIBUTES_IN_ALL = Text(
    "The message has more than {allowed} attributes.", "Le message compte plus de {allowed} attributs."
)
TOO_DEEP = Text(
    "The message is nested deeper than {allowed} levels.", "Le message compte plus de {allowed} niveaux."
)
NAME_TOO_LONG = Text(
    "A name in the message has more than {allowed} characters.",
    "Un nom dans le message compte plus de {allowed} caractères.",
)
TOO_LONG = Text(
    "A text or a tag of the message has more than {allowed} characters.",
    "Un texte ou une balise du message compte plus de {allowed} caractères.",
)


class Element:
    """An element as the parser saw it. Names are the namespace, a blank and the local name.

    ``text`` is what stands before the first child; or, when there is any, what stands between the children.
    """

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str]) -> None:
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""

    @property
    def local_name(self) -> str:
        return self.tag.rpartition(" ")[2]

    @property
    def namespace(self) -> str:
        return self.tag.rpartition(" ")[0]

    @property
    def has_text(self) -> bool:
        return bool(self.text) and not self.text.isspace()


def refused(code: str, text: Text, **values: object) -> InvalidRequest:
    """A message that is refused as a whole, before any field of it could be named."""
    return InvalidRequest([Violation("", code, text, values)])


def decode(body: bytes, charset: str | None) -> bytes:
    """The message in UTF-8. The charset of the HTTP header counts more than what the message says of itself.

    What came in UTF-8 is not decoded here: the parser is as strict, once there is no zero octet that could make it
    guess at UTF-16; and a text of Python may take four octets for each character.
    """
    if not body:
        raise refused("EMPTY_MESSAGE", EMPTY)
    encoding = _CODECS.get(charset.lower() if charset else _own_encoding(body))
    if encoding is None or (encoding == "utf-16" and not body.startswith(_MARKS_OF_UTF_16)):
        raise refused("WRONG_ENCODING", NO_SUCH_ENCODING)
    try:
        octets = body if encoding == "utf-8" else body.decode(encoding).encode("utf-8")
    except UnicodeError:
        raise refused("WRONG_ENCODING", NOT_IN_ENCODING, encoding=encoding.upper()) from None
    if b"\0" in octets:
        raise refused("WRONG_ENCODING", NOT_IN_ENCODING, encoding=encoding.upper())
    return octets.removeprefix(codecs.BOM_UTF8)


def _own_encoding(body: bytes) -> str:
    """What a byte order mark says, or else the XML declaration."""
    if body.startswith(_MARKS_OF_UTF_16):
        return "utf-16"
    declared = _DECLARED.match(body.removeprefix(codecs.BOM_UTF8))
    return declared[1].decode("ascii").lower() if declared else "utf-8"


def parse(octets: bytes, most_elements: int) -> Element:
    """The root element of a document in UTF-8."""
    _measure(octets, most_elements)
    parser = expat.ParserCreate("UTF-8", " ")
    parser.buffer_text = True
    parser.buffer_size = _BUFFER
    parser.XmlDeclHandler = _refuse_other_versions
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.ProcessingInstructionHandler = _refuse_instruction
    attribute_limits = _AttributeLimits(most_elements * _ATTRIBUTES_PER_ELEMENT)
    if octets.count(b"xmlns") > MOST_ATTRIBUTES:
        parser.StartNamespaceDeclHandler = attribute_limits.declare
    document = _build(parser, attribute_limits)
    try:
        parser.Parse(octets, True)
    except expat.ExpatError as error:
        values = {"line": error.lineno, "column": error.offset + 1}
        raise refused("NOT_WELL_FORMED", NOT_WELL_FORMED, **values) from None
    return document.children[0]


def _measure(octets: bytes, most_elements: int) -> None:
    """Refuse by its size, before the parser has spent anything on it."""
    started = octets.count(b"<") - octets.count(b"</") - octets.startswith(b"<?")
    if started > most_elements:
        raise TooLarge(TOO_MANY_ELEMENTS, most_elements)
    if len(octets) > LONGEST_TEXT and _LONG_RUN.search(octets):
        raise TooLarge(TOO_LONG, LONGEST_TEXT)


def _refuse_other_versions(version: str, _encoding: str | None, _standalone: int) -> None:
    if version != "1.0":
        raise refused("NOT_XML_1_0", XML_1_0)


def _refuse_doctype(*_: object) -> None:
    raise refused("DOCTYPE", NO_DOCTYPE)


def _refuse_instruction(*_: object) -> None:
    raise refused("PROCESSING_INSTRUCTION", NO_INSTRUCTION)


def _build(parser: expat.XMLParserType, attribute_limits: "_AttributeLimits") -> Element:
    """Have the parser build its elements below the one that is returned. The hottest code of a request."""
    document = current = Element("", {})
    above: list[Element] = []
    namespaces = attribute_limits.namespaces

    def start(tag: str, attributes: dict[str, str]) -> None:
        nonlocal current
        above.append(current)
        if len(above) > MOST_LEVELS:
            raise TooLarge(TOO_DEEP, MOST_LEVELS)
        if len(tag) > LONGEST_NAME:
            raise TooLarge(NAME_TOO_LONG, LONGEST_NAME)
        if attributes or namespaces:
            attribute_limits.check(attributes)
        element = Element(tag, attributes)
        current.children.append(element)
        current = element

    def end(_tag: str) -> None:
        nonlocal current
        current = above.pop()

    def characters(text: str) -> None:
        if not current.children:
            current.text += text
            if len(current.text) > LONGEST_TEXT:
                raise TooLarge(TOO_LONG, LONGEST_TEXT)
        elif not text.isspace():
            current.text = text

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    return document


class _AttributeLimits:
    """How many attributes, and how many namespaces, an element may have, and all elements together of both."""

    __slots__ = ("_in_all", "_most_in_all", "namespaces")

    def __init__(self, most_in_all: int) -> None:
        self.namespaces: list[str] = []
        self._in_all = 0
        self._most_in_all = most_in_all

    def declare(self, prefix: str | None, _namespace: str) -> None:
        """A namespace: the parser tells of it before the element that declares it."""
        self.namespaces.append(prefix or "")
        self._check(self.namespaces)

    def check(self, attributes: dict[str, str]) -> None:
        self._in_all += len(attributes) + len(self.namespaces)
        self.namespaces.clear()
        if self._in_all > self._most_in_all:
            raise TooLarge(TOO_MANY_ATTRIBUTES_IN_ALL, self._most_in_all)
        self._check(attributes)

    @staticmethod
    def _check(names: Collection[str]) -> None:
        if len(names) > MOST_ATTRIBUTES:
            raise TooLarge(TOO_MANY_ATTRIBUTES, MOST_ATTRIBUTES)
        if names and max(map(len, names)) > LONGEST_NAME:
            raise TooLarge(NAME_TOO_LONG, LONGEST_NAME)

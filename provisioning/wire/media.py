"""What a Content-Type header says, of the few things that may be said here."""

import re
from dataclasses import dataclass
from functools import lru_cache

# Python knows codecs that turn a megabyte into minutes of work; these four are what XML is really sent in.
_CHARSETS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "utf-16": "utf-16",
    "us-ascii": "us-ascii",
    "iso-8859-1": "iso-8859-1",
}
_NAME = re.compile(r"[ \t]*([!#$%&'*+\-.^_`|~0-9A-Za-z]+/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)[ \t]*")
_PARAMETER = re.compile(r""";[ \t]*(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=("(?:[^"\\]|\\.)*"|[^;"\s]*)[ \t]*)?""")


class UnfitMedia(Exception):
    """A media type or charset that is not taken; the text says which are."""


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case, and the charset it was sent with, if it said one."""

    name: str
    charset: str | None


@lru_cache(maxsize=64)
def read_content_type(header: str) -> MediaType:
    """The media type of a header; UnfitMedia when it is malformed or of a charset that is not taken."""
    name = _NAME.match(header)
    if name is None:
        raise UnfitMedia("The request needs a Content-Type header.")
    charset = None
    for key, value in _parameters(header, name.end()):
        if key == "charset":
            if charset is not None or value.lower() not in _CHARSETS:
                raise UnfitMedia("The charset must be UTF-8, UTF-16, US-ASCII or ISO-8859-1.")
            charset = _CHARSETS[value.lower()]
    return MediaType(name[1].lower(), charset)


def _parameters(header: str, position: int) -> list[tuple[str, str]]:
    found = []
    while position < len(header):
        match = _PARAMETER.match(header, position)
        if match is None:
            raise UnfitMedia("The Content-Type header is malformed.")
        position = match.end()
        if match[1]:
            found.append((match[1].lower(), match[2].strip('"')))
    return found

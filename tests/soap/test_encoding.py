"""Which octets are a message: four encodings, declared in the header or in the message, and nothing else."""

import codecs

import pytest

from tests.soap.service import Service, envelope, operation

TEXT = "Zoé, ça va \u2714?"
LATIN = "Zoé, ça va?"


def message(text: str, declaration: str = "") -> str:
    return declaration + envelope(operation("Echo", f"<text>{text}</text>"))


def declared(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>'


@pytest.mark.parametrize(
    ("octets", "charset"),
    [
        (message(TEXT).encode(), None),
        (message(TEXT).encode(), "utf-8"),
        (message(TEXT, declared("UTF-8")).encode(), None),
        (message(TEXT, declared("utf-8")).encode("utf-8-sig"), None),
        (message(TEXT).encode("utf-8-sig"), "utf-8"),
        (message(TEXT).encode("utf-16"), None),
        (message(TEXT, declared("UTF-16")).encode("utf-16"), "utf-16"),
        (codecs.BOM_UTF16_BE + message(TEXT).encode("utf-16-be"), None),
        (codecs.BOM_UTF16_LE + message(TEXT, declared("utf-16")).encode("utf-16-le"), None),
        (message(TEXT, declared("utf-16")).encode(), "utf-8"),
    ],
)
def test_unicode_is_read(soap: Service, octets: bytes, charset: str | None) -> None:
    assert soap.post(octets, charset=charset).result == {"answer": TEXT}


@pytest.mark.parametrize(
    ("octets", "charset"),
    [
        (message(LATIN).encode("latin-1"), "iso-8859-1"),
        (message(LATIN, declared("ISO-8859-1")).encode("latin-1"), None),
        (message(LATIN, declared("utf-8")).encode("latin-1"), "ISO-8859-1"),
    ],
)
def test_latin_1_is_read(soap: Service, octets: bytes, charset: str | None) -> None:
    assert soap.post(octets, charset=charset).result == {"answer": LATIN}


@pytest.mark.parametrize("charset", ["us-ascii", "US-ASCII", "ascii"])
def test_ascii_is_read(soap: Service, charset: str) -> None:
    assert soap.post(message("Zo&#233;"), charset=charset).result == {"answer": "Zoé"}


@pytest.mark.parametrize(
    ("octets", "charset"),
    [
        (message("x").encode(), "punycode"),
        (message("x").encode(), "utf-7"),
        (message("x").encode("utf-16-le"), "utf-16"),
        (message("x", declared("windows-1252")).encode(), None),
        (message("x", declared("UTF-16")).encode(), None),
        (message("x", declared("rot13")).encode(), None),
        (message(TEXT).encode(), "us-ascii"),
        (message("x").encode("utf-16")[:-1], None),
        (codecs.BOM_UTF16_LE + message("\ud800").encode("utf-16-le", "surrogatepass"), None),
    ],
)
def test_other_encodings_are_refused(soap: Service, octets: bytes, charset: str | None) -> None:
    fault = soap.post(octets, charset=charset).fault
    assert (fault.code, fault.codes) == ("Client", {"WRONG_ENCODING"})


@pytest.mark.parametrize(
    "octets",
    [
        message("%").encode().replace(b"%", b"\xff"),
        message("%").encode().replace(b"%", b"\xc0\xbc"),  # "<" in more octets than it needs
        message("%").encode().replace(b"%", b"\xe0\x80\xbc"),
        message("%").encode().replace(b"%", b"\xed\xa0\x80"),  # half of a surrogate pair
        message("%").encode().replace(b"%", b"\xf4\x90\x80\x80"),  # beyond Unicode
        message("%").encode().replace(b"%", b"\xef\xbf\xbf"),
        message("%").encode().replace(b"%", b"<!-- \xff -->"),
        message("%").encode().replace(b"%", b"\xc3"),
        message("%").encode().replace(b"%", b"\x00"),
        message("%").encode().replace(b"%", b"\x1b"),
        message(LATIN, declared("ISO-8859-1")).encode("utf-8-sig"),
        message("x").encode("utf-32"),
        message("x").encode("utf-16-be"),
    ],
)
def test_octets_that_are_no_characters_are_refused(soap: Service, octets: bytes) -> None:
    fault = soap.post(octets).fault
    assert fault.code == "Client"
    assert fault.codes & {"NOT_WELL_FORMED", "WRONG_ENCODING"}

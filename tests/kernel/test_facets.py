import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Any, get_args

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provisioning.kernel import facets
from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.lexical import Invalid
from provisioning.kernel.texts import Language


def facet_of(hint: Any) -> Facet:
    return next(each for each in get_args(hint) if isinstance(each, Facet))


TEXTS = {
    name: facet_of(getattr(facets, name))
    for name in (
        "ObjectId",
        "Name",
        "Code",
        "ExternalId",
        "Email",
        "PhoneNumber",
        "UserNumber",
        "ExtensionNumber",
        "Pin",
        "Cursor",
        "Secret",
    )
}
every_text = pytest.mark.parametrize("facet", TEXTS.values(), ids=TEXTS)
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u2028\u2029]")
likely = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=60),
    st.text("0123456789abcv+-. ()@", max_size=30),
    st.emails(),
    st.from_regex(r"\+[1-9] \([0-9]{3}\) [0-9]{3}[- ][0-9]{4}", fullmatch=True),
)


@every_text
@given(text=likely)
@example(text="\u0958" * 100)
@example(text="a@b.example\r\nBcc: c@d.example")
@example(text="\ud800")
@example(text="+310000000")
@example(text="x" * 100_000)
def test_what_is_taken_fits_and_stays_as_it_is(facet: Facet, text: str) -> None:
    try:
        value = facet.read(text)
    except Invalid as error:
        error.text.in_language(Language.FR, **error.values)
        return
    assert isinstance(value, str)
    assert not CONTROL.search(value)
    assert len(value) <= (facet.max_length or 100)
    assert len(value) >= (facet.min_length or 0)
    assert facet.read(facet.write(value)) == value
    if facet.pattern:
        assert re.fullmatch(facet.pattern, value)


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("Name", "", "TOO_SHORT"),
        ("Name", "   ", "TOO_SHORT"),
        ("Name", "x" * 101, "TOO_LONG"),
        ("Name", "\u0958" * 100, "TOO_LONG"),
        ("Name", "two\nlines", "BAD_CHARACTER"),
        ("Name", "bell\x07", "BAD_CHARACTER"),
        ("Name", "next\x85", "BAD_CHARACTER"),
        ("Name", "separator\u2028", "BAD_CHARACTER"),
        ("Code", "-first", "WRONG_FORM"),
        ("Code", "été", "WRONG_FORM"),
        ("Pin", "123", "WRONG_FORM"),
        ("Pin", "١٢٣٤", "WRONG_FORM"),
        ("Pin", "1234\n", "BAD_CHARACTER"),
        ("ExtensionNumber", "1234567", "WRONG_FORM"),
        ("Email", "nobody", "NOT_AN_EMAIL"),
        ("PhoneNumber", "555 1212", "NOT_A_PHONE_NUMBER"),
        ("PhoneNumber", "+31 00 000 0000", "NOT_A_PHONE_NUMBER"),
        ("ObjectId", "ABC", "WRONG_FORM"),
    ],
)
def test_what_is_not_taken_is_named(name: str, text: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        TEXTS[name].read(text)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("Name", "  Éléonore ", "Éléonore"),
        ("Name", unicodedata.normalize("NFD", "Éléonore"), "Éléonore"),
        ("Email", " Ana.Roy@EXAMPLE.com ", "Ana.Roy@example.com"),
        ("PhoneNumber", "+1 (650) 555-1212", "+16505551212"),
        ("PhoneNumber", "+31 (0)20 123 4567", "+31201234567"),
        ("ExtensionNumber", "0206", "0206"),
    ],
)
def test_one_spelling_is_kept(name: str, text: str, value: str) -> None:
    assert TEXTS[name].read(text) == value


@given(st.integers(-2000, 2000))
def test_numbers_keep_their_bounds(number: int) -> None:
    facet = facet_of(facets.PageSize)
    if 1 <= number <= 1000:
        assert facet.read(str(number)) == number
    else:
        with pytest.raises(Invalid) as caught:
            facet.read(str(number))
        assert caught.value.code == "OUT_OF_RANGE"


def test_several_lines_are_taken_where_they_may_be() -> None:
    facet = Facet(multiline=True)
    assert facet.read("one\r\ntwo\tthree") == "one\r\ntwo\tthree"
    with pytest.raises(Invalid):
        facet.read("nul\x00")


class Colour(StrEnum):
    RED = "RED"
    GREEN = "GREEN"


@given(st.text(max_size=10) | st.sampled_from(["red", "RED", "GREEN", " RED"]))
def test_a_choice_is_one_of_its_values_and_no_other(text: str) -> None:
    facet = Facet(enum=Colour)
    if text in {"RED", "GREEN"}:
        assert facet.read(text) is Colour(text)
        assert facet.write(Colour(text)) == text
    else:
        with pytest.raises(Invalid) as caught:
            facet.read(text)
        assert caught.value.code == "NOT_A_CHOICE"


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_written_as_it_is_read(kind: Kind) -> None:
    samples = {
        Kind.TEXT: "text",
        Kind.INT: "-7",
        Kind.LONG: "5000000000",
        Kind.BOOL: "true",
        Kind.DECIMAL: "12.50",
        Kind.DATE: "2031-02-28",
        Kind.MOMENT: "2031-02-28T12:00:00.250Z",
        Kind.BINARY: "AAH/",
    }
    facet = Facet(kind)
    assert facet.write(facet.read(samples[kind])) == samples[kind]


def test_an_annotation_carries_the_facet() -> None:
    assert facet_of(Annotated[str, "words", Facet(name="Words")]).name == "Words"

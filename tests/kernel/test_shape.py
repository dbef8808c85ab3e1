from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.kernel.facets import PRIMITIVES, Facet, Kind, Most
from provisioning.kernel.shape import camel, shape_of


class Size(StrEnum):
    """How big."""

    BIG = "BIG"


Word = Annotated[str, Facet(name="Word", max_length=5, doc="A word.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inner:
    """Inside."""

    word: Word


@dataclass(frozen=True, slots=True, kw_only=True)
class Outer:
    """Outside."""

    plain: int
    at_last: Annotated[datetime | None, "When."] = None
    word: Annotated[Word | None, "One."] = None
    words: Annotated[tuple[Word, ...], Most(3), "Some."] = ()
    inner: Annotated[Inner | None, "Nested."] = None
    inners: tuple[Inner, ...] = ()
    size: Size = Size.BIG


def test_a_message_is_read_from_its_declaration() -> None:
    shape = shape_of(Outer)
    assert (shape.name, shape.doc, shape.type) == ("Outer", "Outside.", Outer)
    by_name = {field.name: field for field in shape.fields}
    assert list(shape.by_wire) == ["plain", "atLast", "word", "words", "inner", "inners", "size"]
    assert by_name["plain"].facet is PRIMITIVES[int]
    assert [name for name, field in by_name.items() if field.required] == ["plain", "size"]
    assert [name for name, field in by_name.items() if field.repeated] == ["words", "inners"]
    assert (by_name["words"].most, by_name["inners"].most) == (3, None)
    assert (by_name["at_last"].doc, by_name["at_last"].facet) == ("When.", PRIMITIVES[datetime])
    for name in ("word", "words"):
        facet = by_name[name].facet
        assert facet is not None
        assert facet.name == "Word"


def test_a_nested_message_has_a_shape_of_its_own_and_one_only() -> None:
    by_name = {field.name: field for field in shape_of(Outer).fields}
    assert by_name["inner"].shape is by_name["inners"].shape is shape_of(Inner)
    assert by_name["inner"].facet is None


def test_an_enumeration_is_a_named_type() -> None:
    size = shape_of(Outer).by_wire["size"].facet
    assert size is not None
    assert (size.name, size.doc, size.enum, size.kind) == ("Size", "How big.", Size, Kind.TEXT)


def test_a_type_that_nobody_declared_is_refused() -> None:
    @dataclass(frozen=True)
    class Odd:
        odd: complex

    with pytest.raises(KeyError):
        shape_of(Odd)


@given(st.lists(st.from_regex("[a-z][a-z0-9]*", fullmatch=True), min_size=1))
def test_names_on_the_wire_have_no_underscore(words: list[str]) -> None:
    name = camel("_".join(words))
    assert "_" not in name
    assert name.lower() == "".join(words)
    assert name[0].islower()

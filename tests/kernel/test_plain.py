import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.kernel.errors import InvalidRequest
from provisioning.kernel.facets import Email, Facet, Kind, Most, Name, Secret
from provisioning.kernel.plain import read_plain, write_plain
from provisioning.kernel.shape import shape_of
from provisioning.kernel.texts import Language


class Colour(StrEnum):
    RED = "RED"
    GREEN = "GREEN"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    name: Name
    secret: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    number: int
    long_number: Annotated[int | None, Facet(Kind.LONG)] = None
    flag: bool | None = None
    price: Decimal | None = None
    day: date | None = None
    at: datetime | None = None
    octets: bytes | None = None
    colour: Colour | None = None
    email: Email | None = None
    part: Part | None = None
    parts: Annotated[tuple[Part, ...], Most(3)] = ()
    names: tuple[Name, ...] = ()


SHAPE = shape_of(Whole)
names = st.sampled_from(["Ana", "Éléonore <&>", "x" * 100, "名前"])
parts = st.builds(Part, name=names, secret=st.none() | st.just("tell nobody"))
wholes = st.builds(
    Whole,
    number=st.integers(-(1 << 31), (1 << 31) - 1),
    long_number=st.none() | st.integers(-(1 << 63), (1 << 63) - 1),
    flag=st.none() | st.booleans(),
    price=st.none() | st.decimals(0, 10**9, places=4),
    day=st.none() | st.dates(),
    at=st.none()
    | st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001 - the zone comes beside
        lambda each: each.replace(microsecond=each.microsecond // 1000 * 1000)
    ),
    octets=st.none() | st.binary(min_size=1),
    colour=st.none() | st.sampled_from(Colour),
    email=st.none() | st.just("ana@example.com"),
    part=st.none() | parts,
    parts=st.lists(parts, max_size=3).map(tuple),
    names=st.lists(names).map(tuple),
)
trash: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*SHAPE.by_wire, "name", "x"]), inner),
    max_leaves=8,
)


@given(wholes)
def test_a_message_comes_back_as_it_went(message: Whole) -> None:
    assert read_plain(SHAPE, write_plain(SHAPE, message)) == message


@given(wholes)
def test_a_message_survives_the_store(message: Whole) -> None:
    """Strings, numbers of 32 bits and booleans only: XML-RPC has no others."""
    plain = write_plain(SHAPE, message)
    assert json.loads(json.dumps(plain)) == plain
    assert read_plain(SHAPE, json.loads(json.dumps(plain))) == message


@given(wholes)
def test_secrets_are_left_out_on_demand(message: Whole) -> None:
    plain = write_plain(SHAPE, message, secrets=False)
    assert "tell nobody" not in json.dumps(plain)
    assert len(plain.get("parts", [])) == len(message.parts)


@given(trash | st.dictionaries(st.sampled_from([*SHAPE.by_wire, "x"]), trash))
def test_whatever_comes_is_read_or_refused(value: Any) -> None:
    reasons: list[str] = []
    message: Any = None
    try:
        message = read_plain(SHAPE, value)
    except InvalidRequest as refusal:
        reasons = [each.reason(language) for each in refusal.violations for language in Language]
    assert isinstance(message, Whole) != bool(reasons)
    assert all(reasons)


def violations(value: Any) -> dict[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        read_plain(SHAPE, value)
    return {each.field: each.code for each in caught.value.violations}


def test_every_violation_is_reported_by_its_path() -> None:
    found = violations(
        {
            "flag": "perhaps",
            "colour": "BLUE",
            "part": {"secret": "s", "size": 3},
            "parts": [{"name": "ok"}, {"name": ""}, "nothing"],
            "names": ["ok", "two\nlines"],
            "unheard": 1,
        }
    )
    assert found == {
        "unheard": "UNKNOWN_FIELD",
        "number": "REQUIRED",
        "flag": "NOT_A_BOOLEAN",
        "colour": "NOT_A_CHOICE",
        "part.size": "UNKNOWN_FIELD",
        "part.name": "REQUIRED",
        "parts[1].name": "TOO_SHORT",
        "parts[2]": "NOT_A_STRUCT",
        "names[1]": "BAD_CHARACTER",
    }


def test_a_repeated_field_has_its_most() -> None:
    assert violations({"number": 1, "parts": [{"name": "x"}] * 4}) == {"parts": "TOO_MANY"}


@pytest.mark.parametrize("value", [None, 3, "text", [], True])
def test_a_message_is_a_structure(value: Any) -> None:
    assert violations(value) == {"": "NOT_A_STRUCT"}


@pytest.mark.parametrize("value", [{"name": "x"}, ["x"], 1.5, b"x"])
def test_a_value_is_a_single_one(value: Any) -> None:
    assert violations({"number": 1, "email": value}) == {"email": "NOT_A_VALUE"}


def test_what_real_clients_send_is_taken() -> None:
    message = read_plain(
        SHAPE,
        {
            "number": "42",
            "flag": 1,
            "price": 12,
            "at": datetime(2031, 2, 28, 12, tzinfo=UTC),
            "octets": b"\x00",
            "email": "",
            "colour": None,
            "names": "alone",
            "parts": "",
        },
    )
    assert message == Whole(
        number=42,
        flag=True,
        price=Decimal(12),
        at=datetime(2031, 2, 28, 12, tzinfo=UTC),
        octets=b"\x00",
        names=("alone",),
    )


def test_a_long_unknown_name_is_cut() -> None:
    (field,) = violations({"number": 1, "x" * 1000: 1})
    assert len(field) == 100

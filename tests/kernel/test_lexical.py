from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from provisioning.kernel import lexical
from provisioning.kernel.lexical import Invalid
from provisioning.kernel.texts import Language

READERS = [
    lexical.read_int,
    lexical.read_long,
    lexical.read_bool,
    lexical.read_decimal,
    lexical.read_date,
    lexical.read_moment,
    lexical.read_binary,
]
every_reader = pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
blanks = st.text(" \t\r\n", max_size=3)
nearly = st.text("0123456789+-.:TZ=aé٣ ", max_size=40)


@every_reader
@given(text=st.text() | nearly)
@example(text="1" * 5000)
@example(text="2031-02-28T12:00:00." + "9" * 5000 + "Z")
@example(text="0001-01-01T00:00:00+14:00")
@example(text="9999-12-31T24:00:00Z")
def test_any_text_has_a_value_or_is_named_invalid(read: Any, text: str) -> None:
    reasons: list[str] = []
    try:
        read(text)
    except Invalid as error:
        reasons = [error.text.in_language(language, **error.values) for language in Language]
    assert all(reasons)


@given(st.integers(-(1 << 31), (1 << 31) - 1), blanks)
def test_whole_numbers_of_32_bits(value: int, blank: str) -> None:
    assert lexical.read_int(f"{blank}{value}{blank}") == value


@given(st.integers(-(1 << 63), (1 << 63) - 1))
def test_whole_numbers_of_64_bits(value: int) -> None:
    assert lexical.read_long(str(value)) == value


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lexical.read_int, str(1 << 31)),
        (lexical.read_int, str(-(1 << 31) - 1)),
        (lexical.read_long, str(1 << 63)),
    ],
)
def test_what_has_too_many_bits_is_out_of_range(read: Any, text: str) -> None:
    with pytest.raises(Invalid) as caught:
        read(text)
    assert caught.value.code == "OUT_OF_RANGE"


@pytest.mark.parametrize("text", ["", "1.0", "1e3", "0x1", "1_000", "٣", "--1", "+", "1 2", "NaN"])
def test_what_is_no_whole_number(text: str) -> None:
    with pytest.raises(Invalid):
        lexical.read_int(text)


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), (" 1 ", True), ("false", False), ("0", False), ("\n0\t", False)]
)
def test_booleans(text: str, value: bool) -> None:
    assert lexical.read_bool(text) is value


@pytest.mark.parametrize("text", ["", "TRUE", "yes", "2", "-0"])
def test_what_is_no_boolean(text: str) -> None:
    with pytest.raises(Invalid):
        lexical.read_bool(text)


@given(st.decimals(-(10**17), 10**17, allow_nan=False, places=6))
def test_decimals(value: Decimal) -> None:
    assert lexical.read_decimal(format(value, "f")) == value


@pytest.mark.parametrize("text", ["", ".", "+", "1e3", "NaN", "INF", "1" * 19, "0." + "1" * 10])
def test_what_is_no_decimal(text: str) -> None:
    with pytest.raises(Invalid):
        lexical.read_decimal(text)


@given(st.dates(), st.sampled_from(["", "Z", "+14:00", "-05:30"]), blanks)
def test_a_day_is_a_day_in_any_zone(day: date, zone: str, blank: str) -> None:
    assert lexical.read_date(f"{blank}{day.isoformat()}{zone}{blank}") == day


@pytest.mark.parametrize(
    "text",
    ["", "2031-02-29", "2031-2-28", "31-02-28", "2031-02-28T00:00:00Z", "٢٠٣١-02-28", "2031-02-28+15:00"],
)
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(Invalid):
        lexical.read_date(text)


zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=zones)  # noqa: DTZ001 - the zone comes beside


@given(moments)
def test_a_moment_is_the_same_in_utc(moment: datetime) -> None:
    cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    read = lexical.read_moment(lexical.write_moment(cut))
    assert read == cut
    assert read.tzinfo is UTC


@given(moments, st.integers(0, 9))
def test_any_zone_and_number_of_fraction_digits_is_taken(moment: datetime, digits: int) -> None:
    fraction = f"{moment.microsecond:06}000"[:digits]
    offset = moment.utcoffset()
    assert offset is not None
    minutes = int(offset.total_seconds()) // 60
    zone = f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"
    text = f"{moment:%H:%M:%S}{'.' if fraction else ''}{fraction}{zone}"
    read = lexical.read_moment(f"{moment.date().isoformat()}T{text}")
    expected = moment.replace(microsecond=int(fraction[:3].ljust(3, "0")) * 1000)
    assert read == expected


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2031-02-28T24:00:00Z", "2031-03-01T00:00:00Z"),
        ("2031-02-28T24:00:00.000-05:00", "2031-03-01T05:00:00Z"),
        ("2031-02-28T12:00:00-03:30", "2031-02-28T15:30:00Z"),
        ("2031-02-28T12:00:00-00:30", "2031-02-28T12:30:00Z"),
        ("2031-02-28T12:00:00.1234567Z", "2031-02-28T12:00:00.123Z"),
    ],
)
def test_moments_that_others_get_wrong(text: str, moment: str) -> None:
    assert lexical.write_moment(lexical.read_moment(text)) == moment


@pytest.mark.parametrize(
    "text",
    [
        "2031-02-28T12:00:00+14:01",
        "2031-02-28T12:00:00+05:60",
        "2031-02-28T24:00:01Z",
        "2031-02-28T25:00:00Z",
        "2031-02-28T12:60:00Z",
        "2031-02-30T12:00:00Z",
        "2031-02-28 12:00:00Z",
        "2031-02-28T12:00Z",
        "2031-02-28T12:00:00.Z",
        "٢٠٣١-02-28T12:00:00Z",
        "0001-01-01T00:00:00+00:01",
    ],
)
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(Invalid) as caught:
        lexical.read_moment(text)
    assert caught.value.code == "NOT_A_DATE"


def test_a_moment_without_a_zone_is_told_so() -> None:
    with pytest.raises(Invalid) as caught:
        lexical.read_moment("2031-02-28T12:00:00")
    assert caught.value.code == "NO_ZONE"


@given(st.binary(), st.data())
def test_octets(value: bytes, data: st.DataObject) -> None:
    text = lexical.write_binary(value)
    cut = data.draw(st.integers(0, len(text)))
    assert lexical.read_binary(f"{text[:cut]}\n {text[cut:]}") == value


@pytest.mark.parametrize("text", ["=", "a", "ab", "ab=", "é===", "ab-_", "QQ==QQ==", "QR=="])
def test_what_is_no_base64(text: str) -> None:
    with pytest.raises(Invalid):
        lexical.read_binary(text)

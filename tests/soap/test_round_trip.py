"""What the writer writes, the reader reads: for every kind of value and for every message of the contract."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioning import catalogue
from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.lexical import Invalid
from provisioning.kernel.messages import ProvisioningFault
from provisioning.kernel.shape import Field, Shape, shape_of
from provisioning.wire.soap.gate import parse
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.reader import read_message
from provisioning.wire.soap.writer import writer_of
from tests.samples import BY_TYPE
from tests.soap.sample import OPERATIONS

TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff\u2028\u2029"), min_size=1
)
ANY = "Zoé & <b> ]]>"
SAMPLES = tuple(each for each in (ANY, "A", *BY_TYPE.values()) if isinstance(each, str))
MOMENTS = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 - zones are the strategy's
VALUES: dict[Kind, st.SearchStrategy[Any]] = {
    Kind.INT: st.integers(-(2**31), 2**31 - 1),
    Kind.LONG: st.integers(-(2**63), 2**63 - 1),
    Kind.BOOL: st.booleans(),
    Kind.DECIMAL: st.decimals(Decimal(-(10**17)), Decimal(10**17), places=9),
    Kind.DATE: st.dates(date(1, 1, 1), date(9999, 12, 31)),
    Kind.MOMENT: MOMENTS.map(lambda each: each - timedelta(microseconds=each.microsecond % 1000)),
    Kind.BINARY: st.binary(min_size=1),
}


@cache
def values(facet: Facet) -> st.SearchStrategy[Any]:
    """Values of a facet, as its reader would have made them."""
    if facet.enum is not None:
        return st.sampled_from(list(facet.enum))
    if facet.kind is Kind.TEXT:
        return texts(facet).filter(lambda text: is_stable(facet, text)).map(facet.read)
    if facet.minimum is None and facet.maximum is None:
        return VALUES[facet.kind].filter(lambda value: is_stable(facet, facet.write(value)))
    low = -(2**31) if facet.minimum is None else facet.minimum
    return st.integers(low, 2**31 - 1 if facet.maximum is None else facet.maximum)


def texts(facet: Facet) -> st.SearchStrategy[str]:
    if facet.pattern:
        return st.from_regex(facet.pattern, fullmatch=True)
    known = [each for each in SAMPLES if is_stable(facet, each)]
    assert known, f"samples.py has no {facet.name}"
    return st.sampled_from(known) | TEXTS if is_stable(facet, ANY) else st.sampled_from(known)


def is_stable(facet: Facet, text: str) -> bool:
    """The facet takes the text, and what it makes of it stays as it is."""
    try:
        return bool(text) and facet.read(facet.write(facet.read(text))) == facet.read(text)
    except Invalid:
        return False


@cache
def messages(shape: Shape) -> st.SearchStrategy[Any]:
    return st.builds(shape.type, **{field.name: members(field) for field in shape.fields})


def members(field: Field) -> st.SearchStrategy[Any]:
    if field.shape is not None:
        one = messages(field.shape)
        if not field.required:
            one = one.filter(writer_of(field.shape.type).write)  # an optional one without content is absent
    else:
        assert field.facet is not None
        one = values(field.facet)
    if field.repeated:
        return st.lists(one, max_size=min(3, field.most or 3)).map(tuple)
    return one if field.required else st.none() | one


def read_back(message: Any) -> Any:
    kind: type = type(message)
    written = writer_of(kind).write(message)
    assert "".join(writer_of(kind).pieces(message)) == written
    return read_message(kind, parse(f'<a xmlns="{SERVICE}">{written}</a>'.encode(), 100_000))


SHAPES = {
    shape.name: shape
    for operation in (*OPERATIONS, *catalogue.PUBLISHED)
    for shape in (operation.request, operation.result)
} | {"ProvisioningFault": shape_of(ProvisioningFault)}


@pytest.mark.parametrize("name", SHAPES)
def test_every_message_survives(name: str) -> None:
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(messages(SHAPES[name]))
    def check(message: Any) -> None:
        assert read_back(message) == message

    check()

"""What serves requests and what is published agree: the reader takes a request if and only if the schema does."""

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

import provisioning
from provisioning import catalogue
from provisioning.kernel.errors import InvalidRequest
from provisioning.kernel.operation import Operation
from provisioning.wire.published import published_files
from provisioning.wire.soap.gate import parse
from provisioning.wire.soap.reader import read_message
from tests.contract import sample
from tests.contract.requests import requests, without_empty

# Where the reader is stricter than the schema, by the code of the violation. The schema could not say it, or only in
# a way that generators take badly; the documentation of the type or the field says it instead.
STRICTER = {
    "NO_ZONE": "a moment without a zone: xs:dateTime cannot ask for one",
    "NOT_A_DATE": "years beyond 9999 or before Christ, which nobody is born or billed in",
    "NOT_A_NUMBER": "more digits than any amount needs",
    "OUT_OF_RANGE": "limits of numbers without a type of their own, such as expectedVersion",
    "BAD_CHARACTER": "control characters, and line breaks where a text has one line",
    "TOO_LONG": "texts without a type of their own have at most 4,000 characters",
    "TOO_SHORT": "names of blanks only",
    "TOO_MANY": "more than a thousand of one field: Java's parsers complain of schemas that count so far",
    "NOT_AN_EMAIL": "e-mail addresses have rules of their own",
    "NOT_A_PHONE_NUMBER": "so have telephone numbers",
    "NOT_A_PREFIX": "and what they begin with",
    "NOT_A_NETWORK": "and networks",
    "NOT_A_HOST": "and names of hosts",
    "WRONG_FORM": "numbers as people dial them, with hyphens and blanks",
}
# What the schema says as well.
IN_THE_SCHEMA = {"NOT_A_BOOLEAN", "NOT_A_CHOICE", "NOT_A_VALUE", "NOT_BASE64"}

PACKAGE = Path(provisioning.__file__).parent
CONTRACTS = {"catalogue": catalogue.PUBLISHED, "sample": sample.OPERATIONS}


def test_every_refusal_of_a_value_is_listed() -> None:
    """A new kind of value that is stricter than its schema is told here, before chance finds it below."""
    source = "".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.py"))
    codes = set(re.findall(r'Invalid\(\s*"([A-Z0-9_]+)"', source))
    assert codes == (codes & STRICTER.keys()) | IN_THE_SCHEMA


@cache
def schema_of(contract: str) -> Any:
    return etree.XMLSchema(etree.fromstring(published_files(CONTRACTS[contract])["schemas/provisioning.xsd"]))


def violations(operation: Operation, element: Any) -> set[str]:
    """Codes of what the reader has against a request; nothing when it takes it."""
    try:
        read_message(operation.request.type, parse(etree.tostring(element), 20_000))
    except InvalidRequest as refusal:
        return {violation.code for violation in refusal.violations}
    return set()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_reader_takes_what_the_schema_takes(contract: str) -> None:
    operations = {each.name: each for each in CONTRACTS[contract]}
    seen: Counter[tuple[bool, bool]] = Counter()

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def check(data: st.DataObject) -> None:
        operation = operations[data.draw(st.sampled_from(sorted(operations)))]
        element = data.draw(requests(operation))
        shown = etree.tostring(element, encoding="unicode")
        found = violations(operation, element)
        valid = schema_of(contract).validate(element)
        seen[valid, not found] += 1
        if valid:
            assert found <= STRICTER.keys(), shown
        elif not schema_of(contract).validate(without_empty(element, operation.request)):
            assert found, shown

    check()
    assert seen[True, True] > 50, seen
    assert seen[False, False] > 50, seen

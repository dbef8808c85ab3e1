"""Faults: a stable number, a text that begins with the code and says all that the declared fault says."""

import re
from pathlib import Path

import pytest

from provisioning.kernel.errors import CODES
from provisioning.kernel.faults import fault_of
from provisioning.kernel.texts import Language
from provisioning.wire.soap import gate
from provisioning.wire.soap.gate import refused as refused_by_the_gate
from provisioning.wire.xmlrpc.faults import write_fault
from tests.xmlrpc.conftest import Service, call_with, struct, thing

SAY = "<methodCall><methodName>Say</methodName></methodCall>"


def test_a_fault_says_everything_line_by_line(service: Service) -> None:
    fault = service.fault(thing(color="<string>BLUE</string>"))
    lines = fault.faultString.splitlines()
    assert fault.faultCode == CODES["INVALID_REQUEST"].number == 200
    assert lines[0].startswith(
        "INVALID_REQUEST: The request breaks the contract in 1 place(s): newThing.color: "
    )
    assert lines[1:3] == ["field: newThing.color", "retryable: false"]
    assert re.fullmatch(r"transactionId: [0-9a-v]{26}", lines[3])
    assert lines[4:] == ["violation: newThing.color: NOT_A_CHOICE: is none of: RED, GREEN"]


def test_a_fault_says_figures_where_it_has_any(service: Service) -> None:
    limit = service.fault(call_with("<struct/>", "ReachLimit"))
    assert limit.faultCode == CODES["LIMIT_REACHED"].number
    assert {"object: ACME", "retryAfterSeconds: 7", "limit: 10", "used: 10"} <= set(
        limit.faultString.splitlines()
    )
    conflict = service.fault(call_with("<struct/>", "Conflict"))
    assert "currentVersion: 5" in conflict.faultString.splitlines()


def test_a_fault_has_the_two_members_that_it_may_have(service: Service) -> None:
    answer = service.post(call_with("<struct/>", "Conflict")).decode()
    assert re.findall("<name>([^<]*)</name>", answer) == ["faultCode", "faultString"]


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    "wrong", ["<struct><member/></struct>", "<int>x</int>", "<string>" + "a" * 50 + "</string>"]
)
def test_a_fault_is_in_the_language_of_the_request(service: Service, language: str, wrong: str) -> None:
    control = struct(language=f"<string>{language}</string>")
    body = call_with(struct(control=control, newThing=struct(code=wrong, color="RED")))
    said = service.fault(body).faultString.splitlines()[0]
    assert ("enfreint le contrat" in said) == (language == "fr")


@pytest.mark.parametrize(
    "control", ["<int>1</int>", struct(language="<int>1</int>"), struct(language="de"), "x"]
)
def test_a_language_that_is_none_is_english(service: Service, control: str) -> None:
    fault = service.fault(call_with(struct(control=control), "Say"))
    assert fault.faultString.startswith("INVALID_REQUEST: The request")


@pytest.mark.parametrize(
    ("body", "charset", "code"),
    [
        ("", None, -32700),
        ("<methodCall>", None, -32700),
        ("not XML", None, -32700),
        ("<!DOCTYPE x>" + SAY, None, -32700),
        ('<?xml version="1.1"?>' + SAY, None, -32700),
        ("<?php x?>" + SAY, None, -32700),
        ('<?xml version="1.0" encoding="cp1252"?>' + SAY, None, -32701),
        (b"<a>\xff</a>", "us-ascii", -32701),
        ("<methodResponse/>", None, -32600),
        ("<methodCall/>", None, -32600),
        ("<methodCall><params/></methodCall>", None, -32600),
        ("<methodCall><methodName/></methodCall>", None, -32600),
        ("<methodCall><methodName>a b</methodName></methodCall>", None, -32600),
        (f"<methodCall><methodName>{'a' * 300}</methodName></methodCall>", None, -32600),
        ("<methodCall><methodName>Say<b/></methodName></methodCall>", None, -32600),
        ("<methodCall><methodName>Say</methodName><params/><params/></methodCall>", None, -32600),
        ("<methodCall>text<methodName>Say</methodName></methodCall>", None, -32600),
        ("<methodCall><methodName>Say</methodName><parameters/></methodCall>", None, -32600),
        ("<methodCall><methodName>Say</methodName><params><param/></params></methodCall>", None, -32600),
        ("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'/>", None, -32600),
        ("<methodCall><methodName>NoSuch</methodName></methodCall>", None, -32601),
        ("<methodCall><methodName>system.shutdown</methodName></methodCall>", None, -32601),
        ("<methodCall><methodName>__class__</methodName></methodCall>", None, -32601),
        (call_with("<string>a</string>", "Say"), None, -32602),
        (call_with("<array><data/></array>", "Say"), None, -32602),
        (call_with("<nil/>", "Say"), None, -32602),
        (call_with("<struct/></value></param><param><value><struct/>", "Say"), None, -32602),
        ("<a" + " b='c'" * 2 + "/>", None, -32700),
        ("<a>" * 50 + "</a>" * 50, None, 201),
        ("<a>" + "<b/>" * 80_001 + "</a>", None, 201),
        (f"<a>{'x' * 2_000_000}</a>", None, 201),
        (call_with("<struct/>", "BreakDown"), None, CODES["INTERNAL"].number),
    ],
)
def test_each_way_to_be_wrong_has_its_number(
    service: Service, body: str | bytes, charset: str | None, code: int
) -> None:
    fault = service.fault(body, charset)
    assert fault.faultCode == code
    assert re.match(r"(INVALID_REQUEST|TOO_LARGE|INTERNAL): ", fault.faultString)
    assert not re.search(r"Error\b|Traceback|\.py|<class|insides|provisioning\.", fault.faultString)


def test_who_is_not_known_learns_nothing_of_the_methods(service: Service) -> None:
    for method in ("Say", "NoSuch"):
        answer = service.post(call_with("<int>x</int>", method), secret="wrong")
        assert b"<int>100</int>" in answer
        assert b"AUTHENTICATION_FAILED: " in answer


@pytest.mark.parametrize("code", ["EMPTY_MESSAGE", "NOT_WELL_FORMED", "DOCTYPE", "WRONG_ENCODING"])
def test_the_gate_still_names_what_the_table_has_numbers_for(code: str) -> None:
    """Were a code of the gate renamed, its faults would silently get another number."""
    assert f'"{code}"' in Path(str(gate.__file__)).read_text("utf-8")
    written = write_fault(fault_of(refused_by_the_gate(code, gate.EMPTY), Language.EN, "x"))
    assert "<int>-327" in written

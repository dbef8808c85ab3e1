"""The rules for generated clients, each on each published document and on one with every kind of field.

Each rule is also shown a document that breaks it: a rule that finds nothing there would be worth nothing.
"""

import inspect
import re
from collections.abc import Callable, Iterator

import pytest

from provisioning import catalogue
from tests.contract import rules_of_documents, rules_of_models, sample
from tests.contract.document import ADDRESS, Document

Rule = Callable[[Document], Iterator[str]]

RULES: dict[str, Rule] = {
    name.split("_")[0]: rule
    for module in (rules_of_models, rules_of_documents)
    for name, rule in inspect.getmembers(module, inspect.isfunction)
    if re.match(r"r\d+_", name)
}
CONTRACTS = {"catalogue": catalogue.PUBLISHED, "sample": sample.OPERATIONS}

# What would break each rule: a pattern in the sample's document and what to put there.
BREAKS = {
    "r1": (r'name="email" type="tns:Email" minOccurs="0"', 'name="email" type="tns:Email"'),
    "r2": (r'name="code" type="tns:Code"', 'name="code" type="tns:Code" nillable="true"'),
    "r3": ('type="xs:long"', 'type="xs:integer"'),
    "r4": ('name="urgent" type="xs:boolean" minOccurs="0"', 'name="urgent" type="xs:boolean"'),
    "r5": ('enumeration value="RED"', 'enumeration value="1-RED"'),
    "r6": ('maxLength value="254"', 'maxLength value="255"'),
    "r7": ('maxOccurs="3"', ""),
    "r8": ('name="newThing"', 'name="new_thing"'),
    "r9": ('type="xs:dateTime"', 'type="xs:string"'),
    "r10": ("xs:sequence", "xs:all"),
    "r11": ("Its colours.", ""),
    "r12": ('name="thingResult"', 'name="CreateThingResult"'),
    "r13": ('name="newThing" type="tns:NewThing"', 'name="thingResult" type="tns:ThingResult"'),
    "r14": ('name="newThing"', 'name="thing"'),
    "r15": ('<xs:element name="text"', '<xs:element name="texts"'),
    "r16": ('<xs:element name="ListThings">', '<xs:element name="ListThingsRequest">'),
    "r17": ('(?s)(<xs:element name="ListThings").*?</xs:complexType>\n', r'\1 type="tns:ListThings">'),
    "r18": ('part name="parameters"', 'part name="CreateThing"'),
    "r19": ("ProvisioningSoap11Port", "ProvisioningPortType"),
    "r20": ("ProvisioningFaultMessage", "ProvisioningFault"),
    "r21": (
        "<wsdl:definitions ",
        '<wsdl:definitions xmlns:soap12env="http://www.w3.org/2003/05/soap-envelope" ',
    ),
    "r22": (r"<xs:complexType name=\"Thing\">", r'<xs:element name="Thing" type="tns:Thing"/>\g<0>'),
    "r23": ('use="literal"', 'use="encoded"'),
    "r24": ('soapAction="[^"]*"', 'soapAction="CreateThing"'),
    "r25": (re.escape(ADDRESS), "http://evil.example.com"),
    "r26": ('<wsdlsoap11:body use="literal"/>', r'\g<0><wsdlsoap11:header use="literal"/>'),
}


def test_there_are_26_rules() -> None:
    assert set(RULES) == {f"r{number}" for number in range(1, 27)} == set(BREAKS)


@pytest.mark.parametrize("version", [None, "1.1", "1.2"], ids=["both", "soap11", "soap12"])
@pytest.mark.parametrize("contract", CONTRACTS)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: RULES[rule].__name__)
def test_rule(rule: str, contract: str, version: str | None) -> None:
    assert list(RULES[rule](Document.of(CONTRACTS[contract], version))) == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: RULES[rule].__name__)
def test_rule_finds_what_breaks_it(rule: str) -> None:
    document = Document.of(sample.OPERATIONS)
    pattern, replacement = BREAKS[rule]
    broken, count = re.subn(pattern, replacement, document.octets.decode("utf-8"))
    assert count > 0
    assert list(RULES[rule](Document(document.operations, None, broken.encode("utf-8"))))

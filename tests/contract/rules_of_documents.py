"""Rules 12 to 26: what operations and the document around them may look like. Each yields what breaks it."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.contract.document import ADDRESS, SOAP_11, SOAP_12, WSDL, XS, Document, documented

_SEQUENCE = f"{XS}complexType/{XS}sequence/{XS}element"


def r12_one_result_element_for_each_operation(document: Document) -> Iterator[str]:
    elements = document.global_elements()
    for operation in document.operations:
        children = [each.get("name") for each in elements[f"{operation.name}Response"].iterfind(_SEQUENCE)]
        if children != [operation.result_element]:
            yield f"{operation.name}: {children}"


def r13_request_and_answer_share_no_element(document: Document) -> Iterator[str]:
    elements = document.global_elements()
    for operation in document.operations:
        asked, answered = (
            {(each.get("name"), each.get("type")) for each in elements[name].iterfind(_SEQUENCE)}
            for name in (operation.name, f"{operation.name}Response")
        )
        yield from (f"{operation.name}: {name}" for name, _ in asked & answered)


def r14_an_element_name_stands_for_one_type(document: Document) -> Iterator[str]:
    """Of generated interfaces that are called after elements: two types under one name would be numbered."""
    complex_types = document.complex_types()
    meanings: dict[str, set[str]] = {}
    for _, member in document.members():
        kind = member.get("type").removeprefix("tns:")
        if kind in complex_types:
            meanings.setdefault(member.get("name"), set()).add(kind)
    for name, kinds in meanings.items():
        namesake = name[0].upper() + name[1:]
        if len(kinds) > 1 or (namesake in complex_types and kinds != {namesake}):
            yield f"{name}: {sorted(kinds)}"


def r15_arguments_are_the_declared_ones(document: Document) -> Iterator[str]:
    elements = document.global_elements()
    for operation in document.operations:
        arguments = [each.get("name") for each in elements[operation.name].iterfind(_SEQUENCE)]
        if arguments != [field.wire for field in operation.request.fields]:
            yield operation.name


def r16_every_operation_has_two_wrappers(document: Document) -> Iterator[str]:
    elements = document.global_elements()
    for name in (name for each in document.operations for name in (each.name, f"{each.name}Response")):
        if name not in elements or elements[name].find(f"{XS}complexType") is None:
            yield name


def r17_wrappers_and_fault_have_their_type_inside(document: Document) -> Iterator[str]:
    for name, element in document.global_elements().items():
        inner = element.find(f"{XS}complexType")
        if "type" in element.attrib or inner is None or "name" in inner.attrib:
            yield name
    for owner, member in document.members():
        if "type" not in member.attrib:
            yield f"{owner}.{member.get('name')} has a type without a name"


def _parts(document: Document) -> Iterator[tuple[str, Any]]:
    for message in document.root.iterfind(f"{WSDL}message"):
        for part in message:
            yield message.get("name"), part


def r18_the_body_part_is_called_parameters(document: Document) -> Iterator[str]:
    for message, part in _parts(document):
        if part.get("name") != ("fault" if message == "ProvisioningFaultMessage" else "parameters"):
            yield f"{message}: {part.get('name')}"


def r19_service_port_type_binding_and_port_have_their_names(document: Document) -> Iterator[str]:
    numbers = [document.version.replace(".", "")] if document.version else ["11", "12"]
    wanted = {
        "service": ["ProvisioningService"],
        "portType": ["ProvisioningPortType"],
        "binding": [f"ProvisioningSoap{number}Binding" for number in numbers],
        "port": [f"ProvisioningSoap{number}Port" for number in numbers],
    }
    for kind, names in wanted.items():
        found = [each.get("name") for each in document.root.iter(f"{WSDL}{kind}")]
        if found != names:
            yield f"{kind}: {found}"


def r20_the_fault_message_is_not_called_as_its_type(document: Document) -> Iterator[str]:
    for operation in document.root.iterfind(f"{WSDL}portType/{WSDL}operation"):
        faults = [(each.get("name"), each.get("message")) for each in operation.iterfind(f"{WSDL}fault")]
        if faults != [("ProvisioningFault", "tns:ProvisioningFaultMessage")]:
            yield f"{operation.get('name')}: {faults}"
    parts = [
        each.get("element") for message, each in _parts(document) if message == "ProvisioningFaultMessage"
    ]
    if parts != ["tns:ProvisioningFault"]:
        yield f"ProvisioningFaultMessage: {parts}"


def r21_every_declared_namespace_is_used(document: Document) -> Iterator[str]:
    text = document.octets.decode("utf-8")
    for prefix in re.findall(r"xmlns:([A-Za-z0-9]+)=", text):
        if not re.search(rf'[</"]{prefix}:', text):
            yield prefix
    for version, namespace in (("1.1", SOAP_11), ("1.2", SOAP_12)):
        if document.version not in {None, version} and namespace[1:-1] in text:
            yield namespace


def r22_one_schema_without_anything_idle(document: Document) -> Iterator[str]:
    used = {part.get("element") for _, part in _parts(document)}
    yield from (name for name in document.global_elements() if f"tns:{name}" not in used)
    if len(list(document.root.iter(f"{XS}schema"))) != 1:
        yield "schemas"
    foreign = (f"{XS}import", f"{XS}include", f"{WSDL}import")
    yield from (each.tag for each in document.root.iter(*foreign))
    yield from (each.get("name") for each in document.root.iter() if "parameterOrder" in each.attrib)


def r23_the_bindings_are_those_asked_for(document: Document) -> Iterator[str]:
    wanted = {"1.1": [SOAP_11], "1.2": [SOAP_12], None: [SOAP_11, SOAP_12]}[document.version]
    names = [operation.name for operation in document.operations]
    for binding, namespace in zip(document.root.iterfind(f"{WSDL}binding"), wanted, strict=True):
        if binding.get("type") != "tns:ProvisioningPortType":
            yield str(binding.get("type"))
        if [each.get("name") for each in binding.iterfind(f"{WSDL}operation")] != names:
            yield f"{binding.get('name')} has other operations"
        extensions = [each for each in binding.iter() if not each.tag.startswith(WSDL)]
        yield from (each.tag for each in extensions if not each.tag.startswith(namespace))
        if extensions[0].attrib != {"style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"}:
            yield str(extensions[0].attrib)
        yield from (
            each.tag
            for each in extensions
            if each.tag.endswith(("body", "fault")) and each.get("use") != "literal"
        )


def r24_soap_actions_are_uris_and_unique(document: Document) -> Iterator[str]:
    for binding in document.root.iterfind(f"{WSDL}binding"):
        actions = Counter(each[0].get("soapAction") for each in binding.iterfind(f"{WSDL}operation"))
        for action, count in actions.items():
            if count > 1 or not re.fullmatch(r"urn:[a-z0-9\-]+:[\w:\-]+", action):
                yield str(action)


def r25_the_address_is_the_configured_one(document: Document) -> Iterator[str]:
    for port in document.root.iter(f"{WSDL}port"):
        locations = [each.get("location") for each in port]
        if locations != [f"{ADDRESS}/soap"]:
            yield f"{port.get('name')}: {locations}"
        if port.get("binding") != f"tns:{port.get('name').replace('Port', 'Binding')}":
            yield f"{port.get('name')}: {port.get('binding')}"


def r26_no_header_is_declared(document: Document) -> Iterator[str]:
    """Credentials travel by HTTP or WS-Security, everything else in the body."""
    yield from (each.tag for each in document.root.iter(f"{SOAP_11}header", f"{SOAP_12}header"))
    for operation in document.root.iterfind(f"{WSDL}portType/{WSDL}operation"):
        if documented(operation) == "":
            yield f"{operation.get('name')} does not say what it does"

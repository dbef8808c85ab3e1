"""The published documents: spyne's description of the service, put into the form that client generators take well.

Spyne cannot be told any of this; each step says which tools need it.
"""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any, Final

from lxml import etree

from provisioning.kernel.operation import Operation
from provisioning.wire.soap import names
from provisioning.wire.soap.schema import XS, tidy_schema
from provisioning.wire.soap.services import application
from provisioning.wire.soap.spyne_shim import Soap11, Wsdl11
from provisioning.wire.soap.types import FAULT, type_documentation

VERSIONS: Final = ("1.1", "1.2")

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP = {"1.1": "{http://schemas.xmlsoap.org/wsdl/soap/}", "1.2": "{http://schemas.xmlsoap.org/wsdl/soap12/}"}
_PORT_TYPE = "ProvisioningPortType"
_FAULT_MESSAGE = "ProvisioningFaultMessage"


def render_wsdl(
    operations: Sequence[Operation], contract: str, address: str, versions: Sequence[str] = VERSIONS
) -> bytes:
    """The WSDL with a binding for each SOAP version asked for.

    Axis 1.4 cannot read a document with a SOAP 1.2 binding, and gSOAP makes every method twice of two.
    """
    root = _describe(operations, contract)
    binding = root.find(f"{_WSDL}binding")
    root.remove(binding)
    service = etree.Element(f"{_WSDL}service", name="ProvisioningService")
    for version in versions:
        root.append(_binding(deepcopy(binding), version))
        service.append(_port(version, f"{address}/soap"))
    root.append(service)
    return _octets(root)


def render_schema(operations: Sequence[Operation], contract: str) -> bytes:
    """The schema by itself, the same that stands in the WSDL."""
    inline = _describe(operations, contract).find(f"{_WSDL}types/{XS}schema")
    schema = etree.Element(inline.tag, inline.attrib, nsmap={"xs": XS[1:-1], "tns": names.SERVICE})
    schema.extend(inline)
    return _octets(schema)


def _describe(operations: Sequence[Operation], contract: str) -> Any:
    """Spyne's document, tidied but for its binding, which has no address and SOAP 1.1 alone."""
    documentation = type_documentation(operations)
    app = application(operations, Soap11(), Soap11())
    app.transport = "http://schemas.xmlsoap.org/soap/http"
    description = Wsdl11(app.interface)
    description.build_interface_document("")
    root = description.root_elt
    for service in root.findall(f"{_WSDL}service"):
        root.remove(service)
    tidy_schema(root.find(f"{_WSDL}types/{XS}schema"), operations, documentation, contract)
    for message in root.iterfind(f"{_WSDL}message"):
        _tidy_message(message)
    _tidy_port_type(root.find(f"{_WSDL}portType"))
    root.insert(0, etree.Element(f"{_WSDL}documentation"))
    root[0].text = f"Remote provisioning of hosted telephony, contract version {contract}."
    return root


def _tidy_message(message: Any) -> None:
    """.NET unwraps only a part called parameters. A fault message called as its type becomes X_Exception in Java."""
    part = message.find(f"{_WSDL}part")
    if message.get("name") == FAULT.name:
        message.set("name", _FAULT_MESSAGE)
        part.set("name", "fault")
    else:
        part.set("name", "parameters")


def _tidy_port_type(port_type: Any) -> None:
    """With one name for service, port type, binding and port Java invents X_Service and X_PortType."""
    port_type.set("name", _PORT_TYPE)
    for operation in port_type.iterfind(f"{_WSDL}operation"):
        del operation.attrib["parameterOrder"]
        operation.find(f"{_WSDL}fault").set("message", f"tns:{_FAULT_MESSAGE}")


def _binding(binding: Any, version: str) -> Any:
    binding.set("name", _binding_name(version))
    binding.set("type", f"tns:{_PORT_TYPE}")
    for each in binding.iter(f"{_SOAP['1.1']}*"):
        each.tag = each.tag.replace(_SOAP["1.1"], _SOAP[version])
    for operation in binding.iterfind(f"{_WSDL}operation"):
        operation[0].set("soapAction", names.action(operation.get("name")))
    return binding


def _port(version: str, location: str) -> Any:
    name = _binding_name(version)
    port = etree.Element(f"{_WSDL}port", name=name.replace("Binding", "Port"), binding=f"tns:{name}")
    etree.SubElement(port, f"{_SOAP[version]}address", location=location)
    return port


def _binding_name(version: str) -> str:
    return f"ProvisioningSoap{version.replace('.', '')}Binding"


def _octets(root: Any) -> bytes:
    """Without declarations that nothing uses: gSOAP takes SOAP 1.2 for wanted when its namespace is declared."""
    etree.cleanup_namespaces(root, keep_ns_prefixes=["tns", "xs"])
    etree.indent(root)
    return etree.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"

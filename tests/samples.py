"""A full message of any shape: every optional field present, every repeated one there once."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.lexical import Invalid
from provisioning.kernel.shape import Field, Shape

# By the name of the simple type; a type that is not here is given by its primitive.
BY_TYPE: dict[str, Any] = {
    "ClientName": "billing",
    "Code": "ACME",
    "Currency": "CAD",
    "Cursor": "WyJ1c2VycyIsIFtdXQ==",
    "DialPattern": "1900?*",
    "DialledNumber": "16505551212",
    "DidPrefix": "+1650",
    "Email": "john.smith@example.com",
    "ExtensionNumber": "0206",
    "ExternalId": "customer-2206",
    "Letter": "É",
    "Name": "Éléonore <Smith> & Cie",
    "ObjectId": "0123456789abcdefghijklmnop",
    "PaidCurrency": "CAD",
    "PhoneNumber": "+16505551212",
    "Pin": "2580",
    "ProvisioningTaskId": "2206",
    "RequestId": "order-2206",
    "Secret": "sample, no secret",
    "SipDomain": "sip.example.com",
    "SourceNetwork": "192.0.2.0/24",
    "UserNumber": "2206",
    "WebhookUrl": "https://hooks.example.com/provisioning",
    "WishedUserNumber": "-1",
}
BY_KIND: dict[Kind, Any] = {
    Kind.BOOL: True,
    Kind.DECIMAL: Decimal("12.50"),
    Kind.DATE: date(2031, 2, 28),
    Kind.MOMENT: datetime(2031, 2, 28, 12, 30, 15, 250000, UTC),
    Kind.BINARY: b"\x00sample\xff",
}


def sample(shape: Shape) -> Any:
    """The message of a shape in which every field has a value that its facet takes."""
    return shape.type(**{field.name: _value(field) for field in shape.fields})


def _value(field: Field) -> Any:
    if field.shape is not None:
        one = sample(field.shape)
    else:
        assert field.facet is not None
        one = _primitive(field.facet, field.wire)
        _check(field.facet, one)
    return (one,) if field.repeated else one


def _primitive(facet: Facet, wire: str) -> Any:
    if facet.enum is not None:
        return next(iter(facet.enum))
    if facet.name in BY_TYPE:
        return BY_TYPE[facet.name]
    if facet.kind in (Kind.INT, Kind.LONG):
        return facet.minimum if facet.minimum is not None else 7
    if facet.kind is Kind.TEXT:
        return wire.ljust(facet.min_length or 0, "x")[: facet.max_length]
    return BY_KIND[facet.kind]


def _check(facet: Facet, value: Any) -> None:
    """A new type may need a sample of its own."""
    try:
        read = facet.read(facet.write(value))
    except Invalid as error:
        raise AssertionError(f"BY_TYPE needs a sample of {facet.name}: {value!r} is {error}") from None
    assert read == value, (
        f"BY_TYPE has a sample of {facet.name} that changes when it is read: {value!r}, {read!r}"
    )

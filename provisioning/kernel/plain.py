"""Messages as plain values: dicts, lists, strings and numbers. XML-RPC, JSON and the idempotency store speak it.

``read_plain`` is lenient where real clients are (numbers as strings) and reports every violation, not the first.
"""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.lexical import Invalid, write_binary, write_moment
from provisioning.kernel.shape import Field, Shape
from provisioning.kernel.texts import Text

REQUIRED = Text("is required", "est obligatoire")
UNKNOWN = Text("is no field of {type}", "n'est pas un champ de {type}")
NOT_REPEATED = Text("may occur only once", "ne peut apparaître qu'une fois")
TOO_MANY = Text("may occur at most {most} times", "peut apparaître au plus {most} fois")
NOT_A_STRUCT = Text("must be a structure with named members", "doit être une structure à membres nommés")
NOT_A_VALUE = Text("must be a single value", "doit être une valeur simple")


def read_plain(shape: Shape, value: Any) -> Any:
    """The message that a plain structure stands for; InvalidRequest lists every violation."""
    violations: list[Violation] = []
    message = _read_shape(shape, value, "", violations)
    if violations:
        raise InvalidRequest(violations)
    return message


def _read_shape(shape: Shape, value: Any, path: str, violations: list[Violation]) -> Any:
    if not isinstance(value, Mapping):
        violations.append(Violation(path, "NOT_A_STRUCT", NOT_A_STRUCT, {}))
        return None
    before = len(violations)
    known = shape.by_wire
    violations.extend(
        Violation(_join(path, str(name)[:100]), "UNKNOWN_FIELD", UNKNOWN, {"type": shape.name})
        for name in value
        if name not in known
    )
    read: dict[str, Any] = {}
    for field in shape.fields:
        given = value.get(field.wire)
        if given is None or (given == "" and not field.required):
            if field.required:
                violations.append(Violation(_join(path, field.wire), "REQUIRED", REQUIRED, {}))
            elif field.repeated:
                read[field.name] = ()
            continue
        read[field.name] = _read_field(field, given, _join(path, field.wire), violations)
    return shape.type(**read) if len(violations) == before else None


def _read_field(field: Field, given: Any, path: str, violations: list[Violation]) -> Any:
    if not field.repeated:
        return _read_one(field, given, path, violations)
    items = given if isinstance(given, list | tuple) else [given]
    if field.most is not None and len(items) > field.most:
        violations.append(Violation(path, "TOO_MANY", TOO_MANY, {"most": field.most}))
        return ()
    return tuple(_read_one(field, item, f"{path}[{number}]", violations) for number, item in enumerate(items))


def _read_one(field: Field, given: Any, path: str, violations: list[Violation]) -> Any:
    if field.shape is not None:
        return _read_shape(field.shape, given, path, violations)
    assert field.facet is not None
    try:
        return field.facet.read(_as_text(given, field.facet.kind))
    except Invalid as error:
        violations.append(Violation(path, error.code, error.text, error.values))
        return None


def _as_text(given: Any, kind: Kind) -> str:
    match given:
        case str():
            return given
        case bool():
            return "true" if given else "false"
        case int() | Decimal():
            return str(given)
        case datetime():
            text = write_moment(given)
            # XML-RPC has no days, only midnights.
            return text.removesuffix("T00:00:00Z") if kind is Kind.DATE else text
        case date():
            return given.isoformat()
        case bytes() if kind is Kind.BINARY:
            return write_binary(given)
    raise Invalid("NOT_A_VALUE", NOT_A_VALUE)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def write_plain(shape: Shape, message: Any, *, secrets: bool = True) -> dict[str, Any]:
    """The plain structure of a message: only strings, 32-bit integers and booleans; absent fields are left out."""
    plain: dict[str, Any] = {}
    for field in shape.fields:
        value = getattr(message, field.name)
        if value is None or value == () or _hidden(field, secrets):
            continue
        if field.repeated:
            plain[field.wire] = [_write_one(field, item, secrets) for item in value]
        else:
            plain[field.wire] = _write_one(field, value, secrets)
    return plain


def _hidden(field: Field, secrets: bool) -> bool:
    return not secrets and field.facet is not None and field.facet.secret


def _write_one(field: Field, value: Any, secrets: bool) -> Any:
    if field.shape is not None:
        return write_plain(field.shape, value, secrets=secrets)
    assert field.facet is not None
    if isinstance(value, bool) or _fits_an_int(field.facet, value):
        return value
    return field.facet.write(value)


def _fits_an_int(facet: Facet, value: Any) -> bool:
    return facet.kind.value == "int" and isinstance(value, int)

"""From a methodCall to plain values. They are read when their caller is known, and refused by their path."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.lexical import Invalid, read_binary, read_moment
from provisioning.kernel.texts import Language, Text
from provisioning.wire.soap.gate import Element

_NIL: Final = "http://ws.apache.org/xmlrpc/namespaces/extensions nil"
_NAME = re.compile(r"[A-Za-z0-9_.:/]{1,256}")
_WHOLE = re.compile(r"[+-]?[0-9]{1,20}")
_DOUBLE = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?")
_DATE_TIME = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})T([0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?)(Z|[+-][0-9]{2}:[0-9]{2})?"
)
_NOTHING = re.compile("")
_BLANKS: Final = " \t\r\n"
_BOOLEANS: Final = {"1": True, "0": False, "true": True, "false": False}

NOT_A_CALL = Text("the message is not an XML-RPC methodCall", "le message n'est pas un methodCall XML-RPC")
ONE_STRUCT = Text(
    "a method takes one struct with named members, or nothing",
    "une méthode prend une structure à membres nommés, ou rien",
)
NO_VALUE = Text("is not an XML-RPC value", "n'est pas une valeur XML-RPC")
NO_SUCH_VALUE = Text("is not a value of the type {type}", "n'est pas une valeur du type {type}")
ONE_ARRAY = Text(
    "system.multicall takes one array of structs with methodName and params",
    "system.multicall prend un tableau de structures avec methodName et params",
)
TWICE = Text("occurs twice in its struct", "apparaît deux fois dans sa structure")


@dataclass(frozen=True, slots=True)
class MethodCall:
    """A method's name and its parameters: value elements that nobody has looked into yet."""

    method: str
    parameters: tuple[Element, ...]

    def members(self) -> dict[str, Any]:
        """The named members that the parameters amount to."""
        if not self.parameters:
            return {}
        value = read_value(self.parameters[0]) if len(self.parameters) == 1 else None
        if not isinstance(value, dict):
            raise refused("", "WRONG_PARAMETERS", ONE_STRUCT)
        return value

    def language(self) -> Language:
        """The language that control asks for, as far as it can be seen before the parameters are read."""
        try:
            control = read_struct(self.parameters[0])["control"]
            return Language(read_value(read_struct(control)["language"]))
        except (InvalidRequest, LookupError, ValueError):
            return Language.EN


def refused(path: str, code: str, text: Text, **values: Any) -> InvalidRequest:
    return InvalidRequest([Violation(path, code, text, values)])


def read_call(root: Element) -> MethodCall:
    """The call that a document is."""
    parts = [each.tag for each in root.children]
    if root.tag != "methodCall" or root.has_text or parts not in (["methodName"], ["methodName", "params"]):
        raise refused("", "NOT_A_CALL", NOT_A_CALL)
    named, *params = root.children
    name = named.text.strip(_BLANKS)
    if named.children or not _NAME.fullmatch(name):
        raise refused("", "NOT_A_CALL", NOT_A_CALL)
    try:
        given = [each for every in params for each in _children(every, "params", "param", "")]
        return MethodCall(name, tuple(_child(each, "param", "value", "") for each in given))
    except InvalidRequest:
        raise refused("", "NOT_A_CALL", NOT_A_CALL) from None


def read_calls(call: MethodCall) -> list[MethodCall]:
    """The calls of a system.multicall."""
    if len(call.parameters) != 1:
        raise refused("", "WRONG_PARAMETERS", ONE_ARRAY)
    return [_read_part(read_struct(each)) for each in read_array(call.parameters[0])]


def _read_part(members: dict[str, Element]) -> MethodCall:
    name = read_value(members["methodName"]) if members.keys() == {"methodName", "params"} else None
    if not isinstance(name, str):
        raise refused("", "WRONG_PARAMETERS", ONE_ARRAY)
    return MethodCall(name, tuple(read_array(members["params"])))


def read_value(value: Element, path: str = "") -> Any:
    """What a value element holds: str, int, bool, bytes, datetime, list, dict or None."""
    if not value.children:
        return value.text
    if len(value.children) > 1 or value.has_text:
        raise refused(path, "NOT_A_VALUE", NO_VALUE)
    typed = value.children[0]
    match typed.tag:
        case "struct":
            return {
                name: read_value(each, _join(path, name)) for name, each in read_struct(value, path).items()
            }
        case "array":
            items = enumerate(read_array(value, path))
            return [read_value(each, f"{path}[{number}]") for number, each in items]
    return _read_scalar(typed, path)


def read_array(value: Element, path: str = "") -> Sequence[Element]:
    """The value elements of an array."""
    return _children(
        _child(_child(value, "value", "array", path), "array", "data", path), "data", "value", path
    )


def read_struct(value: Element, path: str = "") -> dict[str, Element]:
    """The value elements of a struct by the names of its members."""
    members: dict[str, Element] = {}
    for member in _children(_child(value, "value", "struct", path), "struct", "member", path):
        parts = [each.tag for each in member.children]
        if parts != ["name", "value"] or member.has_text or member.children[0].children:
            raise refused(path, "NOT_A_VALUE", NO_VALUE)
        name = member.children[0].text
        if name in members:
            raise refused(_join(path, name), "TWICE", TWICE)
        members[name] = member.children[1]
    return members


def _children(element: Element, tag: str, of: str, path: str) -> list[Element]:
    """The children of an element that may have only those."""
    if element.tag != tag or element.has_text or any(each.tag != of for each in element.children):
        raise refused(path, "NOT_A_VALUE", NO_VALUE)
    return element.children


def _child(element: Element, tag: str, of: str, path: str) -> Element:
    children = _children(element, tag, of, path)
    if len(children) != 1:
        raise refused(path, "NOT_A_VALUE", NO_VALUE)
    return children[0]


def _join(path: str, name: str) -> str:
    return f"{path}.{name[:100]}" if path else name[:100]


def _read_scalar(typed: Element, path: str) -> Any:
    read = _SCALARS.get(typed.tag)
    if read is None or typed.children:
        raise refused(path, "NOT_A_VALUE", NO_VALUE)
    try:
        return read(typed.text)
    except (ValueError, LookupError, Invalid):
        raise refused(path, "NOT_A_VALUE", NO_SUCH_VALUE, type=typed.local_name) from None


def _read_whole(text: str) -> int:
    """Any whole number; whether its field has room for it the field says."""
    return int(_matching(_WHOLE, text)[0])


def _read_boolean(text: str) -> bool:
    return _BOOLEANS[text.strip(_BLANKS)]


def _read_double(text: str) -> str:
    """As a decimal field takes it. Infinities and what is no number are no values."""
    return format(Decimal(_matching(_DOUBLE, text)[0]), "f")


def _read_date_time(text: str) -> Any:
    """XML-RPC has no zones: a time without one is UTC."""
    year, month, day, time, zone = _matching(_DATE_TIME, text).groups()
    return read_moment(f"{year}-{month}-{day}T{time}{zone or 'Z'}")


def _read_nil(text: str) -> None:
    _matching(_NOTHING, text)


def _matching(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    match = pattern.fullmatch(text.strip(_BLANKS))
    if match is None:
        raise ValueError(text)
    return match


_SCALARS: Final[dict[str, Callable[[str], Any]]] = {
    "string": str,
    "int": _read_whole,
    "i4": _read_whole,
    "i8": _read_whole,
    "boolean": _read_boolean,
    "double": _read_double,
    "dateTime.iso8601": _read_date_time,
    "base64": read_binary,
    "nil": _read_nil,
    _NIL: _read_nil,
}

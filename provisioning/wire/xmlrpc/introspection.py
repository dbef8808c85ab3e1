"""system.listMethods, system.methodSignature and system.methodHelp: as public as the WSDL."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

from provisioning.kernel.facets import Facet, Kind
from provisioning.kernel.operation import Operation
from provisioning.kernel.shape import Field
from provisioning.kernel.texts import Text
from provisioning.wire.xmlrpc.reader import MethodCall, read_value, refused
from provisioning.wire.xmlrpc.writer import write_array, write_string

ONE_NAME = Text("this method takes the name of a method", "cette méthode prend le nom d'une méthode")
NOTHING = Text("this method takes nothing", "cette méthode ne prend rien")
NO_METHOD = Text("there is no such method", "cette méthode n'existe pas")

MULTICALL: Final = "system.multicall"

_KINDS: Final = {Kind.INT: "int", Kind.BOOL: "boolean", Kind.DATE: "dateTime.iso8601"} | {
    Kind.MOMENT: "dateTime.iso8601",
    Kind.BINARY: "base64",
}
_ABOUT_MULTICALL: Final = (
    "Runs up to 100 calls, each a struct with methodName and params. Answers for each an array of one result, or"
    " a struct with faultCode and faultString. Each call is authenticated by itself; none undoes another."
)
_SYSTEM: Final = {
    "system.listMethods": (("array",), "The names of all methods."),
    "system.methodSignature": (
        ("array", "string"),
        "What a method answers and takes, in each way to call it.",
    ),
    "system.methodHelp": (("string", "string"), "What a method does, and the members it takes and answers."),
    MULTICALL: (("array", "array"), _ABOUT_MULTICALL),
}


class Introspection:
    """What the service says of its methods."""

    def __init__(self, operations: Mapping[str, Operation]) -> None:
        self._operations = operations
        self.methods: dict[str, Callable[[MethodCall], Iterator[str]]] = {
            "system.listMethods": self._list,
            "system.methodSignature": self._signature,
            "system.methodHelp": self._help,
        }

    def _list(self, call: MethodCall) -> Iterator[str]:
        if call.parameters:
            raise refused("", "WRONG_PARAMETERS", NOTHING)
        return write_array(write_string(name) for name in (*self._operations, *_SYSTEM))

    def _signature(self, call: MethodCall) -> Iterator[str]:
        """The kind of the answer, then the kinds of what is taken. Without required members it may be nothing."""
        name = self._name(call)
        if name in _SYSTEM:
            ways: list[tuple[str, ...]] = [_SYSTEM[name][0]]
        else:
            needed = any(field.required for field in self._operations[name].request.fields)
            ways = [("struct", "struct")] if needed else [("struct", "struct"), ("struct",)]
        return write_array("".join(write_array(write_string(kind) for kind in way)) for way in ways)

    def _help(self, call: MethodCall) -> Iterator[str]:
        name = self._name(call)
        text = _SYSTEM[name][1] if name in _SYSTEM else _described(self._operations[name])
        return iter([write_string(text)])

    def _name(self, call: MethodCall) -> str:
        name = read_value(call.parameters[0]) if len(call.parameters) == 1 else None
        if not isinstance(name, str):
            raise refused("", "WRONG_PARAMETERS", ONE_NAME)
        if name not in self._operations and name not in _SYSTEM:
            raise refused("", "WRONG_PARAMETERS", NO_METHOD)
        return name


def _described(operation: Operation) -> str:
    taken = "".join(_members(operation.request.fields, 1)) or "  nothing\n"
    answered = "".join(_members(operation.result.fields, 1))
    return f"{operation.doc}\n\nTakes:\n{taken}\nAnswers:\n{answered}"


def _members(fields: Iterable[Field], depth: int) -> Iterator[str]:
    for field in fields:
        optional = "" if field.required or field.repeated else ", optional"
        kind = "struct" if field.facet is None else _kind(field.facet)
        listed = f"array of {kind}" if field.repeated else kind
        yield f"{'  ' * depth}{field.wire} ({listed}{optional}): {field.doc}\n"
        if field.shape is not None:
            yield from _members(field.shape.fields, depth + 1)


def _kind(facet: Facet) -> str:
    return _KINDS.get(facet.kind, "string")

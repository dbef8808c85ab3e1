"""The answer of an operation that succeeded: at once, or in pieces when it is long."""

from collections.abc import Iterator
from typing import Any, Final

from provisioning.kernel.operation import Operation
from provisioning.wire.exchange import HttpAnswer
from provisioning.wire.soap.names import SERVICE
from provisioning.wire.soap.version import Version
from provisioning.wire.soap.writer import DECLARATION, writer_of

MOST_ITEMS_AT_ONCE: Final = 200
PIECE: Final = 64 * 1024


class AnswerWriter:
    """Writes the answers of one operation in one version of SOAP."""

    __slots__ = ("_closing", "_content_type", "_opening", "_repeated", "_writer")

    def __init__(self, operation: Operation, version: Version) -> None:
        response, result = f"{operation.name}Response", operation.result_element
        self._opening = (
            f'{DECLARATION}<soap:Envelope xmlns:soap="{version.namespace}"><soap:Body>'
            f'<{response} xmlns="{SERVICE}"><{result}>'
        )
        self._closing = f"</{result}></{response}></soap:Body></soap:Envelope>"
        self._content_type = version.content_type
        self._writer = writer_of(operation.result.type)
        self._repeated = tuple(field.name for field in operation.result.fields if field.repeated)

    def answer(self, result: Any) -> HttpAnswer:
        body = self._in_pieces(result) if self._is_long(result) else self._at_once(result)
        return HttpAnswer(status=200, content_type=self._content_type, body=body)

    def _is_long(self, result: Any) -> bool:
        return any(len(getattr(result, name)) > MOST_ITEMS_AT_ONCE for name in self._repeated)

    def _at_once(self, result: Any) -> bytes:
        return f"{self._opening}{self._writer.write(result)}{self._closing}".encode()

    def _in_pieces(self, result: Any) -> Iterator[bytes]:
        """About as much at a time as a connection takes, so that memory does not grow with the answer."""
        waiting, length = [self._opening], 0
        for text in self._writer.pieces(result):
            waiting.append(text)
            length += len(text)
            if length >= PIECE:
                yield "".join(waiting).encode()
                waiting, length = [], 0
        waiting.append(self._closing)
        yield "".join(waiting).encode()

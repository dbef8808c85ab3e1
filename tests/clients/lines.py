"""A client in another language: a process that takes a call a line and answers a line."""

import json
import subprocess
from collections.abc import Sequence
from typing import Any

from tests.clients.journey import Plain, Refused


class LineClient:
    """Speaks JSON lines: {"operation", "fields"} out, {"answer"} or {"fault": {"code", "field"}} in."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def call(self, operation: str, fields: Plain) -> Plain:
        reply = self.exchange({"operation": operation, "fields": fields})
        if "fault" in reply:
            raise Refused(reply["fault"]["code"], reply["fault"].get("field"))
        answer: Plain = reply["answer"] or {}
        return answer

    def exchange(self, message: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(message) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, f"the client has ended with {self._process.wait()}"
        return json.loads(line)

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()

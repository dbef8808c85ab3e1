"""Python's own xmlrpc.client, as a client of the journey's kind."""

import re
import xmlrpc.client
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tests.clients.journey import Plain, Refused


class XmlRpcClient:
    """A ServerProxy whose faults are read back into code and field."""

    def __init__(self, address: str, name: str, secret: str) -> None:
        account = f"{quote(name, safe='')}:{quote(secret, safe='')}@"
        self._server = xmlrpc.client.ServerProxy(
            address.replace("://", f"://{account}"), use_builtin_types=True
        )

    def call(self, operation: str, fields: Plain) -> Plain:
        try:
            answer: Plain = _plain(getattr(self._server, operation)(*([fields] if fields else [])))
        except xmlrpc.client.Fault as fault:
            field = re.search(r"(?m)^field: (.+)$", fault.faultString)
            raise Refused(fault.faultString.partition(":")[0], field and field[1]) from None
        return answer

    def close(self) -> None:
        self._server("close")()


def _plain(value: Any) -> Any:
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list():
            return [_plain(each) for each in value]
        case datetime():
            return f"{value.isoformat()}Z"
    return value

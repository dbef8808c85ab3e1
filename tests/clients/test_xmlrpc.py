"""Python's own xmlrpc.client, given nothing but the address."""

import re
import xmlrpc.client
from contextlib import closing
from datetime import datetime
from typing import Any
from urllib.parse import quote

from provisioning import catalogue
from tests.clients.journey import Journey, Plain, Refused


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


def test_every_operation(demo: Plain) -> None:
    with closing(
        Journey(demo, lambda name, secret: XmlRpcClient(demo["xmlrpc"], name, secret), "xmlrpc")
    ) as journey:
        journey.walk()
    assert journey.called == {each.name for each in catalogue.PUBLISHED}


def test_the_service_describes_itself(demo: Plain) -> None:
    client = demo["company"]
    with xmlrpc.client.ServerProxy(
        demo["xmlrpc"].replace("://", f"://{client['client']}:{client['secret']}@")
    ) as server:
        methods: Any = server.system.listMethods()
        assert {each.name for each in catalogue.PUBLISHED} <= set(methods)
        assert server.system.methodSignature("AssignDid") == [["struct", "struct"]]
        assert "number" in str(server.system.methodHelp("AssignDid"))

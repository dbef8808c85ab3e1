"""Python's own xmlrpc.client, given nothing but the address."""

import xmlrpc.client
from contextlib import closing
from typing import Any

from provisioning import catalogue
from tests.clients.journey import Journey, Plain
from tests.clients.xmlrpc_client import XmlRpcClient


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

"""What the service says of its methods, to anybody."""

import xmlrpc.client

import pytest

from tests.contract import sample
from tests.xmlrpc.conftest import Service
from tests.xmlrpc.operations import OPERATIONS

SYSTEM = {"system.listMethods", "system.methodSignature", "system.methodHelp", "system.multicall"}


def test_all_methods_are_listed(service: Service) -> None:
    expected = {each.name for each in (*sample.OPERATIONS, *OPERATIONS)} | SYSTEM
    before = service.authenticated
    assert set(service.call("system.listMethods", secret="wrong")) == expected
    assert service.authenticated == before


def test_every_listed_method_has_a_signature_and_a_help(service: Service) -> None:
    for name in service.call("system.listMethods"):
        assert all(service.call("system.methodSignature", name))
        assert service.call("system.methodHelp", name)


def test_a_method_without_required_members_may_be_called_with_nothing(service: Service) -> None:
    assert service.call("system.methodSignature", "CreateThing") == [["struct", "struct"]]
    assert service.call("system.methodSignature", "Say") == [["struct", "struct"], ["struct"]]
    assert service.call("system.methodSignature", "system.multicall") == [["array", "array"]]
    assert service.call("Say")["text"] == ""


def test_the_help_says_what_is_taken_and_answered(service: Service) -> None:
    text = service.call("system.methodHelp", "CreateThing")
    assert text.startswith("Make a thing.\n\nErrors: DUPLICATE_CODE.")
    assert "  newThing (struct): The thing to make.\n    code (string): Its code." in text
    assert "    day (dateTime.iso8601, optional): A day." in text
    assert "    big (string, optional): A number beyond 32 bits." in text
    assert (
        "    part (array of struct): At most three parts.\n      label (string): What it is called." in text
    )
    assert "Answers:\n  thing (struct): The thing as it is now." in text


@pytest.mark.parametrize(
    ("method", "parameters"),
    [
        ("system.listMethods", ("x",)),
        ("system.methodHelp", ()),
        ("system.methodHelp", (1,)),
        ("system.methodHelp", ("Say", "Say")),
        ("system.methodHelp", ("NoSuch",)),
        ("system.methodSignature", ({},)),
        ("system.multicall", ()),
        ("system.multicall", ([], [])),
        ("system.multicall", ([{"methodName": "Say"}],)),
        ("system.multicall", ([{"methodName": "Say", "params": [], "more": 1}],)),
        ("system.multicall", ([{"methodName": 1, "params": []}],)),
    ],
)
def test_wrong_parameters_are_refused(service: Service, method: str, parameters: tuple[object, ...]) -> None:
    with pytest.raises(xmlrpc.client.Fault) as caught:
        service.call(method, *parameters)
    assert caught.value.faultCode == -32602

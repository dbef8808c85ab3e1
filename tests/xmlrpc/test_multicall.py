"""system.multicall: several calls, each for itself, and no more than is good."""

import xmlrpc.client
from typing import Any

import pytest

from provisioning.kernel.errors import CODES
from tests.xmlrpc.conftest import Service


def _part(method: str, *parameters: Any) -> dict[str, Any]:
    return {"methodName": method, "params": list(parameters)}


def test_each_call_has_a_result_or_a_fault_of_its_own(service: Service) -> None:
    results = service.call(
        "system.multicall",
        [
            _part("Say", {"text": "first"}),
            _part("Say", {"text": "x" * 5000}),
            _part("NoSuch"),
            _part("Say", "not a struct"),
            _part("BreakDown"),
            _part("system.methodHelp", "Say"),
            _part("system.methodHelp"),
            _part("Say"),
        ],
    )
    assert results[0] == [{"text": "first", "word": []}]
    codes = [each.get("faultCode") if isinstance(each, dict) else None for each in results]
    assert codes == [None, 200, -32601, -32602, CODES["INTERNAL"].number, None, -32602, None]
    assert results[5][0].startswith("Say a text.")
    assert results[7] == [{"text": "", "word": []}]


def test_each_call_is_authenticated(service: Service) -> None:
    before = service.authenticated
    results = service.call("system.multicall", [_part("Say")] * 5, secret="wrong")
    assert service.authenticated - before == 5
    assert [each["faultCode"] for each in results] == [100] * 5


def test_a_hundred_calls_are_enough(service: Service) -> None:
    assert len(service.call("system.multicall", [_part("Say")] * 100)) == 100
    before = service.authenticated
    with pytest.raises(xmlrpc.client.Fault, match=r"TOO_LARGE: .*100 calls") as caught:
        service.call("system.multicall", [_part("Say")] * 101)
    assert caught.value.faultCode == 201
    assert service.authenticated == before


def test_it_does_not_call_itself(service: Service) -> None:
    (result,) = service.call("system.multicall", [_part("system.multicall", [_part("Say")])])
    assert result["faultCode"] == -32602


def test_no_calls_have_no_results(service: Service) -> None:
    assert service.call("system.multicall", []) == []


def test_results_are_made_as_they_are_sent(service: Service) -> None:
    """A hundred long answers are not held at once."""
    names = [f"name {number}" for number in range(400)]
    body = xmlrpc.client.dumps(([_part("ListThings", {"text": names})] * 20,), "system.multicall")
    before = service.authenticated
    pieces = service.answer(body).body
    assert not isinstance(pieces, bytes)
    iterator = iter(pieces)
    next(iterator)
    assert service.authenticated - before < 5
    assert len(service.read(b"".join([*service.answer(body).body]))) == 20  # type: ignore[arg-type] # it came in pieces

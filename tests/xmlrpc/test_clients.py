"""Other people's clients against the service as it is installed: Python's, PHP, and zeep for comparison."""

import json
import shutil
import subprocess
import xmlrpc.client
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests
import zeep
from requests.auth import HTTPBasicAuth

from tests.conftest import missing
from tests.transport.running import DEMO, Server, running

PHP = Path(__file__).with_name("client.php")


@dataclass(frozen=True)
class Demo:
    """A running demo and what its newcomer was told."""

    server: Server
    told: dict[str, Any]

    def python(self, whose: str = "company") -> xmlrpc.client.ServerProxy:
        account = self.told[whose]
        address = self.told["xmlrpc"].replace("://", f"://{account['client']}:{account['secret']}@")
        return xmlrpc.client.ServerProxy(address, allow_none=True, use_builtin_types=True)


@pytest.fixture
def demo(empty_database_url: str, tmp_path: Path) -> Iterator[Demo]:
    with running(tmp_path, DEMO, database_url=empty_database_url) as server:
        yield Demo(server, json.loads((tmp_path / "demo.json").read_text("utf-8")))


def test_the_python_client_does_a_days_work(demo: Demo) -> None:
    with demo.python() as service:
        company_id = demo.told["company"]["companyId"]
        person = {
            "firstName": "John",
            "lastName": "Smith",
            "email": "john.smith@example.com",
            "language": "en",
        }
        control = {"requestId": "first"}
        made = service.CreateUser({"control": control, "companyId": company_id, "newUser": person})
        again = service.CreateUser({"control": control, "companyId": company_id, "newUser": person})
        assert (made["outcome"]["replayed"], again["outcome"]["replayed"]) == (False, True)
        assert again["user"] == made["user"]
        user_id = made["user"]["userId"]
        ref = {"userId": user_id}
        assigned = service.AssignDid({"userRef": ref, "number": demo.told["dids"][0]})
        assert assigned["outcome"]["noChange"] is False
        shown = service.GetUser({"userRef": ref})
        assert shown["did"] == [demo.told["dids"][0]]
        assert isinstance(shown["createdAt"], datetime)
        listed = service.ListUsers({"companyId": company_id})
        assert [each["userId"] for each in listed["user"]] == [user_id]
        _check_faults(service, company_id, person)
        _check_multicall(service, user_id)
    address = demo.told["xmlrpc"].replace("://", f"://{demo.told['company']['client']}:wrong@")
    with xmlrpc.client.ServerProxy(address) as stranger, pytest.raises(xmlrpc.client.Fault) as caught:
        stranger.Ping()
    assert caught.value.faultCode == 100


def _check_faults(service: Any, company_id: str, person: dict[str, Any]) -> None:
    with pytest.raises(xmlrpc.client.Fault, match="DUPLICATE_EMAIL: ") as caught:
        service.CreateUser({"companyId": company_id, "newUser": person})
    assert caught.value.faultCode == 400
    wrong = {**person, "email": "nonsense", "language": "de"}
    with pytest.raises(xmlrpc.client.Fault, match=r"newUser\.email: NOT_AN_EMAIL") as caught:
        service.CreateUser({"companyId": company_id, "newUser": wrong})
    assert "newUser.language: NOT_A_CHOICE" in caught.value.faultString
    with pytest.raises(xmlrpc.client.Fault, match="NOT_FOUND: "):
        service.GetUser({"userRef": {"userId": "0" * 26}})
    with pytest.raises(xmlrpc.client.Fault, match="UNKNOWN_OPERATION") as caught:
        service.DropTables()
    assert caught.value.faultCode == -32601


def _check_multicall(service: Any, user_id: str) -> None:
    several = xmlrpc.client.MultiCall(service)
    several.Ping()
    several.GetUser({"userRef": {"userId": user_id}})
    several.GetUser({"userRef": {"userId": "0" * 26}})
    _, user, _ = results = list(several().results)
    assert user[0]["userId"] == user_id
    assert results[2]["faultCode"] == 300
    assert "GetUser" in service.system.listMethods()


def test_zeep_is_answered_the_same(demo: Demo) -> None:
    """Field by field; XML-RPC has no parts of a second, and leaves out what zeep shows as None."""
    account = demo.told["provider"]
    with requests.Session() as session, demo.python("provider") as service:
        session.auth = HTTPBasicAuth(account["client"], account["secret"])
        soap = zeep.Client(demo.told["wsdl"], transport=zeep.Transport(session=session))
        company_id = demo.told["company"]["companyId"]
        for name, members in (
            ("GetCompany", {"companyId": company_id}),
            ("ListCompanies", {"pageSize": 5}),
            ("ListDids", {"pageSize": 3}),
            ("ListUsers", {"companyId": company_id}),
        ):
            by_soap = zeep.helpers.serialize_object(getattr(soap.service, name)(**members), dict)
            assert _comparable(by_soap) == _comparable(getattr(service, name)(members)), name


def _comparable(value: Any) -> Any:
    match value:
        case dict():
            # An element without content is None to zeep.
            return {name: _comparable(each) for name, each in value.items() if each not in (None, [])} or None
        case list():
            return [_comparable(each) for each in value]
        case datetime():
            moment = value if value.tzinfo else value.replace(tzinfo=UTC)
            return moment.astimezone(UTC).replace(microsecond=0)
    return value


def test_php_calls_without_an_extension(demo: Demo) -> None:
    php = shutil.which("php")
    if php is None:
        missing("PHP")
    account = demo.told["company"]
    ran = subprocess.run(
        [str(php), PHP, demo.told["xmlrpc"], account["client"], account["secret"], account["companyId"]],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ran.stderr, ran.returncode) == ("", 0), ran.stdout
    said = json.loads(ran.stdout)
    assert said["email"] == "sylvie.tremblay@example.com"
    assert said["name"] == "Sylvie Tremblay 𝄞 <&>"
    assert said["created"].endswith("+00:00")
    assert said["expires"] == "2031-02-28"
    assert said["listed"] == 1
    assert said["fault"][0] == 200
    assert "newUser.email: NOT_AN_EMAIL" in said["fault"][1]
    assert said["methods"] > 20

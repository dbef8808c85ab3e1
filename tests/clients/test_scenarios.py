"""A billing system's month and a sign-up site's day: SOAP and XML-RPC tell the same story of both."""

import re
from collections.abc import Callable
from typing import Any
from zlib import crc32

import pytest

from provisioning.kernel.caller import Right
from tests.clients.journey import Client, Connect, Plain, Refused
from tests.clients.xmlrpc_client import XmlRpcClient
from tests.clients.zeep_client import ZeepClient

Transcript = list[tuple[str, Any]]

_ID = re.compile(r"[0-9a-v]{26}")
_DID = re.compile(r"\+1650[0-9]{7}")
_DAYS = {"expiresOn"}
_STAND_INS = {"secret": "a secret", "changeId": "a place", "nextCursor": "a place"}
# Moments of the script itself lie beyond this one.
_FAR_AHEAD = "2040"
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|\+00:00)")


class Story:
    """What a caller does in a company of its own, and a transcript of the answers."""

    def __init__(self, demo: Plain, connect: Connect, tool: str) -> None:
        self.tag = tool
        self.transcript: Transcript = []
        self._connect = connect
        self._names: dict[str, str] = {}
        self._clients = [connect(demo["provider"]["client"], demo["provider"]["secret"])]
        self._client: Client = self._clients[0]
        self.first_did = 3_000_000 + crc32(tool.encode()) % 70_000 * 100

    def close(self) -> None:
        for client in self._clients:
            client.close()

    def do(self, operation: str, **fields: Any) -> Plain:
        """Call, and write down what came of it."""
        try:
            answer = self._client.call(operation, fields)
        except Refused as refusal:
            answer = {"refused": refusal.code, "field": refusal.field}
        self.transcript.append((operation, self._told(answer)))
        return answer

    def become(self, name: str, secret: str) -> None:
        """Go on as another client."""
        self._client = self._connect(name, secret)
        self._clients.append(self._client)

    def did(self, number: int) -> str:
        return f"+1650{self.first_did + number:07}"

    def person(self, name: str, **more: Any) -> Plain:
        email = f"{name}.{self.tag}@example.com"
        return {"firstName": name, "lastName": "Tremblay", "language": "fr", "email": email, **more}

    def open_company(self, kind: str) -> str:
        new = {"kind": kind, "code": f"{kind}-{self.tag}", "name": "Éléonore <Smith> & Cie"}
        company_id: str = self.do("CreateCompany", newCompany=new)["company"]["companyId"]
        dids = [{"first": self.did(0), "last": self.did(9)}]
        assert self.do("AddDids", range=dids, companyId=company_id)["added"] == 10
        return company_id

    def _told(self, value: Any, name: str = "") -> Any:
        """The answer without what two runs cannot have in common; what is the same thing keeps one name."""
        match value:
            case dict():
                # Nothing there is written by one as an empty list, by the other not at all.
                told = {key: self._told(each, key) for key, each in value.items() if each not in (None, [])}
                return dict(sorted(told.items()))
            case list():
                return [self._told(each, name) for each in value]
            case str():
                return self._text(value, name)
        return value

    def _text(self, value: str, name: str) -> str:
        if name in _STAND_INS:
            return _STAND_INS[name]
        if name in _DAYS:
            return value[:10]
        if _MOMENT.fullmatch(value):
            return value if value >= _FAR_AHEAD else "a moment"
        for pattern in (_ID, _DID):
            value = pattern.sub(lambda found: self._name(found[0]), value)
        return value.replace(self.tag, "TOOL")

    def _name(self, found: str) -> str:
        return self._names.setdefault(found, f"thing {len(self._names) + 1}")


def billing_month(story: Story) -> None:
    company = {"companyId": story.open_company("PRIVATE")}
    for code, price in (("BASIC", "9.99"), ("GOLD", "19.90")):
        new = {"code": f"{code}-{story.tag}", "nameEn": code, "nameFr": code, "serviceCode": ["FAX"]}
        story.do("CreateServicePackage", newServicePackage={**new, "basePrice": price})
    basic, gold = f"BASIC-{story.tag}", f"GOLD-{story.tag}"
    story.do("OfferServicePackages", **company, packageCode=[basic, gold])
    rule = {"code": "PREMIUM", "nameEn": "Premium", "nameFr": "Surtaxe", "rule": "DENY", "pattern": ["1900*"]}
    story.do("CreateCallRestriction", **company, newCallRestriction=rule)
    bought = {"packageCode": [basic], "restrictionCode": ["PREMIUM"]}
    people = [
        story.person("Zoé", **bought, userNumber="2206", did=[story.did(0)], extension="206"),
        story.person("Léo", **bought, userNumber="2207", administrator=True),
    ]
    made = story.do("CreateUsers", **company, mode="ATOMIC", item=[{"newUser": each} for each in people])
    assert made["created"] == 2
    ref = {"userId": made["verdict"][0]["user"]["userId"]}

    assert story.do("EvaluateDialing", userRef=ref, number="1 900 555 1212")["allowed"] is False
    assert story.do("EvaluateDialing", userRef=ref, number="1 514 555 1212")["allowed"] is True
    assert story.do("SetServicePackages", userRef=ref, packageCode=[gold])["packageCode"] == [gold]
    assert story.do("SuspendUser", userRef=ref, reason="unpaid")["user"]["state"] == "SUSPENDED"
    assert story.do("EvaluateDialing", userRef=ref, number="1 514 555 1212")["reason"] == "SERVICE_CLOSED"

    late = story.do("StartSignUp", **company, newUser=story.person("Noé", userNumber="2208"))
    paying = {"userRef": {"userId": late["user"]["userId"]}, "paymentReference": f"bill-{story.tag}"}
    assert story.do("ConfirmPayment", **paying, amount="19.90")["user"]["state"] == "ACTIVE"
    assert story.do("ResumeUser", userRef=ref)["user"]["state"] == "ACTIVE"
    assert story.do("UpdateUser", userRef=ref, expiresOn="2020-02-29")["user"]["state"] == "EXPIRED"
    assert story.do("SuspendUser", userRef=ref)["refused"] == "INVALID_STATE"
    assert story.do("UpdateUser", userRef=ref, expiresOn="2040-02-29")["user"]["state"] == "ACTIVE"
    story.do("GetDeletionImpact", userRef=ref)
    assert story.do("DeleteUser", userRef=ref)["user"]["state"] == "DELETED"
    assert story.do("GetUser", userRef={**company, "userNumber": "2206"})["state"] == "DELETED"
    assert story.do("RestoreUser", userRef=ref)["user"]["state"] == "ACTIVE"
    story.do("GetUser", userRef={**company, "userNumber": "2206"})
    story.do("ListUsers", **company, withTotal=True)
    assert story.do("CountUsers", **company)["active"] == 3
    assert len(story.do("ListServicePackages", **company, offeredOnly=True)["servicePackage"]) == 2


def sign_up_day(story: Story) -> None:
    company_id = story.open_company("PUBLIC")
    new: Plain = {
        "name": f"site-{story.tag}",
        "companyId": company_id,
        "right": [each.value for each in Right],
    }
    story.become(new["name"], story.do("CreateClient", newClient=new)["secret"])

    reserved = story.do("ReserveDid", number=story.did(3), minutes=30)
    zoe = story.person("zoe", userNumber="4001", reservationId=reserved["reservationId"])
    started = story.do("StartSignUp", newUser=zoe, expiresAt="2040-01-01T00:00:00+01:00")
    assert started["user"]["state"] == "PENDING"
    ref = {"userId": started["user"]["userId"]}
    assert story.do("StartSignUp", newUser=zoe)["refused"] == "DUPLICATE_EMAIL"
    changed = story.do("UpdateSignUp", userRef=ref, expiresAt="2041-06-30T12:00:00Z")
    assert changed["signUp"]["expiresAt"] == "2041-06-30T12:00:00Z"
    payment = {"userRef": ref, "paymentReference": f"card-{story.tag}", "amount": "9.90", "currency": "CAD"}
    assert story.do("ConfirmPayment", **payment)["user"]["did"] == [story.did(3)]
    assert story.do("ConfirmPayment", **payment)["outcome"]["noChange"] is True

    other = story.do("StartSignUp", newUser=story.person("leo", userNumber="4002", did=[story.did(4)]))
    ref = {"userId": other["user"]["userId"]}
    assert story.do("ConfirmPayment", **{**payment, "userRef": ref})["refused"] == "PAYMENT_REFERENCE_USED"
    assert story.do("RejectSignUp", userRef=ref, reason="no card")["user"]["state"] == "REJECTED"
    assert story.do("ActivateUser", userRef=ref)["refused"] == "INVALID_STATE"
    story.do("ListDids", withTotal=True)
    assert story.do("ListUsers", withTotal=True)["total"] == 1
    kinds = {each["kind"] for each in story.do("ListChanges")["change"]}
    assert {"PaymentConfirmed", "DidAssigned"} <= kinds


@pytest.mark.parametrize("scenario", [billing_month, sign_up_day])
def test_both_protocols_tell_the_same(demo: Plain, scenario: Callable[[Story], None]) -> None:
    def by_soap(name: str, secret: str) -> ZeepClient:
        return ZeepClient(demo["wsdl"], "1.1", name, secret)

    def by_xmlrpc(name: str, secret: str) -> XmlRpcClient:
        return XmlRpcClient(demo["xmlrpc"], name, secret)

    soap = _tell(scenario, demo, by_soap, "byzeep")
    for one, other in zip(soap, _tell(scenario, demo, by_xmlrpc, "byhand"), strict=True):
        assert one == other


def _tell(scenario: Callable[[Story], None], demo: Plain, connect: Connect, tool: str) -> Transcript:
    story = Story(demo, connect, f"{tool}{scenario.__name__[0]}")
    try:
        scenario(story)
    finally:
        story.close()
    return story.transcript

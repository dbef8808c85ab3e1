"""One walk through every operation of the contract, for any client: what it answers and which faults arrive typed.

A client is a function that calls an operation with fields in wire spelling and gives the answer as a plain
structure, or raises Refused with what it could read of the declared fault.
"""

import itertools
from collections.abc import Callable
from typing import Any, Protocol
from zlib import crc32

from provisioning.kernel.caller import Right

Plain = dict[str, Any]
_tags = itertools.count(1)
PIN = "730915"


class Refused(Exception):
    """The declared fault, as a client's own types gave it."""

    def __init__(self, code: str, field: str | None) -> None:
        super().__init__(f"{code} at {field}")
        self.code, self.field = code, field


class Client(Protocol):
    """A connection of one toolchain, with the credentials of one client."""

    def call(self, operation: str, fields: Plain) -> Plain:
        """The answer as a plain structure; raises Refused."""

    def close(self) -> None:
        """End the connection."""


Connect = Callable[[str, str], Client]


class Journey:
    """Walks as a provider's billing system and as the company it creates."""

    def __init__(self, demo: Plain, connect: Connect, tool: str) -> None:
        self.tag = f"{tool}-{next(_tags)}"
        self.called: set[str] = set()
        self._connect = connect
        self._provider = connect(demo["provider"]["client"], demo["provider"]["secret"])
        self._company = self._provider
        self.base = 2_000_000 + crc32(self.tag.encode()) % 70_000 * 100

    def close(self) -> None:
        for client in {self._provider, self._company}:
            client.close()

    def provider(self, operation: str, **fields: Any) -> Plain:
        self.called.add(operation)
        return self._provider.call(operation, fields)

    def company(self, operation: str, **fields: Any) -> Plain:
        self.called.add(operation)
        return self._company.call(operation, fields)

    def refused(self, operation: str, **fields: Any) -> tuple[str, str | None]:
        return self._refused(self.company, operation, fields)

    @staticmethod
    def _refused(call: Callable[..., Plain], operation: str, fields: Plain) -> tuple[str, str | None]:
        try:
            answer = call(operation, **fields)
        except Refused as refusal:
            return refusal.code, refusal.field
        raise AssertionError(f"{operation} was not refused: {answer}")

    def walk(self) -> None:
        """All of it, in an order that makes sense."""
        self.look_around()
        self.open_company()
        self.create_users()
        self.number_users()
        self.sell_packages()
        self.restrict_calls()
        self.set_options()
        self.sign_up()
        self.write_letters()
        self.report_sessions()
        self.part()
        self.look_after()
        self.subscribe()
        self.look_back()

    def look_around(self) -> None:
        assert self.provider("Ping")["contractVersion"]
        assert len(self.provider("ListErrorCodes")["errorCode"]) > 20
        capabilities = self.provider("GetCapabilities")
        assert {each["number"] for each in capabilities["mailProtocolNumber"]} == {1, 2, 3, 4, 5}
        assert len(self.provider("ListServices")["serviceDescriptor"]) >= 9

    def open_company(self) -> None:
        new = {"kind": "PRIVATE", "code": self.tag, "name": "Éléonore <Smith> & Cie", "userNumberDigits": 5}
        control = {"requestId": f"company-{self.tag}"}
        created = self.provider("CreateCompany", control=control, newCompany=new)
        again = self.provider("CreateCompany", control=control, newCompany=new)
        assert again["company"]["companyId"] == created["company"]["companyId"]
        assert again["outcome"]["replayed"] is True
        assert self.provider("GetRequestStatus", requestId=control["requestId"])["state"] == "DONE"
        self.company_id = created["company"]["companyId"]
        client = {
            "name": f"client-{self.tag}",
            "companyId": self.company_id,
            "right": [each.value for each in Right],
        }
        made = self.provider("CreateClient", newClient=client)
        self._company = self._connect(client["name"], made["secret"])
        shown = self.company("GetCompany")
        assert (shown["name"], shown["userNumberDigits"]) == (new["name"], 5)
        assert shown["counts"]["activeUsers"] == 0
        assert [each["companyId"] for each in self.company("ListCompanies")["company"]] == [self.company_id]
        changed = self.company("UpdateCompany", name="Smith & Co", control={"expectedVersion": 1})
        assert changed["company"]["version"] == 2
        self.manage_clients()

    def manage_clients(self) -> None:
        other = {"name": f"other-{self.tag}", "companyId": self.company_id, "right": ["USERS_READ"]}
        made = self.provider("CreateClient", newClient=other)
        client_id = made["client"]["clientId"]
        assert len(self.provider("ListClients", companyId=self.company_id)["client"]) == 2
        limited = self.provider("UpdateClient", clientId=client_id, requestsPerMinute=60)
        assert limited["client"]["requestsPerMinute"] == 60
        rotated = self.provider("RotateClientSecret", clientId=client_id, overlapMinutes=0)
        assert rotated["secret"] != made["secret"]
        assert self.provider("RevokeClient", clientId=client_id)["outcome"]["noChange"] is False

    def create_users(self) -> None:
        person = {
            "firstName": "John",
            "lastName": "Smith",
            "email": f"john.{self.tag}@example.com",
            "language": "en",
            "mobilePhone": "+1 (650) 555 1212",
            "userNumber": "22060",
            "externalId": "crm 1",
            "administrator": True,
            "pin": PIN,
            "expiresOn": "2040-02-29",
        }
        user = self.company("CreateUser", newUser=person)["user"]
        # XML-RPC has no days, only midnights.
        assert (user["userNumber"], user["mobilePhone"], user["expiresOn"][:10]) == (
            "22060",
            "+16505551212",
            "2040-02-29",
        )
        self.john = {"userId": user["userId"]}
        items = [
            {"newUser": {**self._person(name), "email": f"{name}.{self.tag}@example.com"}}
            for name in ("sylvie", "éric", "john")
        ]
        made = self.company("CreateUsers", mode="INDEPENDENT", item=items)
        assert (made["created"], made["refused"]) == (2, 1), made
        assert [each.get("code") for each in made["verdict"]] == [None, None, "DUPLICATE_EMAIL"]
        self.sylvie, self.eric = ({"userId": each["user"]["userId"]} for each in made["verdict"][:2])
        self.refuse_users(person)
        assert self.company("GetUser", userRef={"externalId": "crm 1"})["userId"] == user["userId"]
        page = self.company("ListUsers", sort="FIRST_NAME", pageSize=2, withTotal=True)
        assert ([each["firstName"] for each in page["user"]], page["total"]) == (["éric", "John"], 3)
        page = self.company("ListUsers", sort="FIRST_NAME", pageSize=2, cursor=page["nextCursor"])
        assert [each["firstName"] for each in page["user"]] == ["sylvie"]
        assert self.company("CountUsers")["active"] == 3
        renamed = self.company(
            "UpdateUser", userRef=self.eric, lastName="Brûlé", control={"expectedVersion": 1}
        )
        assert (renamed["user"]["lastName"], renamed["user"]["version"]) == ("Brûlé", 2)
        assert self.company("SuspendUser", userRef=self.eric, reason="unpaid")["user"]["state"] == "SUSPENDED"
        assert self.company("ResumeUser", userRef=self.eric)["user"]["state"] == "ACTIVE"
        assert self.company("SetPin", userRef=self.eric, pin="86420975")["outcome"]["transactionId"]
        assert self.company("ResetPin", userRef=self.eric)["outcome"]["noChange"] is False
        assert self.company("CheckAccess", userNumber="22060", pin=PIN)["allowed"] is True

    @staticmethod
    def _person(name: str) -> Plain:
        return {"firstName": name, "lastName": "Tremblay", "language": "fr"}

    def refuse_users(self, person: Plain) -> None:
        assert self.refused("CreateUser", newUser=person) == ("DUPLICATE_EMAIL", "newUser.email")
        assert self.refused("GetUser", userRef={"userNumber": "99999"}) == ("NOT_FOUND", "userRef")
        wrong = {**person, "email": "nobody"}
        assert self.refused("CreateUser", newUser=wrong) == ("INVALID_REQUEST", "newUser.email")

    def number_users(self) -> None:
        first, last = f"+1650{self.base:07}", f"+1650{self.base + 19:07}"
        assert self.provider("AddDids", range=[{"first": first, "last": last}])["added"] == 20
        numbers = [f"+1650{self.base + number:07}" for number in range(20)]
        allocated = self.provider("AllocateDids", companyId=self.company_id, number=numbers[:10])
        assert allocated["allocated"] == 10
        assert self.provider("WithdrawDids", number=numbers[15:], fromInventory=True)["withdrawn"] == 5
        reserved = self.company("ReserveDid", number=numbers[0], minutes=30)
        released = self.company("ReleaseDidReservation", reservationId=reserved["reservationId"])
        assert released["did"]["state"] == "AVAILABLE"
        assigned = self.company("AssignDid", userRef=self.john, number=numbers[1], use="VOICE")
        assert assigned["did"]["userId"] == self.john["userId"]
        assert self.company("AssignDid", userRef=self.john, number=numbers[1])["outcome"]["noChange"] is True
        taken = self.refused("AssignDid", userRef=self.sylvie, number=numbers[1])
        assert taken == ("DID_NOT_AVAILABLE", "number")
        changed = self.company("ChangeDid", userRef=self.john, fromNumber=numbers[1], toNumber=numbers[2])
        assert changed["freed"]["number"] == numbers[1]
        self.company("TransferDid", number=numbers[2], fromUserRef=self.john, toUserRef=self.sylvie)
        assert self.company("GetUser", userRef=self.sylvie)["did"] == [numbers[2]]
        assert len(self.company("UnassignDid", userRef=self.sylvie)["did"]) == 1
        listed = self.company("ListDids", availableForMe=True, withTotal=True)
        assert (listed["total"], len(listed["did"])) == (10, 10)
        free = self.company("SuggestExtensions", near="206", count=3)["extension"]
        assert len(free) == 3
        given = self.company("AssignExtension", userRef=self.john, extension=free[0])
        assert given["extension"] == free[0]
        taken = self.refused("AssignExtension", userRef=self.sylvie, extension=free[0])
        assert taken == ("EXTENSION_TAKEN", "extension")
        assert self.company("UnassignExtension", userRef=self.john)["freed"] == free[0]

    def sell_packages(self) -> None:
        code = f"GOLD-{self.tag}"
        new = {
            "code": code,
            "nameEn": "Gold",
            "nameFr": "Or",
            "serviceCode": ["MAIL", "FAX"],
            "basePrice": "12.50",
            "pricePerMinute": "0.0125",
        }
        package = self.provider("CreateServicePackage", newServicePackage=new)["servicePackage"]
        assert (package["basePrice"], package["pricePerMinute"]) == ("12.50", "0.0125")
        assert (
            self.provider("UpdateServicePackage", code=code, includedMinutes=100)["servicePackage"]["version"]
            == 2
        )
        assert self.company("OfferServicePackages", packageCode=[code])["offeredCode"] == [code]
        listed = self.company("ListServicePackages", offeredOnly=True)["servicePackage"]
        assert [each["code"] for each in listed] == [code]
        refused = self.refused("AddServicePackages", userRef=self.john, packageCode=["NONE"])
        assert refused == ("PACKAGE_NOT_OFFERED", "packageCode[0]")
        assert self.company("AddServicePackages", userRef=self.john, packageCode=[code])["packageCode"] == [
            code
        ]
        self.configure_services()
        removed = self.company("RemoveServicePackages", userRef=self.john, packageCode=[code])
        assert removed["removedServiceCode"] == ["FAX", "MAIL"]
        assert self.company("SetServicePackages", userRef=self.john, packageCode=[code])["packageCode"] == [
            code
        ]
        self.company("SetServicePackages", userRef=self.john, packageCode=[])
        assert self.company("WithdrawServicePackages", packageCode=[code])["usersChanged"] == 0

    def configure_services(self) -> None:
        settings = [{"name": "protocol", "value": "4"}, {"name": "server", "value": "mail.example.com"}]
        service = self.company("ConfigureService", userRef=self.john, code="MAIL", serviceSetting=settings)
        assert service["userService"]["status"] == "INCOMPLETE"
        shown = self.company("GetServiceConfiguration", userRef=self.john)["userService"]
        assert [each["code"] for each in shown] == ["FAX", "MAIL"]
        gone = self.company("DisableService", userRef=self.john, code="MAIL")
        assert gone["userService"]["status"] == "NOT_CONFIGURED"

    def restrict_calls(self) -> None:
        new = {
            "code": "PREMIUM",
            "nameEn": "Premium",
            "nameFr": "Surtaxe",
            "rule": "DENY",
            "pattern": ["1900*"],
        }
        self.company("CreateCallRestriction", newCallRestriction=new)
        changed = self.company("UpdateCallRestriction", code="PREMIUM", pattern=["1900*", "1976*"])
        assert changed["callRestriction"]["pattern"] == ["1900*", "1976*"]
        applied = self.company("SetUserCallRestrictions", userRef=self.john, restrictionCode=["PREMIUM"])
        assert applied["restrictionCode"] == ["PREMIUM"]
        undefined = self.refused("SetUserCallRestrictions", userRef=self.john, restrictionCode=["NONE"])
        assert undefined == ("RESTRICTION_NOT_DEFINED", "restrictionCode[0]")
        verdict = self.company("EvaluateDialing", userRef=self.john, number="1 900 555 1212")
        assert (verdict["allowed"], verdict["pattern"]) == (False, "1900*")
        lines = self.company("GetUserCallRestrictions", userRef=self.john)["tickableRestriction"]
        assert [each["applied"] for each in lines] == [True]
        assert self.refused("DeleteCallRestriction", code="PREMIUM")[0] == "IN_USE"
        assert len(self.company("ListCallRestrictions")["callRestriction"]) == 1
        assert self.company("DeleteCallRestriction", code="PREMIUM", liftFromUsers=True)["usersChanged"] == 1

    def set_options(self) -> None:
        self.company("SetCompanyOptionDefaults", optionValues={"maxFaxes": 7, "publicContacts": False})
        assert self.company("GetCompanyOptionDefaults")["maxFaxes"]["origin"] == "COMPANY"
        self.company(
            "SetUserOptions", userRef=self.john, optionValues={"maxFaxes": 0, "staysOnPlacedCalls": True}
        )
        options = self.company("GetUserOptions", userRef=self.john)
        assert options["maxFaxes"] == {"value": 0, "origin": "USER"}
        assert options["publicContacts"] == {"value": False, "origin": "COMPANY"}
        made = self.company("SetSipCredentials", userRef=self.john, purpose="REGISTRATION")
        assert len(made["generatedSecret"]) == 24
        left = self.company("RemoveSipCredentials", userRef=self.john, purpose="REGISTRATION")
        assert not left.get("sipAccount")

    def sign_up(self) -> None:
        def start(name: str) -> Plain:
            person = {**self._person(name), "email": f"{name}.{self.tag}@example.com"}
            return self.company("StartSignUp", newUser=person, expiresAt="2040-01-01T00:00:00+01:00")

        paying, free, refused = (start(name) for name in ("paying", "free", "refused"))
        assert paying["signUp"]["expiresAt"] == "2039-12-31T23:00:00Z"
        refs = [{"userId": each["user"]["userId"]} for each in (paying, free, refused)]
        self.company("UpdateSignUp", userRef=refs[0], expiresAt="2041-01-01T00:00:00Z")
        paid = self.company("ConfirmPayment", userRef=refs[0], paymentReference=self.tag, amount="9.99")
        assert (paid["user"]["state"], paid["signUp"]["amount"]) == ("ACTIVE", "9.99")
        assert self.company("ActivateUser", userRef=refs[1])["user"]["state"] == "ACTIVE"
        assert self.company("RejectSignUp", userRef=refs[2])["user"]["state"] == "REJECTED"

    def write_letters(self) -> None:
        words = {"subject": "Fermé vendredi", "text": "Bonjour à tous,\nle bureau est fermé."}
        kind = {"letterKind": "MESSAGE", "language": "fr"}
        built_in = self.company("GetMessageTemplate", **kind)
        assert (built_in["origin"], built_in["version"]) == ("SYSTEM", 1)
        own = self.company("SetMessageTemplate", **kind, text="{text}\n\nÀ bientôt")["messageTemplate"]
        assert (own["origin"], own["subject"]) == ("COMPANY", built_in["subject"])
        seen = self.company("PreviewMessage", userRef=self.sylvie, letterKind="MESSAGE", **words)
        assert seen["text"] == f"{words['text']}\n\nÀ bientôt"
        sent = self.company("SendMessage", userRef=[self.sylvie, self.eric], **words)
        assert sent["letters"] == 2
        assert self.company("SendAccessCodes", userRef=[self.sylvie])["letters"] == 1
        assert self.company("SendReminder", userFilter={"state": "PENDING"})["letters"] == 0
        call = sent["outcome"]["transactionId"]
        listed = self.company("ListDeliveries", transactionId=call)["delivery"]
        assert [each["letterKind"] for each in listed] == ["MESSAGE", "MESSAGE"]

    def report_sessions(self) -> None:
        session = {
            "callId": f"call-{self.tag}",
            "userRef": self.john,
            "startedAt": "2026-11-20T10:00:00Z",
            "seconds": 60,
        }
        assert self.company("RecordSessions", newSession=[session, session])["recorded"] == 1
        counted = {
            each["userId"]: each["sessions"] for each in self.company("ListUserSessions")["userSessions"]
        }
        assert counted[self.john["userId"]] == 1
        listed = self.company("ListSessions", userRef=self.john)["phoneSession"]
        assert [each["startedAt"] for each in listed] == ["2026-11-20T10:00:00Z"]

    def part(self) -> None:
        impact = self.company("GetDeletionImpact", userRef=self.sylvie)
        assert impact["user"]["userId"] == self.sylvie["userId"]
        left = self.company("RemoveUserFromCompany", userRef=self.sylvie)
        assert left["user"]["companyId"] != self.company_id
        assert self.company("DeleteUser", userRef=self.eric)["user"]["state"] == "DELETED"
        assert self.company("RestoreUser", userRef=self.eric)["user"]["state"] == "ACTIVE"
        new = {"kind": "PUBLIC", "code": f"{self.tag}-2", "name": "Second"}
        second = self.provider("CreateCompany", newCompany=new)["company"]["companyId"]
        moved = self.provider("MoveUser", userRef=self.eric, toCompanyId=second)
        assert moved["user"]["companyId"] == second
        assert self.provider("SuspendCompany", companyId=second)["company"]["state"] == "SUSPENDED"
        assert self.provider("ResumeCompany", companyId=second)["company"]["state"] == "ACTIVE"
        gone = self.provider("DeleteCompany", companyId=second, deleteUsers=True)
        assert gone["company"]["state"] == "DELETED"

    def look_after(self) -> None:
        """A demo is served by no phone system: there is nothing to compare."""
        assert "total" in self.provider("ListProvisioningTasks", withTotal=True)
        assert self.company("RetryProvisioningTask", allFailed=True)["outcome"]["noChange"] is True
        assert self.refused("RetryProvisioningTask", taskId="999999999") == ("NOT_FOUND", "taskId")
        for operation, field, fields in (
            ("StartReconciliation", "phoneSystem", {"mode": "REPORT"}),
            ("GetReconciliation", "reconciliationId", {"reconciliationId": "0" * 26}),
        ):
            assert self._refused(self.provider, operation, fields) == ("NOT_FOUND", field)

    def subscribe(self) -> None:
        """Nobody listens at that port: nothing is ever delivered."""
        new = {"url": "http://127.0.0.1:9/hooks?a=b&c=d", "kind": ["UserCreated", "UserDeleted"]}
        made = self.company("CreateSubscription", newSubscription=new)
        assert made["secret"].startswith("whsec_")
        (mine,) = self.company("ListSubscriptions")["subscription"]
        assert (mine["url"], mine["kind"]) == (new["url"], new["kind"])
        forbidden = self.refused("CreateSubscription", newSubscription={"url": "https://10.0.0.1/"})
        assert forbidden == ("INVALID_REQUEST", "newSubscription.url")
        ended = self.company("DeleteSubscription", subscriptionId=mine["subscriptionId"])
        assert ended["outcome"]["noChange"] is False

    def look_back(self) -> None:
        page = self.company("ListChanges", pageSize=1000)
        kinds = {each["kind"] for each in page["change"]}
        assert {"UserCreated", "DidAssigned", "UserLeftCompany", "PaymentConfirmed"} <= kinds
        again = self.company("ListChanges", cursor=page["nextCursor"])
        assert not again.get("change")

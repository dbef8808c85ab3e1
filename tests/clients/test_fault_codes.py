"""Every error code of the contract, provoked through SOAP and through XML-RPC, by octets and with real credentials."""

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete

from provisioning.application import compose
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.credentials import NameAndSecret
from provisioning.kernel.errors import CODES
from provisioning.kernel.idempotency import lock_key
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.paging import write_cursor
from provisioning.kernel.secrets import KeyRing
from provisioning.numbering.model import FreeRange
from provisioning.settings import Settings
from provisioning.wire.soap.gate import LONGEST_TEXT
from tests.clients.scene import Scene, Stage, person, unused
from tests.clients.wires import Soap, Told, XmlRpc
from tests.house import House, SteppingClock


@pytest.fixture(scope="module", params=[Soap, XmlRpc])
def stage(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[Stage]:
    """On SQLite: how a code is written does not depend on the database."""
    folder = tmp_path_factory.mktemp("codes")
    (folder / "provisioning.db").write_bytes(sqlite_template.read_bytes())
    clock = SteppingClock()
    real = compose(Settings(var=folder, keys=KeyRing.new_key("test"), lock_wait=1), clock)
    trusting = dataclasses.replace(real.dispatcher, authenticate=lambda caller: caller)
    house = House(dataclasses.replace(real, dispatcher=trusting), clock)
    yield Stage(real.dispatcher, request.param(real.dispatcher), house)
    real.database.engine.dispose()


Provoke = Callable[[Scene], Told | None]


def raising(*_: Any) -> Any:
    raise ZeroDivisionError


def wrong_secret(scene: Scene) -> Told | None:
    return scene.call("Ping", NameAndSecret(scene.token.name, "wrong"))


def without_right(scene: Scene) -> Told | None:
    _, token = scene.client(Right.USERS_READ)
    return scene.call("CreateUser", token, newUser=person())


def same_nonce_twice(scene: Scene) -> Told | None:
    created = write_moment(scene.house.clock())
    token = dataclasses.replace(scene.token, nonce=secrets.token_bytes(16), created=created)
    assert scene.call("Ping", token) is None
    return scene.call("Ping", token)


def second_in_a_minute(scene: Scene) -> Told | None:
    _, token = scene.client(requestsPerMinute=1)
    assert scene.call("Ping", token) is None
    return scene.call("Ping", token)


def guessing(scene: Scene) -> Told | None:
    for _ in range(10):
        scene.house.clock.pass_time(minutes=1)
        assert wrong_secret(scene) == ("AUTHENTICATION_FAILED", None)
    return scene.call("Ping")


def late_reader(scene: Scene) -> Told | None:
    caller = scene.house.client_of(scene.house.provider.provider_id, scene.company_id)
    cursor = scene.house.call("ListChanges", caller)["nextCursor"]
    assert scene.call("ListChanges", cursor=cursor) is None
    scene.house.clock.pass_time(days=scene.stage.dispatcher.settings.changes_days + 1)
    return scene.call("ListChanges", cursor=cursor)


def new_user_like(field: str, value: str) -> Provoke:
    def provoke(scene: Scene) -> Told | None:
        scene.user(**{field: value})
        return scene.call("CreateUser", newUser=person(**{field: value}))

    return provoke


def extension_of_another(scene: Scene) -> Told | None:
    scene.user(extension="206")
    return scene.call("AssignExtension", userRef=scene.user(), extension="206")


def extension_in_public_company(scene: Scene) -> Told | None:
    public = Scene(scene.stage, "PUBLIC")
    return public.call("AssignExtension", userRef=public.user(), extension="206")


def sip_name_of_another(scene: Scene) -> Told | None:
    name = f"sip{unused()}"
    scene.make("SetSipCredentials", userRef=scene.user(), purpose="DEFAULT", userName=name)
    return scene.call("SetSipCredentials", userRef=scene.user(), purpose="DEFAULT", userName=name)


def code_of_another(scene: Scene) -> Told | None:
    new = {"code": "PREMIUM", "nameEn": "Premium", "nameFr": "Surtaxe", "rule": "DENY", "pattern": ["1900*"]}
    scene.make("CreateCallRestriction", companyId=scene.company_id, newCallRestriction=new)
    return scene.call("CreateCallRestriction", newCallRestriction=new)


def restriction_in_use(scene: Scene) -> Told | None:
    assert code_of_another(scene) == ("DUPLICATE_CODE", "newCallRestriction.code")
    scene.user(restrictionCode=["PREMIUM"])
    return scene.call("DeleteCallRestriction", code="PREMIUM")


def number_of_another(scene: Scene) -> Told | None:
    number = f"+1650555{unused()}"
    scene.make("AddDids", number=[number], companyId=scene.company_id)
    scene.user(did=[number])
    return scene.call("AssignDid", userRef=scene.user(), number=number)


def old_version(scene: Scene) -> Told | None:
    return scene.call("UpdateUser", control={"expectedVersion": 7}, userRef=scene.user(), lastName="Roy")


def pay_twice(scene: Scene) -> Told | None:
    reference = f"payment-{unused()}"
    for _ in range(2):
        made = scene.make("StartSignUp", companyId=scene.company_id, newUser=person())
        told = scene.call(
            "ConfirmPayment", userRef={"userId": made["user"]["userId"]}, paymentReference=reference
        )
    return told


def other_question(scene: Scene) -> Told | None:
    control = {"requestId": "order-1"}
    assert scene.call("CreateUser", control=control, newUser=person()) is None
    return scene.call("CreateUser", control=control, newUser=person())


def still_running(scene: Scene) -> Told | None:
    with scene.elsewhere(lock_key(scene.client_id, "order-2")):
        return scene.call("CreateUser", control={"requestId": "order-2"}, newUser=person())


def busy_database(scene: Scene) -> Told | None:
    with scene.elsewhere():
        return scene.call("CreateUser", newUser=person())


def own_account_of_managed_user(scene: Scene) -> Told | None:
    """No client is a user yet, hence the caller is put where a front end for users will put it."""
    user = scene.user(optionValues={"managedByAdministrator": True})
    caller = Caller(
        client_id="user",
        client_name="user",
        provider_id=scene.house.provider.provider_id,
        company_id=scene.company_id,
        user_id=user["userId"],
        rights=frozenset(Right),
    )
    return scene.behind(authenticate=lambda _: caller).call(
        "SetUserOptions", userRef=user, optionValues={"maxFaxes": 7}
    )


def last_one_resigns(scene: Scene) -> Told | None:
    return scene.call("UpdateUser", userRef=scene.user(administrator=True), administrator=False)


def no_number_left(scene: Scene) -> Told | None:
    with scene.elsewhere() as db:
        db.execute(delete(FreeRange).where(FreeRange.company_id == scene.company_id))
        db.commit()
    return scene.call("CreateUser", newUser=person())


def broken_operation(scene: Scene) -> Told | None:
    ping = scene.stage.dispatcher.operations["Ping"]
    return scene.behind(operations={"Ping": dataclasses.replace(ping, run=raising)}).call("Ping")


# What provokes each code, and the field it is told of.
TABLE: dict[str, tuple[Provoke, str | None]] = {
    "AUTHENTICATION_FAILED": (wrong_secret, None),
    "NOT_PERMITTED": (without_right, None),
    "REPLAYED_MESSAGE": (same_nonce_twice, None),
    "RATE_LIMITED": (second_in_a_minute, None),
    "CLIENT_LOCKED": (guessing, None),
    "INVALID_REQUEST": (lambda s: s.call("CreateUser", newUser=person(email="nobody")), "newUser.email"),
    "TOO_LARGE": (lambda s: s.call("CreateUser", newUser=person(pin="1" * (LONGEST_TEXT + 1))), None),
    "INVALID_CURSOR": (lambda s: s.call("ListUsers", cursor=write_cursor("others", [1])), "cursor"),
    "CURSOR_EXPIRED": (late_reader, "cursor"),
    "NOT_FOUND": (lambda s: s.call("GetUser", userRef={"userNumber": "9999"}), "userRef"),
    "DUPLICATE_EMAIL": (new_user_like("email", "one@example.com"), "newUser.email"),
    "DUPLICATE_EXTERNAL_ID": (new_user_like("externalId", "crm 1"), "newUser.externalId"),
    "USER_NUMBER_TAKEN": (new_user_like("userNumber", "2206"), "newUser.userNumber"),
    "EXTENSION_TAKEN": (extension_of_another, "extension"),
    "SIP_NAME_TAKEN": (sip_name_of_another, "userName"),
    "DUPLICATE_CODE": (code_of_another, "newCallRestriction.code"),
    "DID_NOT_AVAILABLE": (number_of_another, "number"),
    "VERSION_CONFLICT": (old_version, "control.expectedVersion"),
    "INVALID_STATE": (lambda s: s.call("ActivateUser", userRef=s.user()), "userRef"),
    "IN_USE": (restriction_in_use, "code"),
    "REQUEST_ID_REUSED": (other_question, "control.requestId"),
    "REQUEST_IN_PROGRESS": (still_running, "control.requestId"),
    "PAYMENT_REFERENCE_USED": (pay_twice, "paymentReference"),
    "RESTRICTION_NOT_DEFINED": (
        lambda s: s.call("SetUserCallRestrictions", userRef=s.user(), restrictionCode=["NONE"]),
        "restrictionCode[0]",
    ),
    "PACKAGE_NOT_OFFERED": (
        lambda s: s.call("AddServicePackages", userRef=s.user(), packageCode=["NONE"]),
        "packageCode[0]",
    ),
    "EXTENSION_NOT_ALLOWED": (extension_in_public_company, "extension"),
    "LAST_ADMINISTRATOR": (last_one_resigns, "userRef"),
    "MANAGED_BY_ADMINISTRATOR": (own_account_of_managed_user, "userRef"),
    "LIMIT_REACHED": (no_number_left, "newUser.userNumber"),
    "BACKEND_UNAVAILABLE": (busy_database, None),
    "INTERNAL": (broken_operation, None),
}


def test_every_code_is_here() -> None:
    assert TABLE.keys() == CODES.keys()


@pytest.mark.parametrize("code", TABLE)
def test_a_code_comes_through_the_wire(stage: Stage, code: str) -> None:
    provoke, field = TABLE[code]
    assert provoke(Scene(stage)) == (code, field)

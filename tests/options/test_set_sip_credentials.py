import threading
from importlib import import_module

import pytest
from sqlalchemy import select, text

from provisioning.kernel.journal import Change
from provisioning.options.model import SipAccount
from tests.house import House, Plain, Refused


@pytest.fixture
def sylvie(house: House) -> Plain:
    """Another user."""
    new = {"firstName": "S", "lastName": "T", "email": "sylvie.tremblay@example.com"}
    return {"userId": house.call("CreateUser", newUser=new)["user"]["userId"]}


def kept(house: House) -> str:
    """All that the database shows of SIP accounts and changes."""
    with house.application.database.reading() as db:
        accounts = [each.sealed_secret for each in db.scalars(select(SipAccount))]
        return f"{accounts} {[each.detail for each in db.scalars(select(Change))]}"


def test_a_generated_secret_is_shown_once(house: House, john: Plain) -> None:
    control = {"requestId": "sip-1"}
    first = house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION", control=control)
    assert first["sipAccount"] == {
        "purpose": "REGISTRATION",
        "userName": "2206.acme",
        "domain": "localhost",
    }
    assert len(first["generatedSecret"]) == 24
    assert first["generatedSecret"] not in kept(house)
    again = house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION", control=control)
    assert again["outcome"]["replayed"]
    assert "generatedSecret" not in again


def test_a_given_secret_is_never_shown(house: House, john: Plain) -> None:
    given = {"userName": "john", "domain": "sip.example.com", "secret": "correct-horse"}
    answer = house.call("SetSipCredentials", userRef=john, purpose="CALLING", **given)
    assert "correct-horse" not in str(answer)
    assert "correct-horse" not in kept(house)
    assert house.call("SetSipCredentials", userRef=john, purpose="CALLING", **given)["outcome"]["noChange"]
    changed = house.call("SetSipCredentials", userRef=john, purpose="CALLING", generateSecret=True)
    assert changed["generatedSecret"]
    assert changed["sipAccount"]["userName"] == "john"


def test_names_are_unique_per_domain_whatever_they_are_for(house: House, john: Plain, sylvie: Plain) -> None:
    house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION", userName="desk")
    house.call("SetSipCredentials", userRef=john, purpose="CALLING", userName="desk")
    fault = house.refused("SetSipCredentials", userRef=sylvie, purpose="DEFAULT", userName="desk")
    assert (fault["code"], fault["field"]) == ("SIP_NAME_TAKEN", "userName")
    assert house.call(
        "SetSipCredentials", userRef=sylvie, purpose="DEFAULT", userName="desk", domain="other.example.com"
    )


def test_names_that_differ_in_capitals_alone_are_one(house: House, john: Plain, sylvie: Plain) -> None:
    """A registrar that does not tell them apart would give one user the other's calls."""
    house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION", userName="Ann.Roy")
    for purpose in ("REGISTRATION", "DEFAULT"):
        fault = house.refused("SetSipCredentials", userRef=sylvie, purpose=purpose, userName="ann.roy")
        assert fault["code"] == "SIP_NAME_TAKEN"
    changed = house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION", userName="ann.ROY")
    assert changed["sipAccount"]["userName"] == "ann.ROY"


def test_those_of_an_older_version_that_differ_in_capitals_alone_stay(
    house: House, john: Plain, sylvie: Plain
) -> None:
    house.call("SetSipCredentials", userRef=john, purpose="CALLING", userName="Ann.Roy")
    house.call("SetSipCredentials", userRef=sylvie, purpose="CALLING", userName="ann.lee")
    fill = import_module("provisioning.persistence.migrations.versions.0020_sip_names")._FILL
    with house.application.database.writing() as db:
        db.execute(text("UPDATE sip_accounts SET name_key = id"))
        db.execute(text("UPDATE sip_accounts SET user_name = 'ann.roy' WHERE user_name = 'ann.lee'"))
        db.execute(text(fill))
        db.commit()
        keys = sorted(db.scalars(text("SELECT name_key FROM sip_accounts")))
    assert keys[0] == "ann.roy"
    assert keys[1].startswith("ann.roy ")


def test_a_name_that_nobody_asked_for_is_never_the_one_that_is_taken(house: House, john: Plain) -> None:
    account = {"purpose": "DEFAULT", "userName": "4711.acme", "domain": "localhost"}
    house.call("SetSipCredentials", userRef=john, **account)
    new = {"firstName": "Ann", "lastName": "Lee", "email": "ann@lee.example.com", "userNumber": "4711"}
    made = house.call("CreateUser", newUser={**new, "newSipAccount": [{"purpose": "REGISTRATION"}]})
    (secret,) = made["generatedSipSecret"]
    assert secret["userName"].startswith("4711.acme.")


def test_of_many_who_want_one_name_one_gets_it(house: House) -> None:
    users = []
    for number in range(6):
        new = {"firstName": "A", "lastName": "B", "email": f"user{number}@example.com"}
        users.append(house.call("CreateUser", newUser=new)["user"]["userId"])
    codes: list[str] = []

    def want(user_id: str) -> None:
        try:
            house.call(
                "SetSipCredentials", userRef={"userId": user_id}, purpose="REGISTRATION", userName="desk"
            )
            codes.append("OK")
        except Refused as refused:
            codes.append(refused.code)

    threads = [threading.Thread(target=want, args=(each,)) for each in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == ["OK"] + ["SIP_NAME_TAKEN"] * 5


def test_names_of_deleted_users_are_free_and_come_back_if_nobody_took_them(
    house: House, john: Plain, sylvie: Plain
) -> None:
    house.call("SetSipCredentials", userRef=john, purpose="REGISTRATION", userName="desk")
    house.call("SetSipCredentials", userRef=john, purpose="CALLING", userName="gate")
    deleted = house.call("DeleteUser", userRef=john)
    assert deleted["freedResources"]["sipAccount"] == ["gate@localhost", "desk@localhost"]
    house.call("SetSipCredentials", userRef=sylvie, purpose="REGISTRATION", userName="desk")
    restored = house.call("RestoreUser", userRef=john)
    assert [each["code"] for each in restored["outcome"]["warning"]] == ["SIP_ACCOUNT_LOST"]
    accounts = house.call("GetUserOptions", userRef=john)["sipAccount"]
    assert [each["userName"] for each in accounts] == ["gate"]

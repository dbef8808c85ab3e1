"""Phone systems as the operator keeps them."""

from threading import Thread
from typing import Any

import pytest

from provisioning.kernel.errors import DuplicateCode, InvalidRequest, NotFound
from provisioning.kernel.outbox import OutboxRow
from provisioning.kernel.secrets import KeyRing
from provisioning.phone_systems import KamailioSettings, phone_systems, reseal
from tests.house import House

URL = "postgresql+psycopg://kamailio:s3cret@127.0.0.1/kamailio"


def add(house: House, name: str = "main", **more: Any) -> dict[str, Any]:
    given = {"kind": "RECORDING", "url": "sqlite:////tmp/none.db", **more}
    added: dict[str, Any] = house.operate("AddPhoneSystem", house.provider.provider_id, name=name, **given)
    return added["phoneSystem"]


def listed(house: House) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = house.operate("ListPhoneSystems", house.provider.provider_id).get(
        "phoneSystem", []
    )
    return found


def create_user(house: House) -> None:
    house.call("CreateUser", newUser={"firstName": "A", "lastName": "B", "email": "a@b.example.com"})


def test_its_database_is_sealed_and_never_shown(house: House) -> None:
    setting = [{"name": "domain", "value": "sip.example.com"}]
    shown = add(house, kind="KAMAILIO", url=URL, setting=setting)
    assert "s3cret" not in str(shown) + str(listed(house)) + str(house.call("ListChanges", house.provider))
    with house.application.database.reading() as db:
        (system,) = phone_systems(db, house.provider.provider_id)
    assert "s3cret" not in system.sealed_url
    assert system.open_url(house.application.keys) == URL
    assert system.parsed_settings == KamailioSettings(domain="sip.example.com")


def test_names_are_a_providers_own(house: House) -> None:
    add(house)
    with pytest.raises(DuplicateCode):
        add(house)
    other, _ = house.new_provider("Other")
    house.operate(
        "AddPhoneSystem", other.provider_id, name="main", kind="RECORDING", url="sqlite:////tmp/n.db"
    )
    assert [each["name"] for each in listed(house)] == ["main"]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"url": "mysql://nowhere/x"}, "url"),
        ({"url": "postgresql+psycopg://user:secret@host:port/x"}, "url"),
        ({"url": "sqlite:///"}, "url"),
        ({"kind": "KAMAILIO"}, "setting"),
        (
            {
                "kind": "KAMAILIO",
                "setting": [{"name": "domain", "value": "x"}, {"name": "colour", "value": "x"}],
            },
            "setting",
        ),
        (
            {
                "kind": "KAMAILIO",
                "setting": [{"name": "domain", "value": "x"}, {"name": "algorithm", "value": "x"}],
            },
            "setting",
        ),
        (
            {
                "kind": "KAMAILIO",
                "setting": [
                    {"name": "domain", "value": "x"},
                    {"name": "rpc_url", "value": "127.0.0.1:5060/RPC"},
                ],
            },
            "setting",
        ),
    ],
)
def test_what_cannot_be_used_is_refused(house: House, more: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        add(house, **more)
    assert refused.value.field == field
    assert listed(house) == []


def test_nobody_adds_one_to_a_provider_that_is_not_there(house: House) -> None:
    with pytest.raises(NotFound):
        house.operate("AddPhoneSystem", "nobody", name="x", kind="RECORDING", url="sqlite:////tmp/n.db")


def test_it_is_changed_and_disabled(house: House) -> None:
    add(house, url=URL)
    provider = house.provider.provider_id
    same = house.operate("UpdatePhoneSystem", provider, name="main", url=URL, enabled=True)
    assert same["outcome"]["noChange"]
    changed = house.operate("UpdatePhoneSystem", provider, name="main", url=f"{URL}2", enabled=False)
    assert (changed["phoneSystem"]["enabled"], changed["phoneSystem"]["version"]) == (False, 2)
    with pytest.raises(NotFound):
        house.operate("UpdatePhoneSystem", provider, name="another", enabled=False)


def test_its_settings_are_changed_one_by_one(house: House) -> None:
    domain, address = {"name": "domain", "value": "sip.example.com"}, "http://127.0.0.1:5060/RPC"
    add(house, kind="KAMAILIO", url=URL, setting=[domain])
    change = {"name": "main", "setting": [{"name": "rpc_url", "value": address}]}
    changed = house.operate("UpdatePhoneSystem", house.provider.provider_id, **change)["phoneSystem"]
    assert changed["setting"] == [domain, *change["setting"]]
    assert house.operate("UpdatePhoneSystem", house.provider.provider_id, **change)["outcome"]["noChange"]
    wrong = {"name": "main", "setting": [{"name": "domain", "value": ""}]}
    with pytest.raises(InvalidRequest):
        house.operate("UpdatePhoneSystem", house.provider.provider_id, **wrong)
    with house.application.database.reading() as db:
        (system,) = phone_systems(db, house.provider.provider_id)
    assert system.parsed_settings == KamailioSettings(domain="sip.example.com", rpc_url=address)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("domain", "sip example.com"),
        ("domain", "sip.example.com:5060"),
        ("suspended_group", ""),
        ("suspended_group", "not open"),
        ("barred_prefix", "no "),
    ],
)
def test_words_that_cannot_stand_in_kamailios_tables_are_refused(house: House, name: str, value: str) -> None:
    given = {"domain": "sip.example.com", name: value}
    with pytest.raises(InvalidRequest) as refused:
        add(
            house,
            kind="KAMAILIO",
            setting=[{"name": each, "value": value} for each, value in given.items()],
        )
    assert name in refused.value.violations[0].values.values()


def test_what_waits_is_counted_and_forgotten_when_it_is_removed(house: House) -> None:
    add(house)
    create_user(house)
    assert (listed(house)[0]["waiting"], listed(house)[0]["failed"]) == (1, 0)
    house.operate("RemovePhoneSystem", house.provider.provider_id, name="main")
    assert listed(house) == []
    with house.application.database.reading() as db:
        assert db.query(OutboxRow).count() == 0


def test_a_number_that_waited_for_a_removed_one_is_free(house: House) -> None:
    add(house)
    number = "+12025550101"
    house.call("AddDids", house.provider, number=[number], companyId=house.company_id)
    new = {"firstName": "A", "lastName": "B", "email": "a@b.example.com", "did": [number]}
    user = house.call("CreateUser", newUser=new)["user"]["userId"]
    house.call("UnassignDid", userRef={"userId": user}, number=number)
    assert "did" not in house.call("ListDids", state="AVAILABLE")
    house.operate("RemovePhoneSystem", house.provider.provider_id, name="main")
    assert [each["number"] for each in house.call("ListDids", state="AVAILABLE")["did"]] == [number]


def test_a_call_during_the_adding_is_seen_by_whoever_looks_afterwards_or_tells_itself(house: House) -> None:
    """Of every user either the row in the outbox is there, or the user was there when the adding was over."""
    seen: list[set[str]] = []

    def add_and_look() -> None:
        add(house)
        seen.append(living(house))

    adder = Thread(target=add_and_look)
    for number in range(30):
        if number == 10:
            adder.start()
        new = {"firstName": "A", "lastName": "B", "email": f"a{number}@b.example.com"}
        house.call("CreateUser", newUser=new)
    adder.join()
    with house.application.database.reading() as db:
        told = {row.subject_id for row in db.query(OutboxRow)}
    assert seen[0] | told == living(house)


def living(house: House) -> set[str]:
    return {each["userId"] for each in house.call("ListUsers", pageSize=1000)["user"]}


def test_its_url_is_sealed_again_under_a_new_key(house: House) -> None:
    add(house, url=URL)
    old = house.application.settings.keys
    ring = KeyRing.parse(f"{KeyRing.new_key('new')} {old}")
    with house.application.database.writing() as db:
        assert (reseal(db, ring), reseal(db, ring)) == (1, 0)
        (system,) = phone_systems(db, house.provider.provider_id)
        assert system.open_url(ring) == URL

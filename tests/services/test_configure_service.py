import pytest
from sqlalchemy import select

from provisioning.kernel.journal import Change
from provisioning.services import reseal
from provisioning.services.model import UserService
from tests.house import House, Plain
from tests.services.conftest import MAIL

PASSWORD = {"name": "password", "value": "not-to-be-seen"}


def test_a_service_goes_from_incomplete_to_configured(house: House, john: Plain) -> None:
    service = house.call("ConfigureService", userRef=john, code="MAIL", serviceSetting=MAIL)["userService"]
    assert (service["status"], service["missing"]) == ("INCOMPLETE", ["password"])
    answer = house.call("ConfigureService", userRef=john, code="MAIL", serviceSetting=[PASSWORD])
    assert answer["userService"]["status"] == "CONFIGURED"
    again = house.call("ConfigureService", userRef=john, code="MAIL", serviceSetting=[*MAIL, PASSWORD])
    assert again["outcome"]["noChange"]
    cleared = house.call("ConfigureService", userRef=john, code="MAIL", clearSetting=["server"])
    assert cleared["userService"]["missing"] == ["server"]


def test_a_secret_is_sealed_and_never_seen_again(house: House, john: Plain) -> None:
    answer = house.call("ConfigureService", userRef=john, code="MAIL", serviceSetting=[*MAIL, PASSWORD])
    stored = {each["name"]: each for each in answer["userService"]["storedSetting"]}
    assert stored["password"] == {"name": "password", "secret": True}
    assert stored["userName"] == {"name": "userName", "value": "john-smith", "secret": False}
    with house.application.database.reading() as db:
        row = db.scalars(select(UserService)).one()
        kept = f"{row.settings} {row.secrets} {[each.detail for each in db.scalars(select(Change))]}"
    assert "not-to-be-seen" not in kept
    with house.application.database.writing() as db:
        assert reseal(db, house.application.keys) == 0


def test_every_wrong_value_is_reported_with_its_path(house: House, john: Plain) -> None:
    wrong = [
        {"name": "protocol", "value": "UUCP"},
        {"name": "server", "value": "no host/"},
        {"name": "colour", "value": "blue"},
        {"name": "userName", "value": "fine"},
    ]
    fault = house.refused("ConfigureService", userRef=john, code="MAIL", serviceSetting=wrong)
    assert fault["code"] == "INVALID_REQUEST"
    assert [(each["field"], each["code"]) for each in fault["violation"]] == [
        ("serviceSetting[0].value", "NOT_A_CHOICE"),
        ("serviceSetting[1].value", "NOT_A_HOST"),
        ("serviceSetting[2].name", "UNKNOWN_FIELD"),
    ]
    fault = house.refused("ConfigureService", userRef=john, code="MAIL", clearSetting=["colour"])
    assert fault["field"] == "clearSetting"


@pytest.mark.parametrize(
    ("code", "name", "given", "kept"),
    [
        ("MAIL", "protocol", "3", "POP3"),
        ("MAIL", "protocol", "ews", "EWS"),
        ("MAIL", "server", "http://mailserver.company.com", "http://mailserver.company.com"),
        ("SMART_NUMBER", "ringFirst", "+1 (650) 555 1212", "+16505551212"),
        ("SMART_NUMBER", "ringSeconds", " 20 ", "20"),
        ("VOICE_MAIL", "attach", "1", "true"),
        ("VOICE_MAIL", "notifyEmail", "John@EXAMPLE.com", "John@example.com"),
        ("SIP_PHONE", "mac", "00:1a:2B:3c:4d:5e", "00:1a:2B:3c:4d:5e"),
    ],
)
def test_values_are_kept_in_their_one_spelling(
    house: House, john: Plain, code: str, name: str, given: str, kept: str
) -> None:
    setting = [{"name": name, "value": given}]
    answer = house.call("ConfigureService", userRef=john, code=code, serviceSetting=setting)
    assert answer["userService"]["storedSetting"][0]["value"] == kept


def test_a_number_that_stands_for_no_protocol_is_wrong(house: House, john: Plain) -> None:
    setting = [{"name": "protocol", "value": "9"}]
    fault = house.refused("ConfigureService", userRef=john, code="MAIL", serviceSetting=setting)
    assert fault["violation"][0]["code"] == "NOT_A_CHOICE"


def test_unknown_services_and_other_peoples_users_are_not_found(house: House, john: Plain) -> None:
    assert house.refused("ConfigureService", userRef=john, code="NONE")["code"] == "NOT_FOUND"
    stranger, _ = house.new_provider("Stranger")
    assert house.refused("ConfigureService", stranger, userRef=john, code="MAIL")["code"] == "NOT_FOUND"

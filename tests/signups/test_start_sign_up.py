from tests.house import House
from tests.signups.conftest import NUMBERS, Site


def test_a_visitor_is_pending_and_the_number_is_kept(house: House, site: Site) -> None:
    started = site.start(did=[NUMBERS[0]], userNumber="-1")
    assert started["user"]["state"] == "PENDING"
    assert started["signUp"]["wishedDid"] == [NUMBERS[0]]
    assert not started["signUp"]["over"]
    assert "did" not in started["user"]
    assert site.did(NUMBERS[0])["state"] == "RESERVED"
    new = {"firstName": "A", "lastName": "B", "email": "other@example.com", "did": [NUMBERS[0]]}
    stranger = house.client_of(house.provider.provider_id, house.company_id, client_id="another")
    assert house.refused("CreateUser", stranger, newUser=new)["code"] == "DID_NOT_AVAILABLE"


def test_a_reservation_made_before_is_taken_over(house: House, site: Site) -> None:
    reserved = house.call("ReserveDid", number=NUMBERS[1], minutes=5)
    started = site.start(reservationId=reserved["reservationId"])
    assert started["signUp"]["wishedDid"] == [NUMBERS[1]]
    house.clock.pass_time(minutes=10)
    assert site.did(NUMBERS[1])["state"] == "RESERVED"


def test_everything_wrong_is_reported_at_once_and_nothing_is_kept(house: House, site: Site) -> None:
    site.start()
    fault = house.refused(
        "StartSignUp",
        newUser={
            "firstName": "S",
            "lastName": "T",
            "email": "sylvie.tremblay@example.com",
            "packageCode": ["NONE"],
        },
        expiresAt="2020-01-01T00:00:00Z",
    )
    assert {each["field"] for each in fault["violation"]} == {
        "expiresAt",
        "newUser.email",
        "newUser.packageCode[0]",
    }
    assert house.call("CountUsers")["pending"] == 1


def test_a_pending_user_can_be_configured_like_an_active_one(house: House, site: Site) -> None:
    ref = site.ref(site.start())
    house.call("AssignDid", userRef=ref, number=NUMBERS[2])
    house.call("AssignExtension", userRef=ref, extension="101")
    house.call("SetUserOptions", userRef=ref, optionValues={"maxFaxes": 3})
    house.call("ConfigureService", userRef=ref, code="FAX")
    user = house.call("GetUser", userRef=ref)
    assert (user["state"], user["did"], user["extension"]) == ("PENDING", [NUMBERS[2]], "101")


def test_a_generated_sip_secret_is_shown_once(site: Site) -> None:
    started = site.start(newSipAccount=[{"purpose": "REGISTRATION"}])
    (generated,) = started["generatedSipSecret"]
    assert generated["purpose"] == "REGISTRATION"
    assert generated["secret"]

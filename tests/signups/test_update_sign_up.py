from tests.house import House
from tests.signups.conftest import NUMBERS, Site


def test_a_new_end_keeps_the_numbers_as_long(house: House, site: Site) -> None:
    ref = site.ref(site.start(did=[NUMBERS[0]]))
    until = site.in_hours(72)
    answer = house.call("UpdateSignUp", userRef=ref, expiresAt=until)
    assert answer["signUp"]["expiresAt"] == until
    assert house.call("UpdateSignUp", userRef=ref, expiresAt=until)["outcome"]["noChange"]
    house.clock.pass_time(hours=48)
    assert site.did(NUMBERS[0])["state"] == "RESERVED"


def test_another_number_frees_the_first(house: House, site: Site) -> None:
    ref = site.ref(site.start(did=[NUMBERS[0]]))
    answer = house.call("UpdateSignUp", userRef=ref, wishedDid=[NUMBERS[1]])
    assert answer["signUp"]["wishedDid"] == [NUMBERS[1]]
    assert site.did(NUMBERS[0])["state"] == "AVAILABLE"
    cleared = house.call("UpdateSignUp", userRef=ref, clearWishedDid=True)
    assert "wishedDid" not in cleared["signUp"]
    assert site.did(NUMBERS[1])["state"] == "AVAILABLE"


def test_only_a_pending_user_has_a_sign_up_to_change(house: House, site: Site) -> None:
    ref = site.ref(site.start())
    house.call("ActivateUser", userRef=ref)
    assert house.refused("UpdateSignUp", userRef=ref, expiresAt=site.in_hours(1))["code"] == "INVALID_STATE"
    new = {"firstName": "A", "lastName": "B", "email": "other@example.com"}
    other = {"userId": house.call("CreateUser", newUser=new)["user"]["userId"]}
    assert house.refused("UpdateSignUp", userRef=other)["code"] == "INVALID_STATE"
    past = house.refused(
        "UpdateSignUp", userRef=site.ref(site.start("x@example.com")), expiresAt=site.in_hours(-1)
    )
    assert past["field"] == "expiresAt"

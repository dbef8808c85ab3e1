import pytest

from provisioning.users import UserState
from tests.house import House
from tests.users.staff import Staff


def test_a_chosen_pin_is_kept_sealed_and_told_to_nobody(house: House, staff: Staff) -> None:
    staff.install_phone_system()
    user = staff.hire()
    told = staff.told_phones(user)
    answer = staff.call("SetPin", user, pin="8520")
    assert staff.pin(user) == "8520"
    assert "8520" not in str(answer)
    assert answer["user"]["version"] == 2
    change = staff.changes(user)[-1]
    assert (change.kind, change.detail) == ("PinChanged", {})
    assert staff.told_phones(user) == told
    assert staff.letters(user) == []
    staff.call("SetPin", user, pin="9630", notify=True)
    assert staff.letters(user) == ["ACCESS_CODES"]


@pytest.mark.parametrize("pin", ["2222", "123456", "6543", "2206"])
def test_trivial_ones_are_refused(staff: Staff, pin: str) -> None:
    user = staff.hire(userNumber="2206")
    before = staff.pin(user)
    fault = staff.refused("SetPin", user, pin=pin)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "pin")
    assert pin not in fault["reason"]
    assert staff.pin(user) == before


@pytest.mark.parametrize("pin", ["123", "1234567890123", "12a4"])
def test_other_forms_are_refused(staff: Staff, pin: str) -> None:
    assert staff.refused("SetPin", staff.hire(), pin=pin)["field"] == "pin"


@pytest.mark.parametrize("state", [UserState.REJECTED, UserState.DELETED])
def test_who_is_gone_has_no_pin(staff: Staff, state: UserState) -> None:
    user = staff.hire()
    staff.set(user, state=state)
    assert staff.refused("SetPin", user, pin="8520")["code"] == "INVALID_STATE"


def test_a_repeat_of_the_request_is_recognised_without_the_pin_being_kept(house: House, staff: Staff) -> None:
    user = staff.hire()
    staff.call("SetPin", user, pin="8520", control={"requestId": "r-1"})
    assert staff.call("SetPin", user, pin="8520", control={"requestId": "r-1"})["outcome"]["replayed"]
    fault = staff.refused("SetPin", user, pin="9630", control={"requestId": "r-1"})
    assert fault["code"] == "REQUEST_ID_REUSED"

import pytest

from provisioning.users import UserState, pins
from tests.users.staff import Staff


def test_a_new_pin_that_only_the_user_learns(staff: Staff) -> None:
    user = staff.hire()
    before = staff.pin(user)
    answer = staff.call("ResetPin", user, notify=True)
    after = staff.pin(user)
    assert after != before
    assert not pins.is_trivial(after, user["userNumber"])
    assert after not in str(answer)
    assert staff.letters(user) == ["ACCESS_CODES"]
    assert all(after not in str(change.detail) for change in staff.changes(user))


def test_no_letter_unless_asked_for(staff: Staff) -> None:
    user = staff.hire()
    staff.call("ResetPin", user)
    assert staff.letters(user) == []


def test_a_dry_run_leaves_the_old_pin(staff: Staff) -> None:
    user = staff.hire()
    before = staff.pin(user)
    staff.call("ResetPin", user, control={"dryRun": True})
    assert staff.pin(user) == before


def test_who_is_gone_has_no_pin(staff: Staff) -> None:
    user = staff.hire()
    staff.set(user, state=UserState.DELETED)
    assert staff.refused("ResetPin", user)["code"] == "INVALID_STATE"


def test_made_pins_are_of_the_usual_length_and_not_trivial(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([111_111, 123_456, 220_600, 700_931])
    monkeypatch.setattr(pins.secrets, "randbelow", lambda _: next(drawn))
    assert pins.new_pin("220600") == "700931"

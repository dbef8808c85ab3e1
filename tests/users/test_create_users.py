import threading
from typing import Any

import pytest

from provisioning.users import User
from tests.house import House, Plain
from tests.users.staff import Staff, fields_of, fill


def items(*people: Plain) -> dict[str, Any]:
    return {"item": [{"newUser": each} for each in people]}


@pytest.mark.parametrize("mode", ["ATOMIC", "INDEPENDENT"])
def test_five_hundred_in_one_call(house: House, staff: Staff, mode: str) -> None:
    people = [staff.person(externalId=f"x{place}") for place in range(500)]
    people[7]["userNumber"] = "1003"  # one that would be generated before its turn
    answer = house.call("CreateUsers", mode=mode, **items(*people))
    assert (answer["created"], answer["refused"]) == (500, 0)
    assert [each["index"] for each in answer["verdict"]] == list(range(500))
    assert [each["externalId"] for each in answer["verdict"]] == [each["externalId"] for each in people]
    numbers = {each["user"]["userNumber"] for each in answer["verdict"]}
    assert len(numbers) == 500
    assert answer["verdict"][7]["user"]["userNumber"] == "1003"
    assert answer["verdict"][499]["user"] == staff.get(answer["verdict"][499]["user"])
    assert house.call("CountUsers")["active"] == 500


def test_more_than_five_hundred_are_refused(house: House, staff: Staff) -> None:
    people = [staff.person() for _ in range(501)]
    fault = house.refused("CreateUsers", **items(*people))
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "item")


def test_atomic_lists_everything_and_keeps_nothing(house: House, staff: Staff) -> None:
    staff.hire(email="taken@example.com", extension="101")
    people = [
        staff.person(),
        staff.person(email="taken@example.com", pin="1111"),
        staff.person(externalId="x"),
        staff.person(externalId="x", extension="101"),
    ]
    fault = house.refused("CreateUsers", **items(*people))
    assert fields_of(fault) == {
        "item[1].newUser.email",
        "item[1].newUser.pin",
        "item[3].newUser.externalId",
        "item[3].newUser.extension",
    }
    assert house.call("CountUsers")["total"] == 1
    assert len(staff.changes(staff.hire())) >= 1


def test_independent_creates_what_can_be_and_says_why_not_the_rest(house: House, staff: Staff) -> None:
    staff.hire(email="taken@example.com", extension="101")
    people = [
        staff.person(notify=True),
        staff.person(email="taken@example.com", pin="1111", extension="101", externalId="lost"),
        staff.person(extension="102"),
        staff.person(extension="101"),
        staff.person(extension="102"),
    ]
    answer = house.call("CreateUsers", mode="INDEPENDENT", control={"language": "fr"}, **items(*people))
    verdicts = answer["verdict"]
    assert [("user" in each, each.get("code")) for each in verdicts] == [
        (True, None),
        (False, "DUPLICATE_EMAIL"),
        (True, None),
        (False, "EXTENSION_TAKEN"),
        (False, "EXTENSION_TAKEN"),
    ]
    assert (answer["created"], answer["refused"]) == (2, 3)
    assert fields_of(verdicts[1]) == {
        "item[1].newUser.email",
        "item[1].newUser.pin",
        "item[1].newUser.extension",
    }
    assert verdicts[1]["externalId"] == "lost"
    assert "usager" in verdicts[1]["reason"]
    assert verdicts[2]["user"]["extension"] == "102"
    assert staff.letters(verdicts[0]["user"]) == ["ACCESS_CODES"]
    assert house.call("CountUsers")["total"] == 3
    assert house.call("GetCompany")["counts"]["extensions"] == 2


def test_what_a_refused_one_wished_is_free_for_the_next(house: House, staff: Staff) -> None:
    people = [
        staff.person(userNumber="4711", externalId="x", email="one@example.com", did=["+16505559999"]),
        staff.person(userNumber="4711", externalId="x", email="one@example.com"),
    ]
    verdicts = house.call("CreateUsers", mode="INDEPENDENT", **items(*people))["verdict"]
    assert fields_of(verdicts[0]) == {"item[0].newUser.did[0]"}
    assert verdicts[1]["user"]["userNumber"] == "4711"


def test_the_last_free_numbers_go_to_the_first_and_the_others_hear_of_the_limit(
    house: House, staff: Staff
) -> None:
    fill(house, house.company_id, range(10_000 - 2))
    people = [staff.person() for _ in range(3)]
    verdicts = house.call("CreateUsers", mode="INDEPENDENT", **items(*people))["verdict"]
    assert [each.get("code") for each in verdicts] == [None, None, "LIMIT_REACHED"]
    assert {each["user"]["userNumber"] for each in verdicts[:2]} == {"9998", "9999"}


def test_after_9990_of_10000_ten_more_and_not_one_more(house: House, staff: Staff) -> None:
    gaps = {0, 1, 777, 1000, 2206, 5000, 5001, 7000, 8000, 9999}
    fill(house, house.company_id, [each for each in range(10_000) if each not in gaps])
    numbers = {int(staff.hire()["userNumber"]) for _ in range(10)}
    assert numbers == gaps
    fault = house.refused("CreateUser", newUser=staff.person())
    assert (fault["code"], fault["field"]) == ("LIMIT_REACHED", "newUser.userNumber")
    assert (fault["limit"], fault["used"]) == (10_000, 10_000)


def test_a_call_about_nobody_changes_nothing(house: House) -> None:
    answer = house.call("CreateUsers", mode="INDEPENDENT")
    assert answer["outcome"]["noChange"]


@pytest.mark.parametrize(
    "database_url", ["postgresql"], indirect=True
)  # SQLite has one writer: nothing to lose
def test_an_item_that_loses_a_race_has_a_verdict_and_the_others_a_user(house: House, staff: Staff) -> None:
    database = house.application.database
    answers: list[Plain] = []
    people = [staff.person(), staff.person(email="raced@example.com"), staff.person()]
    first = staff.hire(staff.other_id)
    with database.writing() as db:
        user = db.get_one(User, first["userId"])
        user.write_to("raced@example.com", exclusive=True)
        db.flush()
        caller = threading.Thread(
            target=lambda: answers.append(house.call("CreateUsers", mode="INDEPENDENT", **items(*people)))
        )
        caller.start()
        caller.join(timeout=1)
        assert caller.is_alive()
        db.commit()
    caller.join()
    codes = [each.get("code") for each in answers[0]["verdict"]]
    assert codes == [None, "DUPLICATE_EMAIL", None]

import pytest

from tests.dids.desk import Desk, numbers, race
from tests.house import House


def test_single_numbers_and_ranges_enter_the_pool_in_any_spelling(house: House) -> None:
    added = house.call(
        "AddDids",
        house.provider,
        number=["+1 (650) 555 1212", "+16505551212"],
        range=[{"first": "+1 650 555 2000", "last": "+1 650 555 2009"}],
    )
    assert (added["added"], added.get("didVerdict")) == (11, None)
    listed = house.call("ListDids", house.provider, withTotal=True)
    assert listed["total"] == 11
    first = listed["did"][0]
    assert first == {"number": "+16505551212", "state": "AVAILABLE", "primary": False, "version": 1}


def test_numbers_can_be_allocated_at_once(house: House) -> None:
    house.call("AddDids", house.provider, number=["+16505551212"], companyId=house.company_id)
    (did,) = house.call("ListDids")["did"]
    assert did["companyId"] == house.company_id


def test_numbers_that_are_there_already_are_no_change(house: House) -> None:
    given = {"number": ["+16505551212"]}
    house.call("AddDids", house.provider, **given)
    again = house.call("AddDids", house.provider, companyId=house.company_id, **given)
    assert (again["added"], again["outcome"]["noChange"]) == (0, True)
    assert [(each["number"], each["code"]) for each in again["didVerdict"]] == [("+16505551212", "NO_CHANGE")]
    assert "companyId" not in house.call("ListDids", house.provider)["did"][0]


def test_another_providers_number_is_not_to_be_had_and_the_rest_is_added(desk: Desk) -> None:
    answer = desk.add([desk.other_providers, *numbers(500)])
    assert answer["added"] == 1
    assert [(each["number"], each["code"]) for each in answer["didVerdict"]] == [
        (desk.other_providers, "DID_NOT_AVAILABLE")
    ]
    assert desk.did(desk.other_providers, desk.other_provider)["state"] == "AVAILABLE"


def test_reasons_are_in_the_callers_language(desk: Desk) -> None:
    answer = desk.house.call("AddDids", desk.house.provider, number=[desk.pool], control={"language": "fr"})
    assert answer["didVerdict"][0]["reason"] == "Le numéro l'était déjà."


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "number"),
        ({"range": [{"first": "+16505550009", "last": "+16505550000"}]}, "range[0].last"),
        ({"range": [{"first": "+16505550000", "last": "+3225550100"}]}, "range[0].last"),
        ({"range": [{"first": "+16505550000", "last": "+16505560000"}]}, "range"),
        ({"number": ["+16505550000"] * 10_001}, "number"),
        ({"number": ["650 555 1212"]}, "number[0]"),
    ],
)
def test_no_numbers_too_many_and_wrong_ranges_are_refused(
    house: House, fields: dict[str, list[object]], field: str
) -> None:
    fault = house.refused("AddDids", house.provider, **fields)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", field)


def test_ten_thousand_numbers_are_one_change(house: House) -> None:
    given = {"range": [{"first": "+16505550000", "last": "+16505559999"}]}
    assert house.call("AddDids", house.provider, **given)["added"] == 10_000
    again = house.call("AddDids", house.provider, **given)
    assert (again["added"], len(again["didVerdict"])) == (0, 10_000)


def test_only_a_providers_client_adds_numbers(house: House) -> None:
    assert house.refused("AddDids", number=["+16505551212"])["code"] == "NOT_PERMITTED"


def test_a_foreign_or_suspended_company_gets_none(desk: Desk) -> None:
    house = desk.house
    fault = house.refused("AddDids", desk.other_provider, number=numbers(500), companyId=house.company_id)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = house.refused("AddDids", house.provider, number=numbers(500), companyId=house.company_id)
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "companyId")


def test_a_dry_run_adds_nothing(house: House) -> None:
    answer = house.call("AddDids", house.provider, number=numbers(1), control={"dryRun": True})
    assert (answer["added"], answer["outcome"]["dryRun"]) == (1, True)
    assert "did" not in house.call("ListDids", house.provider)


def test_two_providers_who_add_the_same_numbers_at_once_share_none(house: House) -> None:
    other, _ = house.new_provider("Other")
    callers = [house.provider, other]
    given = {"range": [{"first": "+16505550000", "last": "+16505550999"}]}
    answers = race([house], 8, lambda each, place: each.call("AddDids", callers[place % 2], **given))
    assert sum(answer["added"] for answer in answers if isinstance(answer, dict)) == 1000
    assert not [answer for answer in answers if not isinstance(answer, dict)]

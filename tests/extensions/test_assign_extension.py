from collections.abc import Callable

import pytest
from sqlalchemy import select

from provisioning.kernel.caller import Right
from provisioning.kernel.journal import Change
from tests.dids.desk import race
from tests.extensions.desk import Extensions
from tests.house import House, Plain


def test_a_user_gets_an_extension_and_lists_show_it(extensions: Extensions) -> None:
    user = extensions.user()
    answer = extensions.assign(user, "206")
    assert (answer["userId"], answer["extension"], "freed" in answer) == (user, "206", False)
    assert extensions.of(user) == "206"
    assert extensions.house.call("GetCompany")["counts"]["extensions"] == 1


def test_another_one_takes_the_place_of_the_first_and_frees_it(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    answer = extensions.assign(user, "207")
    assert (answer["extension"], answer["freed"]) == ("207", "206")
    assert extensions.of(user) == "207"
    extensions.assign(extensions.user(), "206")


def test_done_already_is_no_change(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    again = extensions.assign(user, "206")
    assert again["outcome"]["noChange"]
    assert (again["extension"], "freed" in again) == ("206", False)


def test_a_taken_extension_is_refused_and_the_old_one_stays(extensions: Extensions) -> None:
    extensions.user(extension="206")
    user = extensions.user(extension="300")
    fault = extensions.refused(user, "206")
    assert (fault["code"], fault["field"], fault["object"]) == ("EXTENSION_TAKEN", "extension", "206")
    assert extensions.of(user) == "300"


def test_two_companies_have_the_same_extension(extensions: Extensions) -> None:
    house = extensions.house
    extensions.user(extension="206")
    other = house.new_company(house.provider, "OTHER")
    user = extensions.user(other, house.provider, extension="206")
    assert extensions.of(user) == "206"


@pytest.mark.parametrize("extension", ["099", "1000", "99", "0206"])
def test_outside_the_range_is_refused_and_the_range_named(extensions: Extensions, extension: str) -> None:
    fault = extensions.refused(extensions.user(), extension)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "extension")
    assert "from 100 to 999" in fault["reason"]
    french = extensions.refused(extensions.user(), extension, control={"language": "fr"})
    assert "doit être de 100 à 999" in french["reason"]


def test_leading_zeros_count(extensions: Extensions) -> None:
    house = extensions.house
    company = house.new_company(house.provider, "ZEROS", extensionFirst="000", extensionLast="099")
    user = extensions.user(company, house.provider)
    ref = {"userRef": {"userId": user}}
    assert house.call("AssignExtension", house.provider, **ref, extension="007")["extension"] == "007"
    fault = house.refused("AssignExtension", house.provider, **ref, extension="7")
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "extension")
    other = extensions.user(company, house.provider)
    taken = house.refused("AssignExtension", house.provider, userRef={"userId": other}, extension="007")
    assert taken["code"] == "EXTENSION_TAKEN"


@pytest.mark.parametrize("extension", ["", "12a", "1234567", "١٢٣"])
def test_an_extension_is_one_to_six_digits(extensions: Extensions, extension: str) -> None:
    fault = extensions.refused(extensions.user(), extension)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "extension")


def test_users_of_a_public_service_have_none(extensions: Extensions) -> None:
    house = extensions.house
    user = extensions.user(house.public_id, house.provider)
    fault = house.refused("AssignExtension", house.provider, userRef={"userId": user}, extension="206")
    assert (fault["code"], fault["field"]) == ("EXTENSION_NOT_ALLOWED", "extension")


def test_another_companys_user_is_unknown(extensions: Extensions) -> None:
    house = extensions.house
    stranger = house.client_of(house.provider.provider_id, house.new_company(house.provider, "OTHER"))
    fault = house.refused("AssignExtension", stranger, userRef={"userId": extensions.user()}, extension="206")
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "userRef")


def test_the_users_state_and_the_companys_are_looked_at(extensions: Extensions) -> None:
    house, gone, user = extensions.house, extensions.user(), extensions.user(extension="300")
    house.call("DeleteUser", userRef={"userId": gone})
    fault = extensions.refused(gone, "206")
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    fault = extensions.refused(user, "206")
    assert (fault["code"], fault["field"]) == ("INVALID_STATE", "userRef")
    assert extensions.assign(user, "300")["outcome"]["noChange"]


def test_the_version_expected_is_the_users(extensions: Extensions) -> None:
    user = extensions.user()
    version = extensions.house.call("GetUser", userRef={"userId": user})["version"]
    fault = extensions.refused(user, "206", control={"expectedVersion": version + 1})
    assert (fault["code"], fault["currentVersion"]) == ("VERSION_CONFLICT", version)
    extensions.assign(user, "206", control={"expectedVersion": version})


def test_a_dry_run_keeps_nothing(extensions: Extensions) -> None:
    user = extensions.user()
    assert extensions.assign(user, "206", control={"dryRun": True})["extension"] == "206"
    assert extensions.of(user) is None
    extensions.assign(extensions.user(), "206")


def test_a_repeat_with_the_same_request_id_gets_the_first_answer(extensions: Extensions) -> None:
    user = extensions.user(extension="300")
    first = extensions.assign(user, "206", control={"requestId": "e-1"})
    again = extensions.assign(user, "206", control={"requestId": "e-1"})
    assert (again["freed"], again["outcome"]["replayed"]) == (first["freed"], True)


def test_reading_rights_are_not_enough(extensions: Extensions) -> None:
    house = extensions.house
    reader = house.client_of(
        house.provider.provider_id, house.company_id, rights=frozenset({Right.EXTENSIONS_READ})
    )
    fault = house.refused("AssignExtension", reader, userRef={"userId": extensions.user()}, extension="206")
    assert fault["code"] == "NOT_PERMITTED"


def test_the_change_says_what_was_before(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    extensions.assign(user, "207")
    with extensions.house.application.database.reading() as db:
        changes = db.execute(
            select(Change.object_id, Change.user_id, Change.detail)
            .where(Change.kind == "ExtensionAssigned")
            .order_by(Change.id)
        ).all()
    assert [tuple(each) for each in changes] == [
        ("206", user, {"userId": user}),
        ("207", user, {"userId": user, "before": "206"}),
    ]


def test_one_of_twenty_gets_the_extension(extensions: Extensions, build_house: Callable[[], House]) -> None:
    users = [extensions.user() for _ in range(20)]

    def step(house: House, place: int) -> Plain:
        return house.call("AssignExtension", userRef={"userId": users[place]}, extension="206")

    answers = race([extensions.house, build_house()], 20, step)
    assert sum(isinstance(each, dict) for each in answers) == 1
    assert {each.code for each in answers if not isinstance(each, dict)} == {"EXTENSION_TAKEN"}
    assert sorted(str(extensions.of(user)) for user in users) == ["206"] + ["None"] * 19

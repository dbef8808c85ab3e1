"""What happens to extensions when something happens to users and companies."""

from collections.abc import Callable

from tests.dids.desk import race
from tests.extensions.desk import Extensions
from tests.house import House, Plain


def test_a_new_user_gets_the_extension_it_wishes(extensions: Extensions) -> None:
    assert extensions.of(extensions.user(extension="206")) == "206"
    new = {"firstName": "A", "lastName": "B", "email": "late@example.com", "extension": "206"}
    fault = extensions.house.refused("CreateUser", newUser=new)
    assert (fault["code"], fault["field"]) == ("EXTENSION_TAKEN", "newUser.extension")
    fault = extensions.house.refused("CreateUser", newUser={**new, "extension": "42"})
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "newUser.extension")
    house = extensions.house
    fault = house.refused("CreateUser", house.provider, companyId=house.public_id, newUser=new)
    assert (fault["code"], fault["field"]) == ("EXTENSION_NOT_ALLOWED", "newUser.extension")


def test_who_leaves_a_company_leaves_its_extension_there(extensions: Extensions) -> None:
    house = extensions.house
    other = house.new_company(house.provider, "OTHER")
    extensions.user(administrator=True)
    ways = {
        "DeleteUser": {},
        "RemoveUserFromCompany": {},
        "MoveUser": {"toCompanyId": other},
    }
    for operation, more in ways.items():
        user = extensions.user(extension="206")
        answer = house.call(operation, house.provider, userRef={"userId": user}, **more)
        assert answer["freedResources"]["extension"] == "206", operation
        assert extensions.of(user) is None


def test_a_restored_user_gets_its_extension_back(extensions: Extensions) -> None:
    house, user = extensions.house, extensions.user(extension="206")
    house.call("DeleteUser", userRef={"userId": user})
    restored = house.call("RestoreUser", userRef={"userId": user})
    assert (restored["user"]["extension"], "warning" in restored["outcome"]) == ("206", False)
    house.call("UnassignExtension", userRef={"userId": user})
    house.call("DeleteUser", userRef={"userId": user})
    assert "extension" not in house.call("RestoreUser", userRef={"userId": user})["user"]


def test_or_hears_that_it_is_lost(extensions: Extensions) -> None:
    house = extensions.house
    taken, outside = extensions.user(extension="206"), extensions.user(extension="900")
    for user in (taken, outside):
        house.call("DeleteUser", userRef={"userId": user})
    extensions.user(extension="206")
    house.call("UpdateCompany", extensionLast="899")
    for user, extension in ((taken, "206"), (outside, "900")):
        restored = house.call("RestoreUser", userRef={"userId": user})
        assert "extension" not in restored["user"]
        (warning,) = restored["outcome"]["warning"]
        assert warning == {
            "code": "EXTENSION_TAKEN",
            "reason": f"Extension {extension} could not be given back: it is no longer free.",
        }


def test_a_range_changes_around_what_users_have(extensions: Extensions) -> None:
    house = extensions.house
    user = extensions.user(extension="206")
    house.call("UpdateCompany", extensionFirst="200", extensionLast="210")
    assert extensions.suggested(near="206", count=2) == ["205", "207"]
    assert len(extensions.suggested(count=50)) == 10
    fault = extensions.refused(user, "199")
    assert fault["code"] == "INVALID_REQUEST"
    house.call("UpdateCompany", name="Another name")
    assert len(extensions.suggested(count=50)) == 10


def test_a_range_that_leaves_some_of_it_out_is_refused_with_the_count(extensions: Extensions) -> None:
    house = extensions.house
    extensions.user(extension="206")
    extensions.user(extension="207")
    for ends in ({"extensionFirst": "207"}, {"extensionFirst": "0100", "extensionLast": "0999"}):
        fault = house.refused("UpdateCompany", **ends)
        count = 1 if len(ends) == 1 else 2
        assert (fault["code"], fault["field"], fault["used"]) == ("IN_USE", "extensionFirst", count)
    assert extensions.suggested(near="100", count=1) == ["100"]


def test_a_deleted_companys_extensions_go_with_it(extensions: Extensions) -> None:
    house = extensions.house
    company = house.new_company(house.provider, "GONE")
    user = extensions.user(company, house.provider, extension="206")
    house.call("DeleteCompany", house.provider, companyId=company, deleteUsers=True)
    assert extensions.of(user) is None
    fault = house.refused("SuggestExtensions", house.provider, companyId=company)
    assert fault["code"] == "NOT_FOUND"


def test_extensions_given_while_the_range_changes_are_kept(
    extensions: Extensions, build_house: Callable[[], House]
) -> None:
    users = [extensions.user() for _ in range(16)]

    def step(house: House, place: int) -> Plain:
        if place % 4 == 0:
            return house.call("UpdateCompany", extensionLast=str(900 + place))
        return house.call("AssignExtension", userRef={"userId": users[place]}, extension=str(200 + place))

    answers = race([extensions.house, build_house()], 16, step)
    assert all(isinstance(each, dict) for each in answers), answers
    for place, user in enumerate(users):
        assert extensions.of(user) == (str(200 + place) if place % 4 else None)
    free = extensions.suggested(near="205", count=10)
    assert not set(free) & {extensions.of(user) for user in users}

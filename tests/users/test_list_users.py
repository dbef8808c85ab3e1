import itertools
from datetime import timedelta
from typing import Any

import pytest

from provisioning.users import UserState, listing
from tests.house import House, Plain
from tests.users.staff import Staff

PEOPLE = [
    {"firstName": "Élodie", "lastName": "Bouchard", "extension": "105"},
    {"firstName": "edgar", "lastName": "Zola"},
    {"firstName": "Marc", "lastName": "Émond", "extension": "101"},
    {"firstName": "John", "lastName": "Smith", "userNumber": "2206"},
    {"firstName": "John", "lastName": "Adams", "userNumber": "0042"},
]
KEYS = {
    "NUMBER": lambda user: user["userNumber"],
    "FIRST_NAME": lambda user: (plain(user["firstName"]), plain(user["lastName"])),
    "LAST_NAME": lambda user: (plain(user["lastName"]), plain(user["firstName"])),
    "EXTENSION": lambda user: user.get("extension", ""),
    "DID": lambda user: user.get("did", [""])[0],
    "EMAIL": lambda user: user["email"],
    "CREATED": lambda user: user["createdAt"],
}


def plain(name: str) -> str:
    return name.casefold().replace("é", "e")


@pytest.fixture
def five(house: House, staff: Staff) -> list[Plain]:
    staff.add_dids("+16505550001", "+16505550002")
    dids: dict[int, Plain] = {1: {"did": ["+16505550002"]}, 3: {"did": ["+16505550001"]}}
    users = []
    for place, person in enumerate(PEOPLE):
        users.append(staff.hire(**person, **dids.get(place, {})))
        house.clock.pass_time(seconds=1)
    staff.hire(staff.other_id)
    return users


def names(page: Plain) -> list[str]:
    return [f"{user['firstName']} {user['lastName']}" for user in page.get("user", [])]


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sort", KEYS)
def test_sorted_by_any_column_either_way_page_by_page(
    house: House, five: list[Plain], sort: str, descending: bool
) -> None:
    whole = house.call("ListUsers", sort=sort, descending=descending)
    assert "nextCursor" not in whole
    shown = [KEYS[sort](user) for user in whole["user"]]
    assert shown == sorted(shown, reverse=descending)
    assert {user["userId"] for user in whole["user"]} == {user["userId"] for user in five}
    paged: list[Plain] = []
    cursor: Plain = {}
    while True:
        page = house.call("ListUsers", sort=sort, descending=descending, pageSize=2, **cursor)
        paged += page["user"]
        if "nextCursor" not in page:
            break
        cursor = {"cursor": page["nextCursor"]}
    assert paged == whole["user"]


def test_by_number_when_nothing_is_said(house: House, five: list[Plain]) -> None:
    page = house.call("ListUsers", withTotal=True)
    assert names(page)[0] == "John Adams"
    assert page["total"] == 5
    assert page["user"][0] == five[4]


@pytest.mark.parametrize(
    ("letter", "found"),
    [
        ("e", {"Élodie Bouchard", "edgar Zola", "Marc Émond"}),
        ("É", {"Élodie Bouchard", "edgar Zola", "Marc Émond"}),
        ("S", {"John Smith"}),
        ("x", set()),
    ],
)
def test_by_the_first_letter_of_either_name(
    house: House, five: list[Plain], letter: str, found: set[str]
) -> None:
    page = house.call("ListUsers", userFilter={"letter": letter}, withTotal=True)
    assert set(names(page)) == found
    assert page["total"] == len(found)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("elo", {"Élodie Bouchard"}),
        ("ÉMO", {"Marc Émond"}),
        ("john", {"John Smith", "John Adams"}),
        ("john sm", {"John Smith"}),
        ("smith j", {"John Smith"}),
        ("user3@", {"John Smith"}),
        ("220", {"John Smith"}),
        ("105", {"Élodie Bouchard"}),
        ("+1 (650) 555 0001", {"John Smith"}),
        ("1650555", {"John Smith", "edgar Zola"}),
        ("%", set()),
    ],
)
def test_by_how_a_name_an_address_or_a_number_begins(
    house: House, five: list[Plain], text: str, found: set[str]
) -> None:
    assert set(names(house.call("ListUsers", userFilter={"text": text}))) == found


def test_by_any_did_held(house: House, staff: Staff) -> None:
    staff.add_dids("+16505550001", "+16505550002")
    holder = staff.hire(did=["+16505550001", "+16505550002"])
    staff.hire()
    for number in holder["did"]:
        assert house.call("ListUsers", userFilter={"did": number})["user"] == [holder]
    assert house.call("ListUsers", userFilter={"did": "+16505559999"}).get("user", []) == []
    elsewhere = house.call("ListUsers", staff.other, userFilter={"did": holder["did"][0]})
    assert elsewhere.get("user", []) == []


def test_by_extension(house: House, five: list[Plain]) -> None:
    assert names(house.call("ListUsers", userFilter={"extension": "101"})) == ["Marc Émond"]


def test_by_expiry(house: House, staff: Staff) -> None:
    today = house.clock().date()
    days = [(today + timedelta(days=ahead)).isoformat() for ahead in (1, 10, 20)]
    users = [staff.hire(expiresOn=day) for day in days]
    staff.hire()
    found = house.call("ListUsers", userFilter={"expiresAfter": days[0], "expiresBefore": days[2]})
    assert found["user"] == [users[1]]
    assert len(house.call("ListUsers", userFilter={"expiresBefore": days[2]})["user"]) == 2
    assert len(house.call("ListUsers", userFilter={"expiresAfter": days[0]})["user"]) == 2


def in_every_state(house: House, staff: Staff) -> dict[str, Plain]:
    """A user in each state, and one whose expiry nobody has noted yet."""
    users = {state.value: staff.hire() for state in UserState}
    staff.set(users["PENDING"], state=UserState.PENDING)
    staff.set(users["REJECTED"], state=UserState.REJECTED)
    staff.call("SuspendUser", users["SUSPENDED"])
    staff.call("DeleteUser", users["DELETED"])
    today = house.clock().date()
    yesterday = (today - timedelta(days=1)).isoformat()
    staff.call("UpdateUser", users["EXPIRED"], expiresOn=yesterday)
    users["OVERDUE"] = staff.hire()
    staff.set(users["OVERDUE"], expires_on=today - timedelta(days=1))
    return users


def test_by_state(house: House, staff: Staff) -> None:
    users = in_every_state(house, staff)

    def listed(**wanted: Any) -> set[str]:
        page = house.call("ListUsers", withTotal=True, **wanted)
        assert page["total"] == len(page["user"])
        return {
            name for name, user in users.items() for each in page["user"] if each["userId"] == user["userId"]
        }

    assert listed() == {"PENDING", "ACTIVE", "SUSPENDED", "EXPIRED", "OVERDUE"}
    for state in UserState:
        expected = {"EXPIRED", "OVERDUE"} if state is UserState.EXPIRED else {state.value}
        assert listed(userFilter={"state": state}) == expected
        assert listed(userFilter={"state": state, "letter": "S"}) == expected
        shown = house.call("ListUsers", userFilter={"state": state})["user"]
        assert {user["state"] for user in shown} == {state.value}


def test_pages_stay_right_while_users_come_and_go(house: House, staff: Staff) -> None:
    users = [staff.hire(userNumber=f"{number}") for number in range(2000, 2010)]
    first = house.call("ListUsers", pageSize=4)
    staff.call("DeleteUser", users[1])
    staff.hire(userNumber="1999")
    added = staff.hire(userNumber="2011")
    rest = house.call("ListUsers", pageSize=10, cursor=first["nextCursor"])
    assert [user["userNumber"] for user in rest["user"]] == [
        *(user["userNumber"] for user in users[4:]),
        added["userNumber"],
    ]


@pytest.mark.parametrize("other", [{"sort": "EMAIL"}, {"descending": True}, {"cursor": "bm9uc2Vuc2U="}])
def test_a_cursor_is_good_for_its_own_list_only(house: House, five: list[Plain], other: Plain) -> None:
    cursor = house.call("ListUsers", pageSize=1)["nextCursor"]
    assert house.refused("ListUsers", **{"cursor": cursor} | other)["code"] == "INVALID_CURSOR"


def test_a_providers_client_says_which_company(house: House, five: list[Plain]) -> None:
    assert house.refused("ListUsers", house.provider)["field"] == "companyId"
    assert len(house.call("ListUsers", house.provider, companyId=house.company_id)["user"]) == 5


@pytest.mark.parametrize("few", [0, 1, 3, 4000])
def test_whichever_way_a_page_is_found_it_is_the_same(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    """Few users come by a filter's index, many by a walk in the list's order: here both, at any mixture."""
    monkeypatch.setattr(listing, "FEW", few)
    monkeypatch.setattr(listing, "NEXT_TO_NONE", min(few, 1))
    listing._probe.cache_clear()
    users = in_every_state(house, staff)
    living = sorted(
        users[name]["userNumber"] for name in ("PENDING", "ACTIVE", "SUSPENDED", "EXPIRED", "OVERDUE")
    )
    for descending, letter in itertools.product((False, True), ("S", "T")):
        wanted = {"sort": "LAST_NAME", "descending": descending, "userFilter": {"letter": letter}}
        found, cursor = [], {}
        while True:
            page = house.call("ListUsers", pageSize=2, **wanted, **cursor)
            found += [user["userNumber"] for user in page["user"]]
            if "nextCursor" not in page:
                break
            cursor = {"cursor": page["nextCursor"]}
        assert sorted(found) == living
        assert (
            len(
                house.call("ListUsers", **wanted | {"userFilter": {"state": "EXPIRED", "letter": letter}})[
                    "user"
                ]
            )
            == 2
        )
    listing._probe.cache_clear()

from tests.house import House
from tests.phone_sessions.conftest import Switch


def test_users_without_sessions_are_listed_too(house: House, switch: Switch) -> None:
    switch.report(("c-1", switch.sylvie, "2026-11-20T10:00:00+02:00"))
    assert switch.counts() == {"john": (0, None), "sylvie": (1, "2026-11-20T08:00:00Z")}
    page = house.call("ListUserSessions", pageSize=1, withTotal=True)
    assert (len(page["userSessions"]), page["total"]) == (1, 2)
    rest = house.call("ListUserSessions", cursor=page["nextCursor"])
    assert [each["firstName"] for each in rest["userSessions"]] == ["sylvie"]

from tests.house import House
from tests.phone_sessions.conftest import Switch


def test_the_latest_come_first_and_can_be_narrowed(house: House, switch: Switch) -> None:
    days = [f"2026-11-{day:02}T10:00:00Z" for day in range(1, 6)]
    switch.report(*((f"c-{day}", switch.john, day) for day in days))
    switch.report(("other", switch.sylvie, days[2]))
    john = {"userId": switch.john["userId"]}
    page = house.call("ListSessions", userRef=john, pageSize=2, withTotal=True)
    assert ([each["startedAt"] for each in page["phoneSession"]], page["total"]) == (days[:-3:-1], 5)
    page = house.call("ListSessions", userRef=john, pageSize=2, cursor=page["nextCursor"])
    assert [each["startedAt"] for each in page["phoneSession"]] == [days[2], days[1]]
    inside = house.call("ListSessions", since=days[2], until=days[3])
    assert {each["callId"] for each in inside["phoneSession"]} == {f"c-{days[2]}", "other"}
    stranger, _ = house.new_provider("Stranger")
    assert house.refused("ListSessions", stranger, userRef=john)["code"] == "NOT_FOUND"

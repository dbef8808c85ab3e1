import itertools
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from provisioning.changes import forget_old
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.facts import Fact
from provisioning.kernel.journal import Change, write
from provisioning.kernel.lexical import write_moment
from provisioning.kernel.paging import write_cursor
from tests.house import House, Plain


def follow(house: House, caller: Caller | None = None, **filters: Any) -> list[Plain]:
    """All changes, page after page."""
    seen: list[Plain] = []
    cursor = None
    while True:
        page = house.call("ListChanges", caller or house.provider, cursor=cursor, pageSize=3, **filters)
        seen += page.get("change", [])
        cursor = page["nextCursor"]
        if not page["more"]:
            return seen


def kinds(changes: list[Plain]) -> list[str]:
    return [each["kind"] for each in changes]


class ThingMoved(Fact):
    object_type = "Thing"


def tell(house: House, *facts: Fact) -> None:
    """Facts of a room that does not exist, kept as a call keeps them."""
    database = house.application.database
    with database.writing() as db:
        write(
            db,
            facts,
            caller=house.provider,
            operation="MoveThing",
            request_id=None,
            transaction_id=f"t{next(numbers):025}",
            now=house.clock(),
            writer=database.writer_number(db),
        )
        db.commit()


numbers = itertools.count()


def moved(house: House, object_id: str = "thing", **more: Any) -> ThingMoved:
    return ThingMoved(object_id=object_id, provider_id=house.provider.provider_id, **more)


def test_a_change_says_what_when_who_and_why(house: House) -> None:
    cursor = house.call("ListChanges", house.provider)["nextCursor"]
    new = {"kind": "PRIVATE", "code": "NEW", "name": "New"}
    made = house.call("CreateCompany", house.provider, newCompany=new, control={"requestId": "order-7"})
    page = house.call("ListChanges", house.provider, cursor=cursor)
    (change,) = (each for each in page["change"] if each["kind"] == "CompanyCreated")
    company = made["company"]
    assert change.pop("changeId")
    assert change == {
        "at": company["createdAt"],
        "kind": "CompanyCreated",
        "objectType": "Company",
        "objectId": company["companyId"],
        "companyId": company["companyId"],
        "detail": [{"name": "code", "value": "NEW"}, {"name": "kind", "value": "PRIVATE"}],
        "clientName": house.provider.client_name,
        "operation": "CreateCompany",
        "requestId": "order-7",
        "transactionId": made["outcome"]["transactionId"],
    }


def test_a_cursor_is_on_every_page_and_leads_to_the_news(house: House) -> None:
    seen = follow(house)
    page = house.call("ListChanges", house.provider)
    cursor = page["nextCursor"]
    assert not page["more"]
    for code in "ABC":
        empty = house.call("ListChanges", house.provider, cursor=cursor)
        assert "change" not in empty
        house.call("UpdateCompany", house.provider, companyId=house.company_id, code=code)
        page = house.call("ListChanges", house.provider, cursor=empty["nextCursor"])
        assert [each["value"] for each in page["change"][0]["detail"]] == [code]
        seen += page["change"]
        cursor = page["nextCursor"]
    assert follow(house) == seen


def test_pages_hold_every_change_once(house: House) -> None:
    tell(house, *(moved(house, str(number)) for number in range(10)))
    assert [each["objectId"] for each in follow(house, kind=["ThingMoved"])] == [str(n) for n in range(10)]
    page = house.call("ListChanges", house.provider, pageSize=3, kind=["ThingMoved"], withTotal=True)
    assert (len(page["change"]), page["total"], page["more"]) == (3, 10, True)
    exact = house.call("ListChanges", house.provider, pageSize=10, kind=["ThingMoved"])
    assert (len(exact["change"]), exact["more"]) == (10, False)


def test_details_of_any_shape_are_names_and_values(house: House) -> None:
    detail = {
        "first_name": "Ana",
        "dids": ["+16505551212", "+16505551213"],
        "primary": True,
        "limit": 3,
        "externalId": None,
        "owner": {"user_id": "u", "kinds": []},
    }
    tell(house, moved(house, detail=detail))
    (change,) = follow(house, kind=["ThingMoved"])
    assert change["detail"] == [
        {"name": "firstName", "value": "Ana"},
        {"name": "dids", "value": "+16505551212"},
        {"name": "dids", "value": "+16505551213"},
        {"name": "primary", "value": "true"},
        {"name": "limit", "value": "3"},
        {"name": "externalId"},
        {"name": "owner.userId", "value": "u"},
    ]


def test_changes_are_filtered(house: House) -> None:
    company = house.company_id
    tell(
        house,
        moved(house, "one", company_id=company, concerns=("ana",)),
        moved(house, "two", company_id=company, concerns=("ana", "bob")),
        moved(house, "all", company_id=company, concerns=("ana", "bob", "eve")),
        moved(house, "provider's"),
    )

    def things(**filters: Any) -> list[str]:
        return [each["objectId"] for each in follow(house, objectType="Thing", **filters)]

    assert things() == ["one", "two", "all", "provider's"]
    assert things(objectId="two") == ["two"]
    assert things(userId="ana") == ["one", "two"]
    assert things(userId="bob") == ["two"]
    assert things(companyId=company) == ["one", "two", "all"]
    assert things(companyId=house.public_id) == []
    assert things(kind=["CompanyCreated"]) == []
    assert kinds(follow(house, kind=["CompanyCreated", "ThingMoved"])).count("ThingMoved") == 4


def test_a_users_own_changes_are_its(house: House) -> None:
    class UserTickled(Fact):
        object_type = "User"

    tell(
        house,
        UserTickled(object_id="ana", provider_id=house.provider.provider_id, concerns=("bob", "eve")),
    )
    assert kinds(follow(house, userId="ana")) == ["UserTickled"]
    assert follow(house, userId="bob") == []


def test_since_begins_at_a_moment(house: House) -> None:
    tell(house, moved(house, "before"))
    house.clock.pass_time(minutes=1)
    since = write_moment(house.clock())
    tell(house, moved(house, "after"))
    assert [each["objectId"] for each in follow(house, since=since)] == ["after"]


def test_a_tenant_sees_its_own(house: House) -> None:
    stranger, _ = house.new_provider("Stranger")
    before = follow(house, stranger)
    tell(house, moved(house, "mine", company_id=house.company_id), moved(house, "provider's"))
    assert follow(house, stranger) == before
    assert follow(house, stranger, companyId=house.company_id) == []
    own = follow(house, house.company)
    assert {each["companyId"] for each in own} == {house.company_id}
    assert [each["objectId"] for each in own if each["kind"] == "ThingMoved"] == ["mine"]
    assert follow(house, house.company, companyId=house.public_id) == []


def test_the_operator_sees_everything(house: House) -> None:
    house.new_provider("Stranger")
    page = house.operate("ListChanges", pageSize=1000)
    assert kinds(page["change"]).count("CompanyCreated") == 3


def test_without_the_right_nothing_is_shown(house: House) -> None:
    caller = house.client_of(house.provider.provider_id, rights=frozenset({Right.COMPANIES_READ}))
    assert house.refused("ListChanges", caller)["code"] == "NOT_PERMITTED"


def test_dry_runs_and_refused_calls_change_nothing(house: House) -> None:
    before = follow(house)
    new = {"kind": "PRIVATE", "code": "DRY", "name": "Dry"}
    house.call("CreateCompany", house.provider, newCompany=new, control={"dryRun": True})
    house.refused("CreateCompany", house.provider, newCompany={**new, "code": "ACME"})
    house.call("UpdateCompany", house.provider, companyId=house.company_id, code="ACME")
    assert follow(house) == before


def test_an_old_cursor_says_how_to_catch_up(house: House) -> None:
    cursor = house.call("ListChanges", house.provider)["nextCursor"]
    house.clock.pass_time(days=90)
    assert house.call("ListChanges", house.provider, cursor=cursor)
    house.clock.pass_time(hours=1)
    fault = house.refused("ListChanges", house.provider, cursor=cursor, control={"language": "fr"})
    assert (fault["code"], fault["field"]) == ("CURSOR_EXPIRED", "cursor")
    assert "90 jours" in fault["reason"]
    assert "nextCursor" in fault["reason"]


def test_the_oldest_changes_can_be_paged_through(house: House) -> None:
    tell(house, *(moved(house, str(number)) for number in range(5)))
    house.clock.pass_time(days=89, hours=23, minutes=59, seconds=58)
    page = house.call("ListChanges", house.provider, pageSize=2, since="2001-01-01T00:00:00Z")
    house.clock.pass_time(minutes=5)
    rest = house.call("ListChanges", house.provider, cursor=page["nextCursor"])
    assert len(rest["change"]) >= 5
    assert "change" not in house.call("ListChanges", house.provider)


def test_what_no_cursor_leads_to_is_forgotten_and_nothing_else(house: House) -> None:
    def forget() -> int:
        with house.application.database.writing() as db:
            count = forget_old(db, house.application.settings, house.clock())
            db.commit()
        return count

    def kept() -> int:
        with house.application.database.reading() as db:
            return db.execute(select(func.count()).select_from(Change)).scalar_one()

    old = kept()
    cursor = house.call("ListChanges", house.provider)["nextCursor"]
    house.clock.pass_time(days=90, minutes=9)
    tell(house, moved(house, "new"))
    assert forget() == 0
    (seen,) = house.call("ListChanges", house.provider, cursor=cursor)["change"]
    assert seen["objectId"] == "new"
    house.clock.pass_time(days=1)
    assert forget() == old
    assert kept() == 1


def test_a_reader_who_waited_until_all_was_forgotten_goes_on(house: House) -> None:
    """Numbers are not given out again, or a change could take the place that a reader has behind it."""
    cursor = house.call("ListChanges", house.provider)["nextCursor"]
    for _ in range(3):
        house.clock.pass_time(days=60)
        cursor = house.call("ListChanges", house.provider, cursor=cursor)["nextCursor"]
    with house.application.database.writing() as db:
        assert forget_old(db, house.application.settings, house.clock()) > 0
        db.commit()
    assert "change" not in house.call("ListChanges", house.provider, cursor=cursor)
    tell(house, moved(house, "new"))
    (seen,) = house.call("ListChanges", house.provider, cursor=cursor)["change"]
    assert seen["objectId"] == "new"


def test_a_cursor_from_beyond_the_end_is_of_a_lost_database(house: House) -> None:
    beyond = write_cursor("changes", (1 << 40, 1, house.clock()))
    assert house.refused("ListChanges", house.provider, cursor=beyond)["code"] == "CURSOR_EXPIRED"


LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        write_cursor("companies", (0, 0, LONG_AGO)),
        write_cursor("changes", (0, 0)),
        write_cursor("changes", ("0", 0, LONG_AGO)),
        write_cursor("changes", (1 << 70, 0, LONG_AGO)),
        write_cursor("changes", (True, 0, LONG_AGO)),
        write_cursor("changes", (0, 0, "soon")),
    ],
)
def test_what_is_no_cursor_of_changes_is_refused(house: House, cursor: str) -> None:
    fault = house.refused("ListChanges", house.provider, cursor=cursor)
    assert (fault["code"], fault["field"]) == ("INVALID_CURSOR", "cursor")

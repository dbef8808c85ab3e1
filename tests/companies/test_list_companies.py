import pytest

from tests.house import House


def codes(house: House, **filters: object) -> list[str]:
    page = house.call("ListCompanies", house.provider, **filters)
    return [each["code"] for each in page.get("company", [])]


def test_pages_follow_each_other_and_total_is_counted_on_request(house: House) -> None:
    for number in range(5):
        house.new_company(house.provider, f"C{number}")
    seen: list[str] = []
    cursor = None
    while True:
        page = house.call("ListCompanies", house.provider, pageSize=2, cursor=cursor, withTotal=True)
        assert page["total"] == 7
        seen += [each["code"] for each in page["company"]]
        cursor = page.get("nextCursor")
        if cursor is None:
            break
    assert seen == ["ACME", "C0", "C1", "C2", "C3", "C4", "PUBLIC"]


def test_filters(house: House) -> None:
    house.new_company(house.provider, "PUB2", kind="PUBLIC", externalId="Ext-7")
    assert codes(house, kind="PRIVATE") == ["ACME"]
    assert codes(house, text="pub") == ["PUB2", "PUBLIC"]
    assert codes(house, text="ext-") == ["PUB2"]
    assert codes(house, text="%") == []
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert codes(house, state="SUSPENDED") == ["ACME"]


def test_a_companys_client_sees_its_own_and_a_stranger_nothing_of_others(house: House) -> None:
    page = house.call("ListCompanies", house.company)
    assert [each["code"] for each in page["company"]] == ["ACME"]
    stranger, _ = house.new_provider("Stranger")
    assert [each["code"] for each in house.call("ListCompanies", stranger)["company"]] == ["PUBLIC"]


@pytest.mark.parametrize(
    "cursor", ["rubbish", "eyJ9", "W10=", "WyJvdGhlciIsIFsiYSIsICJiIl1d", "W1tdLCB7fV0="]
)
def test_a_cursor_of_something_else_is_refused(house: House, cursor: str) -> None:
    assert house.refused("ListCompanies", house.provider, cursor=cursor)["code"] == "INVALID_CURSOR"


@pytest.mark.parametrize("size", [0, 1001, -1])
def test_page_sizes_have_bounds(house: House, size: int) -> None:
    fault = house.refused("ListCompanies", house.provider, pageSize=size)
    assert fault["violation"] == [
        {"field": "pageSize", "code": "OUT_OF_RANGE", "reason": fault["violation"][0]["reason"]}
    ]

import time

import pytest

from provisioning.numbering import NumberKind, draw_space, find_space
from tests.extensions.desk import Extensions


def test_ten_from_the_lowest_without_a_wish(extensions: Extensions) -> None:
    assert extensions.suggested() == [str(number) for number in range(100, 110)]


def test_the_nearest_first_and_only_free_ones(extensions: Extensions) -> None:
    for taken in ("206", "207"):
        extensions.user(extension=taken)
    assert extensions.suggested(near="206", count=4) == ["205", "204", "208", "203"]
    assert extensions.suggested(near="999", count=2) == ["999", "998"]
    assert extensions.suggested(near="5", count=1) == ["100"]


def test_what_was_freed_is_suggested_again(extensions: Extensions) -> None:
    user = extensions.user(extension="206")
    assert extensions.suggested(near="206", count=1) == ["205"]
    extensions.house.call("UnassignExtension", userRef={"userId": user})
    assert extensions.suggested(near="206", count=1) == ["206"]


def test_leading_zeros_are_kept(extensions: Extensions) -> None:
    house = extensions.house
    company = house.new_company(house.provider, "ZEROS", extensionFirst="007", extensionLast="010")
    answer = house.call("SuggestExtensions", house.provider, companyId=company, near="010")
    assert answer["extension"] == ["010", "009", "008", "007"]


@pytest.mark.parametrize("count", [0, 51])
def test_at_most_fifty(extensions: Extensions, count: int) -> None:
    fault = extensions.house.refused("SuggestExtensions", count=count)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "count")
    assert len(extensions.suggested(count=50)) == 50


def test_a_full_company_has_none_to_suggest(extensions: Extensions) -> None:
    house = extensions.house
    company = house.new_company(house.provider, "SMALL", extensionFirst="1", extensionLast="2")
    for extension in ("1", "2"):
        extensions.user(company, house.provider, extension=extension)
    assert "extension" not in house.call("SuggestExtensions", house.provider, companyId=company)


def test_a_public_service_and_a_foreign_company(extensions: Extensions) -> None:
    house = extensions.house
    fault = house.refused("SuggestExtensions", house.provider, companyId=house.public_id)
    assert (fault["code"], fault["field"]) == ("EXTENSION_NOT_ALLOWED", "companyId")
    other = house.new_company(house.provider, "OTHER")
    fault = house.refused("SuggestExtensions", companyId=other)
    assert (fault["code"], fault["field"]) == ("NOT_FOUND", "companyId")


def test_a_full_range_is_no_slower_than_an_empty_one(extensions: Extensions) -> None:
    house = extensions.house
    company = house.new_company(house.provider, "BIG", extensionFirst="000000", extensionLast="999999")

    def took() -> float:
        began = time.perf_counter()
        for _ in range(20):
            house.call("SuggestExtensions", house.provider, companyId=company, near="500000", count=5)
        return time.perf_counter() - began

    empty = min(took() for _ in range(3))
    with house.application.database.writing() as db:
        held = (number for number in range(1_000_000) if number % 10_000)
        draw_space(db, company, NumberKind.EXTENSION, 0, 999_999, held=held)
        assert find_space(db, company, NumberKind.EXTENSION) is not None
        db.commit()
    answer = house.call("SuggestExtensions", house.provider, companyId=company, near="500001", count=2)
    assert answer["extension"] == ["500000", "510000"]
    assert min(took() for _ in range(3)) < 3 * empty

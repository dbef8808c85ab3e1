import pytest

from tests.house import House
from tests.restrictions.conftest import Desk


def test_a_code_is_unique_in_its_company(house: House, desk: Desk) -> None:
    new = {"code": "PREMIUM", "nameEn": "P", "nameFr": "P", "rule": "DENY", "pattern": ["1*"]}
    fault = house.refused("CreateCallRestriction", newCallRestriction=new)
    assert (fault["code"], fault["field"]) == ("DUPLICATE_CODE", "newCallRestriction.code")
    other = house.new_company(house.provider, "OTHER")
    assert house.call("CreateCallRestriction", house.provider, companyId=other, newCallRestriction=new)


@pytest.mark.parametrize("pattern", ["", "1*2", "+1", "**", "1x", "1" * 33])
def test_a_pattern_has_digits_question_marks_and_a_star_at_the_end(
    house: House, desk: Desk, pattern: str
) -> None:
    new = {"code": "BAD", "nameEn": "B", "nameFr": "B", "rule": "DENY", "pattern": ["1*", pattern]}
    fault = house.refused("CreateCallRestriction", newCallRestriction=new)
    assert (fault["code"], fault["field"]) == ("INVALID_REQUEST", "newCallRestriction.pattern[1]")

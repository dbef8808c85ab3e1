import string

from hypothesis import given
from hypothesis import strategies as st

from provisioning.restrictions.model import CallRestriction, longest_match, pattern_fits
from tests.house import House
from tests.restrictions.conftest import Desk


def test_the_longest_match_wins_and_is_named(desk: Desk) -> None:
    desk.apply("LONG_DISTANCE", "PREMIUM", "HOME_OFFICE")
    barred = desk.dial("+1 (900) 555-1212")
    assert (barred["allowed"], barred["restrictionCode"], barred["pattern"]) == (False, "PREMIUM", "1900*")
    excepted = desk.dial("15145551999")
    assert (excepted["allowed"], excepted["restrictionCode"], excepted["reason"]) == (
        True,
        "HOME_OFFICE",
        "RULE",
    )
    assert desk.dial("15145552999")["restrictionCode"] == "LONG_DISTANCE"
    assert desk.dial("911") == {"allowed": True, "reason": "NO_RULE"}


def test_only_what_is_applied_counts(desk: Desk) -> None:
    assert desk.dial("19005551212") == {"allowed": True, "reason": "NO_RULE"}
    desk.apply("PREMIUM")
    assert not desk.dial("19765551212")["allowed"]
    assert desk.dial("197655512123")["allowed"]


def test_a_closed_service_dials_nothing(house: House, desk: Desk) -> None:
    house.call("SuspendCompany", house.provider, companyId=house.company_id)
    assert desk.dial("911") == {"allowed": False, "reason": "SERVICE_CLOSED"}


def test_rubbish_is_no_number(house: House, desk: Desk) -> None:
    fault = house.refused("EvaluateDialing", userRef=desk.john, number="12ab")
    assert fault["violation"][0]["field"] == "number"


def restriction(code: str, rule: str, *patterns: str) -> CallRestriction:
    return CallRestriction(code=code, rule=rule, patterns=list(patterns))


def test_equal_lengths_are_settled_by_digits_then_by_denying() -> None:
    deny, allow = restriction("D", "DENY", "12??"), restriction("A", "ALLOW", "123?")
    match = longest_match([deny, allow], "1234")
    assert match is not None
    assert match.code == "A"
    match = longest_match([restriction("A", "ALLOW", "12*"), restriction("D", "DENY", "12*")], "1234")
    assert match is not None
    assert match.code == "D"


@given(st.text(string.digits, max_size=12), st.integers(0, 12), st.booleans())
def test_a_pattern_made_of_a_number_fits_it(number: str, masked: int, cut: bool) -> None:
    pattern = number[:masked] + "?" * (len(number) - masked)
    if cut:
        pattern = number[:masked] + "*"
    assert pattern_fits(pattern, number)
    assert pattern_fits(pattern, number + "0") is (cut or False)


@given(st.text(string.digits + "?", min_size=1, max_size=8), st.text(string.digits, max_size=8))
def test_a_star_stands_for_every_rest(pattern: str, number: str) -> None:
    fits_some_length = any(pattern_fits(pattern, number[:length]) for length in range(len(number) + 1))
    assert pattern_fits(f"{pattern}*", number) is fits_some_length

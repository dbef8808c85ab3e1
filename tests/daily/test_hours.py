from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioning.daily import due_day

TORONTO, PARIS = ZoneInfo("America/Toronto"), ZoneInfo("Europe/Paris")
USUAL = time(0, 15)


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc] # mypy cannot count them


@pytest.mark.parametrize(
    ("now", "at", "zone", "day"),
    [
        (utc(2031, 1, 15, 5, 14), USUAL, TORONTO, date(2031, 1, 14)),
        (utc(2031, 1, 15, 5, 15), USUAL, TORONTO, date(2031, 1, 15)),
        (utc(2031, 1, 15, 22), USUAL, TORONTO, date(2031, 1, 15)),
        # 02:30 does not exist: clocks go from 02:00 to 03:00. It is the half hour after that.
        (utc(2031, 3, 9, 7, 29), time(2, 30), TORONTO, date(2031, 3, 8)),
        (utc(2031, 3, 9, 7, 30), time(2, 30), TORONTO, date(2031, 3, 9)),
        # 01:30 exists twice: the first counts, and the second is the same day.
        (utc(2031, 11, 2, 5, 29), time(1, 30), TORONTO, date(2031, 11, 1)),
        (utc(2031, 11, 2, 5, 30), time(1, 30), TORONTO, date(2031, 11, 2)),
        (utc(2031, 11, 2, 6, 30), time(1, 30), TORONTO, date(2031, 11, 2)),
        (utc(2031, 3, 29, 23, 14), USUAL, PARIS, date(2031, 3, 29)),
        (utc(2031, 3, 29, 23, 15), USUAL, PARIS, date(2031, 3, 30)),
        (utc(2031, 3, 30, 22, 15), USUAL, PARIS, date(2031, 3, 31)),
    ],
)
def test_the_run_that_should_have_begun(now: datetime, at: time, zone: ZoneInfo, day: date) -> None:
    assert due_day(now, at, zone) == day


@given(
    st.datetimes(datetime(2030, 1, 1), datetime(2033, 1, 1)),  # noqa: DTZ001 - hypothesis wants them without zone
    st.times(),
    st.sampled_from(
        [TORONTO, PARIS, ZoneInfo("UTC"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Asia/Kolkata")]
    ),
)
def test_days_come_one_after_the_other_and_none_is_left_out(
    begin: datetime, at: time, zone: ZoneInfo
) -> None:
    moments = [begin.replace(tzinfo=UTC) + timedelta(minutes=10 * step) for step in range(6 * 24 * 4)]
    days = [due_day(each, at, zone) for each in moments]
    assert {(after - before).days for before, after in pairwise(days)} == {0, 1}

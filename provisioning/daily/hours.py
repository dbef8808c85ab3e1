"""Which day's run is due: by the calendar and the clock of the operator."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def due_day(now: datetime, at: time, zone: ZoneInfo) -> date:
    """The last day whose run should have begun.

    On a day on which the hour comes twice that is the first time; where it is left out, as much after midnight by
    the clock that was in force.
    """
    today = now.astimezone(zone).date()
    begins = datetime.combine(today, at, zone)
    return today if now >= begins else today - timedelta(days=1)

"""Days passing in a test: a house whose clock shows what the test wants, where the test wants it."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.house import House

# No day begins while a test that starts here runs, in no zone that it asks for.
NOON = datetime(2031, 3, 12, 12, tzinfo=UTC)


def go_to(house: House, moment: datetime) -> None:
    """Let the clock show this moment."""
    house.clock.ahead = moment - datetime.now(UTC)


def in_days(house: House, days: int) -> str:
    return (house.clock().date() + timedelta(days=days)).isoformat()


def in_zone(house: House, zone: str) -> House:
    """The same house, where days begin elsewhere."""
    return with_settings(house, time_zone=zone)


def with_settings(house: House, **changed: Any) -> House:
    """The same house, set otherwise."""
    application = house.application
    settings = dataclasses.replace(application.settings, **changed)
    dispatcher = dataclasses.replace(application.dispatcher, settings=settings)
    return house.in_another_process(
        dataclasses.replace(application, settings=settings, dispatcher=dispatcher)
    )


def operate_all(house: House, operation: str, provider_id: str | None = None) -> int:
    """Call an operation that works in batches until there is no more; how many it was."""
    count = 0
    while True:
        answer = house.operate(operation, provider_id or house.provider.provider_id)
        count += int(answer["count"])
        if not answer["more"]:
            return count

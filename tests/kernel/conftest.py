"""Operations of the tests' own, run by the real dispatcher."""

import dataclasses
from collections.abc import Callable

import pytest

from provisioning.kernel.operation import Operation
from tests.house import House


def with_operations(house: House, *operations: Operation) -> House:
    """The house with more operations than the catalogue's."""
    dispatcher = house.application.dispatcher
    more = {**dispatcher.operations, **{each.name: each for each in operations}}
    house.application = dataclasses.replace(
        house.application, dispatcher=dataclasses.replace(dispatcher, operations=more)
    )
    return house


@pytest.fixture
def houses(build_house: Callable[[], House]) -> tuple[House, House]:
    """Two compositions of the service on one database, as two processes are."""
    return build_house(), build_house()

import pytest

from tests.house import House
from tests.users.staff import Staff


@pytest.fixture
def staff(house: House) -> Staff:
    return Staff(house)

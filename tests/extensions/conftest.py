import pytest

from tests.extensions.desk import Extensions
from tests.house import House


@pytest.fixture
def extensions(house: House) -> Extensions:
    return Extensions(house)

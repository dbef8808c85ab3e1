"""A service with a phone system and no relay, so that what is to be told stays."""

from pathlib import Path

import pytest

from tests.delivery.site import Site
from tests.house import House


@pytest.fixture
def site(house: House, tmp_path: Path) -> Site:
    return Site(house, tmp_path)

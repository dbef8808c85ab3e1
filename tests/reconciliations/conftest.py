"""A service with a phone system, and a relay's reconciler at hand."""

from pathlib import Path

import pytest

from tests.delivery.site import Site
from tests.house import House


@pytest.fixture
def site(house: House, tmp_path: Path) -> Site:
    return Site(house, tmp_path)

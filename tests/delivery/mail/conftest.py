"""Fixtures of the mail tests."""

from pathlib import Path

import pytest

from tests.delivery.mail.authority import Authority


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder: Path = tmp_path_factory.mktemp("authority")
    return Authority(folder)

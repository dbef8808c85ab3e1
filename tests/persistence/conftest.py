"""A database with the tables of a test module."""

from collections.abc import Iterator

import pytest

from provisioning.persistence.engine import Database, open_database


@pytest.fixture
def database(empty_database_url: str, request: pytest.FixtureRequest) -> Iterator[Database]:
    """With what the module's ``notes`` and the tables beside it are."""
    database = open_database(empty_database_url)
    request.module.notes.metadata.create_all(database.engine)
    yield database
    database.engine.dispose()

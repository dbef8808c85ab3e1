"""A process is killed in the middle of a call: what was promised holds, and the same request settles the rest."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import func, select

from provisioning.companies import Company
from provisioning.settings import Settings
from tests.house import House, Plain

ROOT = Path(__file__).parents[2]
KEY = {"requestId": "order-1"}
NEW = {"kind": "PRIVATE", "code": "ONCE", "name": "Once"}


@contextmanager
def killed(house: House, settings: Settings, where: str) -> Iterator[None]:
    """Another process stands just before or after its commit; at the end it is killed."""
    environment = {
        **os.environ,
        "PROVISIONING_VAR": str(settings.var),
        "PROVISIONING_DATABASE_URL": settings.database_url,
        "PROVISIONING_KEYS": settings.keys,
    }
    who = json.dumps({"provider": house.provider.provider_id})
    command = [sys.executable, "-m", "tests.kernel.victim", who, "order-1", where]
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "here\n"
            yield
        finally:
            process.kill()


def state(house: House) -> str:
    found: str = house.call("GetRequestStatus", house.provider, requestId="order-1")["state"]
    return found


def settled(house: House) -> str:
    """The state once the database has seen that the process is gone."""
    for _ in range(100):
        if state(house) != "IN_PROGRESS":
            break
        time.sleep(0.1)
    return state(house)


def create(house: House) -> Plain:
    return house.call("CreateCompany", house.provider, newCompany=NEW, control=KEY)


def how_many(house: House) -> int:
    with house.application.database.reading() as db:
        once = select(func.count()).select_from(Company).where(Company.code == "ONCE")
        return db.execute(once).scalar_one()


def test_killed_before_the_commit_nothing_is_kept(house: House, settings: Settings) -> None:
    with killed(house, settings, "before"):
        assert state(house) == "IN_PROGRESS"
        fault = house.refused("CreateCompany", house.provider, newCompany=NEW, control=KEY)
        assert fault["code"] == "REQUEST_IN_PROGRESS"
        assert how_many(house) == 0
    assert settled(house) == "UNKNOWN"
    assert how_many(house) == 0
    assert not create(house)["outcome"]["replayed"]
    assert create(house)["outcome"]["replayed"]
    assert how_many(house) == 1


def test_killed_after_the_commit_everything_is_kept(house: House, settings: Settings) -> None:
    with killed(house, settings, "after"):
        assert how_many(house) == 1
    assert settled(house) == "DONE"
    answer = create(house)
    assert answer["outcome"]["replayed"]
    assert answer["company"]["code"] == "ONCE"
    assert how_many(house) == 1

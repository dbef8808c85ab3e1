import json
import os
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from provisioning.application import compose
from provisioning.kernel.caller import ALL_RIGHTS
from provisioning.kernel.credentials import Credentials, NameAndSecret
from provisioning.settings import read_settings
from tests.cli.conftest import Command
from tests.cli.test_relay_beside import PROGRAM


@pytest.fixture
def on_either(environment: dict[str, str], empty_database_url: str) -> None:
    environment["PROVISIONING_DATABASE_URL"] = empty_database_url


def _demo(provisioning: Command, environment: dict[str, str]) -> dict[str, Any]:
    assert provisioning("demo").exit_code == 0
    demo: dict[str, Any] = json.loads(_memory(environment).read_text("utf-8"))
    return demo


def _memory(environment: dict[str, str]) -> Path:
    return Path(environment["PROVISIONING_VAR"]) / "demo.json"


def _caller(environment: dict[str, str], account: dict[str, str]) -> Any:
    application = compose(read_settings(environment))
    token = NameAndSecret(account["client"], account["secret"])
    try:
        return application.dispatcher.authenticate(Credentials(source="127.0.0.1", secure=True, token=token))
    finally:
        application.database.engine.dispose()


@pytest.mark.usefixtures("on_either")
def test_the_first_run_makes_everything(provisioning: Command, environment: dict[str, str]) -> None:
    shown = provisioning("demo").stdout
    demo = json.loads(_memory(environment).read_text("utf-8"))
    address = f"http://{environment['PROVISIONING_BIND']}"
    assert demo["wsdl"] == f"{address}/soap?wsdl"
    assert (demo["soap"], demo["xmlrpc"]) == (f"{address}/soap", f"{address}/xmlrpc")
    assert demo["dids"][:2] == ["+16505550100", "+16505550101"]
    assert set(demo) == {"wsdl", "soap", "xmlrpc", "provider", "company", "dids"}
    for whose in ("provider", "company"):
        assert demo[whose]["client"] in shown
        assert demo[whose]["secret"] in shown
        assert _caller(environment, demo[whose]).rights == ALL_RIGHTS
    assert _caller(environment, demo["provider"]).company_id is None
    assert _caller(environment, demo["company"]).company_id == demo["company"]["companyId"]


def test_what_it_writes_only_the_owner_reads(provisioning: Command, environment: dict[str, str]) -> None:
    _demo(provisioning, environment)
    folder = Path(environment["PROVISIONING_VAR"])
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("demo.json", "keys"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    assert {each.name for each in folder.iterdir() if each.name.startswith("tmp")} == set()


@pytest.mark.usefixtures("on_either")
def test_later_runs_use_what_is_there(provisioning: Command, environment: dict[str, str]) -> None:
    first = _demo(provisioning, environment)
    environment["PROVISIONING_BIND"] = "127.0.0.1:9"
    second = _demo(provisioning, environment)
    assert second["soap"] == "http://127.0.0.1:9/soap"
    assert {**second, "wsdl": 0, "soap": 0, "xmlrpc": 0} == {**first, "wsdl": 0, "soap": 0, "xmlrpc": 0}


@pytest.mark.parametrize("memory", [None, "no json", "[]", '{"company": {}, "provider": {}}'])
def test_without_its_memory_it_gives_new_secrets(
    provisioning: Command, environment: dict[str, str], memory: str | None
) -> None:
    first = _demo(provisioning, environment)
    if memory is None:
        _memory(environment).unlink()
    else:
        _memory(environment).write_text(memory, "utf-8")
    second = _demo(provisioning, environment)
    assert second["company"]["companyId"] == first["company"]["companyId"]
    assert second["company"]["secret"] != first["company"]["secret"]
    assert _caller(environment, second["company"]).company_id == first["company"]["companyId"]


def test_with_a_new_database_everything_is_new(provisioning: Command, environment: dict[str, str]) -> None:
    first = _demo(provisioning, environment)
    environment["PROVISIONING_DATABASE_URL"] = f"sqlite:///{_memory(environment).parent / 'other.db'}"
    second = _demo(provisioning, environment)
    assert second["company"]["companyId"] != first["company"]["companyId"]
    assert _caller(environment, second["provider"]).provider_id
    assert second["dids"] == first["dids"]


def test_a_revoked_client_is_made_anew(provisioning: Command, environment: dict[str, str]) -> None:
    first = _demo(provisioning, environment)
    assert provisioning("client", "revoke", first["company"]["client"]).exit_code == 0
    second = _demo(provisioning, environment)
    assert second["company"]["secret"] != first["company"]["secret"]
    assert second["provider"] == first["provider"]
    assert _caller(environment, second["company"]).company_id == first["company"]["companyId"]


def test_two_that_start_at_once_prepare_one_demo(environment: dict[str, str]) -> None:
    given = {**os.environ, **environment}
    started = [
        subprocess.Popen([PROGRAM, "demo"], env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        for _ in range(3)
    ]
    said = [each.communicate(timeout=120)[0].decode() for each in started]
    assert [each.returncode for each in started] == [0, 0, 0], said
    assert len(set(said)) == 1

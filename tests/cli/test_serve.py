"""The service as a newcomer starts it: a process of its own, answering, stopped by a signal."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import xmlrpc.client
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PATIENCE = 60


@contextmanager
def serving(environment: dict[str, str], *options: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [Path(sys.executable).with_name("provisioning"), "serve", *options],
        env={**os.environ, **environment, "PROVISIONING_PLAIN_LOOPBACK": "yes"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, logged
        assert "Traceback" not in logged


def _get(address: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def _wait_for(address: str) -> tuple[int, str]:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return _get(address)
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


@pytest.fixture
def address(environment: dict[str, str]) -> str:
    return f"http://{environment['PROVISIONING_BIND']}"


def test_a_demo_answers_its_first_call(environment: dict[str, str], address: str) -> None:
    with serving(environment, "--demo"):
        assert _wait_for(f"{address}/readyz") == (200, "ready\n")
        demo = json.loads((Path(environment["PROVISIONING_VAR"]) / "demo.json").read_text("utf-8"))
        assert f'location="{demo["soap"]}"' in _get(demo["wsdl"])[1]
        account = f"{demo['company']['client']}:{demo['company']['secret']}@"
        server = xmlrpc.client.ServerProxy(demo["xmlrpc"].replace("://", f"://{account}"))
        company = server.GetCompany()
        server("close")()
    assert company["companyId"] == demo["company"]["companyId"]
    assert company["counts"]["dids"] == 50


def test_without_tables_it_lives_and_is_not_ready(environment: dict[str, str], address: str) -> None:
    keys = [Path(sys.executable).with_name("provisioning"), "keys", "new"]
    subprocess.run(keys, env={**os.environ, **environment}, check=True, capture_output=True)
    with serving(environment):
        assert _wait_for(f"{address}/healthz")[0] == 200
        status, reason = _get(f"{address}/readyz")
    assert status == 503
    assert "provisioning migrate" in reason


def test_it_migrates_first_when_asked(environment: dict[str, str], address: str) -> None:
    keys = [Path(sys.executable).with_name("provisioning"), "keys", "new"]
    subprocess.run(keys, env={**os.environ, **environment}, check=True, capture_output=True)
    with serving(environment, "--migrate"):
        assert _wait_for(f"{address}/readyz")[0] == 200

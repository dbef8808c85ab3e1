"""A service as `make serve` starts it, for the clients of other people."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.postgres import free_port

PATIENCE = 60


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """What var/demo.json says of a running service."""
    var = tmp_path_factory.mktemp("var")
    environment = {
        **os.environ,
        "PROVISIONING_VAR": str(var),
        "PROVISIONING_BIND": f"127.0.0.1:{free_port()}",
        "PROVISIONING_PLAIN_LOOPBACK": "yes",
        "PROVISIONING_WORKERS": "1",
    }
    command = [str(Path(sys.executable).with_name("provisioning")), "serve", "--demo"]
    with (var / "log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://{environment['PROVISIONING_BIND']}/readyz")
        yield json.loads((var / "demo.json").read_text("utf-8"))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


def _wait_for(address: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except (urllib.error.URLError, ConnectionError):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)

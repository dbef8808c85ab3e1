"""The import contracts hold, and fail when a rule is broken."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.rules.tree import PACKAGE, ROOT

LINTER = Path(sys.executable).with_name("lint-imports")


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """The project's own contracts over the package in a folder."""
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache", "--config", str(ROOT / "setup.cfg")],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_contracts_hold() -> None:
    linted = _lint(ROOT)
    assert linted.returncode == 0, linted.stdout


@pytest.mark.parametrize(
    ("module", "line", "contract"),
    [
        ("kernel/clock.py", "from provisioning import companies", "Who may know whom"),
        ("companies/model.py", "from provisioning.users import User", "Who may know whom"),
        ("users/model.py", "from provisioning.wire import exchange", "Who may know whom"),
        ("companies/store.py", "import click", "A framework stays"),
        ("application.py", "import spyne", "A framework stays"),
        ("wire/exchange.py", "import spyne", "A framework stays"),
        ("wire/exchange.py", "import rich", "A framework stays"),
        ("catalogue.py", "import lxml.etree", "A framework stays"),
    ],
)
def test_a_broken_rule_is_noticed(tmp_path: Path, module: str, line: str, contract: str) -> None:
    shutil.copytree(PACKAGE, tmp_path / "provisioning", ignore=shutil.ignore_patterns("__pycache__"))
    broken = tmp_path / "provisioning" / module
    broken.write_text(f"{line}\n{broken.read_text('utf-8')}", "utf-8")
    linted = _lint(tmp_path)
    assert linted.returncode == 1, linted.stderr
    verdicts = [each for each in linted.stdout.splitlines() if " BROKEN" in each]
    assert any(each.startswith(contract) for each in verdicts), linted.stdout

"""Spyne is imported in one place, on every supported Python, without noise and without traces."""

import os
import re
import subprocess
import sys
from pathlib import Path

import provisioning

PACKAGE = Path(provisioning.__file__).parent

IMPORTED = """
import logging, sys
import provisioning.wire.soap.spyne_shim as shim
assert "cgi" not in sys.modules, "an empty cgi was left behind"
assert not any("six" in type(each).__module__ for each in sys.meta_path), "a dead import hook was left behind"
for name in ("spyne", "spyne.protocol.xml.invalid", "spyne.protocol.soap.soap11.invalid"):
    assert not logging.getLogger(name).isEnabledFor(logging.CRITICAL), name
assert all(hasattr(shim, name) for name in shim.__all__)
"""


def run(code: str, cache: Path) -> subprocess.CompletedProcess[str]:
    """Run in a Python that takes warnings for errors and has nothing compiled."""
    environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "PYTHONPYCACHEPREFIX": str(cache)}
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_import_is_silent_and_leaves_no_trace(tmp_path: Path) -> None:
    done = run(IMPORTED, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_real_cgi_module_stays(tmp_path: Path) -> None:
    done = run(
        "import sys, types; sys.modules['cgi'] = real = types.ModuleType('cgi')\n"
        "import provisioning.wire.soap.spyne_shim\n"
        "assert sys.modules['cgi'] is real",
        tmp_path,
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_only_the_shim_imports_spyne() -> None:
    importing = re.compile(r"^\s*(from|import) spyne\b", re.MULTILINE)
    found = {path.name for path in PACKAGE.rglob("*.py") if importing.search(path.read_text("utf-8"))}
    assert found == {"spyne_shim.py"}


def test_only_soap_and_the_published_contract_take_it() -> None:
    taking = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if "spyne_shim import" in path.read_text("utf-8")
    }
    assert {Path(each).parent.as_posix() for each in taking} == {"wire/soap"}

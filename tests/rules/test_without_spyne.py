"""Spyne serves the SOAP front alone: everything else lives where it cannot even be found."""

import subprocess
import sys

from tests.rules.tree import PACKAGE, ROOT, modules

WITHOUT = """
import importlib, sys
sys.modules.update(spyne=None)
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_everything_but_the_soap_front_imports_without_spyne() -> None:
    inside = [PACKAGE / "persistence" / "migrations", PACKAGE / "wire", PACKAGE / "cli"]
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in modules()
        if not any(path.is_relative_to(each) for each in inside)
    ]
    assert "provisioning.kernel.dispatch" in names
    ran = subprocess.run(
        [sys.executable, "-W", "error", "-c", WITHOUT, *names], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr

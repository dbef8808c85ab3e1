"""The one table of a run, and on what it was measured."""

import os
import platform
import re
import subprocess
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from statistics import median

from rich.console import Console
from rich.table import Table

from tests.postgres import binaries

Rounds = Mapping[tuple[str, str], list[float]]  # microseconds of each round, by server and operation

_PROGRAMS = (
    ("nginx", ["/usr/sbin/nginx", "-v"]),
    ("PHP", ["php", "-r", "echo PHP_VERSION;"]),
    ("PostgreSQL", [str((binaries() or Path("/usr/bin")) / "postgres"), "--version"]),
)
_PACKAGES = ("gunicorn", "SQLAlchemy", "lxml", "psycopg")


def show(
    rounds: Rounds,
    servers: Iterable[str],
    operations: Iterable[str],
    reference: str,
    absent: Mapping[str, str],
) -> None:
    names = list(operations)
    table = Table(title="Server CPU per request: microseconds (ratio to PHP SoapServer)")
    table.add_column("")
    for name in names:
        table.add_column(name, justify="right")
    for server in servers:
        table.add_row(server, *(_cell(rounds, server, name, reference) for name in names))
    for server, reason in absent.items():
        table.add_row(server, f"missing: {reason}")
    console = Console(width=None if Console().is_terminal else 110)
    console.print(table)
    console.print("\n".join(_circumstances()), highlight=False)


def _cell(rounds: Rounds, server: str, operation: str, reference: str) -> str:
    own, others = rounds[server, operation], rounds.get((reference, operation))
    if not others:
        return f"{median(own):.0f}"
    ratio = median(mine / other for mine, other in zip(own, others, strict=True))
    return f"{median(own):.0f} ({ratio:.2f})"


def _circumstances() -> Iterable[str]:
    model = re.search("model name\\s*: (.*)", Path("/proc/cpuinfo").read_text("utf-8"))
    yield (
        f"{os.cpu_count()} cores {model[1] if model else platform.machine()}, Linux {platform.release()},"
        f" load {os.getloadavg()[0]:.1f}"
    )
    packages = [f"{name} {version(name)}" for name in _PACKAGES]
    programs = [f"{name} {found}" for name, command in _PROGRAMS if (found := _version_of(command))]
    yield ", ".join([f"Python {platform.python_version()}", *packages, *programs])


def _version_of(command: list[str]) -> str:
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return ""
    found = re.search("[0-9]+(\\.[0-9]+)+", said.stdout + said.stderr)
    return found[0] if found else ""

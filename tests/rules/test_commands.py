"""The commands of a newcomer, and what they install."""

import os
import re
import subprocess

import pytest

from tests.rules.tree import ROOT, files_of_git

LOCKS = ("build", "run", "fast", "dev")


def test_make_alone_tells_what_there_is() -> None:
    alone = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    told = subprocess.run(["make"], cwd=ROOT, env=alone, capture_output=True, text=True, check=True).stdout
    (phony,) = re.findall(r"^\.PHONY: (.+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert [line.split()[1] for line in told.splitlines()] == phony.split()
    assert all(len(line.split()) > 4 for line in told.splitlines())


@pytest.mark.parametrize("name", LOCKS)
def test_what_is_asked_for_is_locked_with_hashes(name: str) -> None:
    asked = (ROOT / "requirements" / f"{name}.in").read_text("utf-8")
    locked = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8").lower().replace("_", "-")
    for requirement in re.findall(r"^([\w.-]+)(?:\[\w+\])?==(\S+)$", asked, re.MULTILINE):
        package = requirement[0].lower().replace("_", "-")
        assert re.search(
            rf"^{re.escape(package)}(\[\w+\])?=={re.escape(requirement[1])}\b", locked, re.MULTILINE
        )
    entries = re.split(r"^(?=[a-z])", locked, flags=re.MULTILINE)[1:]
    assert entries
    assert all("--hash=sha256:" in entry for entry in entries)


def test_what_the_service_runs_on_is_locked_alike_for_the_tests() -> None:
    run, dev = (
        set(
            re.findall(
                r"^[\w.-]+(?:\[\w+\])?==[^\s;]+",
                (ROOT / "requirements" / f"{name}.txt").read_text("utf-8"),
                re.MULTILINE,
            )
        )
        for name in ("run", "dev")
    )
    assert run <= dev


def test_the_gate_is_a_program() -> None:
    gate = ROOT / ".ci" / "run"
    assert gate in files_of_git()
    assert gate.stat().st_mode & 0o111
    assert "make sure" in gate.read_text("utf-8")

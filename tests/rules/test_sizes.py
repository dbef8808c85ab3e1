"""Small files and small functions: the sizes that the house aims at."""

from pathlib import Path
from statistics import median

import pytest

from tests.rules.tree import ROOT, functions, lines_of, modules, parsed, short

LONGEST_FILE = 400
LONGEST_FUNCTION = 50


def _length(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


@pytest.mark.parametrize("folder", ["provisioning", "tests", "clients", "bench"])
def test_no_file_is_long(folder: str) -> None:
    long = {short(path): _length(path) for path in modules(ROOT / folder) if _length(path) > LONGEST_FILE}
    assert not long


@pytest.mark.parametrize("folder", ["provisioning", "tests", "clients", "bench"])
def test_no_function_is_long(folder: str) -> None:
    long = {
        f"{short(path)}: {function.name}": lines_of(function)
        for path in modules(ROOT / folder)
        for function in functions(parsed(path))
        if lines_of(function) > LONGEST_FUNCTION
    }
    assert not long


def test_half_of_the_files_are_below_100_lines() -> None:
    assert median(map(_length, modules())) < 100


def test_half_of_the_functions_are_below_8_lines() -> None:
    assert median(lines_of(each) for path in modules() for each in functions(parsed(path))) < 8

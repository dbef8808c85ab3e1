"""The code base as the rules look at it."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "provisioning"

Function = ast.FunctionDef | ast.AsyncFunctionDef


@cache
def files_of_git() -> tuple[Path, ...]:
    """What is committed or about to be: all files that git does not ignore."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(path for name in listed.split("\0") if name and (path := ROOT / name).is_file())


@cache
def modules(folder: Path = PACKAGE) -> tuple[Path, ...]:
    return tuple(path for path in files_of_git() if path.suffix == ".py" and path.is_relative_to(folder))


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


@cache
def rooms() -> tuple[str, ...]:
    """The parts of the domain: packages that declare a wire contract of their own."""
    return tuple(
        sorted({path.parent.name for path in modules() if path.name == "contract.py"} - {"wire", "cli"})
    )


def functions(tree: ast.Module) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, Function):
            yield node


def lines_of(function: Function) -> int:
    """Lines of a function's own: not its docstring, which in an operation is the contract, nor functions inside."""
    lines = set(_span(function))
    if ast.get_docstring(function) is not None:
        lines -= set(_span(function.body[0]))
    for inner in functions(ast.Module(function.body, [])):
        lines -= set(_span(inner))
    return len(lines)


def _span(node: ast.stmt) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def short(path: Path) -> str:
    return str(path.relative_to(ROOT))

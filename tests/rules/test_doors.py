"""A room calls another room by its door, its ``__init__``; what lies behind is the room's own affair."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.tree import PACKAGE, modules, parsed, rooms, short


def _imported(tree: ast.Module) -> Iterator[str]:
    """Every module that a file imports, and every name from one: either may be a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _behind_a_door(name: str, room: str) -> bool:
    parts = name.split(".")
    if parts[0] != "provisioning" or len(parts) < 3 or parts[1] not in rooms() or parts[1] == room:
        return False
    return (PACKAGE / parts[1] / f"{parts[2]}.py").exists()


@pytest.mark.parametrize("room", rooms())
def test_a_room_enters_others_by_the_door(room: str) -> None:
    wrong = [
        f"{short(path)} imports {name}"
        for path in modules(PACKAGE / room)
        for name in _imported(parsed(path))
        if _behind_a_door(name, room)
    ]
    assert not wrong


def test_the_rule_sees_a_way_round_the_door() -> None:
    tree = ast.parse(
        "from provisioning.companies import store, find_company\nimport provisioning.companies.model"
    )
    seen = [name for name in _imported(tree) if _behind_a_door(name, "users")]
    assert seen == ["provisioning.companies.store", "provisioning.companies.model"]


def test_no_import_is_relative() -> None:
    """A relative import would pass by the rule above."""
    assert not [
        short(Path(path))
        for path in modules()
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.ImportFrom) and node.level
    ]

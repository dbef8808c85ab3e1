"""Whatever is said to a caller is said in English and in French, with the same values filled in."""

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rules.tree import modules, parsed, short

# Where the two sentences stand among the arguments.
SPEAKERS = {"Text": (0, 1), "invalid": (2, 3)}


def _sentences(tree: ast.Module) -> Iterator[tuple[int, str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SPEAKERS:
            english, french = SPEAKERS[node.func.id]
            said = [each.value for each in node.args if isinstance(each, ast.Constant)]
            if len(said) == len(node.args) > french:
                yield node.lineno, str(said[english]), str(said[french])


def _values(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


SPEAKING = [path for path in modules() if any(_sentences(parsed(path)))]


@pytest.mark.parametrize("path", SPEAKING, ids=short)
def test_a_module_speaks_both_languages(path: Path) -> None:
    for line, english, french in _sentences(parsed(path)):
        assert english, line
        assert french, line
        assert english != french, line
        assert _values(english) == _values(french), line


def test_the_rule_finds_the_sentences() -> None:
    assert len(SPEAKING) > 10
    tree = ast.parse("Text('is {a}', 'est {b}')\ninvalid('f', 'C', 'no {a}', 'non')")
    assert [(_values(one), _values(other)) for _, one, other in _sentences(tree)] == [
        ({"a"}, {"b"}),
        ({"a"}, set()),
    ]

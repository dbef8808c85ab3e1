"""Names that say nothing are not used, and nothing committed knows the machine it was written on."""

import re
from pathlib import Path

from tests.rules.tree import ROOT, files_of_git, modules, short

EMPTY_WORDS = re.compile(r"(^|_)(utils?|helpers?|common|managers?|data|info)(_|$)|^process_")


def test_a_modules_name_says_what_is_in_it() -> None:
    names = {short(path): path.stem if path.stem != "__init__" else path.parent.name for path in modules()}
    assert not [path for path, name in names.items() if EMPTY_WORDS.search(name)]


def test_the_rule_knows_an_empty_name() -> None:
    names = ("utils", "user_helpers", "process_rows", "data")
    assert all(EMPTY_WORDS.search(name) for name in names)
    assert not EMPTY_WORDS.search("database")


def test_no_file_names_a_place_on_this_machine() -> None:
    places = {str(ROOT), str(ROOT.parent), str(Path.home())} - {"/"}
    pattern = re.compile("|".join(rf"(?<![\w/.]){re.escape(place)}(?![\w-])" for place in places).encode())
    assert not [short(path) for path in files_of_git() if pattern.search(path.read_bytes())]

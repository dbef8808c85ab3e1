"""The checked-in contract is the one the operations declare; a difference is weighed and named."""

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import make_dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest

import provisioning
from provisioning import catalogue
from provisioning.kernel.caller import Caller
from provisioning.kernel.facets import Facet
from provisioning.kernel.operation import Operation, reads
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.wire import published
from provisioning.wire.contract_changes import Weight
from provisioning.wire.published import compare_published, published_files, write_published
from provisioning.wire.soap.types import NamesClash
from tests.contract import sample

ROOT = Path(provisioning.__file__).parent.parent
DEFAULT = Path("wsdl/provisioning.wsdl")


def test_checked_in_files_are_what_the_operations_say() -> None:
    comparison = compare_published(catalogue.PUBLISHED, ROOT)
    assert not comparison.files, str(comparison)


def test_folders_hold_no_other_documents() -> None:
    wsdls = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / "wsdl").iterdir() if path.suffix == ".wsdl"
    }
    assert wsdls | {"schemas/provisioning.xsd"} == set(published_files(catalogue.PUBLISHED))


def test_rendering_does_not_depend_on_hashes() -> None:
    code = (
        "import sys; from provisioning import catalogue; from provisioning.wire.published import wsdl_for\n"
        "sys.stdout.buffer.write(wsdl_for(catalogue.PUBLISHED, 'http://127.0.0.1:8080'))"
    )
    renderings = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert renderings == {published_files(catalogue.PUBLISHED)[DEFAULT.as_posix()]}


def test_writing_makes_them_equal_and_touches_nothing_twice(tmp_path: Path) -> None:
    assert len(write_published(sample.OPERATIONS, tmp_path)) == 4
    assert write_published(sample.OPERATIONS, tmp_path) == []
    comparison = compare_published(sample.OPERATIONS, tmp_path)
    assert (comparison.files, comparison.changes) == ((), ())
    assert "version 1.0" in str(comparison)


def test_without_files_there_is_nothing_to_weigh(tmp_path: Path) -> None:
    comparison = compare_published(sample.OPERATIONS, tmp_path)
    assert len(comparison.files) == 4
    assert comparison.changes == ()
    assert "provisioning contract render" in str(comparison)


def _edited(tmp_path: Path, edit: Callable[[str], str]) -> published.Comparison:
    """Compare the sample with an older contract: today's, edited."""
    write_published(sample.OPERATIONS, tmp_path)
    path = tmp_path / DEFAULT
    today = path.read_text("utf-8")
    older = edit(today)
    assert older != today
    path.write_text(older, "utf-8")
    return compare_published(sample.OPERATIONS, tmp_path)


def _without(start: str, end: str) -> Callable[[str], str]:
    """Take every piece out that begins and ends so."""

    def edit(text: str) -> str:
        while start in text:
            before, _, rest = text.partition(start)
            text = before + rest.partition(end)[2]
        return text

    return edit


def _replaced(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new)


_LAST_MEMBER = _without('<xs:element name="total" type="xs:int" minOccurs="0">', "</xs:element>")
_FIRST_MEMBER = _without('<xs:element name="label" type="tns:Name">', "</xs:element>")
_EDITS: list[tuple[str, Callable[[str], str], str, str]] = [
    (
        "new operation",
        _without('<wsdl:operation name="ListThings">', "</wsdl:operation>"),
        "1.1",
        "ListThings is new",
    ),
    ("new optional field", _LAST_MEMBER, "1.1", "ThingPage.total is new, optional, at the end"),
    ("operation gone", _replaced("PreviewThing", "ShowThing"), "2.0", "operation ShowThing is gone"),
    ("other action", _replaced(':CreateThing"', ':MakeThing"'), "2.0", "CreateThing is bound otherwise"),
    (
        "renamed field",
        _replaced('name="label"', 'name="title"'),
        "2.0",
        "Part.title is gone or stands elsewhere",
    ),
    ("field before others", _FIRST_MEMBER, "2.0", "Part.count is gone or stands elsewhere"),
    (
        "now required",
        _replaced('type="tns:Code"', 'type="tns:Code" minOccurs="0"'),
        "2.0",
        "another type or occurrence",
    ),
    (
        "other type",
        _replaced('type="xs:decimal"', 'type="xs:string"'),
        "2.0",
        "NewThing.price has another type",
    ),
    ("other limit", _replaced('value="254"', 'value="300"'), "2.0", "Email takes other values"),
    ("type gone", _replaced('"Story"', '"Tale"'), "2.0", "Tale is gone"),
    (
        "structure gone",
        _replaced('complexType name="Part"', 'complexType name="Piece"'),
        "2.0",
        "Piece is gone",
    ),
    (
        "new value in answers",
        _without('<xs:enumeration value="GREEN"', "/>"),
        "2.0",
        "new values GREEN, which answers",
    ),
    (
        "new value in requests",
        _without('<xs:enumeration value="fr"', "/>"),
        "1.1",
        "Language takes new values: fr",
    ),
]


@pytest.mark.parametrize(
    ("edit", "needed", "text"), [each[1:] for each in _EDITS], ids=[each[0] for each in _EDITS]
)
def test_difference_is_weighed(tmp_path: Path, edit: Callable[[str], str], needed: str, text: str) -> None:
    comparison = _edited(tmp_path, edit)
    assert comparison.files == (DEFAULT.as_posix(),)
    assert comparison.needed == needed
    weight = Weight.MAJOR if needed == "2.0" else Weight.MINOR
    assert comparison.changes[0].weight is weight
    assert text in "\n".join(change.text for change in comparison.changes)
    assert f"Raise CONTRACT_VERSION from 1.0 to {needed}" in str(comparison)


def test_new_required_field_is_major(tmp_path: Path) -> None:
    write_published((_asking("Old"),), tmp_path)
    comparison = compare_published((_asking("Old", "wish"),), tmp_path)
    assert [change.text for change in comparison.changes] == ["element Ask.wish is new and required"]
    assert comparison.needed == "2.0"


def test_wording_asks_for_no_version(tmp_path: Path) -> None:
    comparison = _edited(tmp_path, _replaced("Its colours.", "Its colors."))
    assert comparison.changes == ()
    assert comparison.needed == "1.0"
    assert "Only the wording changed" in str(comparison)


def test_raised_version_is_not_asked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _edited(tmp_path, _LAST_MEMBER)
    published.wsdl_for.cache_clear()
    monkeypatch.setattr(published, "VERSION", "1.1")
    comparison = compare_published(sample.OPERATIONS, tmp_path)
    published.wsdl_for.cache_clear()
    assert (comparison.written, comparison.needed) == ("1.0", "1.1")
    assert "Raise CONTRACT_VERSION" not in str(comparison)


def _asking(result: str, *names: str, name_type: Any = str) -> Operation:
    """An operation Ask whose request has these required fields, and whose result has another type."""
    from provisioning.kernel.messages import Request  # noqa: PLC0415 - used here alone

    request = make_dataclass(
        "AskRequest",
        [(name, Annotated[name_type, "A field."]) for name in names],
        bases=(Request,),
        frozen=True,
        kw_only=True,
    )
    answer = make_dataclass(result, [("value", Annotated[str, "A value."])], frozen=True)

    def ask(request: Any, caller: Caller, unit: UnitOfWork) -> Any:
        """Ask."""

    ask.__annotations__ |= {"request": request, "return": answer}
    return reads(None)(ask)


def test_one_name_with_two_meanings_is_refused() -> None:
    limited = Annotated[str, Facet(name="Name", max_length=3)]
    with pytest.raises(NamesClash, match="Name"):
        published.wsdl_for((*sample.OPERATIONS, _asking("Other", "wish", name_type=limited)), "http://x")


@pytest.mark.parametrize("name", ["Ask", "AskResponse", "ProvisioningFault", "Thing"])
def test_a_type_named_as_something_else_is_refused(name: str) -> None:
    with pytest.raises(NamesClash, match=name):
        published.wsdl_for((*sample.OPERATIONS, _asking(name)), "http://x")

"""Nothing is published half done: what every operation, field, refusal and race has to have."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import Index, PrimaryKeyConstraint, UniqueConstraint

from provisioning import catalogue
from provisioning.kernel.errors import CODES, ErrorCode, Refusal, Refusals
from provisioning.kernel.messages import Outcome
from provisioning.kernel.operation import Mode, Operation
from provisioning.kernel.shape import Shape
from provisioning.persistence.base import Base
from tests.rules.tree import PACKAGE, ROOT, modules, rooms

# It keeps how often someone failed to get in: nothing that belongs to a tenant changes.
READS_AND_COUNTS = {"CheckAccess"}
OPEN_TO_EVERY_CLIENT = {"Ping", "GetCapabilities", "ListErrorCodes", "GetRequestStatus"}

every_operation = pytest.mark.parametrize(
    "operation", [pytest.param(each, id=each.name) for each in catalogue.PUBLISHED]
)


def _shapes(shape: Shape, known: dict[type, Shape]) -> dict[type, Shape]:
    """A message and all messages inside it."""
    if shape.type not in known:
        known[shape.type] = shape
        for field in shape.fields:
            if field.shape is not None:
                _shapes(field.shape, known)
    return known


def _refusals(of: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for refusal in of.__subclasses__():
        if refusal.__module__.startswith("provisioning."):
            yield refusal
        yield from _refusals(refusal)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def test_names_are_unique() -> None:
    names = [each.name for each in (*catalogue.PUBLISHED, *catalogue.OPERATOR)]
    assert len(names) == len(set(names))


@every_operation
def test_an_operation_is_documented(operation: Operation) -> None:
    assert len(operation.doc) > 40


@every_operation
def test_an_operation_takes_a_right(operation: Operation) -> None:
    assert (operation.right is None) == (operation.name in OPEN_TO_EVERY_CLIENT)


@every_operation
def test_only_who_may_write_changes_something(operation: Operation) -> None:
    if operation.right is not None:
        writes = operation.mode is Mode.WRITE and operation.name not in READS_AND_COUNTS
        wanted = "_WRITE" if writes else "_READ"
        assert operation.right.endswith(wanted)


@every_operation
def test_every_field_is_documented(operation: Operation) -> None:
    known: dict[type, Shape] = {}
    for message in (operation.request, operation.result):
        _shapes(message, known)
    assert not [
        f"{shape.name}.{field.wire}" for shape in known.values() for field in shape.fields if not field.doc
    ]


@every_operation
def test_a_write_answers_with_its_outcome_last(operation: Operation) -> None:
    if operation.mode is Mode.WRITE:
        last = operation.result.fields[-1]
        assert last.shape is not None
        assert (last.name, last.shape.type) == ("outcome", Outcome)


@every_operation
def test_an_operation_has_a_test_file_of_its_name(operation: Operation) -> None:
    room = operation.run.__module__.split(".")[1]
    wanted = ROOT / "tests" / room / f"test_{_snake(operation.name)}.py"
    assert wanted in modules(ROOT / "tests")
    assert f'"{operation.name}"' in wanted.read_text("utf-8")


def test_one_name_stands_for_one_message() -> None:
    known: dict[type, Shape] = {}
    for operation in catalogue.PUBLISHED:
        _shapes(operation.request, known)
        _shapes(operation.result, known)
    names = [shape.name for shape in known.values()]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("refusal", [pytest.param(each, id=each.__name__) for each in _refusals()])
def test_a_refusal_has_a_code_of_the_contract(refusal: type[Refusal]) -> None:
    """One that is made of others has theirs."""
    assert refusal is Refusals or refusal.code in CODES


@pytest.mark.parametrize("constraint", sorted(catalogue.LOST_RACES))
def test_a_lost_race_is_known_by_a_constraint_that_exists(constraint: str) -> None:
    unique = {
        str(each.name)
        for table in Base.metadata.tables.values()
        for each in (*table.indexes, *table.constraints)
        if isinstance(each, UniqueConstraint | PrimaryKeyConstraint)
        or (isinstance(each, Index) and each.unique)
    }
    assert constraint in unique
    assert catalogue.LOST_RACES[constraint]().code in CODES


@pytest.mark.parametrize("room", rooms())
def test_what_a_room_seals_is_sealed_again_after_a_rotation(room: str) -> None:
    sealing = any(re.search(r"\bkeys\.seal\(", path.read_text("utf-8")) for path in modules(PACKAGE / room))
    resealing = any(each.__module__.startswith(f"provisioning.{room}.") for each in catalogue.RESEALS)
    assert sealing == resealing


@pytest.mark.parametrize("code", [pytest.param(each, id=each.code) for each in CODES.values()])
def test_a_code_of_the_contract_has_a_meaning_in_both_languages(code: ErrorCode) -> None:
    assert code.meaning.en
    assert code.meaning.fr
    assert code.meaning.en != code.meaning.fr

"""Whatever there is to tell, an answer is an object: zeep takes an element without children for None."""

from collections.abc import Iterator

import pytest

from provisioning import catalogue
from provisioning.kernel.operation import Operation
from provisioning.kernel.shape import Shape

# These always have something in them: the service brings it along.
NEVER_EMPTY = {"ErrorCodeList", "ServiceCatalogue"}


def _may_be_empty(shape: Shape) -> Iterator[str]:
    if shape.name not in NEVER_EMPTY and not any(field.required for field in shape.fields):
        yield shape.name
    for field in shape.fields:
        if field.shape is not None:
            yield from _may_be_empty(field.shape)


@pytest.mark.parametrize("operation", catalogue.PUBLISHED, ids=lambda operation: operation.name)
def test_no_part_of_an_answer_may_be_without_children(operation: Operation) -> None:
    assert not set(_may_be_empty(operation.result))

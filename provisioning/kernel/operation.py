"""An operation: declared once, derived by every front end."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, get_type_hints

from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.shape import Shape, shape_of
from provisioning.settings import Settings

if TYPE_CHECKING:
    from provisioning.kernel.unit_of_work import UnitOfWork


class Mode(Enum):
    """READ keeps nothing; WRITE commits; REHEARSE does what a write would do and keeps nothing."""

    READ = "read"
    WRITE = "write"
    REHEARSE = "rehearse"


Run = Callable[[Any, Caller, "UnitOfWork"], Any]
# Looks at a request while there is no transaction yet: what takes time must not hold a lock.
Before = Callable[[Any, Settings], None]


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the contract."""

    name: str
    run: Run
    request: Shape
    result: Shape
    mode: Mode
    right: Right | None
    scope: Scope
    before: Before | None = None
    quick: bool = False

    @property
    def doc(self) -> str:
        return inspect.getdoc(self.run) or ""

    @property
    def result_element(self) -> str:
        """An element is called after its type, so that generators number no clashes."""
        return self.result.name[0].lower() + self.result.name[1:]


def _declare(
    mode: Mode, right: Right | None, scope: Scope, before: Before | None = None, *, quick: bool = False
) -> Callable[[Run], Operation]:
    def declare(run: Run) -> Operation:
        hints = get_type_hints(run)
        name = "".join(word.capitalize() for word in run.__name__.split("_"))
        request, result = shape_of(hints["request"]), shape_of(hints["return"])
        return Operation(name, run, request, result, mode, right, scope, before, quick)

    return declare


def reads(
    right: Right | None, scope: Scope = Scope.COMPANY, *, quick: bool = False
) -> Callable[[Run], Operation]:
    """Declare an operation that changes nothing. A quick one looks at a few rows, whatever the size of the tables."""
    return _declare(Mode.READ, right, scope, quick=quick)


def writes(
    right: Right | None, scope: Scope = Scope.COMPANY, *, before: Before | None = None
) -> Callable[[Run], Operation]:
    """Declare an operation that changes something; its result type ends with ``outcome``."""
    return _declare(Mode.WRITE, right, scope, before)


def rehearses(right: Right | None, scope: Scope = Scope.COMPANY) -> Callable[[Run], Operation]:
    """Declare an operation that shows what a write would do; nothing of it is ever kept."""
    return _declare(Mode.REHEARSE, right, scope)

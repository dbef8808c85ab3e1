"""Lists and ranges of numbers in a request, and back to ranges for the change feed."""

from collections.abc import Iterable, Iterator

from provisioning.dids.contract import MOST_NUMBERS, DidRange, DidsRequest
from provisioning.kernel.errors import invalid


def asked_for(request: DidsRequest) -> list[str]:
    """Every number that a request names, once and in ascending order."""
    sizes = [_size(each, place) for place, each in enumerate(request.range)]
    if not request.number and not sizes:
        raise invalid(
            "number", "REQUIRED", "or range is required", "est obligatoire, à moins qu'il n'y ait range"
        )
    if len(request.number) + sum(sizes) > MOST_NUMBERS:
        raise invalid(
            "range" if sizes else "number",
            "TOO_MANY",
            "must not bring more than {most} numbers into one call",
            "ne doit pas porter l'appel à plus de {most} numéros",
            most=MOST_NUMBERS,
        )
    numbers = set(request.number)
    for each, size in zip(request.range, sizes, strict=True):
        first = int(each.first)
        numbers.update(f"+{number}" for number in range(first, first + size))
    return sorted(numbers)


def _size(given: DidRange, place: int) -> int:
    if len(given.first) != len(given.last) or given.first > given.last:
        raise invalid(
            f"range[{place}].last",
            "WRONG_RANGE",
            "must have as many digits as first and not be lower",
            "doit avoir autant de chiffres que first et ne pas lui être inférieur",
        )
    return int(given.last) - int(given.first) + 1


def runs(numbers: Iterable[str]) -> Iterator[list[str]]:
    """The numbers in unbroken runs."""
    run: list[str] = []
    for number in sorted(numbers):
        if run and (len(number) != len(run[-1]) or int(number) != int(run[-1]) + 1):
            yield run
            run = []
        run.append(number)
    if run:
        yield run

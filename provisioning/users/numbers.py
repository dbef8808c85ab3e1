"""User numbers of a company: taken without a race, at rest after a deletion, free again when their time is over."""

from collections.abc import Sequence

from provisioning.companies import Company
from provisioning.kernel.errors import LimitReached, NotFound, invalid
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.numbering import NumberKind, Space, find_space
from provisioning.users import store
from provisioning.users.refusals import UserNumberTaken

# How many rested numbers are let go at once when a company has no other left.
_RELEASED_AT_ONCE = 1000


def hold_numbers(unit: UnitOfWork, company_id: str) -> Space:
    """The user numbers of a company, locked: until this call is over nobody else joins or leaves the company."""
    space = find_space(unit.db, company_id, NumberKind.USER)
    if space is None:
        raise NotFound(field="companyId", object=company_id, what="company")
    return space


class NumberBook:
    """The user numbers of one company, held."""

    def __init__(self, unit: UnitOfWork, company: Company) -> None:
        self._space = hold_numbers(unit, company.id)
        self._unit = unit
        self._digits = company.user_number_digits

    def take(self, number: str, field: str) -> str:
        """Take this very number, or refuse."""
        if len(number) != self._digits:
            raise invalid(
                field,
                "WRONG_LENGTH",
                "must have {digits} digits in this company",
                "doit compter {digits} chiffres dans cette compagnie",
                digits=self._digits,
            )
        if not self.try_to_take(number):
            raise UserNumberTaken(field=field, object=number)
        return number

    def try_to_take(self, number: str) -> bool:
        """Take a number if it is free here."""
        if len(number) != self._digits:
            return False
        return self._space.take(int(number)) or store.release_rested(
            self._unit.db, self._space.company_id, number, self._unit.now
        )

    def take_free(self, pins: Sequence[str | None]) -> list[str]:
        """A free number for each, none equal to its PIN; fewer when there are no more."""
        numbers = self._take(len(pins))
        for position, number in enumerate(numbers):
            if number == pins[position] and (others := self._take(1)):
                numbers[position] = others[0]
                self.give_back(number)
        return numbers

    def give_back(self, number: str) -> None:
        self._space.give_back(int(number))

    def full(self, field: str) -> LimitReached:
        """What a company without a free number answers."""
        size = self._space.size
        return LimitReached(field=field, limit="userNumber", used=size, allowed=size)

    def _take(self, count: int) -> list[str]:
        numbers = self._space.take_free(count)
        if len(numbers) < count:
            for rested in store.release_all_rested(
                self._unit.db, self._space.company_id, self._unit.now, _RELEASED_AT_ONCE
            ):
                self._space.give_back(int(rested))
            numbers += self._space.take_free(count - len(numbers))
        return [f"{number:0{self._digits}}" for number in numbers]

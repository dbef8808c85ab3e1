"""What happens to extensions when something happens to users and companies."""

from collections.abc import Sequence

from provisioning.companies import Company, CompanyChanged, CompanyCounting, CompanyCreated, CompanyDeleted
from provisioning.extensions import store
from provisioning.extensions.model import NOT_RETURNED, Range
from provisioning.extensions.operations import assign, take, unassign
from provisioning.kernel.errors import InUse
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.numbering import NumberKind, draw_space, find_space, remove_space
from provisioning.users import Leaving, RestoreWindowEnded, UserCreated, UserDeleted, UserRestored

ENDS = {"extension_first", "extension_last"}


def give_wished(fact: UserCreated, unit: UnitOfWork) -> None:
    """A new user gets the extension it wishes."""
    if fact.new_user.extension is not None:
        assign(unit, fact.user, fact.new_user.extension, f"{fact.path}.extension")


def free(fact: Leaving, unit: UnitOfWork) -> None:
    """Who leaves a company leaves its extension there."""
    fact.freed.extension = unassign(unit, fact.user)
    if isinstance(fact, UserDeleted):
        store.remember_lost(unit.db, fact.user.id, fact.freed.extension)


def give_back(fact: UserRestored, unit: UnitOfWork) -> None:
    """A restored user gets its extension, or hears that it has lost it."""
    extension = store.lost_by(unit.db, fact.user.id)
    if extension is None:
        return
    store.forget_lost(unit.db, fact.user.id)
    company = store.company_of(unit.db, fact.user.company_id)
    if extension in Range(company, "userRef") and take(unit, fact.user, extension):
        fact.returned.extension = extension
    else:
        unit.warn("EXTENSION_TAKEN", NOT_RETURNED, extension=extension)


def forget(fact: RestoreWindowEnded, unit: UnitOfWork) -> None:
    """Nobody asks any more what a deleted user had."""
    store.forget_lost(unit.db, fact.user.id)


def draw_range(fact: CompanyCreated, unit: UnitOfWork) -> None:
    """A PRIVATE company has extensions from its first day."""
    company = store.company_of(unit.db, fact.object_id)
    if company.is_private:
        _draw(unit, company, held=())


def redraw_range(fact: CompanyChanged, unit: UnitOfWork) -> None:
    """A changed range keeps what users have; one that would leave some of it out is refused."""
    if not ENDS & fact.detail.keys():
        return
    company = store.company_of(unit.db, fact.object_id)
    extensions = Range(company, "extensionFirst")
    find_space(unit.db, company.id, NumberKind.EXTENSION)  # nobody gets one while the range changes
    held = store.held(unit.db, company.id)
    outside = sum(each not in extensions for each in held)
    if outside:
        raise InUse(field="extensionFirst", object=company.id, count=outside)
    _draw(unit, company, held)


def remove_range(fact: CompanyDeleted, unit: UnitOfWork) -> None:
    remove_space(unit.db, fact.object_id, NumberKind.EXTENSION)


def count(question: CompanyCounting, unit: UnitOfWork) -> None:
    question.counts["extensions"] = store.count(unit.db, question.company_id)


def _draw(unit: UnitOfWork, company: Company, held: Sequence[str]) -> None:
    extensions = Range(company, "extensionFirst")
    draw_space(
        unit.db,
        company.id,
        NumberKind.EXTENSION,
        int(extensions.first),
        int(extensions.last),
        held=[int(each) for each in held],
    )

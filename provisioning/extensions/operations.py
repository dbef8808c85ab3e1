"""Operations of the extensions room."""

from typing import Any

from provisioning.companies import Company, find_company
from provisioning.extensions import contract
from provisioning.extensions.model import (
    ExtensionAssigned,
    ExtensionTaken,
    ExtensionUnassigned,
    Range,
)
from provisioning.kernel.caller import Caller, Right
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.numbering import NumberKind, find_space
from provisioning.users import User, show_extension, target_user

USUAL_COUNT = 10


@writes(Right.EXTENSIONS_WRITE)
def assign_extension(
    request: contract.AssignExtensionRequest, caller: Caller, unit: UnitOfWork
) -> contract.AssignExtensionResult:
    """Give a user an extension, or another one in the place of the one it has.

    Leading zeros count: 007 and 7 are two extensions. expectedVersion is the user's.

    Errors: NOT_FOUND, EXTENSION_NOT_ALLOWED (a user of a PUBLIC company), INVALID_REQUEST (outside the
    company's range, which is named), EXTENSION_TAKEN, INVALID_STATE (a deleted or rejected user, a suspended
    company), VERSION_CONFLICT.
    """
    user = target_user(unit, request.user_ref)
    before = user.extension
    assign(unit, user, request.extension, "extension")
    freed = before if before != user.extension else None
    return contract.AssignExtensionResult(user_id=user.id, extension=user.extension, freed=freed or None)


@writes(Right.EXTENSIONS_WRITE)
def unassign_extension(
    request: contract.UnassignExtensionRequest, caller: Caller, unit: UnitOfWork
) -> contract.UnassignExtensionResult:
    """Take a user's extension away; it is free at once. Without one: noChange.

    expectedVersion is the user's.

    Errors: NOT_FOUND, INVALID_STATE (a deleted or rejected user), VERSION_CONFLICT.
    """
    user = target_user(unit, request.user_ref)
    return contract.UnassignExtensionResult(user_id=user.id, freed=unassign(unit, user))


@reads(Right.EXTENSIONS_READ)
def suggest_extensions(
    request: contract.SuggestExtensionsRequest, caller: Caller, unit: UnitOfWork
) -> contract.SuggestedExtensions:
    """Free extensions of a company, those nearest to a wish first. None is kept: assign one to have it.

    Errors: NOT_FOUND, EXTENSION_NOT_ALLOWED (a PUBLIC company).
    """
    company = find_company(unit, request.company_id)
    extensions = Range(company, "companyId")
    space = find_space(unit.db, company.id, NumberKind.EXTENSION, lock=False)
    assert space is not None
    free = space.near(int(request.near or extensions.first), request.count or USUAL_COUNT)
    return contract.SuggestedExtensions(
        company_id=company.id, extension=tuple(extensions.written(number) for number in free)
    )


OPERATIONS = (assign_extension, unassign_extension, suggest_extensions)


# --- Steps: reactions to what happens to users come down to the same ones -------------------------


def assign(unit: UnitOfWork, user: User, extension: str, field: str) -> None:
    """Give a locked user an extension. ``field`` names the extension."""
    if user.extension == extension:
        return
    company = unit.db.get_one(Company, user.company_id)
    Range(company, field).must_have(extension, field)
    company.must_be_active("userRef")
    if not take(unit, user, extension):
        raise ExtensionTaken(field=field, object=extension)


def take(unit: UnitOfWork, user: User, extension: str) -> bool:
    """Let a user have an extension of its company's range; False when somebody else has it."""
    space = find_space(unit.db, user.company_id, NumberKind.EXTENSION)
    assert space is not None
    if not space.take(int(extension)):
        return False
    before = user.extension
    if before:
        space.give_back(int(before))
    show_extension(unit, user, extension)
    detail = {"userId": user.id} | ({"before": before} if before else {})
    unit.record(ExtensionAssigned(**_of(user, extension), detail=detail))
    return True


def unassign(unit: UnitOfWork, user: User) -> str | None:
    """Take the extension of a locked user away; which one it was."""
    extension = user.extension
    if not extension:
        return None
    space = find_space(unit.db, user.company_id, NumberKind.EXTENSION)
    assert space is not None
    space.give_back(int(extension))
    show_extension(unit, user, None)
    unit.record(ExtensionUnassigned(**_of(user, extension), detail={"userId": user.id}))
    return extension


def _of(user: User, extension: str) -> dict[str, Any]:
    return {
        "object_id": extension,
        "provider_id": user.provider_id,
        "company_id": user.company_id,
        "concerns": (user.id,),
    }

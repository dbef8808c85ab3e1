"""Giving packages to a user and taking them away, whoever asks for it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert

from provisioning.kernel.phone_state import PhoneStateAsked
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.packages import store
from provisioning.packages.model import (
    PackageNotOffered,
    ServicePackage,
    ServicePackagesAdded,
    ServicePackagesRemoved,
    UserPackage,
)
from provisioning.services import IncludedServices, take_away
from provisioning.users import User


def services_of_packages(packages: Iterable[ServicePackage]) -> set[str]:
    return {code for package in packages for code in package.services}


def give(unit: UnitOfWork, user: User, codes: Sequence[str], path: str = "packageCode") -> None:
    """Give packages the company offers; refuses with each code that it does not."""
    held = store.held(unit.db, user.id)
    offered = store.offered(unit.db, user.company_id)
    with unit.all_violations() as violations:
        for number, code in enumerate(codes):
            with violations.step():
                if code not in held and (code not in offered or not offered[code][0].active):
                    raise PackageNotOffered(field=f"{path}[{number}]", object=code, package=code)
    new = sorted({code for code in codes if code not in held})
    if new:
        rows = [{"user_id": user.id, "package_id": offered[code][0].id, "since": unit.now} for code in new]
        unit.db.execute(insert(UserPackage), rows)
        unit.record(ServicePackagesAdded(**_of(user), detail={"packages": new}))


def give_defaults(unit: UnitOfWork, user: User) -> None:
    """What a user gets who is created without a choice."""
    codes = store.defaults(unit.db, user.company_id)
    if codes:
        give(unit, user, codes)


def take(unit: UnitOfWork, user: User, codes: Iterable[str]) -> set[str]:
    """Take packages away; the services that no package brings any more, whose configuration is forgotten."""
    held = store.held(unit.db, user.id)
    gone = {code: package for code, package in held.items() if code in set(codes)}
    if not gone:
        return set()
    left = services_of_packages(package for code, package in held.items() if code not in gone)
    removed = services_of_packages(gone.values()) - left
    store.take_from(unit.db, user.id, gone.values())
    detail = {"packages": sorted(gone), "services": sorted(removed)}
    unit.record(ServicePackagesRemoved(**_of(user), detail=detail))
    take_away(unit, user, removed)
    return removed


def answer_included(question: IncludedServices, unit: UnitOfWork) -> None:
    """Tell the services room what a user's packages bring."""
    question.codes |= services_of_packages(store.held(unit.db, question.user_id).values())


def tell_voicemail(question: PhoneStateAsked, unit: UnitOfWork) -> None:
    """Phone systems learn who has a voice mailbox."""
    for user_id, package in store.held_by(unit.db, question.user_ids):
        if "VOICE_MAIL" in services_of_packages([package]):
            question.tell(user_id, voicemail=True)


def _of(user: User) -> dict[str, Any]:
    return {
        "object_id": user.id,
        "provider_id": user.provider_id,
        "company_id": user.company_id,
        "concerns": (user.id,),
    }

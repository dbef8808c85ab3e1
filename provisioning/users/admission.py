"""Bringing new users into a company, one or five hundred: checked, numbered and written together."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy.exc import IntegrityError

from provisioning.companies import Company
from provisioning.kernel.addresses import email_key
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import invalid
from provisioning.kernel.facts import Letter
from provisioning.kernel.texts import Language
from provisioning.kernel.unit_of_work import Collector, UnitOfWork
from provisioning.users import pins, store
from provisioning.users.contract import NewUser
from provisioning.users.facts import LetterKind, UserCreated, of
from provisioning.users.model import User, UserState
from provisioning.users.numbers import NumberBook
from provisioning.users.parts import GeneratedSipSecret
from provisioning.users.refusals import DuplicateEmail, DuplicateExternalId

ANY_NUMBER = "-1"
_TRIES = 2


@dataclass(slots=True, kw_only=True)
class Candidate:
    """Somebody who is to become a user: what is wished, where it stands in the request, what speaks against it."""

    new_user: NewUser
    path: str = "newUser"
    state: UserState = UserState.ACTIVE
    violations: Collector = field(default_factory=Collector)
    user_number: str = ""
    user: User | None = None
    sip_secrets: list[GeneratedSipSecret] = field(default_factory=list, repr=False)

    @property
    def refused(self) -> bool:
        return bool(self.violations.refusals)

    @property
    def wished_number(self) -> str | None:
        wished = self.new_user.user_number
        return None if wished == ANY_NUMBER else wished

    def again(self) -> "Candidate":
        """The same wish, not judged yet."""
        return Candidate(new_user=self.new_user, path=self.path, state=self.state)


def admit(
    unit: UnitOfWork, company: Company, new_user: NewUser, state: UserState = UserState.ACTIVE
) -> tuple[User, tuple[GeneratedSipSecret, ...]]:
    """Create one user, or refuse with everything that speaks against it. With it the SIP secrets generated."""
    candidate = Candidate(new_user=new_user, state=state)
    admit_all(unit, company, [candidate])
    assert candidate.user is not None
    return candidate.user, tuple(candidate.sip_secrets)


def admit_all(unit: UnitOfWork, company: Company, candidates: Sequence[Candidate]) -> None:
    """Create all of them, or refuse once with everything that speaks against any of them."""
    _check(unit, company, candidates)
    _write(unit, company, candidates)
    with unit.all_violations() as violations:
        violations.refusals += [refusal for each in candidates for refusal in each.violations.refusals]


def admit_each(unit: UnitOfWork, company: Company, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Create those that nothing speaks against; the others come back refused and leave nothing behind.

    Those that pass this room's checks go together. Only when a room above refuses one of them, or a race is
    lost, do they go one by one, so that what a refused one took is free for the next.
    """
    judged = [each.again() for each in candidates]
    together = _try_together(unit, company, judged)
    return [
        each if together and not each.refused else _admit_one(unit, company, each.again()) for each in judged
    ]


def _try_together(unit: UnitOfWork, company: Company, candidates: Sequence[Candidate]) -> bool:
    try:
        with unit.savepoint() as savepoint:
            _check(unit, company, candidates)
            fit = [each for each in candidates if not each.refused]
            _write(unit, company, fit)
            if any(each.refused for each in fit):
                savepoint.rollback()
                return False
    except IntegrityError:
        return False
    return True


def _admit_one(unit: UnitOfWork, company: Company, candidate: Candidate) -> Candidate:
    """Create one, or learn everything that speaks against it. A lost race shows when it is looked at again."""
    for attempt in range(_TRIES):
        try:
            with unit.savepoint() as savepoint:
                _check(unit, company, [candidate])
                _write(unit, company, [candidate])
                if candidate.refused:
                    savepoint.rollback()
            break
        except IntegrityError:
            if attempt + 1 == _TRIES:
                raise
            candidate = candidate.again()
    return candidate


def _check(unit: UnitOfWork, company: Company, candidates: Sequence[Candidate]) -> None:
    """Find what this room has against the candidates, and take their user numbers."""
    book = NumberBook(unit, company)
    emails = store.taken_emails(
        unit.db,
        company.provider_id,
        [each.new_user.email for each in candidates if not each.new_user.allow_duplicate_email],
    )
    external_ids = store.taken_external_ids(
        unit.db, company.id, [each.new_user.external_id for each in candidates if each.new_user.external_id]
    )
    for each in candidates:
        _check_keys(each, emails, external_ids)
        with each.violations.step():
            _check_expiry(each, unit)
        with each.violations.step():
            if each.new_user.pin is not None:
                pins.refuse_trivial(each.new_user.pin, each.wished_number, f"{each.path}.pin")
        with each.violations.step():
            if each.wished_number is not None:
                each.user_number = book.take(each.wished_number, f"{each.path}.userNumber")
        if each.refused and each.user_number:
            book.give_back(each.user_number)
    to_number = [each for each in candidates if not each.refused and not each.user_number]
    for each, number in zip(
        to_number, book.take_free([each.new_user.pin for each in to_number]), strict=False
    ):
        each.user_number = number
    for each in to_number:
        if not each.user_number:
            each.violations.refusals.append(book.full(f"{each.path}.userNumber"))


def _check_keys(candidate: Candidate, emails: set[str], external_ids: set[str]) -> None:
    """Refuse keys that others have; those of an earlier candidate count as well."""
    new = candidate.new_user
    key = email_key(new.email)
    if key in emails and not new.allow_duplicate_email:
        candidate.violations.refusals.append(
            DuplicateEmail(field=f"{candidate.path}.email", object=new.email)
        )
    if new.external_id in external_ids:
        candidate.violations.refusals.append(
            DuplicateExternalId(field=f"{candidate.path}.externalId", object=new.external_id)
        )
    if not candidate.refused:
        emails.add(key)
        if new.external_id:
            external_ids.add(new.external_id)


def _check_expiry(candidate: Candidate, unit: UnitOfWork) -> None:
    expires_on = candidate.new_user.expires_on
    if expires_on is not None and expires_on < unit.today:
        raise invalid(
            f"{candidate.path}.expiresOn", "IN_THE_PAST", "lies in the past", "se situe dans le passé"
        )


def _write(unit: UnitOfWork, company: Company, candidates: Sequence[Candidate]) -> None:
    """Write the users and let the rooms above give what they wish.

    A refused one is written without its keys: it is rolled back, but the rooms above say first what they
    have against it, and the caller learns everything at once.
    """
    for each in candidates:
        each.user = _user_of(each, company, unit)
    store.insert_users(unit.db, [each.user for each in candidates if each.user])
    for each in candidates:
        assert each.user is not None
        notify = each.new_user.notify and not each.refused
        letters = (Letter(user_id=each.user.id, kind=LetterKind.ACCESS_CODES),) if notify else ()
        fact = UserCreated(
            **of(each.user),
            new_user=each.new_user,
            company=company,
            path=each.path,
            sip_secrets=each.sip_secrets,
            concerns=(each.user.id,),
            detail={"userNumber": each.user_number, "state": each.state},
            letters=letters,
        )
        unit.record(fact, each.violations)
    unit.db.flush()


def _user_of(candidate: Candidate, company: Company, unit: UnitOfWork) -> User:
    new, identity = candidate.new_user, new_id()
    pin = new.pin or pins.new_pin(candidate.user_number)
    user = User(
        id=identity,
        provider_id=company.provider_id,
        company_id=company.id,
        user_number=candidate.user_number,
        number_held=not candidate.refused,
        external_id=None if candidate.refused else new.external_id,
        language=new.language or Language(company.language),
        mobile_phone=new.mobile_phone,
        home_phone=new.home_phone,
        business_phone=new.business_phone,
        is_administrator=bool(new.administrator),
        sealed_pin=pins.seal_pin(unit.keys, pin, identity),
        extension="",
        primary_did="",
        dids="",
        expires_on=new.expires_on,
        created_at=unit.now,
        version=1,
    )
    user.become(candidate.state)
    user.rename(new.first_name, new.last_name)
    user.write_to(new.email, exclusive=not (new.allow_duplicate_email or candidate.refused))
    return user

"""Operations of the services room."""

from collections.abc import Sequence
from typing import Any

from provisioning.kernel.caller import Caller, Right, Scope
from provisioning.kernel.clock import new_id
from provisioning.kernel.errors import InvalidRequest, Violation
from provisioning.kernel.operation import reads, writes
from provisioning.kernel.plain import UNKNOWN
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.services import contract, store
from provisioning.services.model import (
    GivenSetting,
    Parameter,
    Service,
    ServiceConfigured,
    ServiceDefined,
    ServiceDisabled,
    ServiceRow,
    UserService,
    owner_of,
    status,
)
from provisioning.users import ServiceSetting, User, find_user, target_user


class IncludedServices:
    """A question to the rooms above: which services do a user's packages bring? They fill ``codes``."""

    def __init__(self, user_id: str) -> None:
        self.user_id = user_id
        self.codes: set[str] = set()


@reads(Right.SERVICES_READ)
def list_services(
    request: contract.ListServicesRequest, caller: Caller, unit: UnitOfWork
) -> contract.ServiceCatalogue:
    """The services that packages can bring and users configure, with the description of each parameter."""
    services = store.services_of(unit.db, caller.provider_id)
    return contract.ServiceCatalogue(service_descriptor=tuple(_described(each) for each in services.values()))


@reads(Right.SERVICES_READ)
def get_service_configuration(
    request: contract.GetServiceConfigurationRequest, caller: Caller, unit: UnitOfWork
) -> contract.ServiceConfiguration:
    """What a user has configured, per service, with the status of each. Secrets are never shown. Errors: NOT_FOUND."""
    user = find_user(unit, request.user_ref)
    services = store.services_of(unit.db, user.provider_id)
    rows = store.configured(unit.db, user.id)
    included = _included(user, unit)
    wanted = {request.code} if request.code else included | set(rows)
    if request.code:
        store.find_service(unit.db, user.provider_id, request.code)
    return contract.ServiceConfiguration(
        user_id=user.id,
        user_service=tuple(
            _shown(service, rows.get(code), included=code in included)
            for code, service in services.items()
            if code in wanted
        ),
    )


@writes(Right.SERVICES_WRITE)
def configure_service(
    request: contract.ConfigureServiceRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserServiceResult:
    """Set or clear parameters of a service for a user; parameters that are not named stay.

    The values are checked against the service's description (ListServices). A service may be configured before
    a package brings it. Errors: NOT_FOUND, INVALID_REQUEST (unknown parameter, wrong value; each with its path).
    """
    user = target_user(unit, request.user_ref)
    service = store.find_service(unit.db, user.provider_id, request.code)
    given = given_settings(request.service_setting, "serviceSetting")
    row = configure(unit, user, service, given, set(request.clear_setting))
    included = request.code in _included(user, unit)
    return contract.UserServiceResult(user_service=_shown(service, row, included=included))


@writes(Right.SERVICES_WRITE)
def disable_service(
    request: contract.DisableServiceRequest, caller: Caller, unit: UnitOfWork
) -> contract.UserServiceResult:
    """Forget a user's configuration of a service, secrets included; it is NOT_CONFIGURED afterwards. Errors: NOT_FOUND."""
    user = target_user(unit, request.user_ref)
    service = store.find_service(unit.db, user.provider_id, request.code)
    take_away(unit, user, {service.code})
    included = request.code in _included(user, unit)
    return contract.UserServiceResult(user_service=_shown(service, None, included=included))


@writes(None, scope=Scope.OPERATOR)
def define_service(
    request: contract.DefineServiceRequest, caller: Caller, unit: UnitOfWork
) -> contract.DefineServiceResult:
    """Add a service to a provider's catalogue, or put another in place of a known one. For the operator only."""
    descriptor = request.service_descriptor
    row = store.own_service(unit.db, caller.provider_id, descriptor.code)
    if row is None:
        row = ServiceRow(id=new_id(), provider_id=caller.provider_id, code=descriptor.code)
        unit.db.add(row)
    row.en, row.fr = descriptor.name_en, descriptor.name_fr
    row.parameters = [_parameter(each) for each in descriptor.service_parameter]
    unit.db.flush()
    unit.record(
        ServiceDefined(object_id=row.id, provider_id=caller.provider_id, detail={"code": descriptor.code})
    )
    return contract.DefineServiceResult(service_descriptor=_described(row.as_service()))


OPERATIONS = (list_services, get_service_configuration, configure_service, disable_service)
OPERATOR_OPERATIONS = (define_service,)


def given_settings(settings: Sequence[ServiceSetting], path: str) -> list[GivenSetting]:
    """The settings of a request, each with its place."""
    return [
        GivenSetting(each.name, each.value, f"{path}[{number}].name", f"{path}[{number}].value")
        for number, each in enumerate(settings)
    ]


def configure(
    unit: UnitOfWork,
    user: User,
    service: Service,
    given: list[GivenSetting],
    cleared: set[str],
) -> UserService:
    """Set and clear parameters of a user's service; the door for rooms that create users with services."""
    values = service.read(given, _aliases(unit))
    _must_know(service, cleared)
    row = unit.db.get(UserService, (user.id, service.code))
    if row is None:
        row = UserService(user_id=user.id, code=service.code, settings={}, secrets={}, changed_at=unit.now)
        unit.db.add(row)
    changed = _set(unit, row, service, values, cleared)
    if changed:
        row.changed_at = unit.now
        unit.db.flush()
        unit.record(
            ServiceConfigured(**_of(user, service.code), detail={"code": service.code, "set": changed})
        )
    elif not row.set_names:
        unit.db.expunge(row)
    return row


def take_away(unit: UnitOfWork, user: User, codes: set[str]) -> set[str]:
    """Forget what a user has configured of services; says of which there was something."""
    gone = store.forget(unit.db, user.id, codes)
    for code in sorted(gone):
        unit.record(ServiceDisabled(**_of(user, code), detail={"code": code}))
    return gone


def _set(
    unit: UnitOfWork, row: UserService, service: Service, values: dict[str, str], cleared: set[str]
) -> list[str]:
    """Change the row; the names of what is different now."""
    settings, secrets = dict(row.settings), dict(row.secrets)
    for name, value in values.items():
        owner = owner_of(row.user_id, row.code, name)
        if not service.by_name[name].secret:
            settings[name] = value
        elif name not in secrets or unit.keys.open(secrets[name], owner) != value:
            secrets[name] = unit.keys.seal(value, owner)
    for name in cleared:
        settings.pop(name, None)
        secrets.pop(name, None)
    before = row.settings | row.secrets
    after = settings | secrets
    row.settings, row.secrets = settings, secrets
    return sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))


def _must_know(service: Service, cleared: set[str]) -> None:
    unknown = sorted(cleared - set(service.by_name))
    if unknown:
        raise InvalidRequest(
            Violation("clearSetting", "UNKNOWN_FIELD", UNKNOWN, {"type": service.code}) for _ in unknown
        )


def _aliases(unit: UnitOfWork) -> dict[str, str]:
    """The mail protocols' numbers, as the manual's import files have them."""
    return {str(number): protocol for number, protocol in unit.settings.mail_protocol_numbers.items()}


def _included(user: User, unit: UnitOfWork) -> set[str]:
    question = IncludedServices(user.id)
    unit.ask(question)
    return question.codes


def _shown(service: Service, row: UserService | None, *, included: bool) -> contract.UserService:
    names = row.set_names if row else set()
    return contract.UserService(
        code=service.code,
        status=status(service, row),
        included=included,
        stored_setting=tuple(
            contract.StoredSetting(
                name=name,
                value=row.settings.get(name) if row else None,
                secret=name not in (row.settings if row else {}),
            )
            for name in sorted(names)
        ),
        missing=tuple(each.name for each in service.parameters if each.required and each.name not in names),
    )


def _described(service: Service) -> contract.ServiceDescriptor:
    return contract.ServiceDescriptor(
        code=service.code,
        name_en=service.en,
        name_fr=service.fr,
        service_parameter=tuple(
            contract.ServiceParameter(
                name=each.name,
                name_en=each.en,
                name_fr=each.fr,
                type=each.type,
                required=each.required,
                secret=each.secret,
                choice=each.choices,
                pattern=each.pattern,
            )
            for each in service.parameters
        ),
    )


def _parameter(given: contract.ServiceParameter) -> dict[str, Any]:
    parameter = Parameter(
        name=given.name,
        en=given.name_en,
        fr=given.name_fr,
        type=given.type,
        required=given.required,
        secret=given.secret,
        choices=given.choice,
        pattern=given.pattern,
    )
    return {name: getattr(parameter, name) for name in Parameter.__slots__} | {
        "type": given.type.value,
        "choices": list(given.choice),
    }


def _of(user: User, code: str) -> dict[str, Any]:
    return {
        "object_id": f"{user.id}/{code}",
        "provider_id": user.provider_id,
        "company_id": user.company_id,
        "concerns": (user.id,),
    }

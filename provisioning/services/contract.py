"""Messages of the services room."""

from dataclasses import dataclass
from typing import Annotated

from provisioning.kernel.facets import Code, Facet, Most, Name, ObjectId
from provisioning.kernel.messages import UNDECIDED, Outcome, Request
from provisioning.services.model import ParameterType, ServiceStatus
from provisioning.users import ServiceSetting, SettingName, UserRef

ShownValue = Annotated[str, Facet(max_length=500)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParameter:
    """One parameter of a service."""

    name: Annotated[SettingName, "Its name in ConfigureService."]
    name_en: Annotated[Name, "What people call it, in English."]
    name_fr: Annotated[Name, "What people call it, in French."]
    type: Annotated[ParameterType, "How its value is read."]
    required: Annotated[bool, "True: the service is INCOMPLETE without it."]
    secret: Annotated[bool, "True: the value is kept encrypted and never answered."]
    choice: Annotated[tuple[str, ...], "With CHOICE: the values it takes."] = ()
    pattern: Annotated[str | None, "A regular expression that the whole value matches."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDescriptor:
    """A service and the parameters it needs."""

    code: Annotated[Code, "Its code in packages and in ConfigureService."]
    name_en: Annotated[Name, "What people call it, in English."]
    name_fr: Annotated[Name, "What people call it, in French."]
    service_parameter: Annotated[tuple[ServiceParameter, ...], "What can be configured."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ListServicesRequest(Request):
    pass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCatalogue:
    """The services of the caller's provider."""

    service_descriptor: Annotated[tuple[ServiceDescriptor, ...], "The services, by code."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredSetting:
    """A parameter that is set. Of a secret one only that it is."""

    name: Annotated[SettingName, "The parameter's name."]
    value: Annotated[ShownValue | None, "Its value; absent for a secret."] = None
    secret: Annotated[bool, "True: a secret is set and not shown."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserService:
    """A service as one user has it."""

    code: Annotated[Code, "The service."]
    status: Annotated[ServiceStatus, "NOT_CONFIGURED, INCOMPLETE or CONFIGURED."]
    included: Annotated[bool, "True: a package of the user brings it."]
    stored_setting: Annotated[tuple[StoredSetting, ...], "What is set."] = ()
    missing: Annotated[tuple[SettingName, ...], "Required parameters that are not set."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GetServiceConfigurationRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    code: Annotated[Code | None, "Only this service; by default all that are included or set."] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceConfiguration:
    """The services of one user."""

    user_id: Annotated[ObjectId, "The user."]
    user_service: Annotated[tuple[UserService, ...], "The services, by code."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigureServiceRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    code: Annotated[Code, "The service."]
    service_setting: Annotated[
        tuple[ServiceSetting, ...], Most(50), "Parameters to set; others stay as they are."
    ] = ()
    clear_setting: Annotated[tuple[SettingName, ...], Most(50), "Parameters to clear."] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DisableServiceRequest(Request):
    user_ref: Annotated[UserRef, "The user."]
    code: Annotated[Code, "The service."]


@dataclass(frozen=True, slots=True, kw_only=True)
class UserServiceResult:
    """A service of a user after a write."""

    user_service: Annotated[UserService, "The service as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineServiceRequest(Request):
    service_descriptor: Annotated[ServiceDescriptor, "The service to add, or to put in place of a known one."]


@dataclass(frozen=True, slots=True, kw_only=True)
class DefineServiceResult:
    """A service after DefineService."""

    service_descriptor: Annotated[ServiceDescriptor, "The service as it is now."]
    outcome: Annotated[Outcome, "What became of the call."] = UNDECIDED

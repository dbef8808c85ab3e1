"""What this room does when something happens to users."""

from provisioning.kernel.shape import camel
from provisioning.kernel.unit_of_work import UnitOfWork
from provisioning.services import store
from provisioning.services.model import GivenSetting
from provisioning.services.operations import configure, given_settings
from provisioning.users import RestoreWindowEnded, UserCreated

_MAIL = "MAIL"
_MAIL_SETTINGS = {
    "protocol": "protocol",
    "mail_server": "server",
    "user_name": "userName",
    "password": "password",
}


def configure_wished(fact: UserCreated, unit: UnitOfWork) -> None:
    """Configure the services that a new user wishes, and its mail access."""
    with unit.all_violations() as violations:
        with violations.step():
            _open_mail(fact, unit)
        for number, wished in enumerate(fact.new_user.new_service_configuration):
            path = f"{fact.path}.newServiceConfiguration[{number}]"
            with violations.step():
                service = store.find_service(unit.db, fact.provider_id, wished.code, f"{path}.code")
                given = given_settings(wished.service_setting, f"{path}.serviceSetting")
                configure(unit, fact.user, service, given, set())


def forget_settings(fact: RestoreWindowEnded, unit: UnitOfWork) -> None:
    """With a user who cannot come back goes what it configured, secrets and all."""
    store.forget_all(unit.db, fact.user.id)


def _open_mail(fact: UserCreated, unit: UnitOfWork) -> None:
    access = fact.new_user.mail_access
    if access is None:
        return
    service = store.find_service(unit.db, fact.provider_id, _MAIL, f"{fact.path}.mailAccess")
    given = []
    for ours, theirs in _MAIL_SETTINGS.items():
        value = getattr(access, ours)
        if value is not None:
            path = f"{fact.path}.mailAccess.{camel(ours)}"
            given.append(GivenSetting(theirs, value, path, path))
    configure(unit, fact.user, service, given, set())
